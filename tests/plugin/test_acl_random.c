/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"

/*
 * Random DACLs, asked of the code and of a model that is written from MS-ADTS 5.1.3.3.3
 * as it stands there: a tree of three nodes, each with the rights still to be granted,
 * and ACEs applied to nodes. Both must say the same, 20 000 times.
 */
enum { CASES = 20000, ACES = 8, SIDS = 7, GUIDS = 6, NODES = 3 };

static const char *const sids[SIDS] = {
    "S-1-5-21-2127521184-1604012920-1887927527-1601", /* 0-3: in the token */
    "S-1-1-0",
    "S-1-5-11",
    "S-1-5-21-2127521184-1604012920-1887927527-1602",
    "S-1-5-21-2127521184-1604012920-1887927527-1777", /* not */
    "S-1-5-10",                                       /* the object itself */
    "S-1-3-4",                                        /* its owner */
};

static const char *const guids[GUIDS] = {
    "bf967aba-0de6-11d0-a285-00aa003049e2", /* 0-2: the path of the attribute */
    "e48d0154-bcf8-11d1-8702-00c04fb96050", "bf967a06-0de6-11d0-a285-00aa003049e2",
    "7cb4c7d3-8787-42b0-b438-3c5d479ad31e", "bf967a9c-0de6-11d0-a285-00aa003049e2",
    "00000000-0000-0000-0000-000000000000",
};

struct random_ace {
    bool deny;
    bool inherit_only;
    int guid; /* -1: none */
    int sid;
    uint32_t mask;
};

static uint64_t state;

static uint32_t roll(uint32_t sides)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % sides;
}

static struct random_ace random_ace(void)
{
    static const uint32_t masks[] = {0x20, 0x10, 0x30, 0x8, 0x100, 0xf01ff, 0x20020, 0};

    return (struct random_ace){.deny = roll(3) == 0,
                               .inherit_only = roll(4) == 0,
                               .guid = (int)roll(GUIDS + 3) - 3,
                               .sid = (int)roll(SIDS),
                               .mask = masks[roll(8)]};
}

/* --- the model */
static bool concerns(const struct random_ace *ace, bool is_self, bool is_owner)
{
    if (ace->sid == 5)
        return is_self;
    if (ace->sid == 6)
        return is_owner;
    return ace->sid <= 3;
}

/* The rights that remain at the leaf and whether one was denied before. */
static bool model_allows(const struct random_ace *aces, size_t count, uint32_t right,
                         bool is_self, bool is_owner)
{
    uint32_t remaining[NODES] = {right, right, right};
    uint32_t denied[NODES] = {0};
    size_t i;
    int node;

    for (i = 0; i < count; i++) {
        int first = aces[i].guid < 0 ? 0 : aces[i].guid;

        if (aces[i].inherit_only || first >= NODES ||
            !concerns(&aces[i], is_self, is_owner))
            continue;
        for (node = first; node < NODES; node++) {
            if (aces[i].deny)
                denied[node] |= aces[i].mask & remaining[node];
            else
                remaining[node] &= ~(aces[i].mask & ~denied[node]);
        }
    }
    return remaining[NODES - 1] == 0;
}

/* --- the code, by way of the text */
static void print_ace(const struct random_ace *ace, struct bytes *out)
{
    char text[200];

    (void)snprintf(text, sizeof text, "(%s%s;%s;0x%x;%s;;%s)", ace->guid < 0 ? "" : "O",
                   ace->deny ? "D" : "A", ace->inherit_only ? "CIIO" : "",
                   (unsigned)ace->mask, ace->guid < 0 ? "" : guids[ace->guid],
                   sids[ace->sid]);
    bytes_text(out, text);
}

struct who {
    unsigned char sids[SIDS][SID_MOST];
    const unsigned char *sorted[4];
    struct access_token token;
    unsigned char guids[GUIDS][GUID_SIZE];
    struct acl_domain domain;
};

static void who_begin(struct who *who)
{
    size_t i;

    acl_domain(&who->domain, "S-1-5-21-2127521184-1604012920-1887927527");
    for (i = 0; i < SIDS; i++)
        acl_sid(sids[i], who->sids[i]);
    for (i = 0; i < GUIDS; i++)
        (void)acl_guid(guids[i], who->guids[i]);
    for (i = 0; i < 4; i++)
        who->sorted[i] = who->sids[i];
    access_token_sort(who->sorted, 4);
    who->token = (struct access_token){who->sorted, 4};
}

static void one_case(const struct who *who, int number)
{
    struct random_ace aces[ACES];
    size_t count = roll(ACES + 1);
    bool is_self = roll(2) == 0;
    bool is_owner = roll(2) == 0;
    uint32_t right = roll(2) == 0 ? RIGHT_WRITE_PROPERTY : RIGHT_READ_PROPERTY;
    struct bytes text = {0};
    struct acl_of object;
    struct access_question question;
    bool expected;
    size_t i;

    bytes_text(&text, is_owner ? "O:S-1-5-21-2127521184-1604012920-1887927527-1602D:"
                               : "O:DAD:");
    for (i = 0; i < count; i++) {
        aces[i] = random_ace();
        print_ace(&aces[i], &text);
    }
    acl_of(&object, text.at, &who->domain, text.at);
    question = (struct access_question){.sd = &object.sd,
                                        .token = &who->token,
                                        .object_class = who->guids[0],
                                        .property_set = who->guids[1],
                                        .attribute = who->guids[2],
                                        .self = who->sids[is_self ? 0 : 4]};
    expected = model_allows(aces, count, right, is_self, is_owner);
    ck_assert_msg((access_ask(&question, right).verdict == ACCESS_ALLOWED) == expected,
                  "case %d, right 0x%x, self %d: expected %d of %s", number,
                  (unsigned)right, is_self, expected, text.at);
    bytes_free(&text);
    bytes_free(&object.bytes);
}

START_TEST(twenty_thousand_lists_say_what_the_document_says)
{
    struct who who;
    int i;

    who_begin(&who);
    state = 20261130;
    for (i = 0; i < CASES; i++)
        one_case(&who, i);
}
END_TEST

/* Bytes with holes in them: whatever is taken can be walked, and printed. */
START_TEST(damaged_bytes_are_refused_or_walked_to_their_end)
{
    struct who who;
    struct acl_of whole;
    size_t taken = 0;
    int i;

    who_begin(&who);
    acl_of(&whole,
           "O:DAG:DUD:PAI(OD;CI;WP;bf967a06-0de6-11d0-a285-00aa003049e2;;DU)(A;;RP;;;AU)"
           "(XA;;RP;;;WD;(@USER.a == \"b\" && Member_of {SID(BA), "
           "SID(BU)}))S:(AU;SA;WP;;;WD)",
           &who.domain, "whole");
    for (i = 0; i < CASES; i++) {
        struct bytes bytes = {0};
        struct bytes text = {0};
        struct descriptor sd;
        struct ma_error error;
        size_t j;

        bytes_add(&bytes, whole.bytes.at, whole.bytes.length - roll(4) % 2 * roll(40));
        for (j = roll(3); j > 0; j--)
            bytes.at[roll((uint32_t)bytes.length)] = (char)roll(256);
        if (descriptor_read(acl_value(&bytes), &sd, &error) == MA_OK) {
            acl_print(&sd, &who.domain, &text);
            taken++;
        }
        bytes_free(&bytes);
        bytes_free(&text);
    }
    ck_assert_uint_gt(taken, CASES / 10);
    ck_assert_uint_lt(taken, CASES);
    bytes_free(&whole.bytes);
}
END_TEST

SUITE("acl/random", twenty_thousand_lists_say_what_the_document_says,
      damaged_bytes_are_refused_or_walked_to_their_end)
