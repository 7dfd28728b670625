/* SPDX-License-Identifier: Apache-2.0 */

/* A large file that is the connected system: each batch goes into a journal beside it,
 * and whoever reads it after a death finds all that was reported. */

#include <fcntl.h>
#include <sys/file.h>

#include "hosted.h"

enum { BALLAST = 300, LINE = 5000 }; /* more than a file that has no journal */

static struct hosted h;
static struct buf before;

static void begin(void)
{
    BUF_AUTO line = {0};

    hosted_begin(&h);
    hosted_param(&h, "format", "ldif");
    hosted_param(&h, "file", "all.ldif");
    hosted_attribute(&h, "uid", VALUE_STRING, true);
    hosted_attribute(&h, "title", VALUE_STRING, true);
    hosted_attribute(&h, "member", VALUE_REFERENCE, false);
    hosted_class(&h, "person", -1);
    hosted_param(&h, "anchor", "uid");
    for (int i = 0; i < LINE; i++)
        buf_char(&line, (char)('a' + i % 26));
    buf_text(&before, "version: 1\n\n");
    buf_text(&before, "dn: ou=o,dc=x\nobjectClass: person\nuid: o\n\n");
    for (int i = 0; i < BALLAST; i++)
        buf_print(&before,
                  "dn: uid=%d,ou=o,dc=x\nobjectClass: person\nuid: %d\nother: %s\n%s\n",
                  i, i, line.at, i == 7 ? "member: uid=8,ou=o,dc=x\n" : "");
    hosted_text(&h, "all.ldif", before.at);
}

static void end(void)
{
    buf_free(&before);
    hosted_end(&h);
}

/* --- what is done ----------------------------------------------------------------- */

static const struct ma_agent *agent(void)
{
    return plugin_description(h.plugin)->agent;
}

static void batch(const struct ma_entry *entry)
{
    ck_assert_msg(agent()->export_entries(h.session, &entry, 1, &h.err) == MA_OK, "%s",
                  h.err.text);
}

static void modify(const char *dn, const char *title)
{
    const struct ma_value value = ma_value_of(title);
    const struct ma_attribute attribute = {.name = "title", .values = &value, .count = 1};

    batch(&(struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_MODIFY,
                             .dn = dn,
                             .attributes = &attribute,
                             .count = 1});
}

/* Each kind of change, one a batch. */
static void change_much(void)
{
    const struct ma_value uid = ma_value_of("new");
    const struct ma_attribute attribute = {.name = "uid", .values = &uid, .count = 1};

    modify("uid=3,ou=o,dc=x", "changed");
    batch(&(struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_ADD,
                             .dn = "uid=new,ou=o,dc=x",
                             .object_type = "person",
                             .attributes = &attribute,
                             .count = 1});
    modify("uid=new,ou=o,dc=x", "new");
    batch(&(struct ma_entry){
        .size = sizeof(struct ma_entry), .change = MA_DELETE, .dn = "uid=5,ou=o,dc=x"});
    batch(&(struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_MODIFY,
                             .dn = "ou=o,dc=x",
                             .new_dn = "ou=p,dc=x"});
}

static void open_session(void)
{
    ck_assert_msg(hosted_open(&h, FILE_MA) == MA_OK, "%s", h.err.text);
}

static void finish(void)
{
    ck_assert_msg(agent()->finish_export(h.session, &h.err) == MA_OK, "%s", h.err.text);
}

/* --- what is seen ----------------------------------------------------------------- */

static bool has_journal(void)
{
    return access(hosted_path(&h, "all.ldif.journal"), F_OK) == 0;
}

static bool holds(const char *text)
{
    char *all = hosted_get(&h, "all.ldif");
    bool found = strstr(all, text) != NULL;

    free(all);
    return found;
}

static void ck_file_is(const char *wanted)
{
    char *all = hosted_get(&h, "all.ldif");

    ck_assert_str_eq(all, wanted);
    free(all);
}

static void ck_is_as_before(void)
{
    ck_file_is(before.at);
}

static void import_all(void)
{
    ck_assert_msg(hosted_import(&h, FILE_MA, true) == MA_OK, "%s", h.err.text);
}

static void ck_much_was_changed(void)
{
    ck_assert(!has_journal());
    ck_assert(holds("dn: uid=3,ou=p,dc=x"));
    ck_assert(holds("title: changed"));
    ck_assert(holds("dn: uid=new,ou=p,dc=x"));
    ck_assert(holds("title: new"));
    ck_assert(!holds("dn: uid=5,"));
    ck_assert(holds("member: uid=8,ou=p,dc=x"));
    ck_assert(!holds("ou=o,dc=x"));
}

/* --- tests ------------------------------------------------------------------------ */

START_TEST(a_small_file_has_its_batch_at_once)
{
    hosted_text(&h, "all.ldif",
                "version: 1\n\ndn: uid=3,ou=o,dc=x\nobjectClass: "
                "person\nuid: 3\n\n");
    open_session();
    modify("uid=3,ou=o,dc=x", "changed");

    ck_assert(holds("title: changed"));
    ck_assert(!has_journal());
}
END_TEST

START_TEST(a_large_file_takes_its_batches_at_the_end)
{
    open_session();
    change_much();
    ck_assert(has_journal());
    ck_is_as_before();

    finish();

    ck_much_was_changed();
}
END_TEST

START_TEST(an_end_that_fails_says_so_and_loses_nothing)
{
    open_session();
    change_much();
    ck_assert_int_eq(mkdir(hosted_path(&h, "all.ldif.new"), 0700), 0);

    ck_assert_int_eq(agent()->finish_export(h.session, &h.err), MA_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(h.err.text, "all.ldif' cannot be written"));
    ck_is_as_before();
    hosted_close(&h);
    ck_assert_int_eq(rmdir(hosted_path(&h, "all.ldif.new")), 0);

    import_all();
    ck_much_was_changed();
}
END_TEST

START_TEST(what_a_dead_run_reported_is_there_for_the_next_import)
{
    open_session();
    change_much();
    hosted_close(&h); /* without its finish, as after a kill */
    ck_is_as_before();

    import_all();

    ck_much_was_changed();
    ck_assert_ptr_nonnull(strstr(h.heard.at, "[uid=new,ou=p,dc=x]"));
    ck_assert_ptr_null(strstr(h.heard.at, "[uid=5,ou=p,dc=x]"));
}
END_TEST

START_TEST(what_a_dead_run_reported_is_there_for_the_next_export)
{
    open_session();
    change_much();
    hosted_close(&h);

    open_session();
    modify("uid=9,ou=p,dc=x", "later");
    finish();

    ck_much_was_changed();
    ck_assert(holds("title: later"));
}
END_TEST

static size_t size_of_journal(void)
{
    struct stat st;

    ck_assert_int_eq(stat(hosted_path(&h, "all.ldif.journal"), &st), 0);
    return (size_t)st.st_size;
}

START_TEST(of_a_batch_that_is_half_on_disk_nothing_is_there)
{
    size_t whole;
    size_t more;

    open_session();
    modify("uid=3,ou=o,dc=x", "first");
    whole = size_of_journal();
    modify("uid=4,ou=o,dc=x", "second");
    more = size_of_journal();
    hosted_close(&h);
    ck_assert_uint_gt(more, whole);
    ck_assert_int_eq(
        truncate(hosted_path(&h, "all.ldif.journal"), (off_t)(whole + more) / 2), 0);

    import_all();

    ck_assert(holds("title: first"));
    ck_assert(!holds("title: second"));
    ck_assert(!has_journal());
}
END_TEST

START_TEST(a_file_that_somebody_else_replaced_is_left_as_he_made_it)
{
    open_session();
    modify("uid=3,ou=o,dc=x", "lost");
    hosted_close(&h);
    hosted_text(&h, "all.ldif", before.at);

    import_all();

    ck_is_as_before();
    ck_assert(!has_journal());
}
END_TEST

START_TEST(a_run_that_lives_is_left_alone)
{
    int fd;

    open_session();
    modify("uid=3,ou=o,dc=x", "changed");
    hosted_close(&h);
    fd = open(hosted_path(&h, "all.ldif.journal"), O_RDWR);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);

    import_all();
    ck_is_as_before();
    open_session();
    ck_assert_int_eq(
        agent()->export_entries(h.session,
                                (const struct ma_entry *const[]){
                                    &(struct ma_entry){.size = sizeof(struct ma_entry),
                                                       .change = MA_DELETE,
                                                       .dn = "uid=5,ou=o,dc=x"}},
                                1, &h.err),
        MA_CONFLICT);
    hosted_close(&h);
    close(fd);

    import_all();
    ck_assert(holds("title: changed"));
}
END_TEST

/* More than the index begins with, and a name that is referred to by all. */
START_TEST(many_objects_are_found_and_follow_a_rename)
{
    enum { MANY = 3000 };
    BUF_AUTO all = {0};
    BUF_AUTO wanted = {0};

    buf_text(&all, "version: 1\n\ndn: ou=o,dc=x\nobjectClass: person\nuid: o\n"
                   "member: ou=o,dc=x\n\n");
    for (int i = 0; i < MANY; i++)
        buf_print(&all,
                  "dn: uid=%d,ou=o,dc=x\nobjectClass: person\nuid: %d\n"
                  "member: ou=o,dc=x\n\n",
                  i, i);
    hosted_text(&h, "all.ldif", all.at);
    open_session();
    for (int i = 0; i < MANY; i += 500) {
        char dn[40];

        snprintf(dn, sizeof dn, "uid=%d,ou=o,dc=x", i);
        modify(dn, "found");
    }
    batch(&(struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_MODIFY,
                             .dn = "ou=o,dc=x",
                             .new_dn = "ou=p,dc=x"});
    finish();

    buf_text(&wanted, "version: 1\n\ndn: ou=p,dc=x\nobjectClass: person\nuid: o\n"
                      "member: ou=p,dc=x\nou: p\n\n");
    for (int i = 0; i < MANY; i++)
        buf_print(&wanted,
                  "dn: uid=%d,ou=p,dc=x\nobjectClass: person\nuid: %d\n"
                  "member: ou=p,dc=x\n%s\n",
                  i, i, i % 500 == 0 ? "title: found\n" : "");
    ck_file_is(wanted.at);
}
END_TEST

/* The change and the rename are of one entry, and so is who refers to himself. */
START_TEST(who_refers_to_himself_follows_his_rename)
{
    const struct ma_value title = ma_value_of("changed");
    const struct ma_attribute attribute = {.name = "title", .values = &title, .count = 1};

    hosted_text(&h, "all.ldif",
                "version: 1\n\ndn: uid=3,dc=x\nobjectClass: person\nuid: 3\n"
                "member: uid=3,dc=x\n\n");
    open_session();
    batch(&(struct ma_entry){.size = sizeof(struct ma_entry),
                             .change = MA_MODIFY,
                             .dn = "uid=3,dc=x",
                             .new_dn = "uid=4,dc=x",
                             .attributes = &attribute,
                             .count = 1});

    ck_file_is("version: 1\n\ndn: uid=4,dc=x\nobjectClass: person\nuid: 4\n"
               "member: uid=4,dc=x\ntitle: changed\n\n");
}
END_TEST

SUITE_WITH("plugin/file_journal", begin, end, a_small_file_has_its_batch_at_once,
           a_large_file_takes_its_batches_at_the_end,
           an_end_that_fails_says_so_and_loses_nothing,
           what_a_dead_run_reported_is_there_for_the_next_import,
           what_a_dead_run_reported_is_there_for_the_next_export,
           of_a_batch_that_is_half_on_disk_nothing_is_there,
           a_file_that_somebody_else_replaced_is_left_as_he_made_it,
           a_run_that_lives_is_left_alone, many_objects_are_found_and_follow_a_rename,
           who_refers_to_himself_follows_his_rename)
