/* SPDX-License-Identifier: Apache-2.0 */
#include "config/secret.h"

#include "suite.h"
#include "tree.h"

static struct tree tree;
static struct ma_error err;
static char out[16];

static void begin(void)
{
    tree_begin(&tree);
    err = (struct ma_error){0};
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void end(void)
{
    tree_end(&tree);
}

static const struct secret_source file = {"password", SECRET_FILE, "secret"};
static const struct secret_source credential = {"token", SECRET_CREDENTIAL, "cloud"};

static void given(const char *content, mode_t mode)
{
    ck_assert_int_eq(chmod(tree_file(&tree, "secret", content), mode), 0);
}

START_TEST(a_file_of_its_owner_alone_is_read_without_its_line_end)
{
    given("s3cret\r\n", 0600);

    ck_assert_int_eq(secret_check(&file, tree.folder, &err), MA_OK);
    ck_assert_int_eq(secret_read(&file, tree.folder, out, sizeof out, &err), MA_OK);
    ck_assert_str_eq(out, "s3cret");
}
END_TEST

START_TEST(a_file_that_others_can_read_is_refused_before_it_is_read)
{
    given("s3cret", 0640);

    ck_assert_int_eq(secret_check(&file, tree.folder, &err), MA_DENIED);
    ck_assert_ptr_nonnull(strstr(err.text, "0640"));
    ck_assert_int_eq(secret_read(&file, tree.folder, out, sizeof out, &err), MA_DENIED);
    ck_assert_ptr_null(strstr(err.text, "s3cret"));
}
END_TEST

START_TEST(a_secret_that_does_not_fit_leaves_nothing_behind)
{
    given("much longer than it may be", 0600);
    memset(out, 'x', sizeof out);

    ck_assert_int_eq(secret_read(&file, tree.folder, out, sizeof out, &err), MA_INVALID);
    for (size_t i = 0; i < sizeof out; i++)
        ck_assert_int_eq(out[i], 0);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    ck_assert_int_eq(secret_check(&file, tree.folder, &err), MA_DENIED);
    ck_assert_ptr_nonnull(strstr(err.text, tree_path(&tree, "secret")));
}
END_TEST

START_TEST(a_credential_is_found_where_systemd_puts_it)
{
    tree_file(&tree, "cloud", "t0ken");
    ck_assert_int_eq(secret_read(&credential, tree.folder, out, sizeof out, &err),
                     MA_DENIED);

    setenv("CREDENTIALS_DIRECTORY", tree.folder, 1);
    ck_assert_int_eq(secret_read(&credential, NULL, out, sizeof out, &err), MA_OK);
    ck_assert_str_eq(out, "t0ken");
}
END_TEST

START_TEST(a_credential_is_a_name_not_a_path)
{
    static const struct secret_source outside = {"x", SECRET_CREDENTIAL, "../secret"};

    setenv("CREDENTIALS_DIRECTORY", tree.folder, 1);
    ck_assert_int_eq(secret_check(&outside, NULL, &err), MA_INVALID);
}
END_TEST

START_TEST(what_needs_a_person_is_refused_here)
{
    static const struct secret_source prompt = {"x", SECRET_PROMPT, "Password of x"};

    ck_assert_int_eq(secret_check(&prompt, NULL, &err), MA_DENIED);
    ck_assert_str_eq(secret_origin(&tree.arena, &prompt), "prompt Password of x");
}
END_TEST

SUITE_WITH("config/secret", begin, end,
           a_file_of_its_owner_alone_is_read_without_its_line_end,
           a_file_that_others_can_read_is_refused_before_it_is_read,
           a_secret_that_does_not_fit_leaves_nothing_behind, a_missing_file_is_named,
           a_credential_is_found_where_systemd_puts_it, a_credential_is_a_name_not_a_path,
           what_needs_a_person_is_refused_here)
