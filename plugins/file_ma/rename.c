/* SPDX-License-Identifier: Apache-2.0 */

/* As in a directory: what lies below a renamed object moves along, and who refers to it
 * goes on doing so. */

#include "change.h"
#include "directory_state.h"
#include "support/dn.h"

static const char *with_data(struct directory *d, const char *value, const char *dn)
{
    size_t data = keys_data_of(value);
    size_t length = strlen(dn);
    struct bytes out = {0};
    const char *text;

    bytes_add(&out, value, data);
    bytes_add(&out, dn, length);
    text = pool_text(&d->pool, out.at == NULL ? "" : out.at, out.length);
    d->pool.failed |= out.failed;
    bytes_free(&out);
    return text;
}

static void point_field(struct directory *d, struct object *object, struct field *field,
                        const char *old_key, const char *dn)
{
    for (size_t v = field->count; v > 0; v--) {
        const char *value = field->values[v - 1].data;

        if (!dn_is(value + keys_data_of(value), old_key))
            continue;
        if (dn == NULL) {
            field_drop(field, v - 1);
        } else {
            const char *key = dn_fold(&d->pool, dn);

            value = with_data(d, value, dn);
            field->values[v - 1] = pool_value(&d->pool, value, strlen(value));
            keys_add_reference(d, key, object);
        }
        directory_touch(d, object);
    }
}

void rename_references(struct directory *d, const char *old_key, const char *dn)
{
    struct node *next;

    for (struct node *n = keys_referrers(d, old_key); n != NULL; n = next) {
        struct record *record = &n->object->record;

        next = n->next;
        for (size_t f = 0; f < record->count; f++)
            if (keys_is_reference(d->set, record->fields[f].name))
                point_field(d, n->object, &record->fields[f], old_key, dn);
    }
}

/* The DN of an object below a renamed one: its own part, then the new name. */
static const char *below(struct directory *d, const char *dn, size_t levels,
                         const char *new_dn)
{
    const char *at = dn;
    struct bytes out = {0};
    const char *text;

    for (size_t i = 0; i < levels; i++)
        at = dn_parent(at);
    bytes_add(&out, dn, (size_t)(at - dn));
    bytes_text(&out, new_dn);
    text = pool_text(&d->pool, out.at == NULL ? "" : out.at, out.length);
    d->pool.failed |= out.failed;
    bytes_free(&out);
    return text;
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

    object->record.dn = dn;
    object->dn_key = dn_fold(&d->pool, dn);
    keys_add_dn(d, object);
    if (d->set->anchor.count == 0) {
        object->anchor = ma_value_of(object->dn_key);
        keys_add_anchor(d, object);
    }
    directory_touch(d, object);
    rename_references(d, old, dn);
}

static void move_tree(struct directory *d, struct object *top, const char *new_dn)
{
    const char *old = top->dn_key;
    size_t depth = levels(old);

    for (size_t i = 0; i < d->count; i++) {
        struct object *o = d->objects[i];

        if (o != top && !o->gone && o->dn_key != NULL && dn_is_under(o->dn_key, old))
            move(d, o, below(d, o->record.dn, levels(o->dn_key) - depth, new_dn));
    }
    move(d, top, new_dn);
}

bool rename_object(struct directory *d, struct object *object,
                   const struct ma_entry *entry, struct problem *problem)
{
    const char *dn;
    struct object *there;

    if (entry->new_dn == NULL || strcmp(entry->new_dn, "") == 0)
        return true;
    if (d->set->format != FORMAT_LDIF)
        return true;
    dn = pool_text(&d->pool, entry->new_dn, strlen(entry->new_dn));
    there = keys_find_dn(d, dn);
    if (there != NULL && there != object)
        return problem_set(problem, "rename-to-existing-dn", NULL,
                           "another object has the new DN");
    if (!dn_is_ldap(dn))
        return problem_set(problem, "invalid-dn", NULL, "'%.150s' is no DN", dn);
    move_tree(d, object, dn);
    change_naming(d->set, &object->record, true);
    return true;
}
