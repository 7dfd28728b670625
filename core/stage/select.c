/* SPDX-License-Identifier: Apache-2.0 */
#include "stage/select.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/dn.h"

enum { PLACES = 64, SHORT = 256 };

/* What the entry before said that it is, and what that came to: entries of one kind come
 * one after the other. */
struct last_type {
    size_t length; /* 0: nothing */
    char said[SHORT];
    struct entry_type is;
};

static const char syntax_32_bit[] = "1.3.6.1.4.1.1466.115.121.1.27";

/* --- made once -------------------------------------------------------------------- */

static struct attribute of_schema(const struct schema_attribute *a, bool selected)
{
    const char *syntax = a->syntax == NULL ? "" : a->syntax;

    return (struct attribute){
        .selected = selected,
        .known = true,
        .type = a->type,
        .single = a->single_valued,
        .export_only = a->export_only || a->encrypted,
        .is_32_bit = strcmp(syntax, syntax_32_bit) == 0,
        .is_time = schema_is_time(a),
        .carries_data = schema_syntax_carries_data(syntax),
    };
}

/* At once: a name that is new to the store is a commit. */
static void intern_all(struct selection *s)
{
    const struct schema *schema = &s->agent->schema;
    VEC_OF(struct slice) all = {0};

    for (size_t i = 0; i < schema->attribute_count; i++)
        VEC_ADD(&all, slice_text(schema->attributes[i].name));
    for (size_t i = 0; i < schema->class_count; i++)
        VEC_ADD(&all, slice_text(schema->classes[i].name));
    for (size_t i = 0; i < s->agent->attribute_count; i++)
        VEC_ADD(&all, slice_text(s->agent->attributes[i]));
    names_intern_all(s->names, all.items, all.count);
    VEC_FREE(&all);
    s->count = names_count(s->names) + 1;
}

static uint64_t hash_list(uint64_t seed, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        seed = text_hash(slice_text(*list), seed);
    return seed * 31 + 1;
}

static uint64_t fingerprint(const struct selection *s)
{
    uint64_t hash = 1;

    for (size_t i = 0; i < s->agent->attribute_count; i++)
        hash = text_hash(slice_text(s->agent->attributes[i]), hash);
    if (s->partition == NULL)
        return hash;
    hash = hash_list(hash, s->partition->object_types);
    hash = hash_list(hash, s->partition->inclusions);
    return hash_list(hash, s->partition->exclusions);
}

/* The empty container stands for everything. */
static size_t *depths(struct arena *arena, const char *const *containers)
{
    size_t count = 0;
    size_t *all;

    while (containers != NULL && containers[count] != NULL)
        count++;
    all = ARENA_ARRAY(arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        struct slice base = slice_text(containers[i]);

        all[i] = base.length == 0 ? 1 : dn_depth(base) + 1;
    }
    return all;
}

void select_begin(struct selection *s, struct arena *arena, struct names *names,
                  const struct agent *agent, const struct partition *partition)
{
    const struct schema *schema = &agent->schema;

    *s = (struct selection){.agent = agent, .partition = partition, .names = names};
    s->all = agent->attribute_count == 0;
    s->without_schema = s->all && schema->attribute_count == 0;
    intern_all(s);
    s->attributes = ARENA_ARRAY(arena, struct attribute, s->count);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        uint32_t name = names_intern_text(names, schema->attributes[i].name);

        s->attributes[name] = of_schema(&schema->attributes[i], s->all);
    }
    s->places = ARENA_ARRAY(arena, uint32_t, PLACES);
    s->last = arena_zero(arena, sizeof *s->last);
    if (partition != NULL) {
        s->inclusions = depths(arena, partition->inclusions);
        s->exclusions = depths(arena, partition->exclusions);
    }
    s->classes = ARENA_ARRAY(arena, const struct schema_class *, s->count);
    for (size_t i = 0; i < schema->class_count; i++)
        s->classes[names_intern_text(names, schema->classes[i].name)] =
            &schema->classes[i];
    for (size_t i = 0; i < agent->attribute_count; i++)
        s->attributes[names_intern_text(names, agent->attributes[i])].selected = true;
    s->fingerprint = fingerprint(s);
}

/* --- attributes ------------------------------------------------------------------- */

static enum value_type type_of(enum ma_type type)
{
    static const enum value_type types[] = {
        [MA_UNTYPED] = VALUE_STRING, [MA_TEXT] = VALUE_STRING,
        [MA_INTEGER] = VALUE_NUMBER, [MA_FLAG] = VALUE_BOOLEAN,
        [MA_BYTES] = VALUE_BINARY,   [MA_REFERENCE] = VALUE_REFERENCE,
    };

    return (size_t)type < sizeof types / sizeof *types ? types[type] : VALUE_STRING;
}

/* Entries of one kind give their attributes in one order and one spelling. */
static uint32_t number_of(const struct selection *s, const char *name, size_t n)
{
    uint32_t *place = n < PLACES ? &s->places[n] : NULL;
    uint32_t number;

    if (place != NULL && strcmp(names_text(s->names, *place), name) == 0)
        return *place;
    number = s->without_schema ? names_intern_text(s->names, name)
                               : names_find(s->names, slice_text(name));
    if (place != NULL)
        *place = number;
    return number;
}

bool select_attribute(const struct selection *s, const struct ma_entry *entry, size_t n,
                      uint32_t *name, struct attribute *out)
{
    const struct ma_attribute *from = &entry->attributes[n];

    *name = number_of(s, from->name, n);
    *out = (struct attribute){.selected = s->without_schema};
    if (*name != NAME_NONE && *name < s->count && !s->without_schema)
        *out = s->attributes[*name];
    if (!out->known)
        out->type = type_of(from->type);
    return out->selected && !out->export_only;
}

bool select_keeps(const struct selection *s, uint32_t name)
{
    if (s->without_schema)
        return false;
    return name >= s->count || !s->attributes[name].selected ||
           s->attributes[name].export_only;
}

/* --- containers ------------------------------------------------------------------- */

/* RDNs of the longest container above `dn`, plus one; 0: none is above it. */
static size_t longest(const char *const *containers, const size_t *depth, const char *dn)
{
    size_t best = 0;

    for (size_t i = 0; containers != NULL && containers[i] != NULL; i++) {
        struct slice base = slice_text(containers[i]);

        if (depth[i] > best && (base.length == 0 || dn_is_under(slice_text(dn), base)))
            best = depth[i];
    }
    return best;
}

static bool in_partition(const struct partition *partition, const char *dn)
{
    struct slice root = slice_text(partition->name);

    return dn_is_under(slice_text(dn), root) || !dn_is_ldap(root) ||
           !dn_is_ldap(slice_text(dn));
}

bool select_has_container(const struct selection *s, const char *dn)
{
    const struct partition *p = s->partition;
    bool everything;

    if (p == NULL)
        return true;
    if (!in_partition(p, dn))
        return false;
    everything = p->inclusions == NULL || p->inclusions[0] == NULL;
    if (everything)
        return longest(p->exclusions, s->exclusions, dn) == 0;
    return longest(p->inclusions, s->inclusions, dn) >
           longest(p->exclusions, s->exclusions, dn);
}

/* --- types ------------------------------------------------------------------------ */

static bool has_type(const struct selection *s, const char *object_type)
{
    const char *const *types = s->partition == NULL ? NULL : s->partition->object_types;

    if (types == NULL || types[0] == NULL)
        return true;
    for (; *types != NULL; types++)
        if (text_caseequal(slice_text(*types), slice_text(object_type)))
            return true;
    return false;
}

static const struct schema_class *class_named(const struct selection *s,
                                              struct slice name)
{
    uint32_t number = names_find(s->names, name);

    return number < s->count ? s->classes[number] : NULL;
}

static const struct schema_class *deeper(const struct schema *schema,
                                         const struct schema_class *a,
                                         const struct schema_class *b)
{
    if (b == NULL || b->kind == CLASS_AUXILIARY)
        return a;
    return a == NULL || schema_class_depth(schema, b) > schema_class_depth(schema, a) ? b
                                                                                      : a;
}

static const char *deepest_class(const struct selection *s,
                                 const struct ma_attribute *classes)
{
    const struct schema_class *best = NULL;

    for (size_t i = 0; i < classes->count; i++)
        best = deeper(
            &s->agent->schema, best,
            class_named(s, slice_of(classes->values[i].data, classes->values[i].length)));
    return best == NULL ? NULL : best->name;
}

static bool says_type(const struct ma_entry *entry)
{
    return entry->object_type != NULL && entry->object_type[0] != '\0';
}

static const char *type_of_entry(const struct selection *s, const struct ma_entry *entry,
                                 const struct ma_attribute *classes, const char **error)
{
    const struct schema_class *given;

    if (says_type(entry)) {
        given = class_named(s, slice_text(entry->object_type));
        *error = "unmappable-object-type";
        if (given != NULL)
            return given->name;
        return s->agent->schema.class_count == 0 ? entry->object_type : NULL;
    }
    *error = "missing-object-class";
    if (classes == NULL || classes->count == 0)
        return NULL;
    *error = "unmappable-object-type";
    return deepest_class(s, classes);
}

/* All that the type follows from; 0: it is too long to be remembered. */
static size_t what_is_said(const struct ma_entry *entry,
                           const struct ma_attribute *classes, char out[SHORT])
{
    const struct ma_value given = {says_type(entry) ? entry->object_type : NULL,
                                   says_type(entry) ? strlen(entry->object_type) : 0};
    const struct ma_value *values = classes == NULL ? &given : classes->values;
    size_t count = classes == NULL ? 1 : classes->count;
    size_t at = 0;

    out[at++] = classes == NULL ? 'T' : 'C';
    for (size_t i = 0; i < count; i++) {
        if (values[i].length > 255 || at + 1 + values[i].length > SHORT)
            return 0;
        out[at++] = (char)values[i].length;
        if (values[i].length > 0)
            memcpy(out + at, values[i].data, values[i].length);
        at += values[i].length;
    }
    return at;
}

bool select_type(const struct selection *s, const struct ma_entry *entry,
                 struct entry_type *out, const char **error)
{
    const struct ma_attribute *classes =
        says_type(entry) ? NULL : ma_find(entry, "objectClass");
    struct last_type *last = s->last;
    const char *type;
    char said[SHORT];
    size_t length = what_is_said(entry, classes, said);

    if (length > 0 && length == last->length && memcmp(said, last->said, length) == 0) {
        *out = last->is;
        return true;
    }
    type = type_of_entry(s, entry, classes, error);
    if (type == NULL)
        return false;
    out->selected = has_type(s, type);
    out->number = out->selected ? names_intern_text(s->names, type) : NAME_NONE;
    last->length = length;
    memcpy(last->said, said, length);
    last->is = *out;
    return true;
}
