/* SPDX-License-Identifier: Apache-2.0 */
#include "parameter.h"

#include <stdlib.h>

#include "support/text.h"

/* --- single parameters ------------------------------------------------------------ */

const char *parameter_first(struct settings *set, const char *const *names)
{
    for (; *names != NULL; names++) {
        const char *value = set->host->param(set->host, *names);

        if (value != NULL && value[0] != '\0')
            return pool_text(&set->pool, value, strlen(value));
    }
    return NULL;
}

enum ma_status parameter_bad(const char *name, const char *value, const char *wanted,
                             struct ma_error *err)
{
    return ma_fail(err, MA_INVALID, "parameter %s='%s': wanted %s", name, value, wanted);
}

enum ma_status parameter_flag(const char *name, const char *value, bool *out,
                              struct ma_error *err)
{
    if (value != NULL && !text_is_flag(value, strlen(value), out))
        return parameter_bad(name, value, "true or false", err);
    return MA_OK;
}

enum ma_status parameter_number(const char *name, const char *value, unsigned *out,
                                struct ma_error *err)
{
    char *end = NULL;
    unsigned long n;

    if (value == NULL)
        return MA_OK;
    n = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || n > 0x10ffff)
        return parameter_bad(name, value, "a number", err);
    *out = (unsigned)n;
    return MA_OK;
}

const char *parameter_character(struct settings *set, const char *value)
{
    static const struct {
        const char *word;
        const char *text;
    } words[] = {{"none", ""},   {"tab", "\t"},      {"comma", ","},
                 {"space", " "}, {"semicolon", ";"}, {"pipe", "|"}};
    struct bytes out = {0};
    unsigned code = 0;
    struct ma_error ignored;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i].word, value) == 0)
            return words[i].text;
    if (parameter_number("", value, &code, &ignored) != MA_OK)
        return value;
    if (code != 0)
        text_code_point(&out, code);
    set->pool.failed |= out.failed;
    value = pool_text(&set->pool, out.at == NULL ? "" : out.at, out.length);
    bytes_free(&out);
    return value;
}

/* --- lists ------------------------------------------------------------------------ */

bool names_has(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->items[i], name) == 0)
            return true;
    return false;
}

void parameter_add_name(struct settings *set, struct names *names, const char *name,
                        size_t length)
{
    const char *copy = pool_text(&set->pool, name, length);
    const char **grown;

    if (copy[0] == '\0' || names_has(names, copy))
        return;
    grown = pool_grow(&set->pool, names->items, names->count, &names->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return;
    names->items = grown;
    names->items[names->count++] = copy;
}

static void names_read(struct settings *set, struct names *names, const char *parameter)
{
    const char *value;

    for (size_t i = 0; (value = set->host->param_at(set->host, parameter, i)) != NULL;
         i++)
        while (*value != '\0') {
            size_t length = strcspn(value, ",");

            parameter_add_name(set, names, value, length);
            value += length + (value[length] == ',');
        }
}

void parameter_names(struct settings *set, struct names *names,
                     const char *const *parameters)
{
    for (; *parameters != NULL && names->count == 0; parameters++)
        names_read(set, names, *parameters);
}

static void columns_add(struct settings *set, const char *name, size_t length,
                        unsigned width)
{
    struct columns *columns = &set->columns;
    struct column *grown = pool_grow(&set->pool, columns->items, columns->count,
                                     &columns->capacity, sizeof *grown);

    if (grown == NULL)
        return;
    columns->items = grown;
    grown[columns->count++] = (struct column){pool_text(&set->pool, name, length), width};
}

enum ma_status parameter_columns(struct settings *set, const char *parameter,
                                 struct ma_error *err)
{
    const char *value;

    for (size_t i = 0; (value = set->host->param_at(set->host, parameter, i)) != NULL;
         i++)
        while (*value != '\0') {
            size_t length = strcspn(value, ",");
            size_t name = strcspn(value, ":,");
            unsigned width = 0;

            if (name < length) {
                const char *text =
                    pool_text(&set->pool, value + name + 1, length - name - 1);

                if (parameter_number(parameter, text, &width, err) != MA_OK)
                    return err->status;
            }
            columns_add(set, value, name, width);
            value += length + (value[length] == ',');
        }
    return MA_OK;
}

enum ma_status parameter_columns_of_xml(struct settings *set, const char *kind,
                                        struct ma_error *err)
{
    char path[160];

    for (size_t i = 0; set->columns.count == i; i++) {
        const char *name;
        const char *width;
        unsigned wide = 0;

        snprintf(path, sizeof path, "MAConfig/%s/attributes/attribute/name", kind);
        name = set->host->param_at(set->host, path, i);
        snprintf(path, sizeof path, "MAConfig/%s/attributes/attribute/width", kind);
        width = set->host->param_at(set->host, path, i);
        if (name == NULL)
            break;
        if (parameter_number(path, width, &wide, err) != MA_OK)
            return err->status;
        columns_add(set, name, strlen(name), wide);
    }
    return MA_OK;
}
