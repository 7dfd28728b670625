/* SPDX-License-Identifier: Apache-2.0 */

/* Full imports that go on where they were killed. */

#include "scim_world.h"

#define PAGE(start, id) GET_USERS("startIndex=" #start "&", LIST(3, USER(id)))
#define A "present a [a@x] user userName=a@x\n"
#define B "present b [b@x] user userName=b@x\n"
#define C "present c [c@x] user userName=c@x\n"

/* A page each. */
static const struct answer pages[] = {
    {.bytes = LIST(3, USER("a") "," USER("b") "," USER("c")),
     .match = "GET /scim/Users?attributes=",
     .also = "startIndex=1&"},
    PAGE(1, "a"),
    PAGE(2, "b"),
    PAGE(3, "c"),
    GET_USERS("", NONE),
    NO_GROUPS,
    {.bytes = OK USER("a"), .match = "GET /scim/Users/a"},
    {.bytes = OK USER("b"), .match = "GET /scim/Users/b"}};

static char kept[256];

/* The engine has kept what it was given before the second object. */
static void keep_the_first(struct hosted *hosted)
{
    if (hosted->checkpoints == 1)
        snprintf(kept, sizeof kept, "%.*s", (int)hosted->checkpoint.length,
                 hosted->checkpoint.at);
}

static void killed_behind(unsigned checkpoints)
{
    h.checkpoints = 0;
    h.die_after = checkpoints;
    h.on_entry = keep_the_first;
    ck_assert_int_eq(import(pages, COUNT(pages), true), MA_CANCELLED);
    h.die_after = 0;
    h.on_entry = NULL;
}

static void remember(const char *checkpoint)
{
    hosted_forget(&h.checkpoint);
    buf_text(&h.checkpoint, checkpoint);
}

START_TEST(what_was_kept_is_not_given_again)
{
    killed_behind(2);

    ck_assert_msg(import(pages, COUNT(pages), true) == MA_OK, "%s", h.err.text);

    ck_heard(&h, C);
    ck_assert_uint_eq(asked_for("GET /scim/Users?startIndex=1&"), 0);
}
END_TEST

/* It keeps pages together, and later than it is told of them. */
START_TEST(what_the_engine_had_not_kept_is_given_again)
{
    killed_behind(3);
    remember(kept);

    ck_assert_msg(import(pages, COUNT(pages), true) == MA_OK, "%s", h.err.text);

    ck_heard(&h, B C);
}
END_TEST

/* And once more, and what was given in between counts. */
START_TEST(an_import_that_is_killed_twice_goes_on_twice)
{
    killed_behind(2);
    remember(kept);
    killed_behind(1);
    ck_heard(&h, B);

    ck_assert_msg(import(pages, COUNT(pages), true) == MA_OK, "%s", h.err.text);

    ck_heard(&h, C);
}
END_TEST

/* The file of ids is not synced with each page: its end may be gone, or be zeros. */
START_TEST(what_a_failed_machine_lost_of_the_ids_is_asked_for)
{
#define KEPT "mactl-cloud-ids 1\n0\ta\ta@x\n"
    static const struct {
        const char *text;
        size_t length;
    } left[] = {
        {KEPT, sizeof KEPT - 1},
        {KEPT "0\tb\tb", sizeof KEPT "0\tb\tb" - 1},
        {KEPT "\0\0\0\0\0\n", sizeof KEPT "\0\0\0\0\0\n" - 1},
    };

    for (size_t i = 0; i < COUNT(left); i++) {
        killed_behind(2);
        hosted_put(&h, "cloud-ids.part", left[i].text, left[i].length);

        ck_assert_msg(import(pages, COUNT(pages), true) == MA_OK, "%s", h.err.text);

        ck_heard(&h, C B);
        ck_assert_uint_eq(asked_for("GET /scim/Users/b"), 1);
        ck_assert_uint_eq(asked_for("GET /scim/Users/a"), 0);
    }
}
END_TEST

/* Nobody writes on behind a line that is torn. */
START_TEST(what_was_torn_off_is_cut_off)
{
    static const char torn[] = "mactl-cloud-ids 1\n0\ta\ta@x\n0\tb\tb";

    killed_behind(2);
    hosted_put(&h, "cloud-ids.part", torn, sizeof torn - 1);
    killed_behind(1);
    ck_heard(&h, C);

    ck_assert_msg(import(pages, COUNT(pages), true) == MA_OK, "%s", h.err.text);

    ck_heard(&h, B);
}
END_TEST

SUITE_WITH("plugin/cloud_resumed", begin, end, what_was_kept_is_not_given_again,
           what_the_engine_had_not_kept_is_given_again,
           an_import_that_is_killed_twice_goes_on_twice,
           what_a_failed_machine_lost_of_the_ids_is_asked_for,
           what_was_torn_off_is_cut_off)
