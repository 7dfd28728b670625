/* SPDX-License-Identifier: Apache-2.0 */

/* Order, batches, limits, guards, and what an agent's outcomes do to the objects. */

#include "export/approval.h"
#include "exporting.h"

/* --- order and form --------------------------------------------------------------- */

START_TEST(adds_and_changes_go_before_deletes_in_their_order)
{
    have("D1", "ou=d,dc=x", "organizationalUnit", NULL);
    have("D2", "cn=d,ou=d,dc=x", "user", NULL);
    have("M1", "cn=m,ou=deep,dc=x", "user", NULL);
    have("M2", "cn=m,dc=x", "user", NULL);
    have("M3", "cn=n,dc=x", "user", NULL);
    stepped_want_gone(&s, "ou=d,dc=x");
    stepped_want_gone(&s, "cn=d,ou=d,dc=x");
    want("cn=g,dc=x", "group", "member=cn=m,dc=x", "member=cn=n,dc=x", NULL);
    want("cn=n,dc=x", NULL, "manager=cn=m,dc=x", NULL);
    want("cn=m,ou=deep,dc=x", NULL, "title=t", NULL);
    want("cn=a,dc=x", "user", "title=t", "number=7", "enabled=true", NULL);
    s.step.batch_size = 100;

    export_all("success");

    ck_sent("add cn=a,dc=x user title=t number=7 enabled=true\n"
            "modify cn=m,ou=deep,dc=x title=t\n"
            "modify cn=n,dc=x manager=cn=m,dc=x\n"
            "add cn=g,dc=x group member=cn=m,dc=x,cn=n,dc=x\n"
            "delete cn=d,ou=d,dc=x\n"
            "--\n"
            "delete ou=d,dc=x\n"
            "--\n");
    ck_count(COUNTER_EXPORT_ADD, 2);
    ck_count(COUNTER_EXPORT_UPDATE, 2);
    ck_count(COUNTER_EXPORT_DELETE, 2);
}
END_TEST

START_TEST(what_was_accepted_is_unconfirmed_and_not_sent_again)
{
    want("cn=a,dc=x", "user", "title=t", NULL);

    export_all("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add title=t} rebuild");

    export_all("success");
    ck_sent("");
}
END_TEST

START_TEST(a_change_goes_as_its_system_can_take_it)
{
    static const struct {
        int type;
        uint32_t capabilities;
        const char *sent;
    } forms[] = {
        {0, 0, "modify cn=a,dc=x mail-m+o title=u\n--\n"},
        {1, 0, "modify cn=a,dc=x mail-m+o title=u\n--\n"},
        {2, 0, "modify cn=a,dc=x mail=n,o title=u\n--\n"},
        {3, 0, "replace cn=a,dc=x user mail=n,o title=u\n--\n"},
        {1, MA_CAN_WHOLE_OBJECTS_ONLY, "replace cn=a,dc=x user mail=n,o title=u\n--\n"},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        end();
        begin();
        have("A1", "cn=a,dc=x", "user", "mail=m", "mail=n", "title=t", "whenCreated=w",
             NULL);
        want("cn=a,dc=x", NULL, "mail=n", "mail=o", "title=u", NULL);
        s.config.export_type = forms[i].type;
        request.capabilities = forms[i].capabilities;
        export_all("success");
        ck_sent(forms[i].sent);
    }
}
END_TEST

START_TEST(an_attribute_that_goes_is_set_to_nothing)
{
    have("A1", "cn=a,dc=x", "user", "title=t", NULL);
    want("cn=a,dc=x", NULL, "title=", NULL);

    export_all("success");

    ck_sent("modify cn=a,dc=x title=\n--\n");
}
END_TEST

START_TEST(the_first_and_the_last_of_several_values_come_and_go_by_value)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    have("A2", "cn=b,dc=x", "user", "mail=m", NULL);
    want("cn=a,dc=x", NULL, "mail=m", NULL);
    want("cn=b,dc=x", NULL, "mail=", NULL);

    export_all("success");

    ck_sent("modify cn=a,dc=x mail+m\nmodify cn=b,dc=x mail-m\n--\n");
}
END_TEST

START_TEST(another_type_is_a_delete_add)
{
    have("A1", "cn=a,dc=x", "user", "title=t", NULL);
    want("cn=a,dc=x", "contact", NULL);

    export_all("success");

    ck_sent("delete-add cn=a,dc=x contact title=t\n--\n");
    ck_count(COUNTER_EXPORT_DELETE_ADD, 1);
}
END_TEST

START_TEST(batches_are_as_large_as_the_step_says)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);
    s.step.batch_size = 2;

    export_all("success");

    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\nadd cn=c,dc=x user\n--\n");
}
END_TEST

static void look_at_escrow(void)
{
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [] ES{add title=t}");
}

START_TEST(what_is_in_flight_is_on_disk_before_it_flies)
{
    want("cn=a,dc=x", "user", "title=t", NULL);
    before_answers = look_at_escrow;

    export_all("success");
}
END_TEST

START_TEST(the_entry_of_an_object_is_known_without_an_export)
{
    struct batch *batch;
    struct cs_object object;
    uint64_t id;

    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "manager=cn=b,dc=x", NULL);
    have("A3", "cn=c,dc=x", "user", NULL);
    batch = batch_begin(s.store);

    ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=a,dc=x", &id, &s.err));
    ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
    hear(export_entry(batch, &s.arena, &s.program, &s.agent, &object, &s.err));
    ck_sent("modify cn=a,dc=x manager=cn=b,dc=x\n");

    ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=c,dc=x", &id, &s.err));
    ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
    ck_assert_ptr_null(
        export_entry(batch, &s.arena, &s.program, &s.agent, &object, &s.err));
    batch_end(batch);
}
END_TEST

/* --- names ------------------------------------------------------------------------ */

START_TEST(a_renamed_container_takes_along_what_lies_below)
{
    have("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    have("A1", "cn=a,ou=o,dc=x", "user", NULL);
    have("G1", "cn=g,dc=x", "group", NULL);
    stepped_want(&s, "ou=o,dc=x", "ou=q,dc=x", NULL, NULL);
    want("cn=a,ou=o,dc=x", NULL, "title=t", NULL);
    want("cn=new,ou=o,dc=x", "user", NULL);
    want("cn=g,dc=x", NULL, "member=cn=a,ou=o,dc=x", NULL);

    export_all("success");

    ck_sent("modify ou=o,dc=x -> ou=q,dc=x\n--\n"
            "modify cn=a,ou=q,dc=x title=t\n"
            "add cn=new,ou=q,dc=x user\n"
            "modify cn=g,dc=x member+cn=a,ou=q,dc=x\n--\n");
    ck_count(COUNTER_EXPORT_RENAME, 1);
    ck_object(&s, "cn=a,ou=q,dc=x",
              "cn=a,ou=q,dc=x user [A1] H{} UC{update ->cn=a,ou=q,dc=x title=t} "
              "rename-retry");
    ck_object(&s, "ou=q,dc=x",
              "ou=q,dc=x organizationalUnit [O1] H{} UC{update ->ou=q,dc=x}");
}
END_TEST

START_TEST(the_system_may_choose_another_dn)
{
    want("cn=a,dc=x", "user", NULL);
    answer("cn=a,dc=x",
           (struct ma_result){
               .outcome = MA_EXPORTED, .anchor = {"A7", 2}, .dn = "cn=a2,dc=x"},
           0);

    export_all("success");

    ck_object(&s, "cn=a2,dc=x", "cn=a2,dc=x user [A7] UC{add} rebuild");
    ck_object(&s, "cn=a,dc=x", "none");
}
END_TEST

START_TEST(whoever_had_the_dn_that_the_system_chose_gives_way)
{
    have("A1", "cn=a2,dc=x", "user", NULL);
    want("cn=a,dc=x", "user", NULL);
    answer("cn=a,dc=x",
           (struct ma_result){
               .outcome = MA_EXPORTED, .anchor = {"A7", 2}, .dn = "cn=a2,dc=x"},
           0);

    export_all("success");

    ck_object(&s, "cn=a2,dc=x", "cn=a2,dc=x user [A7] UC{add} rebuild");
}
END_TEST

START_TEST(transients_are_not_exported)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "title=t", NULL);
    {
        struct batch *batch = batch_begin(s.store);

        ck_ok(&s, tree_claim(batch, s.agent.number, "cn=a,dc=x", 0, NULL, NULL, &s.err));
        ck_ok(&s, batch_commit(batch, &s.err));
        batch_end(batch);
    }

    export_all("success");

    ck_sent("");
}
END_TEST

/* --- secrets ---------------------------------------------------------------------- */

START_TEST(a_secret_is_forgotten_once_it_was_accepted)
{
    want("cn=a,dc=x", "user", "unicodePwd=s", "hint=h", "title=t", NULL);

    export_all("success");

    ck_sent("add cn=a,dc=x user title=t unicodePwd=s hint=h\n--\n");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [Ncn=a,dc=x] UC{add title=t hint=h} rebuild");
}
END_TEST

START_TEST(a_secret_alone_leaves_nothing_behind)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "unicodePwd=s", NULL);

    export_all("success");

    ck_count(COUNTER_EXPORT_UPDATE, 1);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{}");
}
END_TEST

/* --- confirmed at once ------------------------------------------------------------ */

START_TEST(a_system_that_needs_no_confirmation_gets_none)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    have("A2", "cn=b,dc=x", "user", NULL);
    stepped_want_gone(&s, "cn=a,dc=x");
    want("cn=b,dc=x", NULL, "title=t", NULL);
    want("cn=c,dc=x", "user", NULL);
    request.capabilities = MA_CAN_CONFIRM_AT_ONCE;

    export_all("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=b,dc=x user [A2] H{} PI{update title=t}\n"
                                       "cn=c,dc=x user [Ncn=c,dc=x] PI{add}\n");
}
END_TEST

/* --- refused ---------------------------------------------------------------------- */

START_TEST(what_is_refused_is_kept_counted_and_the_newest_sent)
{
    clock_freeze(1000);
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "title=A", NULL);
    want("cn=b,dc=x", "user", NULL);
    answer("cn=a,dc=x", FAILED("permission-issue"), 2);

    export_all("completed-export-errors");
    ck_count(COUNTER_EXPORT_FAILURE, 1);
    ck_count(COUNTER_EXPORT_ADD, 1);
    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "export-error permission-issue cn=a,dc=x 1"));
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{} UA{update title=A} permission-issue*1");

    clock_freeze(2000);
    want("cn=a,dc=x", NULL, "title=B", NULL);
    export_all("completed-export-errors");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{} UA{update title=B} permission-issue*2");
    {
        struct batch *batch = batch_begin(s.store);
        struct cs_object object;
        uint64_t id;

        ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=a,dc=x", &id, &s.err));
        ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
        ck_assert_int_eq(object.export_error.first, 1000);
        ck_assert_int_eq(object.export_error.last, 2000);
        batch_end(batch);
    }

    export_all("success");
    ck_sent("modify cn=a,dc=x title=B\n--\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{} UC{update title=B}");
    clock_freeze(0);
}
END_TEST

/* --- guards and limits ------------------------------------------------------------ */

static void many(int first, int last, bool gone)
{
    for (int i = first; i <= last; i++) {
        const char *dn = arena_print(&s.arena, "cn=%d,dc=x", i);

        have(arena_print(&s.arena, "A%d", i), dn, "user", NULL);
        if (gone)
            stepped_want_gone(&s, dn);
    }
}

static void ck_held(const char *expected, const char *hint)
{
    ck_assert_int_eq(try_export(), MA_LIMIT);
    ck_assert_str_eq(result, expected);
    ck_sent("");
    ck_assert_ptr_nonnull(strstr(s.err.text, hint));
}

START_TEST(more_deletes_than_the_guard_allows_stop_the_export_before_its_first_write)
{
    many(1, 3, true);
    have("B1", "cn=b,dc=x", "user", NULL);
    want("cn=b,dc=x", "contact", NULL);
    request.guard.export_deletes = 3;

    ck_held("stopped-deletion-threshold-exceeded", "export-deletes");
    request.guard.export_deletes = 4;
    export_all("success");
    ck_count(COUNTER_EXPORT_DELETE, 3);
}
END_TEST

START_TEST(a_share_of_deletes_counts_from_100_objects_on)
{
    many(1, 5, true);
    many(6, 99, false);
    request.guard.export_deletes_percent = 4;
    request.partition = &s.partitions[1]; /* those of other partitions count too */
    export_all("success");
    ck_sent("");

    many(100, 100, false);
    ck_held("stopped-deletion-threshold-exceeded", "export-deletes-percent");
    request.guard.export_deletes_percent = 5;
    export_all("success");
}
END_TEST

START_TEST(the_step_has_a_limit_of_deletes_too)
{
    many(1, 3, true);
    s.step.delete_limit = 2;
    ck_held("stopped-deletion-limit", "<delete>");

    s.step.delete_limit = 0; /* lifts nothing */
    request.guard.export_deletes = 2;
    ck_held("stopped-deletion-threshold-exceeded", "export-deletes");
}
END_TEST

/* One update, with two members that go; the other attribute loses all it had. */
static void shrink(void)
{
    many(1, 3, false);
    have("G1", "cn=g,dc=x", "group", "member=cn=1,dc=x", "member=cn=2,dc=x",
         "member=cn=3,dc=x", "title=t", NULL);
    want("cn=g,dc=x", NULL, "member=cn=3,dc=x", "title=", NULL);
}

START_TEST(guards_that_nobody_gave_are_off_and_given_ones_hold)
{
    static const struct {
        enum guard_number given;
        const char *result;
        const char *hint;
    } guards[] = {
        {GUARD_EXPORT_UPDATES, "stopped-update-threshold-exceeded", "1 updates"},
        {GUARD_MEMBER_REMOVALS, "stopped-member-removal-threshold-exceeded",
         "2 removals of members"},
        {GUARD_ATTRIBUTE_CLEARS, "stopped-attribute-clear-threshold-exceeded",
         "1 attributes"},
    };

    shrink();
    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++) {
        request.guard.given = guards[i].given;
        ck_held(guards[i].result, guards[i].hint);
    }
    request.guard.given = GUARD_EXPORT_RENAMES;
    export_all("success");
}
END_TEST

START_TEST(members_of_a_group_that_is_set_anew_or_emptied_count_as_removed)
{
    have("U1", "cn=1,dc=x", "user", NULL);
    have("U2", "cn=2,dc=x", "user", NULL);
    have("U3", "cn=3,dc=x", "user", NULL);
    have("G1", "cn=g,dc=x", "group", "member=cn=1,dc=x", "member=cn=2,dc=x",
         "member=cn=3,dc=x", NULL);
    have("G2", "cn=h,dc=x", "group", "member=cn=1,dc=x", "member=cn=2,dc=x", NULL);
    want("cn=g,dc=x", NULL, "member=", NULL);
    want("cn=h,dc=x", NULL, "member=cn=3,dc=x", NULL);
    request.guard.given = GUARD_MEMBER_REMOVALS;
    request.guard.export_member_removals = 4;

    ck_held("stopped-member-removal-threshold-exceeded", "5 removals of members");
    request.guard.export_member_removals = 5;
    export_all("success");
}
END_TEST

/* Ten of 200 objects change, lose their title and get another name; ten groups of ten
 * members lose one. */
static void change_a_share(void)
{
    many(1, 180, false);
    for (int i = 1; i <= 10; i++) {
        const char *user = arena_print(&s.arena, "cn=u%d,dc=x", i);
        const char *group = arena_print(&s.arena, "cn=g%d,dc=x", i);

        have(arena_print(&s.arena, "U%d", i), user, "user", "title=t", NULL);
        have(arena_print(&s.arena, "G%d", i), group, "group", "member=cn=1,dc=x",
             "member=cn=2,dc=x", "member=cn=3,dc=x", "member=cn=4,dc=x",
             "member=cn=5,dc=x", "member=cn=6,dc=x", "member=cn=7,dc=x",
             "member=cn=8,dc=x", "member=cn=9,dc=x", "member=cn=10,dc=x", NULL);
        stepped_want(&s, user, arena_print(&s.arena, "cn=v%d,dc=x", i), NULL,
                     "title=", NULL);
        want(group, NULL, "member=cn=1,dc=x", "member=cn=2,dc=x", "member=cn=3,dc=x",
             "member=cn=4,dc=x", "member=cn=5,dc=x", "member=cn=6,dc=x",
             "member=cn=7,dc=x", "member=cn=8,dc=x", "member=cn=9,dc=x", NULL);
    }
}

START_TEST(shares_that_are_given_hold_from_100_on)
{
    static const struct {
        enum guard_number given;
        const char *result;
        const char *hint;
    } guards[] = {
        {GUARD_UPDATES_PERCENT, "stopped-update-threshold-exceeded",
         "20 updates are pending, more than 4 % of the 200 objects of"},
        {GUARD_RENAMES_PERCENT, "stopped-rename-threshold-exceeded",
         "10 renames are pending, more than 4 % of the 200 objects of"},
        {GUARD_REMOVALS_PERCENT, "stopped-member-removal-threshold-exceeded",
         "10 removals of members are pending, more than 4 % of the 100 members in those "
         "groups of"},
        {GUARD_CLEARS_PERCENT, "stopped-attribute-clear-threshold-exceeded",
         "10 attributes that lose all values are pending, more than 4 % of the 200 "
         "objects of"},
    };

    change_a_share();
    request.guard.export_updates_percent = 4;
    request.guard.export_renames_percent = 4;
    request.guard.export_member_removals_percent = 4;
    request.guard.export_attribute_clears_percent = 4;
    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++) {
        request.guard.given = guards[i].given;
        ck_held(guards[i].result, guards[i].hint);
        ck_assert_ptr_nonnull(strstr(s.err.text, "in mactl.xml); nothing was exported"));
    }
    request.guard.export_updates_percent = 10;
    request.guard.export_renames_percent = 5;
    request.guard.export_member_removals_percent = 10;
    request.guard.export_attribute_clears_percent = 5;
    request.guard.given = GUARD_UPDATES_PERCENT | GUARD_RENAMES_PERCENT |
                          GUARD_REMOVALS_PERCENT | GUARD_CLEARS_PERCENT;
    export_all("success");
}
END_TEST

static void approve(const char *set, uint64_t most)
{
    const struct export_approval approval = {
        .set = set, .most = most, .run = 7, .user = "ada", .reason = "meant"};
    struct batch *batch = batch_begin(s.store);
    struct ma_error err = {0};

    approval_put(batch, s.agent.number, &approval);
    ck_assert_int_eq(batch_commit(batch, &err), MA_OK);
    batch_end(batch);
}

static bool is_approved_still(void)
{
    struct batch *batch = batch_begin(s.store);
    struct export_approval approval;
    bool is = approval_get(batch, &s.arena, s.agent.number, &approval);

    batch_end(batch);
    return is;
}

static struct export_set pending_set(void)
{
    struct batch *batch = batch_begin(s.store);
    struct export_set set;
    struct ma_error err = {0};

    ck_assert_int_eq(export_pending_set(batch, s.agent.number, &set, &err), MA_OK);
    batch_end(batch);
    return set;
}

START_TEST(an_approval_lets_go_what_it_is_for_once_and_nothing_else)
{
    struct export_set set;

    many(1, 3, true);
    request.guard.export_deletes = 2;
    set = pending_set();
    ck_assert_uint_eq(set.of[GUARDED_DELETES], 3);
    approve(set.id, 2);
    ck_held("stopped-deletion-threshold-exceeded", "is for fewer");
    approve(set.id, 3);
    want("cn=new,dc=x", "user", NULL);
    ck_held("stopped-deletion-threshold-exceeded", "run 7 is void");
    set = pending_set();
    approve(set.id, 3);
    export_all("success");
    ck_count(COUNTER_EXPORT_DELETE, 3);
    ck_assert(!is_approved_still());
}
END_TEST

START_TEST(an_object_limit_lets_so_many_go)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    want("cn=c,dc=x", "user", NULL);
    s.step.object_limit = 2;

    ck_assert_int_eq(try_export(), MA_LIMIT);
    ck_assert_str_eq(result, "stopped-object-limit");
    ck_sent("add cn=a,dc=x user\nadd cn=b,dc=x user\n--\n");
    ck_count(COUNTER_EXPORT_ADD, 2);

    s.step.object_limit = 1;
    export_all("success");
    ck_sent("add cn=c,dc=x user\n--\n");
}
END_TEST

START_TEST(another_partition_waits_for_its_own_step)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "title=t", NULL);
    want("cn=b,dc=y", "user", NULL);
    request.partition = &s.partitions[1];

    export_all("success");

    ck_sent("add cn=b,dc=y user\n--\n");
}
END_TEST

/* --- cut short -------------------------------------------------------------------- */

static void cancel(void)
{
    s.cancel = true;
}

START_TEST(a_cancel_is_heard_between_batches)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    s.step.batch_size = 1;
    before_answers = cancel;

    ck_assert_int_eq(try_export(), MA_CANCELLED);

    ck_assert_str_eq(result, "stopped-user-termination-from-wmi-or-ui");
    ck_sent("add cn=a,dc=x user\n--\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add}");
}
END_TEST

START_TEST(what_was_packed_when_the_cancel_came_was_never_sent)
{
    want("cn=a,dc=x", "user", NULL);
    s.cancel = true;

    ck_assert_int_eq(try_export(), MA_CANCELLED);

    ck_sent("");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [] UA{add}");
}
END_TEST

START_TEST(a_system_that_goes_away_leaves_what_it_did_not_answer_in_doubt)
{
    want("cn=a,dc=x", "user", NULL);
    want("cn=b,dc=x", "user", NULL);
    silent = 1;
    sent_status = MA_UNREACHABLE;

    ck_assert_int_eq(try_export(), MA_UNREACHABLE);
    ck_assert_str_eq(result, "stopped-server-down");
    ck_assert_str_eq(s.err.text, "the system went away");
    ck_count(COUNTER_EXPORT_FAILURE, 0);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [Ncn=a,dc=x] UC{add} rebuild");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [] UA{add} rebuild");

    silent = 2;
    ck_assert_int_eq(try_export(), MA_UNREACHABLE);
    ck_assert_str_eq(result, "no-start-connection");
}
END_TEST

START_TEST(an_agent_that_does_not_report_is_told_so)
{
    want("cn=a,dc=x", "user", NULL);
    silent = 1;

    export_all("completed-export-errors");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "export-error unexpected-error cn=a,dc=x"));
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [] UA{add} unexpected-error*1");
}
END_TEST

static void report_twice(void)
{
    const struct ma_result good = {.size = sizeof good, .outcome = MA_EXPORTED};
    struct ma_error err;

    ck_assert_int_eq(export_result(step, 0, &good, &err), MA_OK);
    ck_assert_int_eq(export_result(step, 0, &good, &err), MA_BROKEN);
    ck_assert_int_eq(export_result(step, 7, &good, &err), MA_BROKEN);
}

START_TEST(an_agent_that_reports_nonsense_is_stopped)
{
    want("cn=a,dc=x", "user", NULL);
    silent = 1;
    before_answers = report_twice;

    ck_assert_int_eq(try_export(), MA_BROKEN);
    ck_assert_str_eq(result, "stopped-extension-dll-exception");
}
END_TEST

static void in_flight(struct stepped *t, struct cs_object *object, void *context)
{
    (void)context;
    tower_escrow(&t->arena, object, 1);
}

START_TEST(what_a_dead_run_left_in_flight_is_offered_again)
{
    have("A1", "cn=a,dc=x", "user", NULL);
    want("cn=a,dc=x", NULL, "title=t", NULL);
    want("cn=b,dc=x", "user", NULL);
    stepped_with(&s, "cn=a,dc=x", in_flight, NULL);
    stepped_with(&s, "cn=b,dc=x", in_flight, NULL);
    want("cn=a,dc=x", NULL, "mail=m", NULL);

    export_all("success");

    ck_sent("modify cn=a,dc=x mail+m title=t\nadd cn=b,dc=x user\n--\n");
    ck_count(COUNTER_EXPORT_FAILURE, 0);
}
END_TEST

START_TEST(export_steps_are_numbered)
{
    struct batch *batch;
    uint64_t current;
    uint64_t successful;

    want("cn=a,dc=x", "user", NULL);
    export_all("success");
    want("cn=b,dc=x", "user", NULL);
    answer("cn=b,dc=x", FAILED("cd-error"), 0);
    export_all("completed-export-errors");

    batch = batch_begin(s.store);
    export_counters(batch, s.agent.number, &current, &successful);
    batch_end(batch);
    ck_assert_uint_eq(current, 2);
    ck_assert_uint_eq(successful, 1);
}
END_TEST

SUITE_WITH(
    "export/export", begin, end, adds_and_changes_go_before_deletes_in_their_order,
    what_was_accepted_is_unconfirmed_and_not_sent_again,
    a_change_goes_as_its_system_can_take_it, an_attribute_that_goes_is_set_to_nothing,
    the_first_and_the_last_of_several_values_come_and_go_by_value,
    another_type_is_a_delete_add, batches_are_as_large_as_the_step_says,
    what_is_in_flight_is_on_disk_before_it_flies,
    the_entry_of_an_object_is_known_without_an_export,
    a_renamed_container_takes_along_what_lies_below, the_system_may_choose_another_dn,
    whoever_had_the_dn_that_the_system_chose_gives_way, transients_are_not_exported,
    a_secret_is_forgotten_once_it_was_accepted, a_secret_alone_leaves_nothing_behind,
    a_system_that_needs_no_confirmation_gets_none,
    what_is_refused_is_kept_counted_and_the_newest_sent,
    more_deletes_than_the_guard_allows_stop_the_export_before_its_first_write,
    a_share_of_deletes_counts_from_100_objects_on, the_step_has_a_limit_of_deletes_too,
    guards_that_nobody_gave_are_off_and_given_ones_hold,
    members_of_a_group_that_is_set_anew_or_emptied_count_as_removed,
    shares_that_are_given_hold_from_100_on,
    an_approval_lets_go_what_it_is_for_once_and_nothing_else,
    an_object_limit_lets_so_many_go, another_partition_waits_for_its_own_step,
    a_cancel_is_heard_between_batches,
    what_was_packed_when_the_cancel_came_was_never_sent,
    a_system_that_goes_away_leaves_what_it_did_not_answer_in_doubt,
    an_agent_that_does_not_report_is_told_so, an_agent_that_reports_nonsense_is_stopped,
    what_a_dead_run_left_in_flight_is_offered_again, export_steps_are_numbered)
