/* SPDX-License-Identifier: Apache-2.0 */
#include "importing.h"

/* --- what an import is ------------------------------------------------------------- */

START_TEST(an_unknown_entry_is_a_pending_add)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "mail=m", "number=7", NULL);
    ck_end("success");

    ck_heard(&s, "stage-add cn=a,dc=x\n");
    ck_object(&s, "CN=A, DC=x", "cn=a,dc=x user [A1] PI{add mail=m number=7}");
    ck_object(&s, "dc=x", "dc=x parent");
}
END_TEST

START_TEST(the_same_again_is_no_change)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "mail=m", "mail=n", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "CN=a,DC=x", "user", "mail=n", "mail=m", "unwanted=u", NULL);
    ck_end("success");

    ck_heard(&s, "stage-no-change CN=a,DC=x\n");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{mail=m,n}");
}
END_TEST

/* What an attribute is was remembered by its place in the entry. */
START_TEST(entries_may_have_their_attributes_in_any_order_and_spelling)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "mail=m", "number=7", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", "title=t", "mail=m", "number=7", NULL);
    present("A3", "cn=c,dc=x", "user", "unwanted=u", "MAIL=m", "Number=7", NULL);
    present("A4", "cn=d,dc=x", "user", "mail=m", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] PI{add mail=m title=t number=7}");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [A2] PI{add mail=m title=t number=7}");
    ck_object(&s, "cn=c,dc=x", "cn=c,dc=x user [A3] PI{add mail=m number=7}");
    ck_object(&s, "cn=d,dc=x", "cn=d,dc=x user [A4] PI{add mail=m}");
}
END_TEST

/* One look an object, whether a synchronisation has seen it or not, and nothing to commit
 * but that it was seen. */
START_TEST(what_is_known_already_costs_a_look)
{
    for (int synchronised = 0; synchronised < 2; synchronised++) {
        struct store_work before;

        begin_import(true);
        present("A1", "cn=a,dc=x", "user", "title=t", "mail=m", "mail=n", NULL);
        present("A2", "cn=b,dc=x", "user", "title=t", NULL);
        ck_end("success");
        if (synchronised)
            stepped_absorb(&s);

        begin_import(true);
        before = store_work(s.store);
        present("A1", "cn=a,dc=x", "user", "mail=n", "mail=m", "title=t", NULL);
        present("A2", "cn=b,dc=x", "user", "title=t", NULL);
        ck_assert_uint_eq(store_work(s.store).objects_read - before.objects_read, 2);
        ck_end("success");
        ck_count(COUNTER_STAGE_NO_CHANGE, 2);
    }
}
END_TEST

START_TEST(a_known_object_with_a_bad_value_is_an_error_still)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", "title=u", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "error multi-single-mismatch cn=a,dc=x"));
}
END_TEST

START_TEST(a_second_import_replaces_the_pending_one_and_may_take_it_back)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=u", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} PI{update title=u}");

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t}");
}
END_TEST

START_TEST(another_type_with_the_same_anchor_is_a_delete_add)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "cn=a,dc=x", "contact", "title=t", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_DELETE_ADD, 1);
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x contact [A1] H{title=t} PI{delete-add ->cn=a,dc=x title=t}");
}
END_TEST

START_TEST(the_type_is_the_deepest_class_of_the_schema)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", NULL, "objectClass=top", "objectClass=person",
            "objectClass=mailRecipient", "objectClass=user", "objectClass=other", NULL);
    present("A2", "cn=b,dc=x", NULL, "title=t", NULL);
    present("A3", "cn=c,dc=x", NULL, "objectClass=other", NULL);
    present("A4", "cn=d,dc=x", "other", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(strstr(stepped_show(&s, "cn=a,dc=x"), " user [A1]"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error missing-object-class cn=b,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error unmappable-object-type cn=c,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error unmappable-object-type cn=d,dc=x"));
    ck_object(&s, "cn=d,dc=x", "none");
}
END_TEST

/* --- values ------------------------------------------------------------------------- */

START_TEST(a_bad_value_spoils_its_entry_and_nothing_else)
{
    static const struct {
        const char *word;
        const char *error;
    } bad[] = {
        {"number=12a", "invalid-numeric-value"},
        {"enabled=perhaps", "invalid-boolean-value"},
        {"title:=ff", "invalid-attribute-value"},
        {"manager:=", "invalid-reference-value"},
    };

    begin_import(true);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ma_value empty = {"", 0};
        struct ma_attribute a = {.name = "manager", .values = &empty, .count = 1};
        struct ma_entry entry = {.size = sizeof entry,
                                 .anchor = ma_value_of("A1"),
                                 .dn = "cn=a,dc=x",
                                 .object_type = "user",
                                 .attributes = &a,
                                 .count = 1,
                                 .position = i + 10};
        char line[128];

        buf_clear(&s.heard);
        if (strcmp(bad[i].word, "manager:=") == 0)
            ck_ok(&s, stage_entry(stage, &entry, &s.err));
        else
            present("A1", "cn=a,dc=x", "user", "manager=cn=boss,dc=x", bad[i].word, NULL);
        snprintf(line, sizeof line, "error %s cn=a,dc=x %.*s entry", bad[i].error,
                 (int)strcspn(bad[i].word, ":="), bad[i].word);
        ck_assert_msg(strstr(s.heard.at, line) != NULL, "%s in %s", line, s.heard.at);
    }
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("completed-discovery-errors");

    ck_object(&s, "cn=a,dc=x", "none");
    ck_object(&s, "cn=boss,dc=x", "none");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [A2] PI{add}");
}
END_TEST

START_TEST(several_values_of_a_single_valued_attribute_are_an_error_equal_ones_are_not)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", "title=u", NULL);
    present("A2", "cn=b,dc=x", "user", "title=t", "title=t", NULL);
    ck_end("completed-discovery-errors");

    ck_object(&s, "cn=a,dc=x", "none");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [A2] PI{add title=t}");
    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "error multi-single-mismatch cn=a,dc=x title"));
}
END_TEST

START_TEST(numbers_of_32_bits_above_the_half_are_negative)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "group", "groupType=2147483650", "number=2147483650",
            NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x group [A1] PI{add number=2147483650 groupType=-2147483646}");
}
END_TEST

START_TEST(anchors_and_names_are_checked)
{
    char longest[802];

    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    s.config.capabilities = MA_CAN_LDAP_DN;

    begin_import(true);
    present(longest, "cn=a,dc=x", "user", NULL);
    present(NULL, "cn=b,dc=x", "user", NULL);
    present(NULL, NULL, "user", NULL);
    present("A4", "no name", "user", NULL);
    present("A5", "cn=e,dc=x", "user", "manager=nobody", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "error anchor-too-long cn=a,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error missing-anchor-component cn=b,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error missing-dn -"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error dn-not-ldap-conformant no name"));
    ck_assert_ptr_nonnull(strstr(
        s.heard.at, "error reference-value-not-ldap-conformant cn=e,dc=x manager"));
    ck_assert_str_eq(stepped_dump(&s), "");
}
END_TEST

START_TEST(without_a_dn_the_anchor_serves)
{
    request.partition = NULL;

    begin_import(true);
    present("4711", NULL, "user", "title=t", NULL);
    ck_end("success");

    ck_object(&s, "4711", "4711 user [4711] PI{add title=t}");
}
END_TEST

static void import_without_anchors(void)
{
    begin_import(true);
    present(NULL, "cn=A,dc=x", "user", "title=t", NULL);
    ck_end("success");
    stepped_absorb(&s);
    begin_import(true);
    present(NULL, "CN=a,DC=X", "user", "title=t", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_NO_CHANGE, 1);
}

START_TEST(the_dn_may_be_the_anchor)
{
    s.config.capabilities = MA_CAN_DN_IS_ANCHOR;

    import_without_anchors();
}
END_TEST

START_TEST(the_dn_may_be_the_anchor_because_the_plugin_says_so)
{
    request.capabilities = MA_CAN_DN_IS_ANCHOR;

    import_without_anchors();
}
END_TEST

/* The mask of a directory says so, and another plugin that gives anchors serves it. */
START_TEST(an_object_that_has_an_anchor_is_known_by_its_dn_too)
{
    s.config.capabilities = MA_CAN_DN_IS_ANCHOR;
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");
    stepped_absorb(&s);

    begin_import(false);
    modify(NULL, "CN=A,dc=x", NULL, "title=u", NULL);
    modify(NULL, "cn=a,dc=x", "cn=b,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=b,dc=x",
              "cn=b,dc=x user [A1] H{title=t} PI{update ->cn=b,dc=x title=u}");
}
END_TEST

START_TEST(attributes_that_no_import_shows_stay)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");
    stepped_absorb(&s);
    stepped_want(&s, "cn=a,dc=x", NULL, "user", "hint=h", NULL);
    {
        struct batch *batch = batch_begin(s.store);
        struct cs_object object;
        uint64_t id;

        ck_ok(&s, cs_find_dn(batch, s.agent.number, "cn=a,dc=x", &id, &s.err));
        ck_ok(&s, cs_get(batch, &s.arena, s.agent.number, id, &object, &s.err));
        tower_escrow(&s.arena, &object, 1);
        tower_exported(&s.arena, &object, slice_text(""), false);
        ck_ok(&s, cs_put(batch, &object, &s.err));
        ck_ok(&s, batch_commit(batch, &s.err));
        batch_end(batch);
    }

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "title=t", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{title=t} PI{update hint=h}");
}
END_TEST

/* --- scope -------------------------------------------------------------------------- */

START_TEST(the_longest_container_decides)
{
    static const char *const in[] = {"dc=x", "ou=in,ou=out,dc=x", NULL};
    static const char *const out[] = {"ou=out,dc=x", NULL};

    s.partitions[0].inclusions = in;
    s.partitions[0].exclusions = out;

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", NULL);
    present("A2", "cn=b,ou=out,dc=x", "user", NULL);
    present("A3", "cn=c,ou=in,ou=out,dc=x", "user", NULL);
    present("A4", "cn=d,dc=z", "user", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_ADD, 2);
    ck_count(COUNTER_FILTERED_OBJECTS, 2);
    ck_object(&s, "cn=b,ou=out,dc=x", "none");
    ck_object(&s, "cn=d,dc=z", "none");
}
END_TEST

START_TEST(what_leaves_the_scope_is_a_delete)
{
    static const char *const out[] = {"ou=out,dc=x", NULL};
    static const char *const types[] = {"user", NULL};

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    present("A3", "cn=c,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);

    s.partitions[0].exclusions = out;
    s.partitions[0].object_types = types;
    begin_import(false);
    modify("A1", "cn=a,dc=x", "cn=a,ou=out,dc=x", NULL);
    present("A2", "cn=b,dc=x", "contact", NULL);
    ck_end("success");
    ck_count(COUNTER_FILTERED_OBJECTS, 2);
    ck_count(COUNTER_STAGE_DELETE, 2);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{} PI{delete}");

    begin_import(true);
    present("A3", "cn=c,ou=out,dc=x", "user", NULL);
    present("A4", "cn=d,dc=x", "user", NULL);
    ck_end("success");
    ck_object(&s, "cn=c,dc=x", "cn=c,dc=x user [A3] H{} PI{obsolete}");
}
END_TEST

/* --- references --------------------------------------------------------------------- */

START_TEST(a_reference_to_nobody_is_a_placeholder_that_the_object_takes_over)
{
    begin_import(true);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", "member=cn=b,dc=x", NULL);
    ck_object(&s, "cn=a,dc=x", "none");
    page("1");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x link");
    present("A1", "CN=A,dc=x", "user", NULL);
    ck_end("success");

    ck_object(&s, "cn=g,dc=x",
              "cn=g,dc=x group [G1] PI{add member+=<CN=A,dc=x>,<cn=b,dc=x>}");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x link");
}
END_TEST

START_TEST(an_object_may_refer_to_itself)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "manager=cn=a,dc=x", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] PI{add manager=<cn=a,dc=x>}");
    stepped_absorb(&s);

    begin_import(true);
    present("A1", "cn=z,dc=x", "user", "manager=cn=z,dc=x", NULL);
    ck_end("success");
    ck_object(&s, "cn=z,dc=x",
              "cn=z,dc=x user [A1] H{manager=<cn=z,dc=x>} PI{update ->cn=z,dc=x}");
    ck_object(&s, "cn=a,dc=x", "none");
}
END_TEST

/* Another spelling of the same bytes is no other value. */
START_TEST(a_reference_keeps_the_data_beside_its_name)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "linked=B:4:00ff:cn=b,dc=x", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] PI{add linked=<B:4:00FF:cn=b,dc=x>}");

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "linked=B:4:00FF:CN=B,dc=x", NULL);
    ck_end("success");
    ck_count(COUNTER_STAGE_UPDATE, 0);
}
END_TEST

START_TEST(a_sid_refers_to_the_object_that_has_it_before_and_after_it_comes)
{
    static const char sid[] = "mS-DS-CreatorSID:=010100000000000511000000";

    begin_import(true);
    present("A1", "cn=a,dc=x", "user", sid, NULL);
    present("A2", "cn=b,dc=x", "user", "objectSid:=010100000000000511000000", NULL);
    present("A3", "cn=c,dc=x", "user", sid, NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] PI{add mS-DS-CreatorSID=<cn=b,dc=x>}");
    ck_object(&s, "cn=c,dc=x",
              "cn=c,dc=x user [A3] PI{add mS-DS-CreatorSID=<cn=b,dc=x>}");
    ck_assert_ptr_null(strstr(stepped_dump(&s), "<SID="));
}
END_TEST

/* --- delta imports ------------------------------------------------------------------ */

static void known_objects(void)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", "mail=m", "mail=n", "title=t", NULL);
    present("A2", "cn=b,dc=x", "user", NULL);
    ck_end("success");
    stepped_absorb(&s);
}

START_TEST(a_change_goes_by_value)
{
    known_objects();

    begin_import(false);
    modify("A1", NULL, NULL, "mail+=o", "mail-=m", "title-=other", NULL);
    ck_end("success");

    ck_heard(&s, "stage-update cn=a,dc=x\n");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{mail=m,n title=t} PI{update mail-=m+=o}");

    begin_import(false);
    modify("A1", "cn=a,dc=x", NULL, "title-=t", "title+=u", "mail=", NULL);
    ck_end("success");
    ck_object(&s, "cn=a,dc=x",
              "cn=a,dc=x user [A1] H{mail=m,n title=t} PI{update mail-=m,n title=u}");
}
END_TEST

START_TEST(a_value_that_comes_and_goes_at_once_is_an_error)
{
    known_objects();

    begin_import(false);
    modify("A1", "cn=a,dc=x", NULL, "mail+=o", "mail-=o", NULL);
    modify("A1", "cn=a,dc=x", NULL, "title+=u", "title+=v", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "error conflicting-modification-types cn=a,dc=x mail"));
    ck_assert_ptr_nonnull(
        strstr(s.heard.at, "error multi-single-mismatch cn=a,dc=x title"));
}
END_TEST

START_TEST(a_change_of_nobody_needs_the_whole_object)
{
    known_objects();

    begin_import(false);
    modify("A9", "cn=z,dc=x", NULL, "title=u", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "error need-full-object cn=z,dc=x"));
}
END_TEST

static enum ma_status read_again(void *context, const struct ma_value *anchors,
                                 size_t count, struct ma_error *err)
{
    (void)context;
    (void)err;
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(anchors[0].data, "A9");
    present("A9", "cn=z,dc=x", "user", "title=u", NULL);
    return MA_OK;
}

START_TEST(an_agent_that_can_is_asked_for_the_whole_object)
{
    known_objects();
    request.read = read_again;

    begin_import(false);
    modify("A9", "cn=z,dc=x", NULL, "title=u", NULL);
    modify("A8", "cn=y,dc=x", NULL, "title=u", NULL);
    ck_end("completed-discovery-errors");

    ck_object(&s, "cn=z,dc=x", "cn=z,dc=x user [A9] PI{add title=u}");
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error need-full-object A8"));
}
END_TEST

START_TEST(a_delete_is_staged_and_of_nobody_counted)
{
    known_objects();

    begin_import(false);
    gone("A1", "cn=a,dc=x", NULL);
    gone("A9", "cn=b,dc=x", NULL);
    gone(NULL, "cn=z,dc=x", NULL);
    ck_end("success");

    ck_count(COUNTER_STAGE_DELETE, 1);
    ck_count(COUNTER_FILTERED_DELETIONS, 2);
    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x user [A1] H{mail=m,n title=t} PI{delete}");
    ck_object(&s, "cn=b,dc=x", "cn=b,dc=x user [A2] H{}");
}
END_TEST

START_TEST(what_goes_before_it_was_synchronised_stays_as_a_name_that_is_referred_to)
{
    begin_import(true);
    present("A1", "cn=a,dc=x", "user", NULL);
    present("G1", "cn=g,dc=x", "group", "member=cn=a,dc=x", NULL);
    ck_end("success");

    begin_import(false);
    gone("A1", "cn=a,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=a,dc=x", "cn=a,dc=x deleted");
    ck_object(&s, "cn=g,dc=x", "cn=g,dc=x group [G1] PI{add member=<cn=a,dc=x>}");
}
END_TEST

START_TEST(a_change_record_without_an_anchor_is_matched_by_its_dn)
{
    known_objects();

    begin_import(false);
    modify(NULL, "CN=A,DC=x", "cn=q,dc=x", "title=u", NULL);
    gone(NULL, "cn=b,dc=x", NULL);
    ck_end("success");

    ck_object(&s, "cn=q,dc=x",
              "cn=q,dc=x user [A1] H{mail=m,n title=t} PI{update ->cn=q,dc=x title=u}");
    ck_count(COUNTER_STAGE_RENAME, 1);
    ck_count(COUNTER_STAGE_DELETE, 1);
}
END_TEST

START_TEST(a_full_import_shows_whole_objects_only)
{
    known_objects();

    begin_import(true);
    modify("A1", "cn=a,dc=x", NULL, "title=u", NULL);
    gone("A2", "cn=b,dc=x", NULL);
    ck_end("completed-discovery-errors");

    ck_assert_ptr_nonnull(strstr(s.heard.at, "error invalid-change-type cn=a,dc=x"));
    ck_assert_ptr_nonnull(strstr(s.heard.at, "error invalid-change-type cn=b,dc=x"));
}
END_TEST

SUITE_WITH("stage/entry", begin, end, an_unknown_entry_is_a_pending_add,
           the_same_again_is_no_change,
           entries_may_have_their_attributes_in_any_order_and_spelling,
           what_is_known_already_costs_a_look,
           a_known_object_with_a_bad_value_is_an_error_still,
           a_second_import_replaces_the_pending_one_and_may_take_it_back,
           another_type_with_the_same_anchor_is_a_delete_add,
           the_type_is_the_deepest_class_of_the_schema,
           a_bad_value_spoils_its_entry_and_nothing_else,
           several_values_of_a_single_valued_attribute_are_an_error_equal_ones_are_not,
           numbers_of_32_bits_above_the_half_are_negative, anchors_and_names_are_checked,
           without_a_dn_the_anchor_serves, the_dn_may_be_the_anchor,
           the_dn_may_be_the_anchor_because_the_plugin_says_so,
           an_object_that_has_an_anchor_is_known_by_its_dn_too,
           attributes_that_no_import_shows_stay, the_longest_container_decides,
           what_leaves_the_scope_is_a_delete,
           a_reference_to_nobody_is_a_placeholder_that_the_object_takes_over,
           an_object_may_refer_to_itself, a_reference_keeps_the_data_beside_its_name,
           a_sid_refers_to_the_object_that_has_it_before_and_after_it_comes,
           a_change_goes_by_value, a_value_that_comes_and_goes_at_once_is_an_error,
           a_change_of_nobody_needs_the_whole_object,
           an_agent_that_can_is_asked_for_the_whole_object,
           a_delete_is_staged_and_of_nobody_counted,
           what_goes_before_it_was_synchronised_stays_as_a_name_that_is_referred_to,
           a_change_record_without_an_anchor_is_matched_by_its_dn,
           a_full_import_shows_whole_objects_only)
