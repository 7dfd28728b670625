/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdarg.h>

#include "base/text.h"

static const struct {
    enum exit_code code;
    const char *next;
} of_status[] = {
    [MA_OK] = {EXIT_OK, NULL},
    [MA_INVALID] = {EXIT_CONFIGURATION, NULL},
    [MA_NOT_FOUND] = {EXIT_USAGE, NULL},
    [MA_CONFLICT] = {EXIT_BUSY, NULL},
    [MA_DENIED] = {EXIT_INTERNAL, NULL}, /* of this machine; a run has result strings */
    [MA_UNREACHABLE] = {EXIT_UNREACHABLE, NULL},
    [MA_CANCELLED] = {EXIT_INTERRUPTED, NULL},
    [MA_NO_MEMORY] = {EXIT_INTERNAL, NULL},
    [MA_BROKEN] = {EXIT_INTERNAL, NULL},
    [MA_LIMIT] = {EXIT_SAFETY_LIMIT, NULL},
    [MA_FULL_NEEDED] = {EXIT_BUSY, "run a full import first"},
    [MA_UNEXPECTED] = {EXIT_CONFIGURATION, NULL},
};

/* Where both streams go to one file, what is said first stands first. */
static void begin_words(const char *what)
{
    (void)fflush(stdout); /* a result that cannot be printed is told at the end */
    fputs(what, stderr);
}

enum exit_code command_fail(const struct ma_error *err)
{
    const char *next = of_status[err->status].next;

    begin_words("");
    fprintf(stderr, "error: %s\n", err->text);
    if (next != NULL)
        fprintf(stderr, "next: %s\n", next);
    return of_status[err->status].code;
}

enum exit_code command_error(enum exit_code code, const char *next, const char *fmt, ...)
{
    va_list args;

    begin_words("error: ");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    if (next != NULL)
        fprintf(stderr, "next: %s\n", next);
    return code;
}

enum exit_code command_unknown(const char *what, const char *typed,
                               const char *const *names, size_t count)
{
    size_t near = text_nearest(typed, names, count);

    begin_words("");
    fprintf(stderr, "error: there is no %s '%s'\n", what, typed);
    if (near < count)
        fprintf(stderr, "did you mean \"%s\"?\n", names[near]);
    for (size_t i = 0; near == count && i < count; i++)
        fprintf(stderr, "%s%s%s", i == 0 ? "there are: " : ", ", names[i],
                i + 1 == count ? "\n" : "");
    return EXIT_USAGE;
}

enum exit_code command_limit(int given, size_t fallback, size_t *out)
{
    if (given != LIMIT_NOT_GIVEN && given < 1)
        return command_error(EXIT_USAGE, NULL, "-n %d: a number above 0", given);
    *out = given == LIMIT_NOT_GIVEN ? fallback : (size_t)given;
    return EXIT_OK;
}

void command_next(const struct invocation *call, const char *fmt, ...)
{
    va_list args;

    if (call->quiet || call->output != OUTPUT_TEXT)
        return;
    begin_words("next: ");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}
