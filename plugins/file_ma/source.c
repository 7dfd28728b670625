/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <unistd.h>

const struct format_ops *format_ops_of(enum format format)
{
    static const struct format_ops *const all[] = {
        [FORMAT_LDIF] = &ldif_ops,
        [FORMAT_DELIMITED] = &delimited_ops,
        [FORMAT_AVP] = &avp_ops,
        [FORMAT_FIXED] = &fixed_ops,
    };

    return all[format];
}

enum ma_status source_open(struct source *source, const struct settings *set, int fd,
                           struct ma_error *err)
{
    *source = (struct source){.set = set, .fd = fd, .columns = set->columns};
    return input_open(&source->input, fd, set->code_page, err);
}

void source_close(struct source *source)
{
    if (source->input == NULL && source->fd <= 0)
        return;
    input_close(source->input);
    close(source->fd);
    pool_free(&source->pool);
    pool_free(&source->lasting);
    bytes_free(&source->line);
    *source = (struct source){.fd = -1};
}

/* A byte that was none of the code page, or a NUL: the record is of no use. */
static bool is_clean(const struct record *record, const struct settings *set,
                     struct problem *problem)
{
    for (size_t i = 0; set->format != FORMAT_LDIF && i < record->count; i++)
        for (size_t k = 0; k < record->fields[i].count; k++) {
            const struct ma_value *v = &record->fields[i].values[k];

            if (memchr(v->data, INPUT_BAD, v->length) != NULL)
                return problem_set(problem, "parse-error", record->fields[i].name,
                                   "bytes that are not of code page %u", set->code_page);
            if (memchr(v->data, '\0', v->length) != NULL)
                return problem_set(problem, "parse-error", record->fields[i].name,
                                   "a NUL in a text");
        }
    return true;
}

enum next source_next(struct source *source, struct record *record,
                      struct problem *problem, struct ma_error *err)
{
    enum next next;

    pool_reset(&source->pool);
    record_begin(record, &source->pool);
    *problem = (struct problem){0};
    next = format_ops_of(source->set->format)->next(source, record, problem);
    if (source->input->error != 0) {
        (void)ma_fail(err, MA_UNREACHABLE, "the file cannot be read: %s",
                      strerror(source->input->error));
        return NEXT_FAILED;
    }
    if (source->pool.failed || source->lasting.failed || source->line.failed) {
        (void)ma_fail(err, MA_NO_MEMORY, "out of memory");
        return NEXT_FAILED;
    }
    if (next == NEXT_END)
        return next;
    record->entry = ++source->entries;
    if (next == NEXT_RECORD && !is_clean(record, source->set, problem))
        next = NEXT_BAD;
    if (problem->line == 0)
        problem->line = record->line;
    return next;
}

int source_line(struct source *source, struct problem *problem)
{
    bool cut = false;
    int status;

    bytes_clear(&source->line);
    source->line_number = source->input->line;
    status = input_line(source->input, &source->line, RECORD_LIMIT, &cut);
    if (cut && problem->type == NULL) {
        problem->line = source->line_number;
        (void)problem_set(problem, "parse-error", NULL, "a line of more than %d bytes",
                          RECORD_LIMIT);
    }
    return status;
}

static bool is_multi_valued(const struct settings *set, const char *name)
{
    const struct ma_schema_attribute *a = settings_attribute(set, name);

    if (names_has(&set->anchor, name) || names_has(&set->dn, name))
        return false;
    return a != NULL && !a->single_valued;
}

void source_column(struct source *source, struct record *record, const char *name,
                   const char *data, size_t length)
{
    const char *separator = source->set->separator;
    struct field *field = record_field(record, name, strlen(name));
    const char *end = data + length;
    const char *at;

    if (length == 0 || field == NULL)
        return;
    if (separator[0] != '\0' && is_multi_valued(source->set, name))
        while ((at = memmem(data, (size_t)(end - data), separator, strlen(separator))) !=
               NULL) {
            if (at > data)
                field_add(record, field, data, (size_t)(at - data));
            data = at + strlen(separator);
        }
    if (end > data)
        field_add(record, field, data, (size_t)(end - data));
}
