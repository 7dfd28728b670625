/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Columns of fixed width, counted in characters, filled with blanks on the right. The
 * last column may be shorter, and a line may end early; a longer line is a parse error.
 */

#include "source.h"

/* The number of bytes of the first `width` characters. */
static size_t span(const char *text, size_t length, unsigned width)
{
    size_t at = 0;

    while (at < length && width > 0) {
        at++;
        while (at < length && ((unsigned char)text[at] & 0xc0) == 0x80)
            at++;
        width--;
    }
    return at;
}

static size_t characters(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static enum next split_line(struct source *source, struct record *record,
                            struct problem *problem)
{
    const char *line = source->line.at;
    size_t left = source->line.length;

    for (size_t i = 0; i < source->columns.count; i++) {
        const struct column *column = &source->columns.items[i];
        size_t n = span(line, left, column->width);
        size_t from = 0;
        size_t to = n;

        while (to > 0 && line[to - 1] == ' ')
            to--;
        while (from < to && line[from] == ' ')
            from++;
        source_column(source, record, column->name, line + from, to - from);
        line += n;
        left -= n;
    }
    while (left > 0 && line[left - 1] == ' ')
        left--;
    if (left == 0)
        return NEXT_RECORD;
    (void)problem_set(problem, "parse-error", NULL,
                      "the line is %zu characters longer than all columns",
                      characters(line, left));
    return NEXT_BAD;
}

static enum next fixed_next(struct source *source, struct record *record,
                            struct problem *problem)
{
    int status;

    if (source->set->header && !source->started)
        (void)source_line(source, problem);
    source->started = true;
    do
        status = source_line(source, problem);
    while (status == 0 && source->line.length == 0);
    if (status < 0)
        return NEXT_END;
    record->line = source->line_number;
    if (problem->type != NULL)
        return NEXT_BAD;
    return split_line(source, record, problem);
}

static bool write_padded(const struct column *column, struct bytes *out, const char *text,
                         size_t length, struct problem *problem)
{
    size_t wide = characters(text, length);

    if (wide > column->width)
        return problem_set(problem, "insufficient-field-width", column->name,
                           "%zu characters in a column of %u", wide, column->width);
    if (memchr(text, '\n', length) != NULL || memchr(text, '\r', length) != NULL)
        return problem_set(problem, "invalid-attribute-value", column->name,
                           "the value holds a line end");
    bytes_add(out, text, length);
    for (; wide < column->width; wide++)
        bytes_char(out, ' ');
    return true;
}

static bool holds_separator(const struct settings *set, const struct ma_value *value)
{
    return memmem(value->data, value->length, set->separator, strlen(set->separator)) !=
           NULL;
}

static bool join_values(const struct settings *set, const struct field *field,
                        struct bytes *out, struct problem *problem)
{
    if (field->count > 1 && set->separator[0] == '\0')
        return problem_set(problem, "ambiguous-update", field->name,
                           "several values, and no multi-value-separator is given");
    for (size_t k = 0; k < field->count; k++) {
        if (field->count > 1 && holds_separator(set, &field->values[k]))
            return problem_set(problem, "invalid-attribute-value", field->name,
                               "a value holds the multi-value-separator");
        if (k > 0)
            bytes_text(out, set->separator);
        bytes_add(out, field->values[k].data, field->values[k].length);
    }
    return true;
}

/* A column is filled with blanks: those at the ends of a value would be lost. */
static bool has_outer_blank(const struct bytes *text)
{
    return text->length > 0 && (text->at[0] == ' ' || text->at[text->length - 1] == ' ');
}

static bool write_column(const struct settings *set, const struct column *column,
                         const struct field *field, struct bytes *out,
                         struct problem *problem)
{
    struct bytes joined = {0};
    bool good = field == NULL || join_values(set, field, &joined, problem);

    if (good && has_outer_blank(&joined))
        good = problem_set(problem, "invalid-attribute-value", column->name,
                           "a column of fixed width cannot keep a blank at the end of a "
                           "value");
    if (good)
        good = write_padded(column, out, joined.at == NULL ? "" : joined.at,
                            joined.length, problem);
    out->failed |= joined.failed;
    bytes_free(&joined);
    return good;
}

static bool fixed_write(const struct settings *set, const struct columns *columns,
                        const struct record *record, struct bytes *out,
                        struct problem *problem)
{
    bool good = true;

    for (size_t i = 0; i < columns->count && good; i++)
        good = write_column(set, &columns->items[i],
                            record_find(record, columns->items[i].name), out, problem);
    bytes_text(out, "\r\n");
    return good;
}

static void fixed_head(const struct settings *set, const struct columns *columns,
                       struct bytes *out)
{
    if (!set->header)
        return;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->items[i].name;
        size_t n = span(name, strlen(name), columns->items[i].width);
        struct problem ignored;

        (void)write_padded(&columns->items[i], out, name, n, &ignored);
    }
    bytes_text(out, "\r\n");
}

const struct format_ops fixed_ops = {
    .next = fixed_next,
    .head = fixed_head,
    .write = fixed_write,
};
