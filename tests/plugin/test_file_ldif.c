/* SPDX-License-Identifier: Apache-2.0 */

/* file_ma on LDIF: what is read, what is refused, what exports leave in the file. */

#include "hosted.h"

static struct hosted h;

static void begin(void)
{
    hosted_begin(&h);
    hosted_param(&h, "format", "ldif");
    hosted_param(&h, "file", "data.ldif");
    hosted_param(&h, "delta-file", "changes.ldif");
    hosted_param(&h, "anchor-seed", "test");
    hosted_attribute(&h, "objectGUID", VALUE_BINARY, true);
    hosted_attribute(&h, "cn", VALUE_STRING, true);
    hosted_attribute(&h, "description", VALUE_STRING, false);
    hosted_attribute(&h, "member", VALUE_REFERENCE, false);
    hosted_attribute(&h, "manager", VALUE_REFERENCE, true);
    hosted_attribute(&h, "userAccountControl", VALUE_NUMBER, true);
    hosted_attribute(&h, "isCriticalSystemObject", VALUE_BOOLEAN, true);
    hosted_attribute(&h, "proxyAddresses", VALUE_STRING, false);
    hosted_attribute(&h, "unicodePwd", VALUE_BINARY, true);
    hosted_class(&h, "top", 0); /* its own superior, as in Active Directory */
    hosted_class(&h, "person", 0);
    hosted_class(&h, "user", 1);
    hosted_class(&h, "group", 0);
    hosted_class(&h, "mailRecipient", 2);
    h.classes[4].kind = CLASS_AUXILIARY;
}

static void end(void)
{
    hosted_end(&h);
}

static void ck_import(bool full)
{
    ck_assert_msg(hosted_import(&h, FILE_MA, full) == MA_OK, "%s", h.err.text);
}

#define GUID_A "AAAAAAAAAAAAAAAAAAAAAQ=="
#define GUID_B "AAAAAAAAAAAAAAAAAAAAAg=="
#define ANCHOR_A "~00~00~00~00~00~00~00~00~00~00~00~00~00~00~00~01"
#define ANCHOR_B "~00~00~00~00~00~00~00~00~00~00~00~00~00~00~00~02"

static const char two[] = "version: 1\n"
                          "\n"
                          "# who\n"
                          "# and\n"
                          "  why\n"
                          "dn: CN=Ada,DC=x\n"
                          "objectClass: top\n"
                          "objectClass: person\n"
                          "objectClass: user\n"
                          "objectClass: mailRecipient\n"
                          "objectGUID:: " GUID_A "\n"
                          "cn: Ada\n"
                          "description: a long\n"
                          "  line\n"
                          "description:: w6Q=\n"
                          "userAccountControl: 512\n"
                          "isCriticalSystemObject: TRUE\n"
                          "notInSchema: x\n"
                          "manager: CN=Bob,DC=x\n"
                          "\n"
                          "\n"
                          "dn:: Q049Qm9iLERDPXg=\r\n"
                          "objectClass: group\r\n"
                          "objectGUID:: " GUID_B "\r\n"
                          "member: CN=Ada,DC=x\r\n";

START_TEST(content_records_become_objects_with_the_types_of_the_schema)
{
    hosted_text(&h, "data.ldif", two);

    ck_import(true);

    ck_heard(&h, "present " ANCHOR_A " [CN=Ada,DC=x] user objectGUID=" ANCHOR_A
                 " cn=Ada description=a long line,ä userAccountControl=512 "
                 "isCriticalSystemObject=true manager=CN=Bob,DC=x\n"
                 "present " ANCHOR_B " [CN=Bob,DC=x] group objectGUID=" ANCHOR_B
                 " member=CN=Ada,DC=x\n");
}
END_TEST

static const struct {
    const char *record;
    const char *heard;
} hostile[] = {
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A "\njpeg:< file:///etc/passwd\n",
     "reject parse-error entry 1 line 4 column 6\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: A*==\n",
     "reject invalid-base64-value entry 1 line 3 objectGUID\n"},
    {"dn: CN=a\nobjectClass: user\n",
     "reject missing-anchor-component entry 1 line 1 objectGUID\n"},
    {"dn: CN=a\nobjectGUID:: " GUID_A "\n",
     "reject missing-object-class entry 1 line 1 objectClass\n"},
    {"dn: CN=a\nobjectClass: printQueue\nobjectGUID:: " GUID_A "\n",
     "reject unmappable-object-type entry 1 line 1 objectClass\n"},
    {"dn: nonsense\nobjectClass: user\nobjectGUID:: " GUID_A "\n",
     "reject dn-not-ldap-conformant entry 1 line 1\n"},
    {"dn:\nobjectClass: user\nobjectGUID:: " GUID_A "\n",
     "reject missing-dn entry 1 line 1\n"},
    {"cn: a\nobjectClass: user\n", "reject missing-dn entry 1 line 1\n"},
    {" cn: a\nobjectClass: user\n", "reject parse-error entry 1 line 1 column 1\n"},
    {"dn: CN=a\nno colon\n", "reject parse-error entry 1 line 2 column 1\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A "\nuserAccountControl: 5x\n",
     "reject invalid-numeric-value entry 1 line 1 userAccountControl\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A
     "\nisCriticalSystemObject: maybe\n",
     "reject invalid-boolean-value entry 1 line 1 isCriticalSystemObject\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A "\ncn: a\ncn: b\n",
     "reject multi-single-mismatch entry 1 line 1 cn\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A "\nmanager: Bob\n",
     "reject reference-value-not-ldap-conformant entry 1 line 1 manager\n"},
    {"dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A "\ncn: \xff\xfe\n",
     "reject parse-error entry 1 line 4 column 5\n"},
    {"dn: CN=a\nobjectClass: user\ndn: CN=b\n",
     "reject parse-error entry 1 line 3 column 1\n"},
    {"dn: CN=a\ncn: a\nchangetype: delete\n",
     "reject parse-error entry 1 line 3 column 1\n"},
    {"dn: CN=a\nchangetype: delete\n", "reject invalid-change-type entry 1 line 1\n"},
    {"dn: CN=a\ncontrol: 1.2.3 true\nchangetype: delete\n",
     "reject parse-error entry 1 line 2 column 1\n"},
};

START_TEST(what_is_wrong_with_a_record_costs_that_record_only)
{
    static const char good[] =
        "\n\ndn: CN=z\nobjectClass: user\nobjectGUID:: " GUID_B "\n";

    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        char *both = mem_print("%s%s", hostile[i].record, good);
        char *heard =
            mem_print("%spresent " ANCHOR_B " [CN=z] user objectGUID=" ANCHOR_B "\n",
                      hostile[i].heard);

        hosted_text(&h, "data.ldif", both);
        ck_import(true);
        ck_heard(&h, heard);
        free(both);
        free(heard);
    }
}
END_TEST

START_TEST(change_records_become_changes_by_value)
{
    hosted_text(&h, "changes.ldif",
                "dn: CN=a\nchangetype: add\nobjectClass: user\nobjectGUID:: " GUID_A
                "\ncn: a\n\n"
                "dn: CN=b\nchangetype: modify\n"
                "add: proxyAddresses\nproxyAddresses: smtp:1\nproxyAddresses: smtp:2\n-\n"
                "delete: proxyAddresses\nproxyAddresses: smtp:3\n-\n"
                "replace: description\ndescription: new\n-\n"
                "delete: manager\n-\n"
                "delete: cn\ncn: old\n-\nadd: cn\ncn: new\n-\n\n"
                "dn: CN=c,DC=x\nchangetype: modrdn\nnewrdn: CN=d\ndeleteoldrdn: 1\n\n"
                "dn: CN=d,DC=x\nchangetype: moddn\nnewrdn: CN=d\ndeleteoldrdn: 0\n"
                "newsuperior: OU=o,DC=x\n\n"
                "dn: CN=e\nchangetype: delete\n\n"
                "dn: CN=f\nchangetype: explode\n\n"
                "dn: CN=g\ncn: g\n");

    ck_import(false);

    ck_heard(&h, "add " ANCHOR_A " [CN=a] user objectGUID=" ANCHOR_A " cn=a\n"
                 "modify  [CN=b] proxyAddresses-smtp:3+smtp:1,smtp:2 description=new "
                 "manager= cn-old+new\n"
                 "modify  [CN=c,DC=x] -> [CN=d,DC=x] cn-c+d\n"
                 "modify  [CN=d,DC=x] -> [CN=d,OU=o,DC=x] cn+d\n"
                 "delete  [CN=e]\n"
                 "reject invalid-change-type entry 6 line 43\n"
                 "reject missing-change-type entry 7 line 45\n");
}
END_TEST

START_TEST(a_delta_file_is_read_once_until_it_changes)
{
    hosted_text(&h, "changes.ldif", "dn: CN=e\nchangetype: delete\n");
    ck_import(false);
    ck_heard(&h, "delete  [CN=e]\n");

    ck_import(false);
    ck_heard(&h, "");

    hosted_text(&h, "changes.ldif", "dn: CN=abc\nchangetype: delete\n");
    ck_import(false);
    ck_heard(&h, "delete  [CN=abc]\n");

    unlink(hosted_path(&h, "changes.ldif"));
    ck_import(false);
    ck_heard(&h, "");
}
END_TEST

START_TEST(a_killed_import_goes_on_behind_its_last_page)
{
    struct buf all = {0};

    for (int i = 1; i <= 5; i++)
        buf_print(&all,
                  "dn: CN=%d\nobjectClass: user\n"
                  "objectGUID:: AAAAAAAAAAAAAAAAAAAA%c%c==\n\n",
                  i, 'A', "AQgwQ"[i - 1]);
    hosted_put(&h, "data.ldif", all.at, all.length);
    buf_free(&all);

    h.die_after = 2;
    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_CANCELLED);
    ck_assert_uint_eq(h.entries, 4);
    h.die_after = 0;
    ck_import(true);

    ck_assert_uint_eq(h.entries, 5);
    ck_assert_ptr_nonnull(strstr(h.heard.at, "[CN=5]"));
}
END_TEST

START_TEST(what_the_engine_says_when_it_has_enough_ends_the_import)
{
    hosted_text(&h, "data.ldif", two);
    h.stop_after = 1;

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_LIMIT);
    ck_assert_uint_eq(h.entries, 1);
    ck_assert_uint_eq(h.watermark.length, 0);
}
END_TEST

START_TEST(a_data_file_that_is_away_is_not_an_empty_system)
{
    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_NOT_FOUND);
}
END_TEST

/* --- export ---------------------------------------------------------------------- */

#define VALUES(...)                                                                      \
    (const struct ma_value[])                                                            \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }
#define TEXT(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }

static const struct ma_attribute ada_attributes[] = {
    {.name = "description", .values = VALUES(TEXT("ünï"), TEXT(" b")), .count = 2},
    {.name = "isCriticalSystemObject", .values = VALUES(TEXT("true")), .count = 1},
    {.name = "unicodePwd", .values = VALUES(TEXT("secret")), .count = 1},
    {.name = "manager", .values = VALUES(TEXT("CN=Bob,OU=o,DC=x")), .count = 1},
};
static const struct ma_entry add_ada = {.size = sizeof(struct ma_entry),
                                        .change = MA_ADD,
                                        .dn = "CN=Ada,DC=x",
                                        .object_type = "user",
                                        .attributes = ada_attributes,
                                        .count = 4};
static const struct ma_entry add_bob = {.size = sizeof(struct ma_entry),
                                        .change = MA_ADD,
                                        .dn = "CN=Bob,OU=o,DC=x",
                                        .object_type = "user"};
static const struct ma_entry delete_bob = {
    .size = sizeof(struct ma_entry), .change = MA_DELETE, .dn = "cn=bob, ou=O,dc=x"};

static void ck_export(const struct ma_entry *const *entries, size_t count)
{
    ck_assert_msg(hosted_export(&h, FILE_MA, entries, count) == MA_OK, "%s", h.err.text);
}

START_TEST(an_exported_object_is_read_back_with_the_anchor_it_was_given)
{
    char *file;
    struct buf anchor = {0};

    ck_export((const struct ma_entry *const[]){&add_ada}, 1);
    ck_heard(&h, "0 exported\n");
    file = hosted_get(&h, "data.ldif");
    ck_assert_ptr_null(strstr(file, "Pwd"));
    ck_assert_ptr_nonnull(strstr(file, "objectClass: top\nobjectClass: person\n"
                                       "objectClass: user\n"));
    ck_assert_ptr_nonnull(strstr(file, "description:: w7xuw68=\ndescription:: IGI=\n"));
    ck_assert_ptr_nonnull(strstr(file, "cn: Ada\n"));
    buf_bytes(&anchor, h.anchors.at, h.anchors.length - 1);

    ck_import(true);
    ck_assert_ptr_nonnull(strstr(h.heard.at, anchor.at));
    ck_assert_ptr_nonnull(strstr(h.heard.at, "description=ünï, b"));
    ck_assert_ptr_nonnull(strstr(h.heard.at, "isCriticalSystemObject=true"));
    free(file);
    buf_free(&anchor);
}
END_TEST

START_TEST(doing_an_export_twice_does_no_harm)
{
    char *first;
    char *second;

    ck_export((const struct ma_entry *const[]){&add_ada, &add_bob, &delete_bob}, 3);
    first = hosted_get(&h, "data.ldif");

    ck_export((const struct ma_entry *const[]){&add_ada, &delete_bob}, 2);
    second = hosted_get(&h, "data.ldif");

    ck_heard(&h, "0 add-to-update cd-existing-object\n1 exported\n");
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

START_TEST(values_are_changed_one_by_one_and_the_rest_of_the_record_stays)
{
    const struct ma_attribute change[] = {{.name = "proxyAddresses",
                                           .op = MA_VALUES,
                                           .values = VALUES(TEXT("x500:new")),
                                           .count = 1,
                                           .removed = VALUES(TEXT("SMTP:B")),
                                           .removed_count = 1},
                                          {.name = "description", .op = MA_SET}};
    const struct ma_entry entry = {.size = sizeof entry,
                                   .change = MA_MODIFY,
                                   .dn = "CN=a",
                                   .attributes = change,
                                   .count = 2};
    const struct ma_entry missing = {
        .size = sizeof missing, .change = MA_MODIFY, .dn = "CN=nobody"};
    char *file;

    hosted_text(&h, "data.ldif",
                "dn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A
                "\nproxyAddresses: smtp:a\nproxyAddresses: smtp:b\n"
                "description: gone\nunknownToUs: stays\n");
    ck_export((const struct ma_entry *const[]){&entry, &missing}, 2);
    file = hosted_get(&h, "data.ldif");

    ck_heard(&h, "0 exported\n1 failed cd-missing-object\n");
    ck_assert_str_eq(file,
                     "version: 1\n\ndn: CN=a\nobjectClass: user\nobjectGUID:: " GUID_A
                     "\nproxyAddresses: smtp:a\nproxyAddresses: x500:new\n"
                     "unknownToUs: stays\n\n");
    free(file);
}
END_TEST

START_TEST(a_rename_takes_children_and_references_along)
{
    const struct ma_entry rename = {.size = sizeof rename,
                                    .change = MA_MODIFY,
                                    .dn = "OU=o,DC=x",
                                    .new_dn = "OU=p,DC=x"};
    char *file;

    hosted_text(&h, "data.ldif",
                "dn: OU=o,DC=x\nobjectClass: group\nobjectGUID:: " GUID_A "\n\n"
                "dn: CN=b,OU=o,DC=x\nobjectClass: user\nobjectGUID:: " GUID_B "\n\n"
                "dn: CN=g,DC=x\nobjectClass: group\n"
                "objectGUID:: AAAAAAAAAAAAAAAAAAAAAw==\n"
                "member: cn=B,ou=o,dc=x\n");
    ck_export((const struct ma_entry *const[]){&rename}, 1);
    file = hosted_get(&h, "data.ldif");

    ck_heard(&h, "0 exported\n");
    ck_assert_ptr_nonnull(strstr(file, "dn: OU=p,DC=x\n"));
    ck_assert_ptr_nonnull(strstr(file, "OU: p\n"));
    ck_assert_ptr_nonnull(strstr(file, "dn: CN=b,OU=p,DC=x\n"));
    ck_assert_ptr_nonnull(strstr(file, "member: CN=b,OU=p,DC=x\n"));
    free(file);
}
END_TEST

START_TEST(a_delete_takes_the_references_along)
{
    char *file;

    ck_export((const struct ma_entry *const[]){&add_ada, &add_bob, &delete_bob}, 3);
    file = hosted_get(&h, "data.ldif");

    ck_assert_ptr_null(strstr(file, "Bob"));
    free(file);
}
END_TEST

START_TEST(a_file_with_a_broken_record_is_not_rewritten)
{
    static const char broken[] = "dn: CN=a\nno colon\n";
    char *file;

    hosted_text(&h, "data.ldif", broken);
    ck_assert_int_eq(
        hosted_export(&h, FILE_MA, (const struct ma_entry *const[]){&add_ada}, 1),
        MA_INVALID);
    file = hosted_get(&h, "data.ldif");

    ck_heard(&h, "");
    ck_assert_str_eq(file, broken);
    ck_assert_ptr_nonnull(strstr(h.err.text, "line 2"));
    free(file);
}
END_TEST

START_TEST(records_of_changes_can_be_imported_as_a_delta)
{
    const struct ma_attribute change[] = {{.name = "proxyAddresses",
                                           .op = MA_VALUES,
                                           .values = VALUES(TEXT("smtp:a")),
                                           .count = 1,
                                           .removed = VALUES(TEXT("smtp:b")),
                                           .removed_count = 1}};
    const struct ma_entry modify = {.size = sizeof modify,
                                    .change = MA_MODIFY,
                                    .dn = "CN=m,DC=x",
                                    .new_dn = "CN=n,DC=x",
                                    .attributes = change,
                                    .count = 1};

    h.step[0] =
        (struct parameter){.name = "output-file", .value = "changes.ldif", .type = ""};
    ck_export((const struct ma_entry *const[]){&add_bob, &modify, &delete_bob}, 3);
    h.step[0] = (struct parameter){0};
    ck_import(false);

    ck_heard(&h, "reject missing-anchor-component entry 1 line 3 objectGUID\n"
                 "modify  [CN=m,DC=x] -> [CN=n,DC=x] cn-m+n\n"
                 "modify  [CN=n,DC=x] proxyAddresses-smtp:b+smtp:a\n"
                 "delete  [cn=bob, ou=O,dc=x]\n");
}
END_TEST

START_TEST(objects_are_read_again_by_their_anchors)
{
    static const char bob[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    const struct ma_value anchors[] = {{"nobody", 6}, {bob, sizeof bob}};

    hosted_text(&h, "data.ldif", two);
    ck_assert_int_eq(hosted_open(&h, FILE_MA), MA_OK);
    ck_assert_int_eq(
        plugin_description(h.plugin)->agent->read_entries(h.session, anchors, 2, &h.err),
        MA_OK);

    ck_heard(&h, "present " ANCHOR_B " [CN=Bob,DC=x] group objectGUID=" ANCHOR_B
                 " member=CN=Ada,DC=x\n");
}
END_TEST

START_TEST(a_batch_is_on_disk_before_it_is_reported)
{
    char *file;

    h.die_after_results = 1;
    ck_assert_int_eq(hosted_export(&h, FILE_MA,
                                   (const struct ma_entry *const[]){&add_ada, &add_bob},
                                   2),
                     MA_CANCELLED);
    h.die_after_results = 0;
    file = hosted_get(&h, "data.ldif");

    ck_assert_ptr_nonnull(strstr(file, "dn: CN=Ada"));
    ck_assert_ptr_nonnull(strstr(file, "dn: CN=Bob"));
    free(file);
    ck_assert_int_ne(access(hosted_path(&h, "data.ldif.new"), F_OK), 0);
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file_and_reports_nothing)
{
    char *file;

    hosted_text(&h, "data.ldif", "version: 1\n\n");
    ck_assert_int_eq(mkdir(hosted_path(&h, "data.ldif.new"), 0700), 0);
    ck_assert_int_eq(
        hosted_export(&h, FILE_MA, (const struct ma_entry *const[]){&add_ada}, 1),
        MA_UNREACHABLE);
    file = hosted_get(&h, "data.ldif");

    ck_heard(&h, "");
    ck_assert_str_eq(file, "version: 1\n\n");
    free(file);
}
END_TEST

START_TEST(a_partition_holds_what_lies_below_it)
{
    struct ma_import request = {
        .size = sizeof request, .full = true, .partition = "dc=X"};

    hosted_text(&h, "data.ldif",
                "dn: CN=in,DC=x\nobjectClass: user\nobjectGUID:: " GUID_A "\n\n"
                "dn: CN=out,DC=xx\nobjectClass: user\nobjectGUID:: " GUID_B "\n");
    ck_assert_int_eq(hosted_open(&h, FILE_MA), MA_OK);
    ck_assert_int_eq(
        plugin_description(h.plugin)->agent->import_entries(h.session, &request, &h.err),
        MA_OK);

    ck_assert_uint_eq(h.entries, 1);
    ck_assert_ptr_nonnull(strstr(h.heard.at, "CN=in"));
}
END_TEST

START_TEST(a_step_cannot_name_a_file_elsewhere)
{
    h.step[0] = (struct parameter){.name = "input-file", .value = "../other", .type = ""};

    ck_assert_int_eq(hosted_import(&h, FILE_MA, true), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(h.err.text, "without a path"));
}
END_TEST

SUITE_WITH("plugin/file_ldif", begin, end,
           content_records_become_objects_with_the_types_of_the_schema,
           what_is_wrong_with_a_record_costs_that_record_only,
           change_records_become_changes_by_value,
           a_delta_file_is_read_once_until_it_changes,
           a_killed_import_goes_on_behind_its_last_page,
           what_the_engine_says_when_it_has_enough_ends_the_import,
           a_data_file_that_is_away_is_not_an_empty_system,
           an_exported_object_is_read_back_with_the_anchor_it_was_given,
           doing_an_export_twice_does_no_harm,
           values_are_changed_one_by_one_and_the_rest_of_the_record_stays,
           a_rename_takes_children_and_references_along,
           a_delete_takes_the_references_along,
           a_file_with_a_broken_record_is_not_rewritten,
           records_of_changes_can_be_imported_as_a_delta,
           objects_are_read_again_by_their_anchors,
           a_batch_is_on_disk_before_it_is_reported,
           a_write_that_fails_leaves_the_old_file_and_reports_nothing,
           a_partition_holds_what_lies_below_it, a_step_cannot_name_a_file_elsewhere)
