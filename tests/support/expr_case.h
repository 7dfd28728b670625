/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXPR_CASE_H
#define TESTS_EXPR_CASE_H

#include <stdio.h>

#include "expr_object.h"

/*
 * Expressions with what they give, one row each. A suite has one arena and one table of
 * names, new for each of its tests: begin and end are for SUITE_WITH.
 */
struct row {
    const char *text;
    const char *wanted; /* as expr_show writes it; "error": any */
};

static struct arena arena;
static struct names *names;

static inline void begin(void)
{
    arena = (struct arena){0};
    names = names_new();
}

static inline void end(void)
{
    names_free(names);
    arena_free(&arena);
}

/* What an expression gives on an object of these attributes. */
static inline const char *case_show(const char *const *given, const char *text)
{
    struct object object = object_of(&arena, names, given);

    return object_show(&object, text);
}

/* An error is compared by its beginning, since the words may change. */
static inline bool case_agrees(const char *got, const char *wanted)
{
    if (strcmp(wanted, "error") == 0)
        return strncmp(got, "Error(", 6) == 0;
    return strcmp(got, wanted) == 0;
}

/* All rows are looked at before the test fails. */
static inline void case_check(const char *const *given, const struct row *rows,
                              size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const char *got = case_show(given, rows[i].text);

        if (case_agrees(got, rows[i].wanted))
            continue;
        printf("%s\n   gives %s\n  wanted %s\n", rows[i].text, got, rows[i].wanted);
        wrong++;
    }
    ck_assert_uint_eq(wrong, 0);
}

/* Rows on the `given` of the file. */
#define CHECK(...)                                                                       \
    do {                                                                                 \
        static const struct row rows[] = {__VA_ARGS__};                                  \
        case_check(given, rows, sizeof rows / sizeof rows[0]);                           \
    } while (0)

#endif
