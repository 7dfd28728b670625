/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include "base/buf.h"
#include "base/text.h"
#include "model/dn.h"

/* --- keys -------------------------------------------------------------------------- */

struct store_key object_key(uint32_t space, uint64_t id)
{
    return store_key_u64(store_key_u32((struct store_key){0}, space), id);
}

struct store_key ref_key(uint32_t space, uint64_t target, uint64_t from)
{
    return store_key_u64(object_key(space, target), from);
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

/* --- sets of numbers --------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void make_set(id_list *list)
{
    size_t kept = 0;

    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, by_number);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[kept - 1] != list->items[i])
            list->items[kept++] = list->items[i];
    list->count = kept;
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
    const struct store *store;
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

static void add_refs(id_list *refs, enum value_type type, const struct slice *values,
                     uint32_t count)
{
    for (uint32_t i = 0; type == VALUE_REFERENCE && i < count; i++)
        VEC_ADD(refs, value_id(values[i]));
}

static void add_entry_refs(id_list *refs, const struct entry *entry)
{
    for (uint32_t i = 0; i < entry->count; i++)
        add_refs(refs, entry->attrs[i].type, entry->attrs[i].values,
                 entry->attrs[i].count);
}

/* What goes is referred to as well: its DN is needed until the system has let it go. */
static void add_delta_refs(id_list *refs, const struct delta *delta)
{
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];

        add_refs(refs, attr->type, attr->adds, attr->add_count);
        add_refs(refs, attr->type, attr->dels, attr->del_count);
    }
}

static void add_dn(const struct derivation *d, const char *dn, bool findable)
{
    struct slice parent;

    if (dn == NULL)
        return;
    if (findable)
        add_hash(d, INDEX_DN, dn_key(d->scratch, slice_text(dn)));
    parent = dn_parent(slice_text(dn));
    if (parent.length > 0)
        add_hash(d, INDEX_PARENT, dn_key(d->scratch, parent));
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

void derive_cs(const struct store *store, const struct indexed *indexed,
               const struct cs_object *object, struct arena *scratch,
               struct derived *derived)
{
    struct derivation d = {store, indexed, object->agent, scratch, derived};
    struct image imported = object_image(scratch, object, LAYER_IMPORT);

    derived_clear(derived);
    if (imported.exists) {
        add_dn(&d, imported.dn, !object->transient);
        add_indexed(&d, &imported.entry);
    }
    add_dn(&d, object_dn(scratch, object), !object->transient);
    if (object->anchor.length > 0)
        add_hash(&d, INDEX_ANCHOR, object->anchor);
    if (object->has_hologram)
        add_entry_refs(&derived->refs, &object->hologram.entry);
    add_delta_refs(&derived->refs, &object->pending_import);
    add_delta_refs(&derived->refs, &object->unconfirmed);
    add_delta_refs(&derived->refs, &object->escrowed);
    add_delta_refs(&derived->refs, &object->unapplied);
    make_set(&derived->hashes);
    make_set(&derived->refs);
    derived->queues = queues_of(object);
    derived->link = object->mv;
}

/* --- metaverse objects ------------------------------------------------------------- */

void derive_mv(const struct store *store, const struct indexed *indexed,
               const struct mv_object *object, struct arena *scratch,
               struct derived *derived)
{
    struct derivation d = {store, indexed, 0, scratch, derived};

    derived_clear(derived);
    add_hash(&d, INDEX_GUID, slice_of(object->guid.bytes, sizeof object->guid.bytes));
    add_indexed(&d, &object->entry);
    add_entry_refs(&derived->refs, &object->entry);
    make_set(&derived->hashes);
    make_set(&derived->refs);
    if (object->reference_retry || object->provisioning_retry || object->changed)
        derived->queues = (uint64_t)1 << QUEUE_MV_RETRY;
}

/* --- changes ----------------------------------------------------------------------- */

/* Calls for every number that is in one set only. */
static void each_difference(const id_list *before, const id_list *after,
                            void (*change)(struct batch *, uint32_t, uint64_t, uint64_t,
                                           bool),
                            struct batch *batch, uint32_t space, uint64_t id)
{
    size_t i = 0;
    size_t j = 0;

    while (i < before->count || j < after->count) {
        bool old = j == after->count ||
                   (i < before->count && before->items[i] < after->items[j]);
        bool new = i == before->count ||
                   (j < after->count && after->items[j] < before->items[i]);

        if (old)
            change(batch, space, id, before->items[i], false);
        if (new)
            change(batch, space, id, after->items[j], true);
        i += !new;
        j += !old;
    }
}

static void change_index(struct batch *batch, uint32_t space, uint64_t id, uint64_t hash,
                         bool add)
{
    (void)space;
    if (add)
        batch_index(batch, hash, id);
    else
        batch_unindex(batch, hash, id);
}

static void change_row(struct batch *batch, enum store_table table, struct store_key key,
                       bool add)
{
    if (add)
        batch_put(batch, table, store_key_view(&key), slice_of("", 0));
    else
        batch_remove(batch, table, store_key_view(&key));
}

static void change_ref(struct batch *batch, uint32_t space, uint64_t id, uint64_t target,
                       bool add)
{
    change_row(batch, TABLE_REFS, ref_key(space, target, id), add);
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
    for (unsigned queue = 0; before != after && queue < 64; queue++) {
        bool was = before >> queue & 1;
        bool is = after >> queue & 1;

        if (was == is)
            continue;
        change_row(batch, TABLE_QUEUE, queue_key(queue, space, id), is);
        count_change(batch, queue, space, is ? 1 : -1);
    }
}

void derived_change(struct batch *batch, uint32_t space, uint64_t id,
                    const struct derived *before, const struct derived *after)
{
    each_difference(&before->hashes, &after->hashes, change_index, batch, space, id);
    each_difference(&before->refs, &after->refs, change_ref, batch, space, id);
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
    BUF_AUTO row = {0};

    if (count_get(batch, queue, space, &count, &ignored) != MA_OK)
        return;
    buf_u64(&row, count + (uint64_t)by);
    batch_put(batch, TABLE_META, store_key_view(&key), buf_view(&row));
}

/* --- scans ------------------------------------------------------------------------- */

/* Ids stand at the end of the keys, so `prefix` and an id are a whole key. */
enum ma_status scan_ids(struct batch *batch, enum store_table table,
                        struct store_key prefix, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err)
{
    struct store_key from = store_key_u64(prefix, after);
    struct arena_mark mark = arena_mark(&batch->scratch);
    store_rows rows = {0};
    enum ma_status status =
        batch_scan(batch, table, store_key_view(&prefix), store_key_view(&from), limit,
                   &batch->scratch, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++) {
        struct slice key = rows.items[i].key;
        struct reader reader =
            reader_of(slice_of(key.at + prefix.length, key.length - prefix.length));

        VEC_ADD(out, reader_u64(&reader));
    }
    VEC_FREE(&rows);
    arena_rewind(&batch->scratch, mark);
    return status;
}
