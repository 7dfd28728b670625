/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_edit.h"

#include "config/instance_file.h"
#include "suite.h"
#include "tree.h"

#define SETTING "staging-mode"

static struct tree tree;
static struct ma_error err;

static void begin(void)
{
    tree_begin(&tree);
    err = (struct ma_error){0};
}

static void end(void)
{
    tree_end(&tree);
}

/* The file after the setting was made true; NULL: refused. */
static const char *edited(const char *text)
{
    static char after[4096];
    struct arena arena = {0};
    struct instance instance = {.folder = "", .arena = &arena};
    BUF_AUTO out = {0};
    const char *result = NULL;

    ck_assert_int_eq(instance_file_parse(&instance, slice_text(text), "mactl.xml", &err),
                     MA_OK);
    if (instance_edit_text(slice_text(text), &instance, SETTING, "true", &out, &err) ==
        MA_OK)
        result = snprintf(after, sizeof after, "%s", out.at) < (int)sizeof after ? after
                                                                                 : NULL;
    arena_free(&arena);
    return result;
}

/* --- the text --------------------------------------------------------------------- */

static const struct {
    const char *before;
    const char *after;
} cases[] = {
    /* it is not there yet */
    {"<mactl version=\"1\">\n</mactl>\n",
     "<mactl version=\"1\">\n  <setting "
     "name=\"staging-mode\">true</setting>\n</mactl>\n"},
    /* it is, somewhere in a line, behind a character of two bytes */
    {"<mactl version=\"1\"><!-- \xc3\xa9 --> <setting name='staging-mode'>false</setting>"
     "</mactl>",
     "<mactl version=\"1\"><!-- \xc3\xa9 --> <setting name='staging-mode'>true</setting>"
     "</mactl>"},
    /* a comment that looks like it is left alone */
    {"<mactl version=\"1\">\n<!-- <setting name=\"staging-mode\">false</setting> -->\n"
     "<setting name=\"staging-mode\">\n  false\n</setting>\n</mactl>",
     "<mactl version=\"1\">\n<!-- <setting name=\"staging-mode\">false</setting> -->\n"
     "<setting name=\"staging-mode\">true</setting>\n</mactl>"},
    /* others are left alone */
    {"<mactl version=\"1\">\n<setting name=\"strict-joins\">false</setting>\n</mactl>",
     "<mactl version=\"1\">\n<setting name=\"strict-joins\">false</setting>\n  <setting "
     "name=\"staging-mode\">true</setting>\n</mactl>"},
};

START_TEST(only_the_setting_is_another_one)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(edited(cases[i].before), cases[i].after);
}
END_TEST

START_TEST(what_cannot_be_changed_for_sure_is_refused)
{
    ck_assert_ptr_null(edited("<mactl version=\"1\"/>"));
    ck_assert_ptr_nonnull(strstr(err.text, "write <setting name=\"staging-mode\">true"));
    ck_assert_ptr_null(edited("<mactl version=\"1\"></mactl><!-- </mactl> -->"));
}
END_TEST

/* --- the file --------------------------------------------------------------------- */

START_TEST(the_file_keeps_its_mode_and_is_written_only_if_need_be)
{
    const char *file = tree_path(&tree, "mactl.xml");
    struct stat before;
    struct stat after;
    bool changed;

    tree_file(&tree, "mactl.xml", "<mactl version=\"1\">\n</mactl>\n");
    ck_assert_int_eq(chmod(file, 0600), 0);
    ck_assert_int_eq(instance_set(tree.folder, SETTING, "true", &changed, &err), MA_OK);
    ck_assert(changed);
    ck_assert_int_eq(stat(file, &before), 0);
    ck_assert_uint_eq(before.st_mode & 0777, 0600);

    ck_assert_int_eq(instance_set(tree.folder, SETTING, "true", &changed, &err), MA_OK);
    ck_assert(!changed);
    ck_assert_int_eq(stat(file, &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

SUITE_WITH("config/instance_edit", begin, end, only_the_setting_is_another_one,
           what_cannot_be_changed_for_sure_is_refused,
           the_file_keeps_its_mode_and_is_written_only_if_need_be)
