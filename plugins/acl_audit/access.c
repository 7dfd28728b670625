/* SPDX-License-Identifier: Apache-2.0 */
#include "access.h"

#include <stdlib.h>

#include "support/sid.h"

const unsigned char access_principal_self[12] = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};
const unsigned char access_owner_rights[12] = {1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0};

static int by_sid(const void *a, const void *b)
{
    return sid_compare(*(const unsigned char *const *)a,
                       *(const unsigned char *const *)b);
}

void access_token_sort(const unsigned char **sids, size_t count)
{
    qsort(sids, count, sizeof *sids, by_sid);
}

bool access_token_has(const struct access_token *token, const unsigned char *sid)
{
    return sid != NULL && token->count > 0 &&
           bsearch(&sid, token->sids, token->count, sizeof *token->sids, by_sid) != NULL;
}

uint32_t access_map_generic(uint32_t mask)
{
    static const struct {
        uint32_t generic;
        uint32_t specific;
    } map[] = {{0x80000000, 0x20094},
               {0x40000000, 0x20028},
               {0x20000000, 0x20004},
               {0x10000000, 0xf01ff}};
    uint32_t result = mask & 0x0fffffff;
    size_t i;

    for (i = 0; i < sizeof map / sizeof *map; i++)
        if (mask & map[i].generic)
            result |= map[i].specific;
    return result;
}

bool access_concerns(const struct access_question *question, const struct ace *ace)
{
    const unsigned char *sid = ace->sid;

    if (sid_equal(sid, access_owner_rights))
        return access_token_has(question->token, question->sd->owner);
    if (sid_equal(sid, access_principal_self))
        sid = question->self;
    return access_token_has(question->token, sid);
}

static bool same_guid(const unsigned char *a, const unsigned char *b)
{
    return b != NULL && memcmp(a, b, 16) == 0;
}

enum access_reach access_reach(const struct access_question *question,
                               const struct ace *ace)
{
    if (ace->object_type == NULL)
        return REACH_ALL;
    if (same_guid(ace->object_type, question->object_class))
        return REACH_CLASS;
    if (same_guid(ace->object_type, question->property_set))
        return REACH_SET;
    if (same_guid(ace->object_type, question->attribute))
        return REACH_ATTRIBUTE;
    return REACH_NOT;
}

static bool speaks(const struct access_question *question, const struct ace *ace,
                   uint32_t right)
{
    uint32_t mask = question->map_generic ? access_map_generic(ace->mask) : ace->mask;

    return (mask & right) != 0 && !(ace->flags & ACE_INHERIT_ONLY) && ace->sid != NULL &&
           access_concerns(question, ace) && access_reach(question, ace) != REACH_NOT;
}

/* One walk, with each condition read for or against who asks. */
static struct access_answer walk_dacl(const struct access_question *question,
                                      uint32_t right, bool hopeful)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (acl_next(&question->sd->dacl, &walk, &ace)) {
        const struct ace_type *type = ace_type(ace.type);

        if (type->effect != ACE_ALLOWS && type->effect != ACE_DENIES)
            continue;
        if (type->callback && (type->effect == ACE_ALLOWS) != hopeful)
            continue;
        if (speaks(question, &ace, right))
            return (struct access_answer){type->effect == ACE_ALLOWS ? ACCESS_ALLOWED
                                                                     : ACCESS_DENIED,
                                          (int)walk.index - 1, false};
    }
    return (struct access_answer){ACCESS_DENIED, -1, false};
}

/* An owner may read and change the DACL, unless an ACE says what owners may. */
static bool owner_may(const struct access_question *question, uint32_t right)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    if (!(right & (RIGHT_READ_CONTROL | RIGHT_WRITE_DAC)) ||
        !access_token_has(question->token, question->sd->owner))
        return false;
    while (acl_next(&question->sd->dacl, &walk, &ace))
        if (!(ace.flags & ACE_INHERIT_ONLY) && ace.sid != NULL &&
            sid_equal(ace.sid, access_owner_rights))
            return false;
    return true;
}

static struct access_answer ask_one(const struct access_question *question,
                                    uint32_t right)
{
    struct access_answer best;
    struct access_answer worst;

    if (owner_may(question, right))
        return (struct access_answer){ACCESS_ALLOWED, -1, false};
    best = walk_dacl(question, right, true);
    worst = walk_dacl(question, right, false);
    if (best.verdict != worst.verdict)
        best.verdict = ACCESS_UNKNOWN;
    return best;
}

/* From bad to good, for the choice of the worst. */
static int badness(enum access_verdict verdict)
{
    static const int order[] = {
        [ACCESS_ALLOWED] = 0, [ACCESS_UNKNOWN] = 1, [ACCESS_DENIED] = 2};

    return order[verdict];
}

struct access_answer access_ask(const struct access_question *question, uint32_t rights)
{
    struct access_answer answer = {ACCESS_ALLOWED, -1, true};
    bool first = true;
    uint32_t right;

    if (!(question->sd->control & CONTROL_DACL_PRESENT) || question->sd->dacl.at == NULL)
        return answer;
    for (right = 1; right != 0; right <<= 1) {
        struct access_answer one;

        if (!(rights & right))
            continue;
        one = ask_one(question, right);
        if (first || badness(one.verdict) > badness(answer.verdict))
            answer = one;
        first = false;
    }
    return answer;
}
