/* SPDX-License-Identifier: Apache-2.0 */

/* What follows from an object. Nothing is written here. */

#include "store/batch.h"

#include "base/order.h"
#include "base/text.h"
#include "model/dn.h"

/* --- sets of numbers --------------------------------------------------------------- */

int reference_compare(const struct reference *a, const struct reference *b)
{
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return (a->attribute > b->attribute) - (a->attribute < b->attribute);
}

static int by_target(const void *a, const void *b)
{
    return reference_compare(a, b);
}

static void make_ref_set(struct derived *derived)
{
    struct reference *refs = derived->refs.items;
    size_t kept = 0;

    if (derived->refs.count > 1)
        qsort(refs, derived->refs.count, sizeof *refs, by_target);
    for (size_t i = 0; i < derived->refs.count; i++)
        if (kept == 0 || reference_compare(&refs[kept - 1], &refs[i]) != 0)
            refs[kept++] = refs[i];
    derived->refs.count = kept;
}

static void make_hash_set(struct derived *derived)
{
    derived->hashes.count =
        order_unique_u64(derived->hashes.items, derived->hashes.count);
}

void derived_clear(struct derived *derived)
{
    derived->hashes.count = 0;
    derived->refs.count = 0;
    derived->queues = 0;
    derived->link = 0;
}

void derived_free(struct derived *derived)
{
    VEC_FREE(&derived->hashes);
    VEC_FREE(&derived->refs);
}

/* --- connector-space objects ------------------------------------------------------- */

struct derivation {
    struct store *store;
    const struct indexed *indexed;
    uint32_t space;
    struct arena *scratch;
    struct derived *derived;
};

static void add_hash(const struct derivation *d, uint32_t attribute, struct slice form)
{
    VEC_ADD(&d->derived->hashes, store_hash(d->store, d->space, attribute, form));
}

struct slice index_form(struct arena *arena, enum value_type type, struct slice value)
{
    return type == VALUE_STRING ? text_fold(arena, value) : value;
}

static bool is_memo(const struct dn_memo *memo, uint32_t space, struct slice dn)
{
    return memo->length > 0 && memo->space == space &&
           slice_equal(slice_of(memo->dn, memo->length), dn);
}

uint64_t index_dn(struct store *store, struct arena *scratch, uint32_t space,
                  uint32_t attribute, struct slice dn)
{
    struct dn_memo *memo = &store->dns[attribute == INDEX_PARENT];
    struct arena_mark mark = arena_mark(scratch);
    uint64_t hash;

    if (is_memo(memo, space, dn))
        return memo->hash;
    hash = store_hash(store, space, attribute, dn_key(scratch, dn));
    arena_rewind(scratch, mark);
    if (dn.length <= sizeof memo->dn) {
        memcpy(memo->dn, dn.at, dn.length);
        memo->length = dn.length;
        memo->space = space;
        memo->hash = hash;
    }
    return hash;
}

struct slice parent_dn(struct store *store, struct slice dn)
{
    struct slice last = slice_of(store->parent, store->parent_length);
    struct slice parent = dn_parent_again(dn, last);

    if (parent.length <= sizeof store->parent && !slice_equal(parent, last)) {
        memcpy(store->parent, parent.at, parent.length);
        store->parent_length = parent.length;
    }
    return parent;
}

uint64_t value_hash(struct batch *batch, uint32_t space, uint32_t attribute,
                    enum value_type type, struct slice value)
{
    struct arena_mark mark = arena_mark(&batch->scratch);
    uint64_t hash = store_hash(batch->store, space, attribute,
                               index_form(&batch->scratch, type, value));

    arena_rewind(&batch->scratch, mark);
    return hash;
}

bool attr_matches(const struct attr *attr, enum value_type type, struct slice value,
                  bool exact)
{
    if (attr->type != type)
        return false;
    if (exact || type != VALUE_STRING)
        return attr_has(attr, value);
    for (uint32_t i = 0; i < attr->count; i++)
        if (text_caseequal(attr->values[i], value))
            return true;
    return false;
}

static void add_indexed(const struct derivation *d, const struct entry *entry)
{
    for (size_t i = 0; i < d->indexed->count; i++) {
        const struct attr *attr = entry_find(entry, d->indexed->attributes[i]);

        for (uint32_t j = 0; attr != NULL && j < attr->count; j++)
            add_hash(d, attr->name, index_form(d->scratch, attr->type, attr->values[j]));
    }
}

static void add_refs(struct derived *derived, uint32_t attribute, enum value_type type,
                     const struct slice *values, uint32_t count)
{
    for (uint32_t i = 0; type == VALUE_REFERENCE && i < count; i++)
        VEC_ADD(&derived->refs, (struct reference){value_id(values[i]), attribute});
}

static void add_entry_refs(struct derived *derived, const struct entry *entry)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *attr = &entry->attrs[i];

        add_refs(derived, attr->name, attr->type, attr->values, attr->count);
    }
}

/* What goes is referred to as well: its DN is needed until the system has let it go. */
static void add_delta_refs(struct derived *derived, const struct delta *delta)
{
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];

        add_refs(derived, attr->name, attr->type, attr->adds, attr->add_count);
        add_refs(derived, attr->name, attr->type, attr->dels, attr->del_count);
    }
}

static void add_dn_hash(const struct derivation *d, uint32_t attribute, struct slice dn)
{
    VEC_ADD(&d->derived->hashes, index_dn(d->store, d->scratch, d->space, attribute, dn));
}

static void add_dn(const struct derivation *d, const char *dn, bool findable)
{
    struct slice parent;

    if (dn == NULL)
        return;
    if (findable)
        add_dn_hash(d, INDEX_DN, slice_text(dn));
    parent = parent_dn(d->store, slice_text(dn));
    if (parent.length > 0)
        add_dn_hash(d, INDEX_PARENT, parent);
}

static uint64_t queues_of(const struct cs_object *object)
{
    const struct {
        enum cs_queue queue;
        bool in;
    } places[] = {
        {QUEUE_SYNC, object_needs_sync(object)},
        {QUEUE_DISCONNECTOR, object_is_disconnector(object)},
        {QUEUE_EXPORT, object_needs_export(object)},
        {QUEUE_UNCONFIRMED, object_is_unconfirmed(object)},
        {QUEUE_IMPORT_ERROR, object->import_error.count > 0},
        {QUEUE_EXPORT_ERROR, object->export_error.count > 0},
        {QUEUE_TRANSIENT, object->transient},
        {QUEUE_PLACEHOLDER, object->placeholder != PLACEHOLDER_NOT},
    };
    uint64_t queues = 0;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].in)
            queues |= (uint64_t)1 << places[i].queue;
    return queues;
}

/* What of an object is derived. */
enum part { PART_HASHES = 1, PART_REFS = 2, PART_ALL = 3 };

static void derive_hashes(const struct derivation *d, const struct cs_object *object)
{
    struct image imported = object_image(d->scratch, object, LAYER_IMPORT);
    const char *known_as = object_dn(d->scratch, object);

    if (imported.exists) {
        add_dn(d, imported.dn, !object->transient);
        add_indexed(d, &imported.entry);
    }
    if (!imported.exists || known_as != imported.dn) /* it is as it should be */
        add_dn(d, known_as, !object->transient);
    if (object->anchor.length > 0)
        add_hash(d, INDEX_ANCHOR, object->anchor);
    make_hash_set(d->derived);
}

/* Of what the system has not shown yet. */
static void add_wanted_refs(struct derived *derived, const struct cs_object *object)
{
    add_delta_refs(derived, &object->unconfirmed);
    add_delta_refs(derived, &object->escrowed);
    add_delta_refs(derived, &object->unapplied);
}

static void derive_refs(struct derived *derived, const struct cs_object *object)
{
    if (object->has_hologram)
        add_entry_refs(derived, &object->hologram.entry);
    add_delta_refs(derived, &object->pending_import);
    add_wanted_refs(derived, object);
    make_ref_set(derived);
}

static void derive_parts(const struct derivation *d, const struct cs_object *object,
                         unsigned parts)
{
    derived_clear(d->derived);
    if (parts & PART_HASHES)
        derive_hashes(d, object);
    if (parts & PART_REFS)
        derive_refs(d->derived, object);
    d->derived->queues = queues_of(object);
    d->derived->link = object->mv;
}

void derive_cs(struct store *store, const struct indexed *indexed,
               const struct cs_object *object, struct arena *scratch,
               struct derived *derived)
{
    const struct derivation d = {store, indexed, object->agent, scratch, derived};

    derive_parts(&d, object, PART_ALL);
}

/* --- two states of one object ------------------------------------------------------ */

static bool same_import(const struct cs_object *a, const struct cs_object *b)
{
    return a->has_hologram == b->has_hologram &&
           text_same(a->hologram.dn, b->hologram.dn) &&
           a->hologram.object_type == b->hologram.object_type &&
           entry_equal(&a->hologram.entry, &b->hologram.entry) &&
           delta_equal(&a->pending_import, &b->pending_import);
}

/* Of two with the same import. */
static bool same_hashes(struct arena *scratch, const struct cs_object *a,
                        const struct cs_object *b)
{
    return a->transient == b->transient && slice_equal(a->anchor, b->anchor) &&
           text_same(object_dn(scratch, a), object_dn(scratch, b));
}

/* Of two with the same import. What goes from one delta to the next stays referred to. */
static bool same_refs(const struct cs_object *a, const struct cs_object *b,
                      struct derived *of_a, struct derived *of_b)
{
    derived_clear(of_a);
    derived_clear(of_b);
    add_wanted_refs(of_a, a);
    add_wanted_refs(of_b, b);
    make_ref_set(of_a);
    make_ref_set(of_b);
    if (of_a->refs.count != of_b->refs.count)
        return false;
    for (size_t i = 0; i < of_a->refs.count; i++)
        if (reference_compare(&of_a->refs.items[i], &of_b->refs.items[i]) != 0)
            return false;
    return true;
}

void derive_change(struct store *store, const struct indexed *indexed,
                   const struct cs_object *before, const struct cs_object *after,
                   struct arena *scratch, struct derived *was, struct derived *is)
{
    const struct derivation old = {store, indexed, before->agent, scratch, was};
    const struct derivation new = {store, indexed, after->agent, scratch, is};
    unsigned parts = PART_ALL;

    if (same_import(before, after))
        parts = (same_hashes(scratch, before, after) ? 0u : PART_HASHES) |
                (same_refs(before, after, was, is) ? 0u : PART_REFS);
    derive_parts(&old, before, parts);
    derive_parts(&new, after, parts);
}

/* --- metaverse objects ------------------------------------------------------------- */

void derive_mv(struct store *store, const struct indexed *indexed,
               const struct mv_object *object, struct arena *scratch,
               struct derived *derived)
{
    struct derivation d = {store, indexed, 0, scratch, derived};

    derived_clear(derived);
    add_hash(&d, INDEX_GUID, slice_of(object->guid.bytes, sizeof object->guid.bytes));
    add_indexed(&d, &object->entry);
    add_entry_refs(derived, &object->entry);
    make_hash_set(derived);
    make_ref_set(derived);
    if (object->reference_retry || object->provisioning_retry || object->changed)
        derived->queues = (uint64_t)1 << QUEUE_MV_RETRY;
}
