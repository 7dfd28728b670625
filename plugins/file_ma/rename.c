/* SPDX-License-Identifier: Apache-2.0 */

/* A rename takes the objects below along, as a directory does, and whoever refers to it
 * goes on doing so. */

#include "change.h"
#include "directory_state.h"
#include "support/dn.h"

static const char *joined(struct directory *d, const char *first, size_t length,
                          const char *dn)
{
    struct bytes out = {0};
    const char *text;

    bytes_add(&out, first, length);
    bytes_text(&out, dn);
    text = pool_text(&d->scratch, out.at == NULL ? "" : out.at, out.length);
    d->scratch.failed |= out.failed;
    bytes_free(&out);
    return text;
}

/* Whether anything was pointed elsewhere. */
static bool point_field(struct directory *d, struct object *object, struct field *field,
                        const char *old_key, const char *dn)
{
    bool changed = false;

    for (size_t v = field->count; v > 0; v--) {
        const char *value = field->values[v - 1].data;
        size_t data = dn_data_of(value);

        if (!dn_is(value + data, old_key))
            continue;
        changed = true;
        if (dn == NULL) {
            field_drop(field, v - 1);
        } else {
            field->values[v - 1] = ma_value_of(joined(d, value, data, dn));
            keys_add_reference(d, dn, object);
        }
    }
    return changed;
}

static void point_object(struct directory *d, struct object *object, const char *old_key,
                         const char *dn)
{
    struct pool before = directory_apart(d);
    struct record record;
    bool changed = false;

    directory_look(d, object, &record);
    for (size_t f = 0; f < record.count; f++)
        if (keys_is_reference(d->set, record.fields[f].name))
            changed |= point_field(d, object, &record.fields[f], old_key, dn);
    if (changed) {
        directory_put(d, object, &record);
        directory_touch(d, object);
    }
    directory_back(d, before);
}

void rename_references(struct directory *d, const char *old_key, const char *dn)
{
    struct object **at = keys_referrers(d, old_key);

    for (; at != NULL && *at != NULL; at++)
        if (!(*at)->gone)
            point_object(d, *at, old_key, dn);
}

/* The DN of an object below a renamed one: its own part, then the new name. */
static const char *below(struct directory *d, const char *dn, size_t levels,
                         const char *new_dn)
{
    const char *at = dn;

    for (size_t i = 0; i < levels; i++)
        at = dn_parent(at);
    return joined(d, dn, (size_t)(at - dn), new_dn);
}

static size_t levels(const char *dn)
{
    size_t n = 0;

    for (; *dn != '\0'; dn = dn_parent(dn))
        n++;
    return n;
}

static void move(struct directory *d, struct object *object, const char *dn)
{
    const char *old = object->dn_key;
    struct record record;

    directory_look(d, object, &record);
    record.dn = dn;
    directory_put(d, object, &record);
    keys_rename(d, object, dn);
    directory_touch(d, object);
    rename_references(d, old, dn);
}

static void move_below(struct directory *d, struct object *object, size_t up,
                       const char *new_dn)
{
    struct pool before = directory_apart(d);

    move(d, object, below(d, packed_dn(object->content), up, new_dn));
    directory_back(d, before);
}

static void move_tree(struct directory *d, struct object *top, const char *new_dn)
{
    const char *old = top->dn_key;
    size_t depth = levels(old);

    for (size_t i = 0; i < d->count; i++) {
        struct object *o = d->objects[i];

        if (o != top && !o->gone && o->dn_key != NULL && dn_is_under(o->dn_key, old))
            move_below(d, o, levels(o->dn_key) - depth, new_dn);
    }
    move(d, top, new_dn);
}

static bool renames(const struct directory *d, const struct ma_entry *entry)
{
    return entry->new_dn != NULL && entry->new_dn[0] != '\0' &&
           d->set->format == FORMAT_LDIF;
}

bool rename_is_possible(struct directory *d, const struct object *object,
                        const struct ma_entry *entry, struct problem *problem)
{
    const struct object *there;

    if (!renames(d, entry))
        return true;
    there = keys_find_dn(d, entry->new_dn);
    if (there != NULL && there != object)
        return problem_set(problem, "rename-to-existing-dn", NULL,
                           "another object has the new DN");
    if (!dn_is_ldap(entry->new_dn))
        return problem_set(problem, "invalid-dn", NULL, "'%.150s' is no DN",
                           entry->new_dn);
    return true;
}

bool rename_object(struct directory *d, struct object *object,
                   const struct ma_entry *entry)
{
    struct record record;

    if (!renames(d, entry))
        return false;
    move_tree(d, object, entry->new_dn);
    directory_look(d, object, &record);
    change_naming(d->set, &record, true);
    directory_put(d, object, &record);
    return true;
}
