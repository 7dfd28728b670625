/* SPDX-License-Identifier: Apache-2.0 */

/* Lines of LDIF, and the names and values in them. */

#include "ldif.h"
#include "support/text.h"

/* --- lines ------------------------------------------------------------------------ */

/* One logical line: its continuations, which begin with a blank, are part of it. */
static int unfolded(struct source *source, struct problem *problem)
{
    int status = source_line(source, problem);
    uint64_t first = source->line_number;
    bool cut = false;

    if (status < 0 || source->line.length == 0)
        return status;
    while (input_peek(source->input) == ' ') {
        (void)input_get(source->input);
        if (input_line(source->input, &source->line, RECORD_LIMIT, &cut) == INPUT_FAILED)
            return INPUT_FAILED;
    }
    if (cut && problem->type == NULL) {
        problem->line = first;
        (void)problem_set(problem, "parse-error", NULL, "a value of more than %d bytes",
                          RECORD_LIMIT);
    }
    source->line_number = first;
    return 0;
}

int ldif_line_next(struct source *source, struct problem *problem)
{
    int status;

    do
        status = unfolded(source, problem);
    while (status == 0 && source->line.length > 0 && source->line.at[0] == '#');
    return status;
}

void ldif_line_skip(struct source *source)
{
    struct problem ignored = {.type = ""};

    while (source->line.length > 0 && source_line(source, &ignored) == 0)
        ;
}

bool ldif_line_more(struct source *source, struct problem *problem)
{
    return ldif_line_next(source, problem) == 0 && source->line.length > 0;
}

/* --- name and value --------------------------------------------------------------- */

bool ldif_line_wrong(struct source *source, struct problem *problem, size_t column,
                     const char *text)
{
    problem->line = source->line_number;
    problem->column = column;
    return problem_set(problem, "parse-error", NULL, "%s", text);
}

static bool decode(struct source *source, struct ldif_pair *pair, struct problem *problem)
{
    struct bytes out = {0};
    bool good = text_from_base64(&out, pair->value, pair->length);
    struct ma_value value =
        pool_value(&source->pool, out.at == NULL ? "" : out.at, out.length);

    source->pool.failed |= out.failed;
    bytes_free(&out);
    pair->value = value.data;
    pair->length = value.length;
    if (good)
        return true;
    problem->line = source->line_number;
    return problem_set(problem, "invalid-base64-value",
                       pool_text(&source->pool, pair->name, pair->name_length),
                       "this is no Base64");
}

static bool check_name(struct source *source, const struct ldif_pair *pair,
                       struct problem *problem)
{
    if (pair->name_length == 0)
        return ldif_line_wrong(source, problem, 1,
                               "a line without a name in front of ':'");
    for (size_t i = 0; i < pair->name_length; i++) {
        char c = pair->name[i];

        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') &&
            strchr("-;._=", c) == NULL)
            return ldif_line_wrong(source, problem, i + 1,
                                   "this character cannot stand in a name");
        if (c == '\0')
            return ldif_line_wrong(source, problem, i + 1, "a NUL");
    }
    return true;
}

bool ldif_line_split(struct source *source, struct ldif_pair *pair,
                     struct problem *problem)
{
    const char *line = source->line.at;
    size_t length = source->line.length;
    const char *colon = memchr(line, ':', length);
    size_t at;

    if (colon == NULL)
        return ldif_line_wrong(source, problem, 1, "a line without ':'");
    *pair = (struct ldif_pair){.name = line, .name_length = (size_t)(colon - line)};
    if (!check_name(source, pair, problem))
        return false;
    at = pair->name_length + 1;
    if (at < length && line[at] == '<')
        return ldif_line_wrong(source, problem, at + 1, "values by URL are not read");
    if (at < length && line[at] == ':') {
        for (at++; at < length && line[at] == ' '; at++)
            ;
        pair->value = line + at;
        pair->length = length - at;
        while (pair->length > 0 && pair->value[pair->length - 1] == ' ')
            pair->length--;
        return decode(source, pair, problem);
    }
    for (; at < length && line[at] == ' '; at++)
        ;
    pair->value = line + at;
    pair->length = length - at;
    if (memchr(pair->value, INPUT_BAD, pair->length) != NULL)
        return ldif_line_wrong(source, problem, at + 1,
                               "bytes that are not of the code page");
    if (memchr(pair->value, '\0', pair->length) != NULL)
        return ldif_line_wrong(source, problem, at + 1, "a NUL");
    return true;
}

bool ldif_line_is(const struct ldif_pair *pair, const char *name)
{
    return strlen(name) == pair->name_length &&
           strncasecmp(pair->name, name, pair->name_length) == 0;
}

const char *ldif_line_text(struct source *source, const struct ldif_pair *pair)
{
    return pool_text(&source->pool, pair->value, pair->length);
}
