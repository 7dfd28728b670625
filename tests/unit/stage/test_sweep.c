/* SPDX-License-Identifier: Apache-2.0 */

/* Full imports that are killed at each of their commits and resumed end as if nothing had
 * happened: nothing is obsoleted that was there, nothing stays that is gone. */

#include "killed.h"
#include "stage/stage.h"

struct line {
    const char *anchor;
    const char *dn;
    const char *type;
    const char *words[3];
};

/* The source on the first day, and on the second. */
static const struct line first[] = {
    {"G1", "cn=g,dc=x", "group", {"member=cn=1,ou=o,dc=x", "member=cn=7,ou=p,dc=x"}},
    {"O1", "ou=o,dc=x", "organizationalUnit", {NULL}},
    {"O2", "ou=p,dc=x", "organizationalUnit", {NULL}},
    {"A1", "cn=1,ou=o,dc=x", "user", {"title=t"}},
    {"A2", "cn=2,ou=o,dc=x", "user", {"manager=cn=1,ou=o,dc=x"}},
    {"A3", "cn=3,ou=o,dc=x", "user", {"title=t"}},
    {"A4", "cn=4,ou=o,dc=x", "user", {"title=t"}},
    {"A5", "cn=5,ou=p,dc=x", "user", {"title=t"}},
    {"A6", "cn=6,ou=p,dc=x", "user", {"title=t"}},
};
static const struct line second[] = {
    /* containers exchange their names, 3 and 6 are gone, 5 is made anew, 7 comes */
    {"O1", "ou=p,dc=x", "organizationalUnit", {NULL}},
    {"A1", "cn=1,ou=p,dc=x", "user", {"title=u"}},
    {"A2", "cn=2,ou=p,dc=x", "user", {"manager=cn=7,dc=x", "title=n"}},
    {"O2", "ou=o,dc=x", "organizationalUnit", {NULL}},
    {"A4", "cn=4,ou=p,dc=x", "user", {"title=t"}},
    {"A9", "cn=5,ou=o,dc=x", "user", {"title=t"}},
    {"G1", "cn=g,dc=x", "group", {"member=cn=1,ou=p,dc=x", "member=cn=7,dc=x"}},
    {"A7", "cn=7,dc=x", "user", {"title=t"}},
};

enum { PAGE = 2 };

static void give(struct stepped *s, struct stage *stage, const struct line *line)
{
    struct ma_entry entry = {.size = sizeof entry,
                             .anchor = ma_value_of(line->anchor),
                             .dn = line->dn,
                             .object_type = line->type};
    struct ma_attribute attributes[3];

    for (size_t i = 0; i < 3 && line->words[i] != NULL; i++) {
        struct stepped_word word = stepped_word(&s->arena, line->words[i]);
        struct ma_value *value = arena_copy(&s->arena, &word.value, sizeof word.value);

        attributes[entry.count++] =
            (struct ma_attribute){.name = word.name, .values = value, .count = 1};
    }
    entry.attributes = attributes;
    ck_ok(s, stage_entry(stage, &entry, &s->err));
}

/* The agent resumes behind the lines of the checkpoint. */
static void import(struct stepped *s, const struct line *lines, size_t count)
{
    const struct stage_request request = {.store = s->store,
                                          .program = &s->program,
                                          .agent = &s->agent,
                                          .partition = &s->partitions[0],
                                          .step = &s->step,
                                          .full = true,
                                          .loss_percent = 100,
                                          .history = &s->history};
    struct stage *stage;
    struct slice where;
    size_t at;

    s->history.run++;
    ck_ok(s, stage_begin(&stage, &request, &s->err));
    where = stage_checkpoint(stage);
    at = where.length == 0 ? 0 : (size_t)(where.at[0] - '0');
    for (; at < count; at++) {
        char next = (char)('0' + at + 1);

        give(s, stage, &lines[at]);
        if ((at + 1) % PAGE == 0)
            ck_ok(s, stage_page(stage, (struct ma_value){&next, 1}, &s->err));
    }
    ck_ok(s, stage_mark(stage, ma_value_of("mark"), &s->err));
    ck_ok(s, stage_finish(stage, MA_OK, &s->result, &s->err));
    stage_end(stage);
}

/* The day that the store is at, so that the next process goes on with it. */
static bool is_past(struct stepped *s, const char *day)
{
    struct batch *batch = batch_begin(s->store);
    struct slice row;
    bool past = agent_get(batch, s->agent.number, NULL, day, &row) == MA_OK;

    batch_end(batch);
    return past;
}

static void end_day(struct stepped *s, const char *day)
{
    struct batch *batch = batch_begin(s->store);

    agent_set(batch, s->agent.number, NULL, day, slice_text("1"));
    ck_ok(s, batch_commit(batch, &s->err));
    batch_end(batch);
}

static void two_days(struct stepped *s)
{
    s->history.run = (uint64_t)clock_monotonic(); /* of this process */
    if (!is_past(s, "first")) {
        import(s, first, sizeof first / sizeof first[0]);
        stepped_absorb(s);
        end_day(s, "first");
    }
    if (!is_past(s, "second")) {
        import(s, second, sizeof second / sizeof second[0]);
        end_day(s, "second");
    }
}

static const char *everything(struct stepped *s)
{
    struct batch *batch = batch_begin(s->store);
    struct slice row;
    bool checkpoint =
        agent_get(batch, s->agent.number, "dc=x", "checkpoint", &row) == MA_OK;
    bool marked = agent_get(batch, s->agent.number, "dc=x", "watermark", &row) == MA_OK;

    batch_end(batch);
    return arena_print(&s->arena, "%s%s%s", stepped_dump(s),
                       checkpoint ? " checkpoint" : "", marked ? " watermark" : "");
}

START_TEST(an_import_killed_at_any_commit_ends_as_if_undisturbed)
{
    static const struct killed killed = {.work = two_days, .outcome = everything};

    ck_assert_uint_ge(killed_sweep(&killed), 20);
}
END_TEST

START_TEST(the_undisturbed_end_is_the_right_one)
{
    struct stepped s;

    stepped_begin(&s);
    two_days(&s);
    ck_assert_str_eq(
        stepped_dump(&s),
        "cn=1,ou=p,dc=x user [A1] H{title=t} PI{update ->cn=1,ou=p,dc=x title=u}\n"
        "cn=2,ou=p,dc=x user [A2] H{manager=<cn=1,ou=p,dc=x>} PI{update "
        "->cn=2,ou=p,dc=x title=n manager=<cn=7,dc=x>}\n"
        "cn=3,ou=o,dc=x user [A3] H{title=t} PI{obsolete}\n"
        "cn=4,ou=p,dc=x user [A4] H{title=t} PI{update ->cn=4,ou=p,dc=x}\n"
        "cn=5,ou=o,dc=x user [A9] PI{add title=t}\n"
        "cn=5,ou=p,dc=x user [A5] H{title=t} PI{obsolete}\n"
        "cn=6,ou=p,dc=x user [A6] H{title=t} PI{obsolete}\n"
        "cn=7,dc=x user [A7] PI{add title=t}\n"
        "cn=7,ou=o,dc=x link\n"
        "cn=g,dc=x group [G1] H{member=<cn=1,ou=p,dc=x>,<cn=7,ou=o,dc=x>} PI{update "
        "member-=<cn=7,ou=o,dc=x>+=<cn=7,dc=x>}\n"
        "dc=x parent\n"
        "ou=o,dc=x organizationalUnit [O2] H{} PI{update ->ou=o,dc=x}\n"
        "ou=p,dc=x organizationalUnit [O1] H{} PI{update ->ou=p,dc=x}\n");
    stepped_end(&s);
}
END_TEST

SUITE("stage/sweep", the_undisturbed_end_is_the_right_one,
      an_import_killed_at_any_commit_ends_as_if_undisturbed)
