/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include "base/buf.h"
#include "base/order.h"
#include "base/text.h"
#include "model/dn.h"

/* --- keys -------------------------------------------------------------------------- */

struct store_key object_key(uint32_t space, uint64_t id)
{
    return store_key_u64(store_key_u32((struct store_key){0}, space), id);
}

struct store_key ref_key(uint32_t space, uint64_t target, uint64_t from,
                         uint32_t attribute)
{
    return store_key_u32(store_key_u64(object_key(space, target), from), attribute);
}

struct store_key link_key(uint64_t mv, uint32_t agent, uint64_t id)
{
    struct store_key key = store_key_u64((struct store_key){0}, mv);

    return store_key_u64(store_key_u32(key, agent), id);
}

struct store_key queue_prefix(unsigned queue, uint32_t space)
{
    struct store_key key = {.bytes = {(unsigned char)queue}, .length = 1};

    return store_key_u32(key, space);
}

struct store_key queue_key(unsigned queue, uint32_t space, uint64_t id)
{
    return store_key_u64(queue_prefix(queue, space), id);
}

enum { FEW = 32 };

/* --- sets of numbers --------------------------------------------------------------- */

/* An object has a handful, in no order. */
static void sort_few(id_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        uint64_t item = list->items[i];
        size_t at = i;

        for (; at > 0 && list->items[at - 1] > item; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = item;
    }
}

static void make_hash_set(id_list *list)
{
    size_t kept = 0;

    if (list->count <= FEW)
        sort_few(list);
    else
        qsort(list->items, list->count, sizeof *list->items, order_u64);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[kept - 1] != list->items[i])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static int compare_refs(const struct reference *a, const struct reference *b)
{
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return (a->attribute > b->attribute) - (a->attribute < b->attribute);
}

static int by_target(const void *a, const void *b)
{
    return compare_refs(a, b);
}

static void make_ref_set(struct derived *derived)
{
    struct reference *refs = derived->refs.items;
    size_t kept = 0;

    if (derived->refs.count > 1)
        qsort(refs, derived->refs.count, sizeof *refs, by_target);
    for (size_t i = 0; i < derived->refs.count; i++)
        if (kept == 0 || compare_refs(&refs[kept - 1], &refs[i]) != 0)
            refs[kept++] = refs[i];
    derived->refs.count = kept;
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

void derive_cs(struct store *store, const struct indexed *indexed,
               const struct cs_object *object, struct arena *scratch,
               struct derived *derived)
{
    struct derivation d = {store, indexed, object->agent, scratch, derived};
    struct image imported = object_image(scratch, object, LAYER_IMPORT);
    const char *known_as = object_dn(scratch, object);

    derived_clear(derived);
    if (imported.exists) {
        add_dn(&d, imported.dn, !object->transient);
        add_indexed(&d, &imported.entry);
    }
    if (!imported.exists || known_as != imported.dn) /* it is as it should be */
        add_dn(&d, known_as, !object->transient);
    if (object->anchor.length > 0)
        add_hash(&d, INDEX_ANCHOR, object->anchor);
    if (object->has_hologram)
        add_entry_refs(derived, &object->hologram.entry);
    add_delta_refs(derived, &object->pending_import);
    add_delta_refs(derived, &object->unconfirmed);
    add_delta_refs(derived, &object->escrowed);
    add_delta_refs(derived, &object->unapplied);
    make_hash_set(&derived->hashes);
    make_ref_set(derived);
    derived->queues = queues_of(object);
    derived->link = object->mv;
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
    make_hash_set(&derived->hashes);
    make_ref_set(derived);
    if (object->reference_retry || object->provisioning_retry || object->changed)
        derived->queues = (uint64_t)1 << QUEUE_MV_RETRY;
}

/* --- changes ----------------------------------------------------------------------- */

/* Walks two sorted sets at once: < 0: the first has what the second has not, > 0: the
 * other way round, 0: both have it. */
static int side(size_t i, size_t first, size_t j, size_t second, int order)
{
    return i == first ? 1 : j == second ? -1 : order;
}

static void change_hashes(struct batch *batch, uint64_t id, const id_list *before,
                          const id_list *after)
{
    size_t i = 0;
    size_t j = 0;

    while (i < before->count || j < after->count) {
        int at = side(i, before->count, j, after->count,
                      i < before->count && j < after->count
                          ? order_u64(&before->items[i], &after->items[j])
                          : 0);

        if (at < 0)
            batch_unindex(batch, before->items[i], id);
        if (at > 0)
            batch_index(batch, after->items[j], id);
        i += at <= 0;
        j += at >= 0;
    }
}

static void change_row(struct batch *batch, enum store_table table, struct store_key key,
                       bool add)
{
    if (add)
        batch_put(batch, table, store_key_view(&key), slice_of("", 0));
    else
        batch_remove(batch, table, store_key_view(&key));
}

static void change_ref(struct batch *batch, uint32_t space, uint64_t id,
                       const struct reference *ref, bool add)
{
    change_row(batch, TABLE_REFS, ref_key(space, ref->target, id, ref->attribute), add);
}

static void change_refs(struct batch *batch, uint32_t space, uint64_t id,
                        const struct derived *before, const struct derived *after)
{
    const struct reference *old = before->refs.items;
    const struct reference *new = after->refs.items;
    size_t i = 0;
    size_t j = 0;

    while (i < before->refs.count || j < after->refs.count) {
        int at = side(i, before->refs.count, j, after->refs.count,
                      i < before->refs.count && j < after->refs.count
                          ? compare_refs(&old[i], &new[j])
                          : 0);

        if (at < 0)
            change_ref(batch, space, id, &old[i], false);
        if (at > 0)
            change_ref(batch, space, id, &new[j], true);
        i += at <= 0;
        j += at >= 0;
    }
}

static void change_link(struct batch *batch, uint32_t space, uint64_t id, uint64_t before,
                        uint64_t after)
{
    if (before == after)
        return;
    if (before != 0)
        change_row(batch, TABLE_LINKS, link_key(before, space, id), false);
    if (after != 0)
        change_row(batch, TABLE_LINKS, link_key(after, space, id), true);
}

static void change_queues(struct batch *batch, uint32_t space, uint64_t id,
                          uint64_t before, uint64_t after)
{
    for (uint64_t left = before ^ after; left != 0; left &= left - 1) {
        unsigned queue = (unsigned)__builtin_ctzll(left);
        bool is = after >> queue & 1;

        change_row(batch, TABLE_QUEUE, queue_key(queue, space, id), is);
        count_change(batch, queue, space, is ? 1 : -1);
    }
}

void derived_change(struct batch *batch, uint32_t space, uint64_t id,
                    const struct derived *before, const struct derived *after)
{
    change_hashes(batch, id, &before->hashes, &after->hashes);
    change_refs(batch, space, id, before, after);
    change_link(batch, space, id, before->link, after->link);
    change_queues(batch, space, id, before->queues, after->queues);
}

/* --- counts ------------------------------------------------------------------------ */

static struct store_key count_key(unsigned queue, uint32_t space)
{
    struct store_key key = store_key_bytes((struct store_key){0}, slice_text("count."));

    return store_key_u32(store_key_u32(key, queue), space);
}

enum ma_status count_get(struct batch *batch, unsigned queue, uint32_t space,
                         uint64_t *out, struct ma_error *err)
{
    struct store_key key = count_key(queue, space);
    struct slice row;
    struct reader reader;

    *out = 0;
    if (batch->base != NULL)
        return attempt_length(batch, store_key_view(&key), out);
    if (batch_get(batch, TABLE_META, store_key_view(&key), &row) == MA_OK) {
        reader = reader_of(row);
        *out = reader_u64(&reader);
    }
    return batch_failure(batch, err);
}

void count_change(struct batch *batch, unsigned queue, uint32_t space, int64_t by)
{
    struct store_key key = count_key(queue, space);
    struct ma_error ignored = {0}; /* a failed read fails the commit as well */
    uint64_t count;

    if (batch->base != NULL)
        attempt_count(batch, store_key_view(&key), by);
    else if (!batch_add_number(batch, store_key_view(&key), by, &count) &&
             count_get(batch, queue, space, &count, &ignored) == MA_OK)
        batch_put_number(batch, store_key_view(&key), count + (uint64_t)by);
}

/* --- scans ------------------------------------------------------------------------- */

static uint64_t number_at(struct slice key, size_t at)
{
    struct reader reader = reader_of(slice_of(key.at + at, key.length - at));

    return reader_u64(&reader);
}

/* Ids stand at the end of the keys, so `prefix` and an id are a whole key. */
enum ma_status scan_ids(struct batch *batch, enum store_table table,
                        struct store_key prefix, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err)
{
    struct store_key from = store_key_u64(prefix, after);
    struct arena_mark mark = arena_mark(&batch->scratch);
    store_rows rows = {0};
    enum ma_status status =
        batch_scan_keys(batch, table, store_key_view(&prefix), store_key_view(&from),
                        limit, &batch->scratch, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++) {
        VEC_ADD(out, number_at(rows.items[i].key, prefix.length));
    }
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}

enum ma_status scan_referrers(struct batch *batch, uint32_t space, uint64_t target,
                              id_list *out, struct ma_error *err)
{
    struct store_key prefix = object_key(space, target);
    struct arena_mark mark = arena_mark(&batch->scratch);
    size_t from = out->count;
    store_rows rows = {0};
    enum ma_status status =
        batch_scan_keys(batch, TABLE_REFS, store_key_view(&prefix), slice_of("", 0),
                        SIZE_MAX, &batch->scratch, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++) {
        uint64_t id = number_at(rows.items[i].key, prefix.length);

        if (out->count == from || out->items[out->count - 1] != id)
            VEC_ADD(out, id);
    }
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}
