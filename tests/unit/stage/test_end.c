/* SPDX-License-Identifier: Apache-2.0 */

/* The end of an import: what it did not show, limits and guards, and the watermark. */

#include "importing.h"
#include "stage/due.h"

static const char *remembered(const char *partition, const char *name)
{
    struct batch *batch = batch_begin(s.store);
    struct slice row;
    const char *text = "none";

    if (agent_get(batch, s.agent.number, partition, name, &row) == MA_OK)
        text = arena_textn(&s.arena, row.at, row.length);
    batch_end(batch);
    return text;
}

static void remember(const char *partition, const char *name)
{
    struct batch *batch = batch_begin(s.store);

    agent_set(batch, s.agent.number, partition, name, slice_text("1"));
    ck_ok(&s, batch_commit(batch, &s.err));
    batch_end(batch);
}

static void mark(const char *watermark)
{
    ck_ok(&s, stage_mark(stage, ma_value_of(watermark), &s.err));
}

/* ten of them, first .. last */
static void users(int first, int last)
{
    for (int i = first; i <= last; i++)
        present(arena_print(&s.arena, "A%d", i),
                arena_print(&s.arena, "cn=%d,ou=o,dc=x", i), "user", NULL);
}

static void ten_users(void)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 9);
    mark("first");
    ck_end("success");
    stepped_absorb(&s);
}

/* --- what was not seen ------------------------------------------------------------ */

START_TEST(what_a_full_import_does_not_show_goes_children_first)
{
    ten_users();

    begin_import(true);
    users(3, 9);
    ck_end("success");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "stage-delete cn=1,ou=o,dc=x\n"
                                             "stage-delete cn=2,ou=o,dc=x\n"
                                             "stage-delete ou=o,dc=x\n"));
    ck_object(&s, "cn=1,ou=o,dc=x", "cn=1,ou=o,dc=x user [A1] H{} PI{obsolete}");
    ck_object(&s, "cn=3,ou=o,dc=x", "cn=3,ou=o,dc=x user [A3] H{}");

    begin_import(true);
    users(3, 9);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 0);
}
END_TEST

START_TEST(another_partition_is_left_alone)
{
    ten_users();
    s.partitions[1].selected = true;
    request.partition = &s.partitions[1];

    begin_import(true);
    present("B1", "cn=1,dc=y", "user", NULL);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 0);

    request.partition = &s.partitions[0];
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 9);
    ck_object(&s, "cn=1,dc=y", "cn=1,dc=y user [B1] PI{add}");
}
END_TEST

START_TEST(what_was_not_exported_yet_is_not_obsolete)
{
    ten_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", NULL);

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 9);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [] UA{add}");
}
END_TEST

static void accept(struct stepped *t, struct cs_object *object, void *context)
{
    (void)context;
    tower_escrow(&t->arena, object, 1);
    ck_assert(!tower_exported(&t->arena, object, slice_text(""), false));
}

START_TEST(an_exported_add_that_a_full_import_does_not_show_is_offered_again)
{
    ten_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", "title=t", NULL);
    stepped_with(&s, "cn=new,dc=x", accept, NULL);

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 9);
    ck_end("completed-warnings");

    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "exported-change-not-reimported cn=new,dc=x"));
    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [] UA{add title=t}");
}
END_TEST

START_TEST(an_exported_add_whose_name_another_got_is_given_up)
{
    ten_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", "title=t", NULL);
    stepped_with(&s, "cn=new,dc=x", accept, NULL);
    begin_import(false);
    modify("A1", NULL, "cn=new,dc=x", NULL);
    ck_end("success");

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=new,dc=x", "user", NULL);
    users(2, 9);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [A1] H{} PI{update ->cn=new,dc=x}");
    ck_assert_ptr_null(strstr(stepped_dump(&s), "transient"));
}
END_TEST

static void accept_with_anchor(struct stepped *t, struct cs_object *object, void *context)
{
    (void)context;
    tower_escrow(&t->arena, object, 1);
    ck_assert(!tower_exported(&t->arena, object, slice_text("N1"), false));
}

START_TEST(an_error_of_before_is_none_of_who_gives_up_its_name)
{
    ten_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", "title=t", NULL);
    stepped_with(&s, "cn=new,dc=x", accept_with_anchor, NULL);

    begin_import(false);
    (void)ma_fail(&s.err, MA_NOT_FOUND, "of an earlier step");
    present("A99", "cn=new,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [A99] PI{add}");
}
END_TEST

START_TEST(what_we_deleted_ourselves_stays_as_a_name_that_is_referred_to)
{
    struct batch *batch;
    struct cs_object object;
    uint64_t id;

    stepped_want(&s, "cn=new,dc=x", NULL, "user", NULL);
    stepped_with(&s, "cn=new,dc=x", accept_with_anchor, NULL);
    begin_import(false);
    present("G1", "cn=g,dc=x", "group", "member=cn=new,dc=x", NULL);
    ck_end("success");
    stepped_want_gone(&s, "cn=new,dc=x");

    batch = batch_begin(s.store);
    ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=new,dc=x", &id, &s.err));
    ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
    tower_escrow(&s.arena, &object, 1);
    ck_assert(tower_exported(&s.arena, &object, slice_text(""), false));
    ck_ok(&s, tree_drop(batch, &object, &s.err));
    ck_ok(&s, batch_commit(batch, &s.err));
    batch_end(batch);

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x deleted");
}
END_TEST

START_TEST(an_exported_delete_is_confirmed_by_its_absence)
{
    ten_users();
    stepped_want_gone(&s, "cn=1,ou=o,dc=x");
    stepped_with(&s, "cn=1,ou=o,dc=x", accept, NULL);
    request.loss_percent = 0;

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(2, 9);
    ck_end("success");

    ck_object(&s, "cn=1,ou=o,dc=x", "none");
}
END_TEST

START_TEST(placeholders_that_nobody_needs_go)
{
    begin_import(true);
    present("G1", "cn=g,ou=o,dc=x", "group", "member=cn=a,dc=x", NULL);
    ck_end("success");
    stepped_absorb(&s);
    begin_import(true);
    present("G1", "cn=g,dc=x", "group", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x link");
    stepped_absorb(&s);

    begin_import(true);
    present("G1", "cn=g,dc=x", "group", NULL);
    ck_end("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=g,dc=x group [G1] H{}\ndc=x parent\n");
}
END_TEST

START_TEST(with_a_placeholder_go_those_above_it)
{
    begin_import(true);
    present("B1", "cn=b,ou=o,dc=x", "user", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,ou=o,dc=x", NULL);
    ck_end("success");
    stepped_absorb(&s);
    begin_import(true);
    present("G1", "cn=g,dc=x", "group", NULL);
    ck_end("success");
    stepped_absorb(&s);
    ck_object(&s, "cn=a,ou=o,dc=x", "cn=a,ou=o,dc=x deleted");

    begin_import(true);
    present("G1", "cn=g,dc=x", "group", NULL);
    ck_end("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=g,dc=x group [G1] H{}\ndc=x parent\n");
}
END_TEST

/* --- guards and limits ------------------------------------------------------------ */

START_TEST(an_import_that_lost_too_much_lets_nothing_go)
{
    const char *result;

    ten_users();
    request.loss_percent = 10;

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 8);
    mark("second");
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 1);
    ck_assert_str_eq(remembered("dc=x", "watermark"), "second");
    stepped_absorb(&s);

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 7);
    mark("third");
    ck_assert_int_eq(stage_finish(stage, MA_OK, &result, &s.err), MA_LIMIT);
    stage_end(stage);
    stage = NULL;
    ck_assert_str_eq(result, "stopped-deletion-limit");
    ck_count(COUNTER_STAGE_DELETE, 0);
    ck_assert_str_eq(remembered("dc=x", "watermark"), "second");
    ck_assert_ptr_nonnull(strstr(s.err.text, "import-loss-percent"));
}
END_TEST

START_TEST(a_step_stages_no_more_deletes_than_it_may)
{
    ten_users();
    s.step.delete_limit = 2;

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 6);
    ck_end("stopped-deletion-limit");
    ck_count(COUNTER_STAGE_DELETE, 0);

    begin_import(false);
    gone("A1", NULL, NULL);
    gone("A2", NULL, NULL);
    {
        struct ma_entry entry = {.size = sizeof entry,
                                 .change = MA_DELETE,
                                 .anchor = ma_value_of("A3"),
                                 .dn = "cn=3,ou=o,dc=x"};

        ck_assert_int_eq(stage_entry(stage, &entry, &s.err), MA_LIMIT);
    }
    ck_assert_str_eq(finish_import(MA_LIMIT), "stopped-deletion-limit");
    ck_count(COUNTER_STAGE_DELETE, 2);
    ck_object(&s, "cn=3,ou=o,dc=x", "cn=3,ou=o,dc=x user [A3] H{}");
}
END_TEST

START_TEST(an_object_limit_stops_and_lets_nothing_go)
{
    ten_users();
    s.step.object_limit = 2;

    begin_import(true);
    present("A1", "cn=1,ou=o,dc=x", "user", "title=t", NULL);
    present("A2", "cn=2,ou=o,dc=x", "user", NULL);
    ck_assert_int_eq(try_present("A3", "cn=3,ou=o,dc=x", "user", NULL), MA_LIMIT);
    mark("second");
    ck_assert_str_eq(finish_import(MA_LIMIT), "stopped-object-limit");

    ck_count(COUNTER_STAGE_DELETE, 0);
    ck_object(&s, "cn=1,ou=o,dc=x", "cn=1,ou=o,dc=x user [A1] H{} PI{update title=t}");
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");
}
END_TEST

START_TEST(a_source_full_of_errors_stops_the_step)
{
    const struct ma_rejection rejection = {.size = sizeof rejection,
                                           .type = "parse-error"};
    enum ma_status status = MA_OK;
    int count = 0;

    begin_import(true);
    while (status == MA_OK) {
        status = stage_reject(stage, &rejection, &s.err);
        count++;
    }
    ck_assert_int_eq(status, MA_LIMIT);
    ck_assert_int_eq(count, 5001);
    ck_assert_str_eq(finish_import(MA_LIMIT), "stopped-error-limit");
}
END_TEST

START_TEST(a_bad_record_keeps_what_was_not_seen_and_the_watermark)
{
    const struct ma_rejection rejection = {
        .size = sizeof rejection, .type = "parse-error", .dn = "cn=1,ou=o,dc=x"};

    ten_users();

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(2, 9);
    ck_ok(&s, stage_reject(stage, &rejection, &s.err));
    mark("second");
    ck_end("completed-discovery-errors");

    ck_count(COUNTER_STAGE_DELETE, 0);
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");
    ck_assert_str_eq(remembered("dc=x", "checkpoint"), "none");
}
END_TEST

START_TEST(a_full_import_that_finds_nothing_obsoletes_nothing)
{
    ten_users();

    begin_import(true);
    mark("second");
    ck_end("completed-no-objects");

    ck_count(COUNTER_STAGE_DELETE, 0);
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");

    begin_import(true);
    users(1, 9);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 1);
}
END_TEST

START_TEST(a_cancelled_import_lets_nothing_go)
{
    ten_users();

    begin_import(true);
    users(1, 2);
    s.cancel = true;
    ck_assert_int_eq(try_present("A3", "cn=3,ou=o,dc=x", "user", NULL), MA_CANCELLED);
    ck_assert_str_eq(finish_import(MA_CANCELLED),
                     "stopped-user-termination-from-wmi-or-ui");
    ck_count(COUNTER_STAGE_DELETE, 0);

    s.cancel = false;
    begin_import(true);
    users(1, 2);
    s.cancel = true;
    mark("second");
    ck_end("stopped-user-termination-from-wmi-or-ui");
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");
}
END_TEST

START_TEST(how_an_agent_ends_is_a_result_string)
{
    begin_import(true);
    ck_assert_str_eq(finish_import(MA_UNREACHABLE), "no-start-connection");
    begin_import(true);
    ck_assert_str_eq(finish_import(MA_DENIED), "no-start-credentials");
    begin_import(true);
    users(1, 1);
    ck_assert_str_eq(finish_import(MA_UNREACHABLE), "stopped-server-down");
    begin_import(true);
    ck_assert_str_eq(finish_import(MA_FULL_NEEDED), "no-start-full-import-required");
    begin_import(true);
    ck_assert_str_eq(finish_import(MA_UNEXPECTED), "stopped-unexpected-data");
}
END_TEST

/* --- what is remembered ----------------------------------------------------------- */

START_TEST(the_watermark_is_promoted_at_a_good_end_only)
{
    ten_users();
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");

    begin_import(false);
    ck_assert(slice_equal(stage_watermark(stage), slice_text("first")));
    mark("second");
    ck_assert_str_eq(remembered("dc=x", "watermark"), "first");
    ck_end("success");
    ck_assert_str_eq(remembered("dc=x", "watermark"), "second");

    request.keep_watermark = true;
    begin_import(false);
    mark("third");
    ck_end("success");
    ck_assert_str_eq(remembered("dc=x", "watermark"), "second");
}
END_TEST

START_TEST(a_delta_import_waits_for_a_full_one_where_it_has_to)
{
    remember(NULL, "full-import");
    s.partitions[1].selected = true;

    request.store = s.store;
    request.program = &s.program;
    request.agent = &s.agent;
    request.history = &s.history;
    ck_assert_int_eq(stage_begin(&stage, &request, &s.err), MA_FULL_NEEDED);

    begin_import(true);
    users(1, 1);
    ck_end("success");
    ck_assert_str_eq(remembered(NULL, "full-import"), "none");
    ck_assert_str_eq(remembered("dc=y", "full-import"), "1");
    begin_import(false);
    ck_end("success");
    request.full = false;
    request.partition = &s.partitions[1];
    ck_assert_int_eq(stage_begin(&stage, &request, &s.err), MA_FULL_NEEDED);
}
END_TEST

/* Of the partition that is imported; NULL: none. */
static const char *why_full(void)
{
    struct batch *batch = batch_begin(s.store);
    const char *why =
        due_full_import(batch, s.agent.number, s.agent.config, request.partition);

    batch_end(batch);
    return why;
}

START_TEST(a_changed_selection_wants_a_full_import_and_another_spelling_does_not)
{
    static const char *const as_it_was[] = {"DC=Y", "dc=x", NULL};
    static const char *const spelled[] = {"dc=X", "dc=y", NULL};
    static const char *const narrower[] = {"ou=o,dc=x", NULL};

    s.partitions[0].inclusions = as_it_was;
    ten_users();
    ck_assert_ptr_null(why_full());
    s.partitions[0].inclusions = spelled;
    ck_assert_ptr_null(why_full());
    s.partitions[0].inclusions = narrower;
    ck_assert_str_eq(why_full(), "the selected containers have changed");

    begin_import(true);
    users(1, 1);
    ck_end("success");
    ck_assert_ptr_null(why_full());
}
END_TEST

START_TEST(an_old_drop_file_says_nothing_about_what_is_selected_now)
{
    static const char *const narrower[] = {"ou=o,dc=x", NULL};

    ten_users();
    s.partitions[0].inclusions = narrower;
    request.keep_watermark = true;
    begin_import(true);
    users(1, 1);
    ck_end("success");

    ck_assert_str_eq(why_full(), "the selected containers have changed");
}
END_TEST

/* --- resumed ---------------------------------------------------------------------- */

START_TEST(a_system_that_went_away_is_read_on_where_it_stood)
{
    ten_users();
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 4);
    page("four");
    users(5, 5);
    ck_assert_str_eq(finish_import(MA_UNREACHABLE), "stopped-server-down");

    begin_import(true);
    ck_assert(slice_equal(stage_checkpoint(stage), slice_text("four")));
    users(5, 8);
    ck_end("success");

    ck_count(COUNTER_STAGE_DELETE, 1);
    ck_object(&s, "cn=9,ou=o,dc=x", "cn=9,ou=o,dc=x user [A9] H{} PI{obsolete}");
    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
}
END_TEST

/* Until a commit is due anyway; then its checkpoint goes along. */
START_TEST(a_page_may_wait_for_the_next_commit)
{
    request.lazy_pages = true;
    begin_import(true);
    users(1, 4);
    page("four");
    stage_end(stage); /* as if killed */

    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
    users(1, 4);
    page("four");
    users(5, 5);
    ck_assert_str_eq(finish_import(MA_UNREACHABLE), "stopped-server-down");

    begin_import(true);
    ck_assert(slice_equal(stage_checkpoint(stage), slice_text("four")));
    users(5, 8);
    page("eight");
    ck_end("success");
    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
}
END_TEST

/* Whatever it takes to be due: the last page is in it, and nothing is lost. */
START_TEST(a_page_that_waits_is_committed_after_many_objects)
{
    enum { PAGE = 50, PAGES = 110 };
    char where[16];

    request.lazy_pages = true;
    begin_import(true);
    for (int i = 0; i < PAGES; i++) {
        users(i * PAGE, i * PAGE + PAGE - 1);
        snprintf(where, sizeof where, "%d", i);
        page(where);
    }
    stage_end(stage);

    begin_import(true);
    ck_assert_uint_gt(stage_checkpoint(stage).length, 0);
    for (int i = atoi(stage_checkpoint(stage).at) + 1; i < PAGES; i++)
        users(i * PAGE, i * PAGE + PAGE - 1);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 0);
}
END_TEST

START_TEST(errors_before_a_kill_count_after_it)
{
    const struct ma_rejection rejection = {.size = sizeof rejection,
                                           .type = "parse-error"};

    ten_users();
    begin_import(true);
    ck_ok(&s, stage_reject(stage, &rejection, &s.err));
    users(1, 4);
    page("four");
    stage_end(stage);

    begin_import(true);
    users(5, 8);
    ck_end("completed-discovery-errors");
    ck_count(COUNTER_STAGE_DELETE, 0);
}
END_TEST

START_TEST(a_checkpoint_of_another_step_or_selection_is_of_no_use)
{
    static const char *const out[] = {"ou=out,dc=x", NULL};

    ten_users();
    begin_import(true);
    users(1, 4);
    page("four");
    stage_end(stage);

    begin_import(false);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
    stage_end(stage);
    s.partitions[0].exclusions = out;
    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
}
END_TEST

/* Another server shows another state: 1 to 4 and 9 were seen of the first only. */
START_TEST(an_import_that_starts_over_has_seen_what_came_behind_it)
{
    ten_users();
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 4);
    page("four");
    users(9, 9);

    ck_ok(&s, stage_start_over(stage, &s.err));
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(3, 8); /* 3 and 4 once more, and no duplicates */
    ck_end("success");

    ck_count(COUNTER_STAGE_DELETE, 3);
    ck_object(&s, "cn=1,ou=o,dc=x", "cn=1,ou=o,dc=x user [A1] H{} PI{obsolete}");
    ck_object(&s, "cn=9,ou=o,dc=x", "cn=9,ou=o,dc=x user [A9] H{} PI{obsolete}");
    ck_object(&s, "cn=3,ou=o,dc=x", "cn=3,ou=o,dc=x user [A3] H{}");
}
END_TEST

START_TEST(an_import_that_starts_over_and_is_cut_short_lets_nothing_go_and_begins_anew)
{
    ten_users();
    begin_import(true);
    users(1, 4);
    page("four");
    ck_ok(&s, stage_start_over(stage, &s.err));
    users(5, 6);
    ck_assert_str_eq(finish_import(MA_UNREACHABLE), "stopped-server-down");
    ck_count(COUNTER_STAGE_DELETE, 0);

    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(5, 8);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 5);
}
END_TEST

START_TEST(a_killed_import_that_goes_on_and_starts_over_forgets_what_the_dead_run_saw)
{
    ten_users();
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 4);
    page("four");
    stage_end(stage);

    begin_import(true);
    ck_ok(&s, stage_start_over(stage, &s.err));
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(3, 9);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 2);
}
END_TEST

START_TEST(a_delta_import_cannot_start_over)
{
    ten_users();
    begin_import(false);
    ck_assert_int_eq(stage_start_over(stage, &s.err), MA_BROKEN);
}
END_TEST

/* Neither has seen what the other saw. */
START_TEST(a_drop_file_does_not_go_on_where_an_import_of_the_system_died)
{
    ten_users();
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(1, 4);
    page("four");
    stage_end(stage);

    request.keep_watermark = true;
    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    users(5, 9);
    ck_end("success");

    ck_count(COUNTER_STAGE_DELETE, 4);
    ck_object(&s, "cn=1,ou=o,dc=x", "cn=1,ou=o,dc=x user [A1] H{} PI{obsolete}");
    request.keep_watermark = false;
    begin_import(true);
    ck_assert_uint_eq(stage_checkpoint(stage).length, 0);
}
END_TEST

START_TEST(what_comes_again_after_a_kill_is_no_duplicate)
{
    begin_import(true);
    users(1, 4);
    page("four");
    users(5, 6);
    stage_end(stage);

    begin_import(true);
    users(3, 6);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 0);
}
END_TEST

/* --- more than fits one commit ---------------------------------------------------- */

static void quietly(struct history *history, enum counter counter, uint32_t agent,
                    uint64_t id, const char *dn)
{
    (void)agent;
    (void)id;
    (void)dn;
    stepped_of(history)->counts[counter]++;
}

/* Cancelled while the lost are let go, after the first of their commits. */
static bool after_some(struct history *history)
{
    return stepped_of(history)->counts[COUNTER_STAGE_DELETE] == 5100;
}

START_TEST(a_cancel_among_many_deletes_keeps_those_that_were_committed)
{
    s.history.count = quietly;
    begin_import(true);
    users(1, 5300);
    ck_end("success");
    stepped_absorb(&s);

    s.history.cancelled = after_some;
    begin_import(true);
    users(1, 1);
    ck_end("stopped-user-termination-from-wmi-or-ui");
    ck_count(COUNTER_STAGE_DELETE, 5100);

    s.history.cancelled = stepped_cancelled;
    begin_import(true);
    users(1, 1);
    ck_end("success");
    ck_count(COUNTER_STAGE_DELETE, 5299 - 5100);
}
END_TEST

SUITE_WITH("stage/end", begin, end, what_a_full_import_does_not_show_goes_children_first,
           another_partition_is_left_alone, what_was_not_exported_yet_is_not_obsolete,
           an_exported_add_that_a_full_import_does_not_show_is_offered_again,
           an_exported_add_whose_name_another_got_is_given_up,
           an_error_of_before_is_none_of_who_gives_up_its_name,
           what_we_deleted_ourselves_stays_as_a_name_that_is_referred_to,
           an_exported_delete_is_confirmed_by_its_absence,
           placeholders_that_nobody_needs_go, with_a_placeholder_go_those_above_it,
           an_import_that_lost_too_much_lets_nothing_go,
           a_step_stages_no_more_deletes_than_it_may,
           an_object_limit_stops_and_lets_nothing_go,
           a_source_full_of_errors_stops_the_step,
           a_bad_record_keeps_what_was_not_seen_and_the_watermark,
           a_full_import_that_finds_nothing_obsoletes_nothing,
           a_cancelled_import_lets_nothing_go, how_an_agent_ends_is_a_result_string,
           the_watermark_is_promoted_at_a_good_end_only,
           a_delta_import_waits_for_a_full_one_where_it_has_to,
           a_changed_selection_wants_a_full_import_and_another_spelling_does_not,
           an_old_drop_file_says_nothing_about_what_is_selected_now,
           a_system_that_went_away_is_read_on_where_it_stood,
           a_page_may_wait_for_the_next_commit,
           a_page_that_waits_is_committed_after_many_objects,
           errors_before_a_kill_count_after_it,
           a_checkpoint_of_another_step_or_selection_is_of_no_use,
           an_import_that_starts_over_has_seen_what_came_behind_it,
           an_import_that_starts_over_and_is_cut_short_lets_nothing_go_and_begins_anew,
           a_killed_import_that_goes_on_and_starts_over_forgets_what_the_dead_run_saw,
           a_delta_import_cannot_start_over,
           a_drop_file_does_not_go_on_where_an_import_of_the_system_died,
           what_comes_again_after_a_kill_is_no_duplicate,
           a_cancel_among_many_deletes_keeps_those_that_were_committed)
