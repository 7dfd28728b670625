/* SPDX-License-Identifier: Apache-2.0 */
#include "stage/select.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/dn.h"

enum { PLACES = 64 };

static const char syntax_32_bit[] = "1.3.6.1.4.1.1466.115.121.1.27";

/* --- made once ------------------------------------------------------------------------
 */

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
    s->classes = ARENA_ARRAY(arena, const struct schema_class *, s->count);
    for (size_t i = 0; i < schema->class_count; i++)
        s->classes[names_intern_text(names, schema->classes[i].name)] =
            &schema->classes[i];
    for (size_t i = 0; i < agent->attribute_count; i++)
        s->attributes[names_intern_text(names, agent->attributes[i])].selected = true;
    s->fingerprint = fingerprint(s);
}

/* --- attributes -----------------------------------------------------------------------
 */

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

/* --- containers -----------------------------------------------------------------------
 */

/* RDNs of the longest container above `dn`, plus one; 0: none is above it. The empty one
 * stands for everything. */
static size_t longest(const char *const *containers, const char *dn)
{
    size_t best = 0;

    for (; containers != NULL && *containers != NULL; containers++) {
        struct slice base = slice_text(*containers);
        size_t depth;

        if (base.length > 0 && !dn_is_under(slice_text(dn), base))
            continue;
        depth = base.length == 0 ? 1 : dn_depth(base) + 1;
        best = depth > best ? depth : best;
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
        return longest(p->exclusions, dn) == 0;
    return longest(p->inclusions, dn) > longest(p->exclusions, dn);
}

/* --- types ----------------------------------------------------------------------------
 */

bool select_has_type(const struct selection *s, const char *object_type)
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

const char *select_type(const struct selection *s, const struct ma_entry *entry,
                        const char **error)
{
    const struct ma_attribute *classes;
    const struct schema_class *given;

    if (entry->object_type != NULL && entry->object_type[0] != '\0') {
        given = class_named(s, slice_text(entry->object_type));
        *error = "unmappable-object-type";
        if (given != NULL)
            return given->name;
        return s->agent->schema.class_count == 0 ? entry->object_type : NULL;
    }
    classes = ma_find(entry, "objectClass");
    *error = "missing-object-class";
    if (classes == NULL || classes->count == 0)
        return NULL;
    *error = "unmappable-object-type";
    return deepest_class(s, classes);
}
