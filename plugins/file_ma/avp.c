/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Attribute-value pairs: a line a value, "name: value", an attribute with several values
 * on several lines, a blank line between objects. The delimiter is one character, blanks
 * behind it are not part of the value.
 */

#include "source.h"

static bool pair_error(struct source *source, struct problem *problem, const char *text)
{
    problem->line = source->line_number;
    problem->column = 1;
    return problem_set(problem, "parse-error", NULL, "%s", text);
}

static bool add_pair(struct source *source, struct record *record,
                     struct problem *problem)
{
    const char *line = source->line.at;
    const char *end = line + source->line.length;
    const char *delimiter = source->set->delimiter;
    const char *at = memmem(line, source->line.length, delimiter, strlen(delimiter));
    size_t name = at == NULL ? 0 : (size_t)(at - line);
    struct field *field;

    while (name > 0 && line[name - 1] == ' ')
        name--;
    if (memchr(line, '\0', source->line.length) != NULL)
        return pair_error(source, problem, "a NUL");
    if (name == 0)
        return pair_error(source, problem, "wanted a name, the delimiter and a value");
    for (at += strlen(delimiter); at < end && *at == ' '; at++)
        ;
    field = record_field(record, line, name);
    if (at < end)
        field_add(record, field, at, (size_t)(end - at));
    return true;
}

static enum next avp_next(struct source *source, struct record *record,
                          struct problem *problem)
{
    int status;

    do
        status = source_line(source, problem);
    while (status == 0 && source->line.length == 0);
    if (status < 0)
        return NEXT_END;
    record->line = source->line_number;
    while (status == 0 && source->line.length > 0) {
        if (problem->type == NULL)
            (void)add_pair(source, record, problem);
        status = source_line(source, problem);
    }
    return problem->type == NULL ? NEXT_RECORD : NEXT_BAD;
}

static bool avp_write(const struct settings *set, const struct columns *columns,
                      const struct record *record, struct bytes *out,
                      struct problem *problem)
{
    (void)columns;
    for (size_t i = 0; i < record->count; i++)
        for (size_t k = 0; k < record->fields[i].count; k++) {
            const struct ma_value *value = &record->fields[i].values[k];

            if (memchr(value->data, '\n', value->length) != NULL ||
                memchr(value->data, '\r', value->length) != NULL ||
                (value->length > 0 && value->data[0] == ' '))
                return problem_set(problem, "invalid-attribute-value",
                                   record->fields[i].name,
                                   "the value holds a line end or begins with a blank, "
                                   "which an AVP file cannot hold");
            bytes_text(out, record->fields[i].name);
            bytes_text(out, set->delimiter);
            bytes_char(out, ' ');
            bytes_add(out, value->data, value->length);
            bytes_text(out, "\r\n");
        }
    bytes_text(out, "\r\n");
    return true;
}

static void avp_head(const struct settings *set, const struct columns *columns,
                     struct bytes *out)
{
    (void)set;
    (void)columns;
    (void)out;
}

const struct format_ops avp_ops = {
    .next = avp_next,
    .head = avp_head,
    .write = avp_write,
};
