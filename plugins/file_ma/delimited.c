/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rows of columns between delimiters. A column that begins with the qualifier goes to the
 * next one, delimiters and line ends included; a doubled qualifier is one. Rows without
 * anything are passed over; a row with more or fewer columns than the header is a parse
 * error.
 */

#include "source.h"

struct row {
    struct ma_value *items;
    size_t count;
    size_t capacity;
};

static bool begins(struct input *input, const char *text)
{
    /* The rest of a delimiter of several bytes: one character never straddles blocks. */
    size_t length = strlen(text);

    if (length == 0 || input_peek(input) != (unsigned char)text[0])
        return false;
    return length == 1 || (input->end - input->at >= length &&
                           memcmp(input->text + input->at, text, length) == 0);
}

static void pass(struct input *input, const char *text)
{
    for (size_t i = 0; i < strlen(text); i++)
        (void)input_get(input);
}

static bool at_line_end(struct input *input)
{
    int c = input_peek(input);

    return c < 0 || c == '\n';
}

static bool column_error(struct source *source, struct problem *problem, const char *text)
{
    if (problem->type != NULL)
        return false;
    problem->line = source->input->line;
    problem->column = source->input->column;
    return problem_set(problem, "parse-error", NULL, "%s", text);
}

static void keep(struct source *source, int c, struct problem *problem)
{
    if (source->line.length < RECORD_LIMIT)
        bytes_char(&source->line, (char)c);
    else
        (void)column_error(source, problem, "the column is too long");
}

static void read_qualified(struct source *source, struct problem *problem)
{
    struct input *input = source->input;
    const char *qualifier = source->set->qualifier;

    pass(input, qualifier);
    while (input_peek(input) >= 0) {
        if (begins(input, qualifier)) {
            pass(input, qualifier);
            if (!begins(input, qualifier))
                break;
        }
        keep(source, input_get(input), problem);
        if (input_peek(input) < 0)
            (void)column_error(source, problem, "the text qualifier is never closed");
    }
    if (input_peek(input) == '\r')
        (void)input_get(input);
    if (!at_line_end(input) && !begins(input, source->set->delimiter))
        (void)column_error(source, problem,
                           "text behind the closing qualifier of a column");
}

static void read_plain(struct source *source, struct problem *problem)
{
    struct input *input = source->input;

    while (!at_line_end(input) && !begins(input, source->set->delimiter))
        keep(source, input_get(input), problem);
    if (at_line_end(input) && source->line.length > 0 &&
        source->line.at[source->line.length - 1] == '\r')
        source->line.length--;
}

static void add_column(struct source *source, struct row *row)
{
    struct ma_value *grown =
        pool_grow(&source->pool, row->items, row->count, &row->capacity, sizeof *grown);

    if (grown == NULL)
        return;
    row->items = grown;
    grown[row->count++] =
        pool_value(&source->pool, source->line.length == 0 ? "" : source->line.at,
                   source->line.length);
}

/* What is behind a broken column is passed over to the end of the line. */
static void skip_line(struct input *input)
{
    while (!at_line_end(input))
        (void)input_get(input);
    (void)input_get(input);
}

/* False at the end of the file. */
static bool read_row(struct source *source, struct row *row, struct problem *problem)
{
    struct input *input = source->input;

    if (input_peek(input) < 0)
        return false;
    for (;;) {
        bytes_clear(&source->line);
        if (begins(input, source->set->qualifier))
            read_qualified(source, problem);
        else
            read_plain(source, problem);
        add_column(source, row);
        if (problem->type != NULL || !begins(input, source->set->delimiter))
            break;
        pass(input, source->set->delimiter);
    }
    skip_line(input);
    return true;
}

static bool is_blank(const struct row *row)
{
    return row->count == 1 && row->items[0].length == 0;
}

static void take_header(struct source *source, const struct row *row)
{
    struct columns columns = {0};

    for (size_t i = 0; i < row->count; i++) {
        struct column *grown = pool_grow(&source->lasting, columns.items, columns.count,
                                         &columns.capacity, sizeof *grown);

        if (grown == NULL)
            return;
        columns.items = grown;
        grown[columns.count++].name =
            pool_text(&source->lasting, row->items[i].data, row->items[i].length);
    }
    source->columns = columns;
}

static bool next_row(struct source *source, struct row *row, struct record *record,
                     struct problem *problem)
{
    do {
        *row = (struct row){0};
        record->line = source->input->line;
        if (!read_row(source, row, problem))
            return false;
        if (source->set->header && !source->started && problem->type == NULL &&
            !is_blank(row)) {
            source->started = true;
            take_header(source, row);
            *row = (struct row){0};
        }
    } while (problem->type == NULL && (row->count == 0 || is_blank(row)));
    return true;
}

static enum next delimited_next(struct source *source, struct record *record,
                                struct problem *problem)
{
    struct row row;

    if (!next_row(source, &row, record, problem))
        return NEXT_END;
    if (problem->type != NULL)
        return NEXT_BAD;
    if (row.count != source->columns.count) {
        (void)problem_set(problem, "parse-error", NULL, "wanted %zu columns, found %zu",
                          source->columns.count, row.count);
        return NEXT_BAD;
    }
    for (size_t i = 0; i < row.count; i++)
        source_column(source, record, source->columns.items[i].name, row.items[i].data,
                      row.items[i].length);
    return NEXT_RECORD;
}

/* --- writing ---------------------------------------------------------------------- */

static void write_qualified(const struct settings *set, struct bytes *out,
                            const char *text, size_t length)
{
    size_t q = strlen(set->qualifier);

    bytes_text(out, set->qualifier);
    while (length > 0) {
        size_t n = length >= q && memcmp(text, set->qualifier, q) == 0 ? q : 1;

        bytes_add(out, text, n);
        if (n == q && memcmp(text, set->qualifier, q) == 0)
            bytes_text(out, set->qualifier);
        text += n;
        length -= n;
    }
    bytes_text(out, set->qualifier);
}

static bool write_column(const struct settings *set, struct bytes *out, const char *name,
                         const char *text, size_t length, struct problem *problem)
{
    bool needs = memmem(text, length, set->delimiter, strlen(set->delimiter)) != NULL ||
                 memchr(text, '\n', length) != NULL ||
                 memchr(text, '\r', length) != NULL ||
                 (set->qualifier[0] != '\0' &&
                  memmem(text, length, set->qualifier, strlen(set->qualifier)) != NULL);

    if (needs && set->qualifier[0] == '\0')
        return problem_set(problem, "invalid-attribute-value", name,
                           "the value holds the delimiter or a line end, and there is "
                           "no text qualifier");
    if (needs)
        write_qualified(set, out, text, length);
    else
        bytes_add(out, text, length);
    return true;
}

/* All values in one column. */
static bool write_field(const struct settings *set, struct bytes *out,
                        const struct field *field, struct problem *problem)
{
    struct bytes joined = {0};
    bool good = true;

    if (field->count > 1 && set->separator[0] == '\0')
        return problem_set(problem, "ambiguous-update", field->name,
                           "several values, and no multi-value-separator is given");
    for (size_t i = 0; i < field->count && good; i++) {
        if (i > 0)
            bytes_text(&joined, set->separator);
        if (set->separator[0] != '\0' && field->count > 1 &&
            memmem(field->values[i].data, field->values[i].length, set->separator,
                   strlen(set->separator)) != NULL)
            good = problem_set(problem, "invalid-attribute-value", field->name,
                               "a value holds the multi-value-separator");
        bytes_add(&joined, field->values[i].data, field->values[i].length);
    }
    if (good && joined.length > 0)
        good = write_column(set, out, field->name, joined.at, joined.length, problem);
    out->failed |= joined.failed;
    bytes_free(&joined);
    return good;
}

static bool delimited_write(const struct settings *set, const struct columns *columns,
                            const struct record *record, struct bytes *out,
                            struct problem *problem)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct field *field = record_find(record, columns->items[i].name);

        if (i > 0)
            bytes_text(out, set->delimiter);
        if (field != NULL && !write_field(set, out, field, problem))
            return false;
    }
    bytes_text(out, "\r\n");
    return true;
}

static void delimited_head(const struct settings *set, const struct columns *columns,
                           struct bytes *out)
{
    struct problem ignored;

    if (!set->header)
        return;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->items[i].name;

        if (i > 0)
            bytes_text(out, set->delimiter);
        (void)write_column(set, out, name, name, strlen(name), &ignored);
    }
    bytes_text(out, "\r\n");
}

const struct format_ops delimited_ops = {
    .next = delimited_next,
    .head = delimited_head,
    .write = delimited_write,
};
