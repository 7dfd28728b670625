/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Values are read as the schema types them; a bad one spoils its entry, because a half
 * right object would flow on as if it were whole. A reference is the id of whoever has
 * the DN, made as a placeholder if nobody has.
 */

#include <stdarg.h>

#include "base/error.h"
#include "base/text.h"
#include "model/dn.h"
#include "space/tower.h"
#include "stage/state.h"

enum ma_status problem_set(struct problem *problem, const char *type,
                           const char *attribute, const char *fmt, ...)
{
    va_list args;

    problem->type = type;
    problem->attribute = attribute;
    va_start(args, fmt);
    vsnprintf(problem->text, sizeof problem->text, fmt, args);
    va_end(args);
    return MA_INVALID;
}

/* What is read into: one attribute of one entry. */
struct reading {
    struct stage *stage;
    const char *name;
    struct attribute attribute;
    struct problem *problem;
    struct ma_error *err;
};

/* --- references ------------------------------------------------------------------- */

/* "B:8:00112233:cn=..." and "S:3:abc:cn=...": the DN behind the data. */
static struct slice without_data(struct slice text)
{
    size_t count = 0;
    size_t at = 2;

    if (text.length < 4 || (text.at[0] != 'B' && text.at[0] != 'S') || text.at[1] != ':')
        return text;
    while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9' && at < 12)
        count = count * 10 + (size_t)(text.at[at++] - '0');
    if (at + count + 2 > text.length || text.at[at] != ':' ||
        text.at[at + 1 + count] != ':')
        return text;
    return slice_of(text.at + at + count + 2, text.length - at - count - 2);
}

/* "B:8:00112233". Hexadecimal in capitals, so that two spellings are one value. */
static struct slice data_of(struct arena *arena, struct slice text, struct slice name)
{
    size_t length = text.length - name.length;
    char *data;

    if (length == 0)
        return slice_of("", 0);
    data = arena_textn(arena, text.at, --length);
    for (size_t i = 2; data[0] == 'B' && i < length; i++)
        data[i] =
            (char)(data[i] >= 'a' && data[i] <= 'f' ? data[i] - 'a' + 'A' : data[i]);
    return slice_of(data, length);
}

static bool wants_ldap(const struct stage *stage)
{
    return (stage->req.capabilities & MA_CAN_LDAP_DN) != 0;
}

static enum ma_status read_reference(struct reading *r, struct slice text,
                                     struct slice *out)
{
    struct stage *stage = r->stage;
    struct slice whole = text;
    enum ma_status status;
    uint64_t id;

    if (sid_is(text))
        status = sid_resolve(stage, text, &id, r->err);
    else {
        if (r->attribute.carries_data)
            text = without_data(text);
        if (text.length == 0 || !text_is_utf8(text) ||
            memchr(text.at, 0, text.length) != NULL)
            return problem_set(r->problem, "invalid-reference-value", r->name,
                               "'%s' has a value that is no name of an object", r->name);
        if (wants_ldap(stage) && !dn_is_ldap(text))
            return problem_set(r->problem, "reference-value-not-ldap-conformant", r->name,
                               "'%.*s' in '%s' is no LDAP name",
                               text.length > 80 ? 80 : (int)text.length, text.at,
                               r->name);
        status = cs_reference(stage->batch, stage->agent,
                              arena_textn(&stage->scratch, text.at, text.length),
                              PLACEHOLDER_LINK, &id, r->err);
    }
    if (status != MA_OK)
        return status;
    VEC_ADD(&stage->targets, id);
    *out = value_of_reference(&stage->scratch, id,
                              r->attribute.carries_data
                                  ? data_of(&stage->scratch, whole, text)
                                  : slice_of("", 0));
    return MA_OK;
}

/* --- values ----------------------------------------------------------------------- */

static const char *const bad_value[] = {
    [VALUE_NONE] = "unsupported-value-type",
    [VALUE_STRING] = "invalid-attribute-value",
    [VALUE_NUMBER] = "invalid-numeric-value",
    [VALUE_BOOLEAN] = "invalid-boolean-value",
    [VALUE_BINARY] = "invalid-attribute-value",
    [VALUE_REFERENCE] = "invalid-reference-value",
};

/* A directory gives an unsigned text where its own integer is a signed one of 32 bits. */
static struct slice as_32_bit(struct arena *arena, struct slice value)
{
    int64_t number = value_number(value);

    if (number <= INT32_MAX || number > UINT32_MAX)
        return value;
    return value_of_number(arena, number - (INT64_C(1) << 32));
}

static enum ma_status read_value(struct reading *r, struct ma_value from,
                                 struct slice *out)
{
    struct arena *arena = &r->stage->scratch;
    struct slice external = slice_of(from.data, from.length);
    struct ma_error why; /* large, and there are many values: not cleared as a whole */

    why.text[0] = '\0';
    if (r->attribute.type == VALUE_REFERENCE)
        return read_reference(r, external, out);
    if (r->attribute.type == VALUE_NONE ||
        value_read(arena, r->attribute.type, external, out, &why) != MA_OK)
        return problem_set(
            r->problem, bad_value[r->attribute.type], r->name, "'%s': %s", r->name,
            why.text[0] == '\0' ? "a type the engine does not have" : why.text);
    if (r->attribute.is_32_bit)
        *out = as_32_bit(arena, *out);
    if (r->attribute.is_time)
        *out = value_time(arena, *out);
    return MA_OK;
}

static enum ma_status read_values(struct reading *r, const struct ma_value *from,
                                  size_t count, struct slice **out)
{
    struct slice *values = arena_alloc(&r->stage->scratch, sizeof *values * count);

    for (size_t i = 0; i < count; i++) {
        enum ma_status status = read_value(r, from[i], &values[i]);

        if (status != MA_OK)
            return status;
    }
    *out = values;
    return MA_OK;
}

static enum ma_status too_many(struct reading *r, size_t count)
{
    return problem_set(r->problem, "multi-single-mismatch", r->name,
                       "'%s' is single-valued and has %zu values", r->name, count);
}

/* --- images ----------------------------------------------------------------------- */

/* One attribute; of several that mean the same one, the union. */
static enum ma_status add_attribute(struct reading *r, const struct ma_attribute *from,
                                    uint32_t name, struct entry_builder *builder)
{
    struct slice *values;
    enum ma_status status = read_values(r, from->values, from->count, &values);

    if (status == MA_OK)
        entry_add(builder, name, r->attribute.type, values, (uint32_t)from->count);
    return status;
}

static enum ma_status check_single(struct stage *stage, const struct entry *entry,
                                   struct problem *problem)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *a = &entry->attrs[i];
        struct reading r = {.name = names_text(stage->select.names, a->name),
                            .problem = problem};

        if (a->count > 1 && a->name < stage->select.count &&
            stage->select.attributes[a->name].single)
            return too_many(&r, a->count);
    }
    return MA_OK;
}

enum ma_status read_image(struct stage *stage, const struct ma_entry *entry,
                          struct image *out, struct problem *problem,
                          struct ma_error *err)
{
    struct entry_builder builder = entry_builder(&stage->scratch);

    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *from = &entry->attributes[i];
        struct reading r = {
            .stage = stage, .name = from->name, .problem = problem, .err = err};
        enum ma_status status;
        uint32_t name;

        if (!select_attribute(&stage->select, entry, i, &name, &r.attribute))
            continue;
        status = add_attribute(&r, from, name, &builder);
        if (status != MA_OK)
            return status;
    }
    out->entry = entry_build(&builder);
    out->exists = true;
    return check_single(stage, &out->entry, problem);
}

/* --- changes ---------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static uint32_t sorted(struct slice *values, size_t count)
{
    uint32_t kept = 0;

    if (count > 1)
        qsort(values, count, sizeof *values, by_value);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !slice_equal(values[kept - 1], values[i]))
            values[kept++] = values[i];
    return kept;
}

static bool overlap(const struct attr_delta *d)
{
    for (uint32_t i = 0; i < d->add_count; i++)
        if (d->del_count > 0 && bsearch(&d->adds[i], d->dels, d->del_count,
                                        sizeof *d->dels, by_value) != NULL)
            return true;
    return false;
}

/* A single value that is put in the place of another, or taken away if it is that one. */
static enum ma_status single_change(struct reading *r, const struct image *now,
                                    struct attr_delta *d, bool *changed)
{
    const struct attr *a = entry_find(&now->entry, d->name);

    *changed = true;
    if (d->add_count > 1)
        return too_many(r, d->add_count);
    if (d->op == DELTA_VALUES && d->add_count == 0) {
        *changed = false;
        for (uint32_t i = 0; i < d->del_count; i++)
            *changed |= a != NULL && attr_has(a, d->dels[i]);
    }
    d->op = DELTA_SET;
    d->del_count = 0;
    d->dels = NULL;
    return MA_OK;
}

static enum ma_status change_attribute(struct reading *r, const struct ma_attribute *from,
                                       const struct image *now, struct attr_delta *d,
                                       bool *changed)
{
    struct slice *adds;
    struct slice *dels;
    enum ma_status status = read_values(r, from->values, from->count, &adds);

    if (status == MA_OK)
        status = read_values(r, from->removed, from->removed_count, &dels);
    if (status != MA_OK)
        return status;
    d->type = r->attribute.type;
    d->op = from->op == MA_SET ? DELTA_SET : DELTA_VALUES;
    d->adds = adds;
    d->add_count = sorted(adds, from->count);
    if (d->op == DELTA_VALUES) {
        d->dels = dels;
        d->del_count = sorted(dels, from->removed_count);
    }
    if (overlap(d))
        return problem_set(r->problem, "conflicting-modification-types", r->name,
                           "a value of '%s' is added and removed at once", r->name);
    *changed = d->op == DELTA_SET || d->add_count + d->del_count > 0;
    return r->attribute.single ? single_change(r, now, d, changed) : MA_OK;
}

enum ma_status read_change(struct stage *stage, const struct ma_entry *entry,
                           const struct image *now, struct delta *out,
                           struct problem *problem, struct ma_error *err)
{
    *out = (struct delta){.op = DELTA_NONE};
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *from = &entry->attributes[i];
        struct reading r = {
            .stage = stage, .name = from->name, .problem = problem, .err = err};
        struct attr_delta *one = arena_zero(&stage->scratch, sizeof *one);
        struct delta step = {.op = DELTA_UPDATE, .count = 1, .attrs = one};
        enum ma_status status;
        bool changed = false;

        if (!select_attribute(&stage->select, entry, i, &one->name, &r.attribute))
            continue;
        status = change_attribute(&r, from, now, one, &changed);
        if (status != MA_OK)
            return status;
        /* In the order of the entry: one attribute may stand there twice. */
        if (changed)
            *out =
                out->op == DELTA_NONE ? step : delta_merge(&stage->scratch, out, &step);
    }
    return MA_OK;
}
