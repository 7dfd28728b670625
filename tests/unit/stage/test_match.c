/* SPDX-License-Identifier: Apache-2.0 */

/* Which object an entry is: by anchor, then by DN (engine 1.4), and what moves with it.
 */

#include "importing.h"

static void accept(struct stepped *t, struct cs_object *object, void *context)
{
    const char *anchor = context;

    tower_escrow(&t->arena, object, 1);
    ck_assert(!tower_exported(&t->arena, object, slice_text(anchor), false));
}

/* As an export would: the system took it. */
static void exported(const char *dn, const char *anchor)
{
    stepped_with(&s, dn, accept, (void *)(uintptr_t)anchor);
}

static void two_users(void)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);
}

static uint64_t new_mv(void)
{
    struct batch *batch = batch_begin(s.store);
    struct mv_object mv = {.guid = guid_new(), .type = 1};

    ck_ok(&s, mv_put(batch, &mv, &s.err));
    ck_ok(&s, batch_commit(batch, &s.err));
    batch_end(batch);
    return mv.id;
}

static bool asked_again(uint64_t id)
{
    struct batch *batch = batch_begin(s.store);
    struct mv_object mv;

    ck_ok(&s, mv_get(batch, &s.arena, id, &mv, &s.err));
    batch_end(batch);
    return mv.provisioning_retry;
}

static void link_to(struct stepped *t, struct cs_object *object, void *context)
{
    (void)t;
    object->mv = *(uint64_t *)context;
}

/* --- renames ------------------------------------------------------------------------ */

START_TEST(another_dn_with_the_same_anchor_is_a_rename)
{
    two_users();

    begin_import(true);
    present("A1", "cn=z,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_RENAME, 1);
    ck_object(&s, "cn=z,dc=x", "cn=z,dc=x user [A1] H{title=t} PI{update ->cn=z,dc=x}");
    ck_object(&s, "cn=a,dc=x", "none");
}
END_TEST

START_TEST(a_renamed_container_takes_along_what_lies_below)
{
    uint64_t mv = new_mv();

    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    present("A2", "cn=b,ou=p,ou=o,dc=x", "user", "manager=cn=r,ou=o,dc=x", NULL);
    ck_end("success");
    stepped_absorb(&s);
    stepped_with(&s, "cn=a,ou=o,dc=x", link_to, &mv);
    stepped_want(&s, "cn=new,ou=o,dc=x", NULL, "user", NULL);
    stepped_want(&s, "cn=b,ou=p,ou=o,dc=x", "cn=c,ou=o,dc=x", NULL, NULL);

    begin_import(false);
    modify("O1", "ou=o,dc=x", "ou=q,dc=x", NULL);
    ck_end("success");

    ck_heard(&s, "stage-rename ou=q,dc=x\n");
    ck_assert_str_eq(
        stepped_dump(&s),
        "cn=a,ou=q,dc=x user [A1] H{} PI{update ->cn=a,ou=q,dc=x} rename-retry\n"
        "cn=c,ou=q,dc=x user [A2] H{manager=<cn=r,ou=q,dc=x>} PI{update "
        "->cn=b,ou=p,ou=q,dc=x} UA{update ->cn=c,ou=q,dc=x}\n"
        "cn=new,ou=q,dc=x user [] UA{add} rename-retry\n"
        "cn=r,ou=q,dc=x link\n"
        "dc=x parent\n"
        "ou=p,ou=q,dc=x parent\n"
        "ou=q,dc=x organizationalUnit [O1] H{} PI{update ->ou=q,dc=x}\n");
    ck_object(&s, "cn=b,ou=p,ou=q,dc=x", stepped_show(&s, "cn=c,ou=q,dc=x"));
}
END_TEST

START_TEST(what_the_import_moved_already_is_not_moved_twice)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "cn=a,ou=q,dc=x", "user", NULL);
    present("O1", "ou=q,dc=x", "organizationalUnit", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_RENAME, 2);
    ck_object(&s, "cn=a,ou=q,dc=x",
              "cn=a,ou=q,dc=x user [A1] H{} PI{update ->cn=a,ou=q,dc=x}");
    ck_object(&s, "ou=q,dc=x",
              "ou=q,dc=x organizationalUnit [O1] H{} PI{update ->ou=q,dc=x}");
}
END_TEST

START_TEST(a_container_may_move_below_its_own_old_name)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("O2", "ou=o,dc=x", "organizationalUnit", NULL);
    present("O1", "ou=p,ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=p,ou=o,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,ou=p,ou=o,dc=x",
              "cn=a,ou=p,ou=o,dc=x user [A1] H{} PI{update ->cn=a,ou=p,ou=o,dc=x}");
    ck_object(&s, "ou=o,dc=x", "ou=o,dc=x organizationalUnit [O2] PI{add}");
}
END_TEST

START_TEST(a_rename_to_a_name_that_is_referred_to_meets_its_referrers)
{
    two_users();

    begin_import(true);
    present("G1", "cn=g,dc=x", "group", "member=cn=z,dc=x", "member=cn=b,dc=x", NULL);
    present("A1", "cn=z,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=g,dc=x",
              "cn=g,dc=x group [G1] PI{add member+=<cn=z,dc=x>,<cn=b,dc=x>}");
}
END_TEST

/* --- case b, a: exported or not --------------------------------------------------- */

START_TEST(an_exported_add_is_confirmed_by_its_dn_and_gets_its_anchor)
{
    two_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", "title=n", NULL);
    exported("cn=new,dc=x", "");
    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [] UC{add title=n} rebuild");

    begin_import(false);
    present("A7", "CN=New,dc=x", "user", "title=n", NULL);
    ck_end("success");

    ck_heard(&s, "stage-add CN=New,dc=x\n");
    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [A7] PI{add title=n}");
}
END_TEST

START_TEST(an_add_that_a_dead_run_had_sent_is_confirmed_too)
{
    two_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", NULL);
    {
        struct batch *batch = batch_begin(s.store);
        struct cs_object object;
        uint64_t id;

        ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=new,dc=x", &id, &s.err));
        ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
        tower_escrow(&s.arena, &object, 1);
        tower_recover(&s.arena, &object);
        ck_ok(&s, cs_put(batch, &object, &s.err));
        ck_ok(&s, batch_commit(batch, &s.err));
        batch_end(batch);
    }

    begin_import(false);
    present("A7", "cn=new,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [A7] PI{add}");
}
END_TEST

static void send_and_die(struct stepped *t, struct cs_object *object, void *context)
{
    (void)context;
    tower_escrow(&t->arena, object, 1);
}

START_TEST(what_a_dead_run_made_anew_is_known_by_its_dn_though_it_had_an_anchor)
{
    two_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", "title=n", NULL);
    exported("cn=new,dc=x", "N1");
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("completed-warnings");
    stepped_with(&s, "cn=new,dc=x", send_and_die, NULL);

    begin_import(false);
    present("N2", "cn=new,dc=x", "user", "title=n", NULL);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [N2] PI{add title=n}");
    ck_assert_ptr_null(strstr(stepped_dump(&s), "transient"));
}
END_TEST

/* Its delete went out, and then synchronisation wanted it again. */
static void want_again(struct stepped *t, struct cs_object *object, void *context)
{
    struct image wanted = {
        .exists = true, .dn = "cn=a,dc=x", .object_type = object->hologram.object_type};

    tower_want(&t->arena, object, &wanted);
    object->mv = *(uint64_t *)context;
}

static void a_is_deleted_and_wanted_again(uint64_t *mv)
{
    two_users();
    stepped_want_gone(&s, "cn=a,dc=x");
    exported("cn=a,dc=x", "");
    stepped_with(&s, "cn=a,dc=x", want_again, mv);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} UC{delete} UA{add}");
}

START_TEST(what_is_to_be_made_again_gives_way_to_who_has_its_name_by_now)
{
    uint64_t mv = new_mv();

    a_is_deleted_and_wanted_again(&mv);

    begin_import(true);
    present("A9", "cn=a,dc=x", "user", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=a,dc=x user [A9] PI{add}\n"
                                       "cn=b,dc=x user [A2] H{}\n"
                                       "dc=x parent\n");
    ck_assert(asked_again(mv));
}
END_TEST

START_TEST(what_a_dead_run_made_again_confirms_the_delete_before)
{
    uint64_t mv = new_mv();

    a_is_deleted_and_wanted_again(&mv);
    stepped_with(&s, "cn=a,dc=x", send_and_die, NULL);

    begin_import(true);
    present("A9", "cn=a,dc=x", "user", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=a,dc=x user [A9] PI{add}\n"
                                       "cn=b,dc=x user [A2] H{}\n"
                                       "dc=x parent\n");
    ck_assert(!asked_again(mv));
}
END_TEST

START_TEST(a_squatter_takes_the_name_of_what_was_never_exported)
{
    uint64_t mv = new_mv();

    two_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", NULL);
    stepped_with(&s, "cn=new,dc=x", link_to, &mv);
    stepped_want(&s, "cn=a,dc=x", NULL, NULL, "manager=cn=new,dc=x", NULL);

    begin_import(false);
    present("S1", "cn=new,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x", "cn=new,dc=x user [S1] PI{add}");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{title=t} UA{update manager=<cn=new,dc=x>}");
    ck_assert(asked_again(mv));
}
END_TEST

START_TEST(a_rename_over_what_was_never_exported_drops_it)
{
    uint64_t mv = new_mv();

    two_users();
    stepped_want(&s, "cn=new,dc=x", NULL, "user", NULL);
    stepped_with(&s, "cn=new,dc=x", link_to, &mv);

    begin_import(false);
    modify("A1", "cn=a,dc=x", "cn=new,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=new,dc=x",
              "cn=new,dc=x user [A1] H{title=t} PI{update ->cn=new,dc=x}");
    ck_assert_str_eq(stepped_dump(&s),
                     "cn=b,dc=x user [A2] H{}\n"
                     "cn=new,dc=x user [A1] H{title=t} PI{update ->cn=new,dc=x}\n"
                     "dc=x parent\n");
    ck_assert(asked_again(mv));
}
END_TEST

START_TEST(a_pending_rename_to_a_name_that_another_has_is_withdrawn)
{
    two_users();
    stepped_want(&s, "cn=a,dc=x", "cn=z,dc=x", NULL, "title=u", NULL);

    begin_import(false);
    present("A9", "cn=z,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=z,dc=x", "cn=z,dc=x user [A9] PI{add}");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{title=t} UA{update title=u} full-sync");
}
END_TEST

START_TEST(an_import_names_an_object_by_the_dn_that_the_system_has)
{
    two_users();
    stepped_want(&s, "cn=a,dc=x", "cn=z,dc=x", NULL, NULL);

    begin_import(false);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=g,dc=x", "cn=g,dc=x group [G1] PI{add member=<cn=z,dc=x>}");
    ck_assert_ptr_null(strstr(stepped_dump(&s), "link"));
}
END_TEST

/* --- case c: transients ----------------------------------------------------------- */

START_TEST(two_objects_exchange_their_names)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("O2", "ou=p,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    present("A2", "cn=b,ou=p,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(false);
    modify("O1", "ou=o,dc=x", "ou=p,dc=x", NULL);
    modify("O2", "ou=p,dc=x", "ou=o,dc=x", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_RENAME, 2);
    ck_assert_str_eq(stepped_dump(&s),
                     "cn=a,ou=p,dc=x user [A1] H{} PI{update ->cn=a,ou=p,dc=x}\n"
                     "cn=b,ou=o,dc=x user [A2] H{} PI{update ->cn=b,ou=o,dc=x}\n"
                     "dc=x parent\n"
                     "ou=o,dc=x organizationalUnit [O2] H{} PI{update ->ou=o,dc=x}\n"
                     "ou=p,dc=x organizationalUnit [O1] H{} PI{update ->ou=p,dc=x}\n");
}
END_TEST

START_TEST(a_transient_that_nobody_explains_is_the_result)
{
    two_users();

    begin_import(false);
    present("A9", "cn=a,dc=x", "user", NULL);
    ck_end("completed-transient-objects");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] PI{add}");
    ck_assert_ptr_nonnull(strstr(stepped_dump(&s), " [A1] H{title=t} PI{update ->"));
    ck_assert_ptr_nonnull(strstr(stepped_dump(&s), " transient\n"));

    begin_import(false);
    gone("A1", NULL, NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] PI{add}");
    ck_assert_ptr_nonnull(strstr(stepped_dump(&s), " [A1] H{title=t} PI{delete}"));
}
END_TEST

START_TEST(an_object_made_anew_under_the_same_name_follows_the_old_one)
{
    two_users();

    begin_import(true);
    present("A9", "cn=a,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_ADD, 1);
    ck_count(COUNTER_STAGE_DELETE, 1);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] PI{add title=t}");
    stepped_absorb(&s);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] H{title=t}");
}
END_TEST

START_TEST(the_name_of_what_is_to_be_deleted_may_be_given_again)
{
    two_users();
    begin_import(false);
    gone("A1", NULL, NULL);
    ck_end("success");

    begin_import(false);
    present("A9", "cn=a,dc=x", "user", "title=t", NULL);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] PI{add title=t}");
    stepped_absorb(&s);
    ck_object(&s, "cn=g,dc=x", "cn=g,dc=x group [G1] H{member=<cn=a,dc=x>}");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A9] H{title=t}");
}
END_TEST

/* --- duplicates --------------------------------------------------------------------- */

START_TEST(an_anchor_or_a_dn_that_comes_twice_in_a_full_import_is_an_error)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", NULL);
    present("A1", "cn=b,dc=x", "user", NULL);
    present("A2", "cn=a,dc=x", "user", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_str_eq(stepped_dump(&s), "cn=a,dc=x user [A1] PI{add}\ndc=x parent\n");
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error duplicate-object cn=b,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error duplicate-object cn=a,dc=x"));
}
END_TEST

START_TEST(a_delta_import_may_show_an_object_twice)
{
    two_users();

    begin_import(false);
    present("A1", "cn=a,dc=x", "user", "title=u", NULL);
    present("A1", "cn=a,dc=x", "user", "title=v", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} PI{update title=v}");
}
END_TEST

/* --- what was exported ------------------------------------------------------------ */

START_TEST(what_was_exported_is_confirmed_or_offered_again)
{
    two_users();
    stepped_want(&s, "cn=a,dc=x", NULL, NULL, "title=u", "mail=m", NULL);
    exported("cn=a,dc=x", "");

    begin_import(false);
    modify("A2", NULL, NULL, "title=q", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{title=t} UC{update mail=m title=u}");

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=u", "mail=other", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("completed-warnings");
    ck_assert_ptr_nonnull(strstr(s.heard.at, "exported-change-not-reimported cn=a,dc=x"));
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{title=t} PI{update mail=other title=u} "
              "UA{update mail=m}");
}
END_TEST

START_TEST(an_exported_rename_is_confirmed_with_what_lies_below)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);
    stepped_want(&s, "ou=o,dc=x", "ou=q,dc=x", NULL, NULL);
    exported("ou=o,dc=x", "");
    {
        struct batch *batch = batch_begin(s.store);
        uint64_t id;

        ck_ok(&s, cs_find_dn(batch, s.agent.number, "ou=q,dc=x", &id, &s.err));
        ck_ok(&s, tree_follow(batch, s.agent.number, id, "ou=o,dc=x", "ou=q,dc=x",
                              TREE_EXPORTED, NULL, &s.err));
        ck_ok(&s, batch_commit(batch, &s.err));
        batch_end(batch);
    }
    ck_object(&s, "cn=a,ou=q,dc=x",
              "cn=a,ou=q,dc=x user [A1] H{} UC{update ->cn=a,ou=q,dc=x}");

    begin_import(false);
    modify("O1", "ou=q,dc=x", NULL, NULL);
    ck_end("success");
    ck_object(&s, "ou=q,dc=x",
              "ou=q,dc=x organizationalUnit [O1] H{} PI{update ->ou=q,dc=x}");
    ck_object(&s, "cn=a,ou=q,dc=x",
              "cn=a,ou=q,dc=x user [A1] H{} PI{update ->cn=a,ou=q,dc=x}");
}
END_TEST

START_TEST(a_confirmed_delete_leaves_nothing_or_a_placeholder)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    present("G1", "cn=g,dc=x", "group", "member=cn=b,dc=x", NULL);
    ck_end("success");
    stepped_absorb(&s);
    stepped_want_gone(&s, "cn=a,dc=x");
    stepped_want_gone(&s, "cn=b,dc=x");
    exported("cn=a,dc=x", "");
    exported("cn=b,dc=x", "");

    begin_import(false);
    gone("A1", NULL, NULL);
    gone("A2", NULL, NULL);
    ck_end("success");

    ck_assert_str_eq(stepped_dump(&s), "cn=b,dc=x deleted\n"
                                       "cn=g,dc=x group [G1] H{member=<cn=b,dc=x>}\n"
                                       "dc=x parent\n");
}
END_TEST

START_TEST(the_name_of_a_container_that_was_made_anew_keeps_what_lies_below)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("O2", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    ck_assert_str_eq(stepped_dump(&s), "cn=a,ou=o,dc=x user [A1] H{}\n"
                                       "dc=x parent\n"
                                       "ou=o,dc=x organizationalUnit [O2] H{}\n");
}
END_TEST

START_TEST(an_exported_delete_that_is_still_shown_is_offered_again)
{
    two_users();
    stepped_want_gone(&s, "cn=a,dc=x");
    exported("cn=a,dc=x", "");

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("completed-warnings");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} UA{delete}");
}
END_TEST

START_TEST(what_comes_true_by_itself_is_not_exported)
{
    two_users();
    stepped_want(&s, "cn=a,dc=x", NULL, NULL, "title=u", NULL);

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=u", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} PI{update title=u}");
}
END_TEST

START_TEST(a_confirmation_in_another_spelling_of_the_name_is_one)
{
    two_users();
    stepped_want(&s, "cn=a,dc=x", "cn=Zoe, dc=x", NULL, NULL);
    exported("cn=Zoe,dc=x", "");

    begin_import(true);
    present("A1", "CN=zoe,DC=x", "user", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=zoe,dc=x",
              "CN=zoe,DC=x user [A1] H{title=t} PI{update ->CN=zoe,DC=x}");
}
END_TEST

/* --- how things are, or how they went --------------------------------------------- */

START_TEST(an_entry_read_before_its_container_moves_is_where_it_says)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("O2", "ou=p,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=p,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    present("O1", "ou=p,dc=x", "organizationalUnit", NULL);
    present("O2", "ou=o,dc=x", "organizationalUnit", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,ou=o,dc=x",
              "cn=a,ou=o,dc=x user [A1] H{} PI{update ->cn=a,ou=o,dc=x}");
}
END_TEST

START_TEST(a_reference_read_before_its_target_changes_names_is_to_who_has_the_name)
{
    two_users();

    begin_import(true);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", NULL);
    present("A1", "cn=b,dc=x", "user", "title=t", NULL);
    present("A2", "cn=a,dc=x", "user", "manager=cn=a,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A2] H{} PI{update ->cn=a,dc=x manager=<cn=a,dc=x>}");
    {
        struct batch *batch = batch_begin(s.store);
        id_list ids = {0};
        uint64_t id;

        ck_ok(&s, cs_find_anchor(batch, s.agent.number, slice_text("A2"), &id, &s.err));
        ck_ok(&s, cs_referrers(batch, s.agent.number, id, &ids, &s.err));
        ck_assert_uint_eq(ids.count, 2);
        VEC_FREE(&ids);
        batch_end(batch);
    }
}
END_TEST

START_TEST(a_history_of_changes_is_taken_step_by_step)
{
    begin_import(true);
    present("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    present("A1", "cn=a,ou=o,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(false);
    modify("A1", "cn=a,ou=o,dc=x", NULL, "title=t", NULL);
    present("A2", "cn=b,ou=o,dc=x", "user", "manager=cn=a,ou=o,dc=x", NULL);
    modify("O1", "ou=o,dc=x", "ou=q,dc=x", NULL);
    modify("A2", "cn=b,ou=q,dc=x", NULL, "title=u", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,ou=q,dc=x",
              "cn=a,ou=q,dc=x user [A1] H{} PI{update ->cn=a,ou=q,dc=x title=t}");
    ck_object(&s, "cn=b,ou=q,dc=x",
              "cn=b,ou=q,dc=x user [A2] PI{add title=u manager=<cn=a,ou=q,dc=x>}");
}
END_TEST

SUITE_WITH("stage/match", begin, end, another_dn_with_the_same_anchor_is_a_rename,
           a_renamed_container_takes_along_what_lies_below,
           what_the_import_moved_already_is_not_moved_twice,
           a_container_may_move_below_its_own_old_name,
           a_rename_to_a_name_that_is_referred_to_meets_its_referrers,
           an_exported_add_is_confirmed_by_its_dn_and_gets_its_anchor,
           an_add_that_a_dead_run_had_sent_is_confirmed_too,
           what_a_dead_run_made_anew_is_known_by_its_dn_though_it_had_an_anchor,
           what_is_to_be_made_again_gives_way_to_who_has_its_name_by_now,
           what_a_dead_run_made_again_confirms_the_delete_before,
           a_squatter_takes_the_name_of_what_was_never_exported,
           a_rename_over_what_was_never_exported_drops_it,
           a_pending_rename_to_a_name_that_another_has_is_withdrawn,
           an_import_names_an_object_by_the_dn_that_the_system_has,
           two_objects_exchange_their_names,
           a_transient_that_nobody_explains_is_the_result,
           an_object_made_anew_under_the_same_name_follows_the_old_one,
           the_name_of_what_is_to_be_deleted_may_be_given_again,
           an_anchor_or_a_dn_that_comes_twice_in_a_full_import_is_an_error,
           a_delta_import_may_show_an_object_twice,
           what_was_exported_is_confirmed_or_offered_again,
           an_exported_rename_is_confirmed_with_what_lies_below,
           a_confirmed_delete_leaves_nothing_or_a_placeholder,
           the_name_of_a_container_that_was_made_anew_keeps_what_lies_below,
           an_exported_delete_that_is_still_shown_is_offered_again,
           what_comes_true_by_itself_is_not_exported,
           a_confirmation_in_another_spelling_of_the_name_is_one,
           an_entry_read_before_its_container_moves_is_where_it_says,
           a_reference_read_before_its_target_changes_names_is_to_who_has_the_name,
           a_history_of_changes_is_taken_step_by_step)
