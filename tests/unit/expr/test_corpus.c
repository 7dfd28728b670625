/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The expressions of a real export, where $MACTL_CORPUS has one: they are those of
 * shipped.txt. The files are searched for <expression>, not read as XML: that is
 * core/config's business.
 */

#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"
#include "expr_object.h"
#include "suite.h"

enum { DISTINCT = 86, SKIPPED = 77 };

static struct arena arena;
static struct names *names;
static struct expr *found[DISTINCT + 1];
static size_t found_count;
static size_t flow_count;

static const char *folder(void)
{
    static char path[4096];
    const char *corpus = getenv("MACTL_CORPUS");

    snprintf(path, sizeof path, "%s/aadconnect-contoso/SynchronizationRules",
             corpus == NULL ? SOURCE_DIR "/../shared/corpus" : corpus);
    return path;
}

static const char *unescaped(struct slice xml)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {
        {"&amp;", '&'}, {"&gt;", '>'}, {"&lt;", '<'}, {"&quot;", '"'}, {"&apos;", '\''}};
    BUF_AUTO out = {0};

    for (size_t at = 0; at < xml.length;) {
        size_t length = 1;
        char c = xml.at[at];

        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
            if (strncmp(xml.at + at, entities[i].entity, strlen(entities[i].entity)) ==
                0) {
                length = strlen(entities[i].entity);
                c = entities[i].character;
            }
        buf_char(&out, c);
        at += length;
    }
    return arena_textn(&arena, out.at, out.length);
}

static void add(const char *text)
{
    struct expr *tree = object_parse(&arena, names, text);

    flow_count++;
    for (size_t i = 0; i < found_count; i++)
        if (expr_equal(found[i], tree))
            return;
    ck_assert_msg(found_count < DISTINCT, "a new one: %s", text);
    found[found_count++] = tree;
}

static void search(const char *text)
{
    const char *at = text;

    while ((at = strstr(at, "<expression>")) != NULL) {
        const char *end;

        at += strlen("<expression>");
        end = strstr(at, "</expression>");
        ck_assert_ptr_nonnull(end);
        add(unescaped(slice_of(at, (size_t)(end - at))));
    }
}

static void read_file(const char *path)
{
    BUF_AUTO content = {0};
    char part[4096];
    FILE *file = fopen(path, "rb");
    size_t length;

    ck_assert_ptr_nonnull(file);
    while ((length = fread(part, 1, sizeof part, file)) > 0)
        buf_bytes(&content, part, length);
    fclose(file);
    search(content.at);
}

static void begin(void)
{
    struct dirent **files = NULL;
    int count = scandir(folder(), &files, NULL, alphasort);

    arena = (struct arena){0};
    names = names_new();
    found_count = 0;
    flow_count = 0;
    for (int i = 0; i < count; i++) {
        if (files[i]->d_name[0] != '.')
            read_file(arena_print(&arena, "%s/%s", folder(), files[i]->d_name));
        free(files[i]);
    }
    free(files);
}

static void end(void)
{
    names_free(names);
    arena_free(&arena);
}

START_TEST(the_rules_have_391_expressions_and_86_distinct_ones)
{
    ck_assert_uint_eq(flow_count, 391);
    ck_assert_uint_eq(found_count, DISTINCT);
}
END_TEST

START_TEST(each_of_them_prints_to_an_equal_tree)
{
    for (size_t i = 0; i < found_count; i++)
        ck_assert(expr_equal(found[i],
                             object_parse(&arena, names, expr_print(&arena, found[i]))));
}
END_TEST

START_TEST(each_of_them_is_in_the_list_of_the_shipped_ones)
{
    FILE *file = fopen(SOURCE_DIR "/tests/unit/expr/shipped.txt", "r");
    bool seen[DISTINCT] = {false};
    char line[2048];

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; line[0] != '#' && i < found_count; i++)
            if (expr_equal(found[i], object_parse(&arena, names, line)))
                seen[i] = true;
    }
    fclose(file);
    for (size_t i = 0; i < found_count; i++)
        ck_assert_msg(seen[i], "%s", expr_print(&arena, found[i]));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_rules_have_391_expressions_and_86_distinct_ones,
                                  each_of_them_prints_to_an_equal_tree,
                                  each_of_them_is_in_the_list_of_the_shipped_ones};
    DIR *rules = opendir(folder());

    if (rules == NULL) {
        printf("skipped: there is no %s (set MACTL_CORPUS)\n", folder());
        return SKIPPED;
    }
    closedir(rules);
    return suite_run("expr/corpus", tests, sizeof tests / sizeof tests[0], begin, end);
}
