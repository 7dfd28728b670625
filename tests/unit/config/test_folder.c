/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/vec.h"
#include "config/disk.h"
#include "suite.h"
#include "tree.h"

#define CLASSIC SOURCE_DIR "/tests/support/exports/classic"
#define CONNECT SOURCE_DIR "/tests/support/exports/connect"
#define HR_FILE "MA-{11111111-0000-4000-8000-000000000001}.XML"
#define CLOUD "{aaaaaaaa-0000-4000-8000-000000000002}"

static struct tree tree;
static const char *instance; /* its folder; not made yet */
static struct folder_plan *plan;
static struct ma_error err;

static void begin(void)
{
    tree_begin(&tree);
    instance = tree_path(&tree, "instance");
    plan = NULL;
    err = (struct ma_error){0};
}

static void end(void)
{
    folder_plan_free(plan);
    tree_end(&tree);
}

static enum ma_status import_as(const struct folder_request *request)
{
    enum ma_status status;

    folder_plan_free(plan);
    plan = NULL;
    err = (struct ma_error){0};
    status = folder_plan(&plan, instance, request, &err);
    if (status == MA_OK && !request->only_plan)
        status = folder_apply(plan, &err);
    swap_end(&plan->lock);
    return status;
}

static enum ma_status import(const char *path)
{
    return import_as(&(struct folder_request){.path = path});
}

static void given(const char *path)
{
    enum ma_status status = import(path);

    ck_assert_msg(status == MA_OK, "%s: %s", path, err.text);
}

/* A copy of an export that a test may change. */
static const char *copy_of(const char *from, const char *name)
{
    const char *const *paths = NULL;
    const char *to = tree_path(&tree, name);

    ck_assert_int_eq(disk_walk(&tree.arena, from, &paths, &err), MA_OK);
    for (; *paths != NULL; paths++)
        if ((*paths)[strlen(*paths) - 1] != '/')
            tree_file(&tree, arena_print(&tree.arena, "%s/%s", name, *paths),
                      tree_read(&tree, arena_print(&tree.arena, "%s/%s", from, *paths)));
    return to;
}

static void replace_in(const char *below, const char *old, const char *new)
{
    const char *text = tree_read(&tree, tree_path(&tree, below));
    const char *at = strstr(text, old);

    ck_assert_msg(at != NULL, "%s has no '%s'", below, old);
    tree_file(&tree, below,
              arena_print(&tree.arena, "%.*s%s%s", (int)(at - text), text, new,
                          at + strlen(old)));
}

static const char *names_in(const char *folder)
{
    const char *const *paths = NULL;
    BUF_AUTO out = {0};

    if (disk_walk(&tree.arena, folder, &paths, &err) != MA_OK)
        return "nothing";
    for (; *paths != NULL; paths++)
        buf_print(&out, "%s ", *paths);
    return arena_textn(&tree.arena, out.at, out.length);
}

static const char *config_folder(void)
{
    return arena_print(&tree.arena, "%s/config", instance);
}

static const char *picture(void)
{
    return tree_picture(&tree, instance);
}

/* --- what comes in --------------------------------------------------------------- */

START_TEST(an_import_into_nothing_makes_the_instance)
{
    struct instance *opened = NULL;

    given(CLASSIC);

    ck_assert(plan->creates);
    ck_assert_int_eq(instance_open(&opened, instance, &err), MA_OK);
    instance_close(opened);
    ck_assert_str_eq(names_in(config_folder()), "MA-AD.xml " HR_FILE " MV.xml ");
    ck_assert_str_eq(
        tree_read(&tree, arena_print(&tree.arena, "%s/MV.xml", config_folder())),
        tree_read(&tree, CLASSIC "/MV.xml"));
}
END_TEST

START_TEST(an_import_into_an_empty_folder_makes_the_instance_there)
{
    ck_assert_int_eq(disk_folder(instance, 0750, &err), MA_OK);

    given(CONNECT);

    ck_assert_uint_eq(plan->change_count, 6);
    ck_assert_ptr_nonnull(strstr(picture(), "/mactl.xml"));
}
END_TEST

START_TEST(an_import_does_not_go_into_a_folder_of_something_else)
{
    const char *before;

    tree_file(&tree, "instance/letter.txt", "dear");
    before = picture();

    ck_assert_int_eq(import(CLASSIC), MA_CONFLICT);
    ck_assert_str_eq(picture(), before);
}
END_TEST

START_TEST(the_changes_are_metaverse_agents_rules_in_order)
{
    given(CONNECT);

    ck_assert_int_eq(plan->changes[0].part, FOLDER_METAVERSE);
    ck_assert_int_eq(plan->changes[1].part, FOLDER_AGENT);
    ck_assert_int_eq(plan->changes[1].action, FOLDER_CREATED);
    ck_assert_str_eq(plan->changes[1].file,
                     CONNECT "/Connectors/Connector_"
                             "{aaaaaaaa-0000-4000-8000-000000000001}.xml");
    ck_assert_int_eq(plan->changes[3].part, FOLDER_RULE);
    ck_assert(plan->flows);
}
END_TEST

START_TEST(an_agent_is_replaced_by_its_id_and_the_others_stay)
{
    const char *more;

    given(CLASSIC);
    more = copy_of(CLASSIC, "more");
    ck_assert_int_eq(disk_remove(tree_path(&tree, "more/MV.xml"), &err), MA_OK);
    ck_assert_int_eq(disk_remove(tree_path(&tree, "more/MA-AD.xml"), &err), MA_OK);
    ck_assert_int_eq(
        rename(tree_path(&tree, "more/" HR_FILE), tree_path(&tree, "more/MA-HR.XML")), 0);
    replace_in("more/MA-HR.XML", "<name>HR</name>", "<name>Human Resources</name>");
    given(more);

    ck_assert_str_eq(names_in(config_folder()), "MA-AD.xml MA-HR.XML MV.xml ");
    ck_assert_uint_eq(plan->change_count, 1);
    ck_assert_int_eq(plan->changes[0].action, FOLDER_UPDATED);
    ck_assert(!plan->flows);
}
END_TEST

START_TEST(one_file_goes_where_the_part_it_replaces_was)
{
    given(CONNECT);
    tree_file(&tree, "new.xml",
              tree_read(&tree, CONNECT "/Connectors/Connector_" CLOUD ".xml"));
    replace_in("new.xml", "<version>1</version>", "<version>2</version>");

    given(tree_path(&tree, "new.xml"));

    ck_assert_ptr_null(strstr(names_in(config_folder()), "new.xml"));
    ck_assert_ptr_nonnull(strstr(
        tree_read(&tree, arena_print(&tree.arena, "%s/Connectors/Connector_" CLOUD ".xml",
                                     config_folder())),
        "<version>2</version>"));
}
END_TEST

START_TEST(the_rules_of_an_agent_are_replaced_with_it_as_a_whole)
{
    const char *less = copy_of(CONNECT, "less");

    given(CONNECT);
    ck_assert_int_eq(
        disk_remove(tree_path(&tree, "less/SynchronizationRules/SynchronizationRule_"
                                     "{dddddddd-0000-4000-8000-000000000003}.xml"),
                    &err),
        MA_OK);
    given(less);

    ck_assert_int_eq(plan->changes[plan->change_count - 1].action, FOLDER_REMOVED);
    ck_assert_str_eq(plan->changes[plan->change_count - 1].name, "In from AAD - User");
    ck_assert_ptr_null(strstr(names_in(config_folder()), "000000000003}.xml"));
}
END_TEST

START_TEST(a_rule_alone_replaces_itself_alone)
{
    const char *rule = CONNECT "/SynchronizationRules/SynchronizationRule_"
                               "{dddddddd-0000-4000-8000-000000000003}.xml";

    given(CONNECT);
    given(rule);

    ck_assert_uint_eq(plan->change_count, 1);
    ck_assert_int_eq(plan->changes[0].action, FOLDER_UPDATED);
    ck_assert_ptr_nonnull(strstr(names_in(config_folder()), "000000000001}.xml"));
}
END_TEST

START_TEST(a_single_agent_comes_into_an_empty_instance)
{
    given(CLASSIC "/MA-AD.xml");
    ck_assert_str_eq(names_in(config_folder()), "MA-AD.xml ");
    ck_assert_uint_eq(plan->result->agent_count, 1);

    given(CLASSIC);
    ck_assert_str_eq(names_in(config_folder()), "MA-AD.xml " HR_FILE " MV.xml ");
}
END_TEST

START_TEST(a_skipped_agent_stays_out_with_its_rules)
{
    static const char *const skip[] = {"FABRIKAM.onmicrosoft.example - aad", NULL};

    ck_assert_int_eq(import_as(&(struct folder_request){.path = CONNECT, .skip = skip}),
                     MA_OK);

    ck_assert_ptr_null(strstr(names_in(config_folder()), "Connector_" CLOUD));
    ck_assert_ptr_null(strstr(names_in(config_folder()), "000000000003}.xml"));
    ck_assert_ptr_nonnull(strstr(names_in(config_folder()), "GlobalSettings/MV.xml"));
}
END_TEST

START_TEST(what_is_wrong_with_a_skipped_agent_is_no_matter)
{
    static const char *const skip[] = {"HR", NULL};
    const char *bad = copy_of(CLASSIC, "bad");

    replace_in("bad/" HR_FILE, "<step-type type=\"full-import\">",
               "<step-type type=\"full-of-it\">");

    ck_assert_int_eq(import(bad), MA_INVALID);
    ck_assert_int_eq(import_as(&(struct folder_request){.path = bad, .skip = skip}),
                     MA_OK);
}
END_TEST

START_TEST(a_skipped_agent_must_be_there)
{
    static const char *const skip[] = {"HR", "Nobody", NULL};

    ck_assert_int_eq(import_as(&(struct folder_request){.path = CLASSIC, .skip = skip}),
                     MA_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "'Nobody'"));
    ck_assert_str_eq(picture(), "");
}
END_TEST

START_TEST(an_agent_that_is_there_stays_where_the_import_skips_it)
{
    static const char *const skip[] = {"fabrikam.onmicrosoft.example - AAD", NULL};
    const char *before;

    given(CONNECT);
    before = names_in(config_folder());
    ck_assert_int_eq(import_as(&(struct folder_request){.path = CONNECT, .skip = skip}),
                     MA_OK);
    ck_assert_str_eq(names_in(config_folder()), before);
}
END_TEST

/* --- what else lies in config/ --------------------------------------------------- */

START_TEST(what_an_admin_keeps_in_config_stays_with_mode_and_links)
{
    const char *before;

    given(CLASSIC);
    tree_file(&tree, "instance/config/.git/HEAD", "ref: refs/heads/main\n");
    ck_assert_int_eq(mkdir(tree_path(&tree, "instance/config/.git/refs"), 0700), 0);
    ck_assert_int_eq(chmod(tree_path(&tree, "instance/config/.git/HEAD"), 0444), 0);
    ck_assert_int_eq(symlink("MV.xml", tree_path(&tree, "instance/config/link")), 0);
    before = picture();

    given(CLASSIC);
    ck_assert_str_eq(picture(), before);
}
END_TEST

START_TEST(foreign_files_are_left_behind_or_refused_when_strict)
{
    const char *mixed = copy_of(CLASSIC, "mixed");

    tree_file(&tree, "mixed/readme.txt", "hello");

    ck_assert_int_eq(import_as(&(struct folder_request){.path = mixed, .strict = true}),
                     MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "readme.txt"));
    given(mixed);
    ck_assert_ptr_null(strstr(names_in(config_folder()), "readme.txt"));
}
END_TEST

/* --- what was checked --------------------------------------------------------------- */

/* A folder as its findings and files say it. */
static const char *reading_of(const struct config *config)
{
    BUF_AUTO out = {0};

    for (size_t i = 0; i < config->file_count; i++)
        buf_print(&out, "%s\n", config->files[i].path);
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        buf_print(&out, "%s:%u:%u: %s\n",
                  finding->place.file == NULL ? "" : finding->place.file,
                  finding->place.line, finding->place.column, finding->text);
    }
    buf_print(&out, "%zu %zu %d", config->agent_count, config->rule_count,
              (int)config->family);
    return arena_textn(&tree.arena, out.at, out.length);
}

static void says_what_is_read_afterwards(const char *path)
{
    struct config *config = NULL;

    given(path);
    ck_assert_int_eq(folder_read(&config, instance, &err), MA_OK);
    ck_assert_str_eq(reading_of(plan->result), reading_of(config));
    config_free(config);
}

START_TEST(what_comes_in_whole_is_read_once_and_said_as_it_is_read_afterwards)
{
    const char *mixed = copy_of(CONNECT, "mixed");

    tree_file(&tree, "mixed/readme.txt", "hello");

    says_what_is_read_afterwards(mixed);
    ck_assert_ptr_eq(plan->result->arena, plan->incoming->arena);
    says_what_is_read_afterwards(mixed); /* its folders are there by now */
    ck_assert_ptr_eq(plan->result->arena, plan->incoming->arena);
}
END_TEST

START_TEST(what_stays_is_checked_with_what_comes_in)
{
    given(CLASSIC);
    tree_file(&tree, "instance/config/notes.txt", "hello");

    says_what_is_read_afterwards(CLASSIC);
    ck_assert_ptr_ne(plan->result->arena, plan->incoming->arena);
    ck_assert_ptr_nonnull(strstr(reading_of(plan->result), "notes.txt"));
}
END_TEST

START_TEST(one_file_is_checked_as_the_folder_that_it_makes)
{
    says_what_is_read_afterwards(CLASSIC "/MA-AD.xml");
    ck_assert_ptr_ne(plan->result->arena, plan->incoming->arena);
    ck_assert_ptr_nonnull(strstr(reading_of(plan->result), "the metaverse is missing"));
}
END_TEST

START_TEST(the_bytes_that_were_checked_come_in_whatever_becomes_of_the_file)
{
    const char *changing = copy_of(CLASSIC, "changing");
    const char *checked = tree_read(&tree, tree_path(&tree, "changing/MA-AD.xml"));

    ck_assert_int_eq(
        folder_plan(&plan, instance, &(struct folder_request){.path = changing}, &err),
        MA_OK);
    tree_file(&tree, "changing/MA-AD.xml", "<ma-data>");
    ck_assert_int_eq(folder_apply(plan, &err), MA_OK);

    ck_assert_str_eq(tree_read(&tree, tree_path(&tree, "instance/config/MA-AD.xml")),
                     checked);
}
END_TEST

/* The parser takes a zero byte for the end. */
START_TEST(what_stands_behind_a_zero_byte_comes_in_too)
{
    const char *odd = copy_of(CLASSIC, "odd");
    struct stat there;
    struct stat came;
    FILE *file = fopen(tree_path(&tree, "odd/MA-AD.xml"), "ab");

    ck_assert_ptr_nonnull(file);
    fputc('\0', file);
    for (int i = 0; i < 20000; i++)
        fputs("<more/>", file);
    fclose(file);

    given(odd);
    ck_assert_int_eq(stat(tree_path(&tree, "odd/MA-AD.xml"), &there), 0);
    ck_assert_int_eq(stat(tree_path(&tree, "instance/config/MA-AD.xml"), &came), 0);
    ck_assert_int_eq(came.st_size, there.st_size);
}
END_TEST

/* --- refusals change nothing ----------------------------------------------------- */

START_TEST(an_error_leaves_the_instance_byte_for_byte_as_it_was)
{
    const char *bad = copy_of(CLASSIC, "bad");
    const char *before;

    given(CLASSIC);
    before = picture();
    replace_in("bad/MV.xml", "</mv-data>", "");

    ck_assert_int_eq(import(bad), MA_INVALID);
    ck_assert_ptr_nonnull(plan->incoming);
    ck_assert_uint_gt(plan->incoming->finding_count, 0);
    ck_assert_str_eq(picture(), before);
}
END_TEST

START_TEST(an_error_leaves_no_instance_where_there_was_none)
{
    const char *bad = copy_of(CLASSIC, "bad");

    replace_in("bad/MV.xml", "</mv-data>", "");
    ck_assert_int_eq(import(bad), MA_INVALID);
    ck_assert_int_eq(import(tree_path(&tree, "absent")), MA_NOT_FOUND);
    ck_assert_str_eq(picture(), "");
}
END_TEST

START_TEST(the_other_family_needs_another_instance)
{
    const char *before;

    given(CLASSIC);
    before = picture();
    ck_assert_int_eq(import(CONNECT), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "another instance"));
    ck_assert_str_eq(picture(), before);
}
END_TEST

START_TEST(another_agent_of_the_same_name_is_refused)
{
    given(CLASSIC);
    tree_file(&tree, "other/MA-other.xml", tree_read(&tree, CLASSIC "/" HR_FILE));
    replace_in("other/MA-other.xml", "{11111111-0000-4000-8000-000000000001}",
               "{11111111-0000-4000-8000-000000000009}");

    ck_assert_int_eq(import(tree_path(&tree, "other")), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "another management agent named 'HR'"));
}
END_TEST

START_TEST(another_agent_in_a_file_of_the_same_name_is_refused)
{
    given(CLASSIC);
    tree_file(&tree, "other/ma-ad.XML", tree_read(&tree, CLASSIC "/" HR_FILE));
    replace_in("other/ma-ad.XML", "{11111111-0000-4000-8000-000000000001}",
               "{11111111-0000-4000-8000-000000000009}");
    replace_in("other/ma-ad.XML", "<name>HR</name>", "<name>HR 2</name>");

    ck_assert_int_eq(import(tree_path(&tree, "other")), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "another file of this name"));
}
END_TEST

START_TEST(a_plan_alone_changes_nothing)
{
    ck_assert_int_eq(
        import_as(&(struct folder_request){.path = CLASSIC, .only_plan = true}), MA_OK);
    ck_assert_uint_eq(plan->change_count, 3);
    ck_assert_ptr_nonnull(plan->result);
    ck_assert_str_eq(picture(), "");
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_leaves_nothing_behind)
{
    const char *before;

    if (geteuid() == 0) { /* root writes everywhere: a file in the way does it */
        tree_file(&tree, "blocked", "a file");
        instance = tree_path(&tree, "blocked/instance");
        ck_assert_int_ne(import(CLASSIC), MA_OK);
        return;
    }
    ck_assert_int_eq(chmod(tree.folder, 0500), 0);
    before = tree_picture(&tree, tree.folder);
    ck_assert_int_eq(import(CLASSIC), MA_DENIED);
    ck_assert_str_eq(tree_picture(&tree, tree.folder), before);
    ck_assert_int_eq(chmod(tree.folder, 0700), 0);
}
END_TEST

/* --- killed, and at once --------------------------------------------------------- */

START_TEST(a_file_that_cannot_be_replaced_is_called_by_its_name)
{
    const char *path = tree_path(&tree, "nowhere/plan.json");

    ck_assert_int_eq(disk_replace(path, slice_text("x"), 0600, &err), MA_NOT_FOUND);
    ck_assert_str_eq(err.text,
                     arena_print(&tree.arena, "%s: No such file or directory", path));
}
END_TEST

/* Imports in a child that ends before its n-th step on disk. False: it was done first. */
static bool killed_at(const char *path, unsigned long nth)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        disk_die_at(nth);
        _exit(import(path) == MA_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_msg(WEXITSTATUS(status) != 1, "step %lu: the import failed", nth);
    return WEXITSTATUS(status) == 137;
}

/* What config/ is once somebody opens the instance. */
static const char *settled(void)
{
    struct instance *opened = NULL;

    ck_assert_msg(instance_open(&opened, instance, &err) == MA_OK, "%s", err.text);
    instance_close(opened);
    ck_assert(!disk_exists(arena_print(&tree.arena, "%s/config.new", instance)));
    ck_assert(!disk_exists(arena_print(&tree.arena, "%s/config.old", instance)));
    return tree_picture(&tree, config_folder());
}

START_TEST(an_import_killed_at_any_step_is_the_old_or_the_new)
{
    const char *changed = copy_of(CLASSIC, "changed");
    const char *old;
    const char *new;
    unsigned olds = 0;
    unsigned news = 0;
    unsigned long nth = 1;

    setenv("TMPDIR", tree.folder, 1); /* what a kill leaves there goes with the test */
    replace_in("changed/" HR_FILE, "<version>1</version>", "<version>2</version>");
    given(changed);
    new = settled();
    for (;; nth++) {
        given(CLASSIC);
        old = settled();
        if (!killed_at(changed, nth))
            break;
        if (strcmp(settled(), new) == 0)
            news++;
        else
            olds++;
        ck_assert_msg(strcmp(settled(), new) == 0 || strcmp(settled(), old) == 0,
                      "step %lu: neither the old nor the new", nth);
    }
    unsetenv("TMPDIR");

    ck_assert_str_eq(settled(), new);
    ck_assert_uint_gt(olds, 6);
    ck_assert_uint_gt(news, 2);
}
END_TEST

START_TEST(a_first_import_killed_at_any_step_can_be_done_again)
{
    unsigned long nth = 1;

    setenv("TMPDIR", tree.folder, 1);
    while (killed_at(CLASSIC, nth++)) {
        given(CLASSIC);
        ck_assert_str_eq(names_in(config_folder()), "MA-AD.xml " HR_FILE " MV.xml ");
        ck_assert_int_eq(disk_remove(instance, &err), MA_OK);
    }
    unsetenv("TMPDIR");
    ck_assert_uint_gt(nth, 12);
}
END_TEST

START_TEST(a_recovery_killed_at_any_step_is_recovered_by_the_next)
{
    unsigned long nth = 1;
    int status;

    given(CLASSIC);
    for (bool killed = true; killed; nth++) {
        pid_t child;

        ck_assert_int_eq(
            rename(config_folder(), arena_print(&tree.arena, "%s/config.old", instance)),
            0);
        tree_file(&tree, "instance/config.new/MV.xml",
                  tree_read(&tree, CLASSIC "/MV.xml"));
        child = fork();
        if (child == 0) {
            disk_die_at(nth);
            _exit(swap_recover(instance, &err) == MA_OK ? 0 : 1);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        killed = WEXITSTATUS(status) == 137;
        (void)settled();
        ck_assert_str_eq(names_in(config_folder()), "MV.xml ");
    }
    ck_assert_uint_gt(nth, 4);
}
END_TEST

START_TEST(readers_do_not_wait_for_an_import_that_is_still_writing)
{
    struct swap_lock lock = {-1};
    struct instance *opened = NULL;

    given(CLASSIC);
    ck_assert_int_eq(swap_begin(&lock, instance, SWAP_WRITE, &err), MA_OK);
    tree_file(&tree, "instance/config.new/half", "half");

    ck_assert_int_eq(instance_open(&opened, instance, &err), MA_OK);
    ck_assert(disk_exists(tree_path(&tree, "instance/config.new/half")));
    instance_close(opened);
    swap_end(&lock);
}
END_TEST

START_TEST(a_plan_keeps_others_from_importing_until_it_ends)
{
    int fd;

    given(CLASSIC);
    folder_plan_free(plan);
    plan = NULL;
    ck_assert_int_eq(
        folder_plan(&plan, instance, &(struct folder_request){.path = CLASSIC}, &err),
        MA_OK);
    fd = open(instance, O_RDONLY | O_DIRECTORY);
    ck_assert_int_ne(flock(fd, LOCK_SH | LOCK_NB), 0);
    folder_plan_free(plan);
    plan = NULL;
    ck_assert_int_eq(flock(fd, LOCK_SH | LOCK_NB), 0);
    close(fd);
}
END_TEST

/* --- reading and going out ------------------------------------------------------- */

START_TEST(an_instance_without_a_configuration_says_so)
{
    struct config *config = NULL;

    ck_assert_int_eq(instance_create(instance, &err), MA_OK);
    ck_assert_int_eq(folder_read(&config, instance, &err), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "config import"));
}
END_TEST

START_TEST(an_export_has_the_same_names_folders_and_bytes)
{
    static const char *const exports[] = {CLASSIC, CONNECT};
    const char *out = tree_path(&tree, "out");
    size_t count = 0;

    for (size_t i = 0; i < 2; i++) {
        given(exports[i]);
        ck_assert_msg(folder_export(instance, out, false, &count, &err) == MA_OK, "%s",
                      err.text);
        ck_assert_str_eq(names_in(out), names_in(exports[i]));
        ck_assert_str_eq(strchr(tree_picture(&tree, out), '\n'),
                         strchr(tree_picture(&tree, copy_of(exports[i], "copy")), '\n'));
        ck_assert_int_eq(disk_remove(instance, &err), MA_OK);
        ck_assert_int_eq(disk_remove(out, &err), MA_OK);
        ck_assert_int_eq(disk_remove(tree_path(&tree, "copy"), &err), MA_OK);
    }
    ck_assert_uint_eq(count, 6);
}
END_TEST

START_TEST(an_export_does_not_go_into_a_folder_that_holds_something)
{
    const char *out = tree_path(&tree, "out");
    const char *before;
    size_t count = 0;

    given(CLASSIC);
    tree_file(&tree, "out/MV.xml", "old");
    tree_file(&tree, "out/mine.txt", "mine");
    before = tree_picture(&tree, out);

    ck_assert_int_eq(folder_export(instance, out, false, &count, &err), MA_CONFLICT);
    ck_assert_str_eq(tree_picture(&tree, out), before);
    ck_assert_int_eq(folder_export(instance, out, true, &count, &err), MA_OK);
    ck_assert_str_eq(names_in(out), "MA-AD.xml " HR_FILE " MV.xml mine.txt ");
    ck_assert_str_eq(tree_read(&tree, tree_path(&tree, "out/MV.xml")),
                     tree_read(&tree, CLASSIC "/MV.xml"));
}
END_TEST

START_TEST(an_export_leaves_foreign_files_behind)
{
    size_t count = 0;

    given(CLASSIC);
    tree_file(&tree, "instance/config/.git/HEAD", "ref");
    ck_assert_int_eq(
        folder_export(instance, tree_path(&tree, "out"), false, &count, &err), MA_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(names_in(tree_path(&tree, "out")), "MA-AD.xml " HR_FILE " MV.xml ");
}
END_TEST

SUITE_WITH("config/folder", begin, end, an_import_into_nothing_makes_the_instance,
           a_file_that_cannot_be_replaced_is_called_by_its_name,
           an_import_into_an_empty_folder_makes_the_instance_there,
           an_import_does_not_go_into_a_folder_of_something_else,
           the_changes_are_metaverse_agents_rules_in_order,
           an_agent_is_replaced_by_its_id_and_the_others_stay,
           one_file_goes_where_the_part_it_replaces_was,
           the_rules_of_an_agent_are_replaced_with_it_as_a_whole,
           a_rule_alone_replaces_itself_alone,
           a_single_agent_comes_into_an_empty_instance,
           a_skipped_agent_stays_out_with_its_rules,
           what_is_wrong_with_a_skipped_agent_is_no_matter, a_skipped_agent_must_be_there,
           an_agent_that_is_there_stays_where_the_import_skips_it,
           what_an_admin_keeps_in_config_stays_with_mode_and_links,
           foreign_files_are_left_behind_or_refused_when_strict,
           what_comes_in_whole_is_read_once_and_said_as_it_is_read_afterwards,
           what_stays_is_checked_with_what_comes_in,
           one_file_is_checked_as_the_folder_that_it_makes,
           the_bytes_that_were_checked_come_in_whatever_becomes_of_the_file,
           what_stands_behind_a_zero_byte_comes_in_too,
           an_error_leaves_the_instance_byte_for_byte_as_it_was,
           an_error_leaves_no_instance_where_there_was_none,
           the_other_family_needs_another_instance,
           another_agent_of_the_same_name_is_refused,
           another_agent_in_a_file_of_the_same_name_is_refused,
           a_plan_alone_changes_nothing,
           a_folder_that_cannot_be_written_leaves_nothing_behind,
           an_import_killed_at_any_step_is_the_old_or_the_new,
           a_first_import_killed_at_any_step_can_be_done_again,
           a_recovery_killed_at_any_step_is_recovered_by_the_next,
           readers_do_not_wait_for_an_import_that_is_still_writing,
           a_plan_keeps_others_from_importing_until_it_ends,
           an_instance_without_a_configuration_says_so,
           an_export_has_the_same_names_folders_and_bytes,
           an_export_does_not_go_into_a_folder_that_holds_something,
           an_export_leaves_foreign_files_behind)
