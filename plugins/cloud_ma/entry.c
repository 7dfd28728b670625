/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <errno.h>
#include <stdlib.h>

#include "reply.h"
#include "support/text.h"

struct making {
    entry_dn_of *dn_of;
    void *context;
    struct pool *pool;
    struct entry_problem *problem;
    struct ma_error *err;
};

/* --- values in -------------------------------------------------------------------- */

static enum ma_status unfit(struct making *m, const struct mapped *mapped,
                            const char *why)
{
    m->problem->type = "invalid-attribute-value";
    m->problem->attribute = mapped->name;
    snprintf(m->problem->text, sizeof m->problem->text, "%s: %s", mapped->path.attribute,
             why);
    return ma_fail(m->err, MA_INVALID, "%s", m->problem->text);
}

static struct ma_value number_value(struct pool *pool, json_int_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)number);
    return pool_value(pool, text, strlen(text));
}

static enum ma_status take_text(struct making *m, const struct mapped *mapped,
                                const json_t *json, struct ma_value *out)
{
    char text[40];

    if (json_is_string(json)) {
        *out = (struct ma_value){json_string_value(json), json_string_length(json)};
    } else if (json_is_integer(json)) {
        *out = number_value(m->pool, json_integer_value(json));
    } else if (json_is_real(json)) {
        snprintf(text, sizeof text, "%.17g", json_real_value(json));
        *out = pool_value(m->pool, text, strlen(text));
    } else if (json_is_boolean(json)) {
        *out = ma_value_of(json_is_true(json) ? "true" : "false");
    } else {
        return unfit(m, mapped, "a text is wanted");
    }
    return MA_OK;
}

static enum ma_status take_integer(struct making *m, const struct mapped *mapped,
                                   const json_t *json, struct ma_value *out)
{
    const char *text = json_string_value(json);
    char *end;

    if (json_is_integer(json)) {
        *out = number_value(m->pool, json_integer_value(json));
        return MA_OK;
    }
    if (json_is_real(json) && json_real_value(json) > -9e15 &&
        json_real_value(json) < 9e15 &&
        (double)(json_int_t)json_real_value(json) == json_real_value(json)) {
        *out = number_value(m->pool, (json_int_t)json_real_value(json));
        return MA_OK;
    }
    errno = 0;
    if (text == NULL || text[0] == '\0' ||
        (*out = number_value(m->pool, strtoll(text, &end, 10)), *end != '\0') ||
        errno != 0)
        return unfit(m, mapped, "a whole number is wanted");
    return MA_OK;
}

static enum ma_status take_flag(struct making *m, const struct mapped *mapped,
                                const json_t *json, struct ma_value *out)
{
    const char *text = json_string_value(json);
    bool yes = text != NULL ? strcasecmp(text, "true") == 0 : json_is_true(json);

    if (!json_is_boolean(json) && !yes &&
        (text == NULL || strcasecmp(text, "false") != 0))
        return unfit(m, mapped, "true or false is wanted");
    *out = ma_value_of(yes ? "true" : "false");
    return MA_OK;
}

static enum ma_status take_bytes(struct making *m, const struct mapped *mapped,
                                 const json_t *json, struct ma_value *out)
{
    struct bytes decoded = {0};
    bool good =
        json_is_string(json) &&
        text_from_base64(&decoded, json_string_value(json), json_string_length(json));

    if (good)
        *out = pool_value(m->pool, decoded.at == NULL ? "" : decoded.at, decoded.length);
    bytes_free(&decoded);
    return good ? MA_OK : unfit(m, mapped, "it is no base64");
}

static enum ma_status take_reference(struct making *m, const struct mapped *mapped,
                                     const json_t *json, struct ma_value *out)
{
    const char *dn = NULL;

    if (!json_is_string(json))
        return unfit(m, mapped, "the id of an object is wanted");
    if (m->dn_of(m->context, json_string_value(json), &dn, m->err) != MA_OK)
        return m->err->status;
    *out = ma_value_of(dn);
    return MA_OK;
}

static enum ma_status take_value(struct making *m, const struct mapped *mapped,
                                 const json_t *json, struct ma_value *out)
{
    static enum ma_status (*const take[])(struct making *, const struct mapped *,
                                          const json_t *, struct ma_value *) = {
        [MA_UNTYPED] = take_text,    [MA_TEXT] = take_text,
        [MA_INTEGER] = take_integer, [MA_FLAG] = take_flag,
        [MA_BYTES] = take_bytes,     [MA_REFERENCE] = take_reference,
    };

    return take[mapped->type](m, mapped, json, out);
}

/* --- an entry --------------------------------------------------------------------- */

/* What stands twice in a list, stands there once for us. Values are sorted by nobody, so
 * long lists are left to the engine, which tolerates it. */
static bool has_value(const struct ma_value *values, size_t count, struct ma_value value)
{
    enum { SHORT = 64 };

    for (size_t i = 0; i < count && count <= SHORT; i++)
        if (values[i].length == value.length &&
            memcmp(values[i].data, value.data, value.length) == 0)
            return true;
    return false;
}

static bool is_hidden(const struct mapped *mapped, struct ma_value value)
{
    size_t length = mapped->hidden == NULL ? 0 : strlen(mapped->hidden);

    return length > 0 && value.length >= length &&
           memcmp(value.data, mapped->hidden, length) == 0;
}

static bool is_shown(const struct mapped *mapped, const struct ma_value *values,
                     size_t count, struct ma_value value)
{
    return value.data != NULL && value.length > 0 && !is_hidden(mapped, value) &&
           !has_value(values, count, value);
}

static enum ma_status put_attribute(struct making *m, const struct mapped *mapped,
                                    json_t *found, struct ma_attribute *out, bool *any)
{
    struct path_walk walk = {&mapped->path, found, 0};
    struct ma_value *values =
        pool_alloc(m->pool, (path_most(found) + 1) * sizeof *values);
    size_t count = 0;
    enum ma_status status = MA_OK;
    const json_t *value;

    if (values == NULL)
        return ma_fail(m->err, MA_NO_MEMORY, "out of memory");
    while (status == MA_OK && (value = path_next(&walk)) != NULL) {
        status = take_value(m, mapped, value, &values[count]);
        count += status == MA_OK && is_shown(mapped, values, count, values[count]);
    }
    if (status == MA_OK && count > 1 && !mapped->many)
        count = 1; /* the first; others of its kind belong to nobody here */
    *any = count > 0;
    *out = (struct ma_attribute){.name = mapped->name,
                                 .op = MA_SET,
                                 .type = mapped->type,
                                 .values = values,
                                 .count = count};
    return status;
}

enum ma_status entry_attribute(const struct mapped *mapped, const json_t *resource,
                               entry_dn_of *dn_of, void *context, struct pool *pool,
                               struct ma_attribute *out, struct ma_error *err)
{
    struct entry_problem problem = {0};
    struct making m = {dn_of, context, pool, &problem, err};
    bool any;

    return put_attribute(&m, mapped, path_find(&mapped->path, resource), out, &any);
}

static enum ma_status put_attributes(struct making *m, const struct layouts *read,
                                     const bool *wanted, struct ma_entry *out)
{
    const struct mapped_class *class = read->class;
    struct ma_attribute *list = pool_alloc(m->pool, (class->count + 1) * sizeof *list);

    if (list == NULL)
        return ma_fail(m->err, MA_NO_MEMORY, "out of memory");
    out->attributes = list;
    for (size_t i = 0; i < class->count; i++) {
        json_t *found = layouts_attribute(read, i);
        bool any = false;

        if (found == NULL || class->attributes[i].write_only ||
            (wanted != NULL && !wanted[i]))
            continue;
        if (put_attribute(m, &class->attributes[i], found, &list[out->count], &any) !=
            MA_OK)
            return m->err->status;
        out->count += any;
    }
    return MA_OK;
}

/* The attribute that shows the anchor, of this name; NULL: none does. */
static enum ma_status put_anchor(struct making *m, const struct layouts *read,
                                 const char *name, struct ma_entry *out)
{
    struct ma_attribute *list = (struct ma_attribute *)out->attributes;
    struct ma_value *value = pool_alloc(m->pool, sizeof *value);
    const char *anchor = mapping_anchor(
        read->class, json_string_value(layouts_own(read, LAYOUT_ID)), m->pool);

    if (value == NULL || anchor == NULL)
        return ma_fail(m->err, MA_NO_MEMORY, "out of memory");
    *value = ma_value_of(anchor);
    out->anchor = *value;
    if (name != NULL)
        list[out->count++] = (struct ma_attribute){
            .name = name, .type = MA_TEXT, .values = value, .count = 1};
    return MA_OK;
}

static enum ma_status nameless(struct making *m, const struct layouts *read)
{
    m->problem->type = "missing-dn";
    snprintf(m->problem->text, sizeof m->problem->text,
             "%s/%s has no '%s', of which the DN is made", read->class->endpoint,
             json_string_value(layouts_own(read, LAYOUT_ID)),
             read->class->dn_path.attribute);
    return ma_fail(m->err, MA_INVALID, "%s", m->problem->text);
}

enum ma_status entry_of_resource(const struct mapping *mapping,
                                 const struct layouts *read, const char *dn,
                                 const bool *wanted, entry_dn_of *dn_of, void *context,
                                 struct pool *pool, struct ma_entry *out,
                                 struct entry_problem *problem, struct ma_error *err)
{
    struct making m = {dn_of, context, pool, problem, err};

    *out = (struct ma_entry){.size = sizeof *out,
                             .change = MA_PRESENT,
                             .object_type = read->class->name,
                             .dn = dn};
    if (dn == NULL)
        return nameless(&m, read);
    if (put_attributes(&m, read, wanted, out) != MA_OK ||
        put_anchor(&m, read, mapping->anchor, out) != MA_OK)
        return err->status;
    return pool->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* --- values out ------------------------------------------------------------------- */

static json_t *integer_out(struct ma_value value)
{
    char text[32];
    char *end;
    long long number;

    if (value.length == 0 || value.length >= sizeof text)
        return NULL;
    memcpy(text, value.data, value.length);
    text[value.length] = '\0';
    errno = 0;
    number = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0 ? json_integer(number) : NULL;
}

static json_t *bytes_out(struct ma_value value)
{
    struct bytes text = {0};
    json_t *out;

    text_base64(&text, value.data, value.length);
    out = text.failed ? NULL : json_stringn(text.at == NULL ? "" : text.at, text.length);
    bytes_free(&text);
    return out;
}

json_t *entry_value(const struct mapped *mapped, struct ma_value value, bool text_flags)
{
    bool yes;

    switch (mapped->type) {
    case MA_INTEGER:
        return integer_out(value);
    case MA_BYTES:
        return bytes_out(value);
    case MA_FLAG:
        yes = value.length == 4 && strncasecmp(value.data, "true", 4) == 0;
        return text_flags ? json_string(yes ? "True" : "False") : json_boolean(yes);
    default:
        return json_stringn(value.data, value.length);
    }
}
