/* SPDX-License-Identifier: Apache-2.0 */

/* Finding connector-space objects. The index says which may match, their rows say which
 * do: a hash is a filter, not an answer. */

#include "base/text.h"
#include "model/dn.h"
#include "store/batch.h"
#include "store/look.h"

/* What is looked for, and how well an object matches: 0 not at all, the more the better.
 * Where no attribute is, the object is an outline (store/look.h). */
struct wanted {
    unsigned (*match)(const struct wanted *wanted, struct arena *arena,
                      const struct cs_object *object);
    struct slice value;
    uint32_t attribute; /* NAME_NONE where `value` is none of an attribute */
    enum value_type type;
    bool exact;
    const struct cs_choice *choice; /* NULL: any */
};

struct best {
    uint64_t id;
    unsigned match;
    bool only; /* the index has nobody else */
};

typedef void (*found_fn)(void *context, uint64_t id, unsigned match);

static enum ma_status try_object(struct batch *batch, uint32_t agent, uint64_t id,
                                 const struct wanted *wanted, found_fn found,
                                 void *context, struct ma_error *err)
{
    /* Of a large attribute, only the value that is looked for. */
    const struct value_set value = {wanted->attribute, &wanted->value, 1};
    struct arena_mark mark = arena_mark(&batch->scratch);
    struct cs_object object;
    enum ma_status status =
        wanted->attribute == NAME_NONE
            ? look_at(batch, agent, id, &object, err)
            : cs_get_values(batch, &batch->scratch, agent, id, &value, 1, &object, err);
    unsigned match = 0;

    if (status == MA_OK)
        match = wanted->match(wanted, &batch->scratch, &object);
    if (match > 0)
        found(context, id, match);
    arena_rewind(&batch->scratch, mark);
    return status == MA_NOT_FOUND ? MA_OK : status; /* another space's, or a stray */
}

static enum ma_status try_all(struct batch *batch, uint32_t agent, uint64_t hash,
                              const struct wanted *wanted, found_fn found, void *context,
                              struct ma_error *err)
{
    id_list *ids = &batch->candidates;
    enum ma_status status;

    ids->count = 0;
    status = batch_find_in(batch, agent, hash, ids, err);
    for (size_t i = 0; i < ids->count && status == MA_OK; i++)
        if (wanted->choice == NULL ||
            wanted->choice->takes(wanted->choice, ids->items[i]))
            status = try_object(batch, agent, ids->items[i], wanted, found, context, err);
    return status;
}

static void keep_best(void *context, uint64_t id, unsigned match)
{
    struct best *best = context;

    if (match > best->match) {
        best->id = id;
        best->match = match;
    }
}

static void keep_all(void *context, uint64_t id, unsigned match)
{
    id_list *ids = context;

    (void)match;
    VEC_ADD(ids, id);
}

static enum ma_status find_best(struct batch *batch, uint32_t agent, uint64_t hash,
                                const struct wanted *wanted, struct best *out,
                                struct ma_error *err)
{
    enum ma_status status;

    *out = (struct best){0};
    status = try_all(batch, agent, hash, wanted, keep_best, out, err);
    out->only = batch->candidates.count == 1;
    return status == MA_OK && out->match == 0 ? MA_NOT_FOUND : status;
}

enum ma_status cs_import_begins(struct batch *batch, uint32_t agent, struct ma_error *err)
{
    return known_begin(batch, agent, err);
}

/* --- anchor ------------------------------------------------------------------------ */

static unsigned match_anchor(const struct wanted *wanted, struct arena *arena,
                             const struct cs_object *object)
{
    (void)arena;
    return slice_equal(object->anchor, wanted->value);
}

enum ma_status cs_find_anchor(struct batch *batch, uint32_t agent, struct slice anchor,
                              uint64_t *out, struct ma_error *err)
{
    struct wanted wanted = {.match = match_anchor, .value = anchor};
    struct best best;
    enum ma_status status;

    if (anchor.length == 0)
        return MA_NOT_FOUND;
    status =
        find_best(batch, agent, store_hash(batch->store, agent, INDEX_ANCHOR, anchor),
                  &wanted, &best, err);
    if (status == MA_OK)
        *out = best.id;
    return status;
}

/* --- DN ---------------------------------------------------------------------------- */

static bool is_dn(const char *dn, struct slice wanted)
{
    return dn != NULL && dn_equal(slice_text(dn), wanted);
}

enum { MATCH_PLACEHOLDER = 1, MATCH_WANTED, MATCH_IMPORTED };

static unsigned match_dn(const struct wanted *wanted, struct arena *arena,
                         const struct cs_object *object)
{
    if (object->transient)
        return 0;
    if (is_dn(object_imported_dn(object), wanted->value))
        return MATCH_IMPORTED;
    if (!is_dn(object_dn(arena, object), wanted->value))
        return 0;
    return object->placeholder == PLACEHOLDER_NOT ? MATCH_WANTED : MATCH_PLACEHOLDER;
}

static uint64_t dn_hash(struct batch *batch, uint32_t agent, uint32_t attribute,
                        struct slice dn)
{
    return index_dn(batch->store, &batch->scratch, agent, attribute, dn);
}

enum ma_status cs_find_dn(struct batch *batch, uint32_t agent, const char *dn,
                          uint64_t *out, struct ma_error *err)
{
    struct wanted wanted = {.match = match_dn, .value = slice_text(dn)};
    uint64_t known = known_dn(batch, agent, wanted.value);
    struct best best;
    enum ma_status status;
    uint64_t hash;

    if (known != 0) {
        *out = known;
        return MA_OK;
    }
    hash = dn_hash(batch, agent, INDEX_DN, wanted.value);
    status = find_best(batch, agent, hash, &wanted, &best, err);
    if (status != MA_OK)
        return status;
    if (best.only)
        known_dn_learn(batch, agent, wanted.value, hash, best.id);
    *out = best.id;
    return MA_OK;
}

enum ma_status cs_reference(struct batch *batch, uint32_t agent, const char *dn,
                            enum placeholder kind, uint64_t *out, struct ma_error *err)
{
    struct cs_object object = {.agent = agent, .placeholder = kind};
    enum ma_status status = cs_find_dn(batch, agent, dn, out, err);

    if (status != MA_NOT_FOUND)
        return status;
    object.hologram.dn = dn; /* where a placeholder has its DN */
    status = cs_put(batch, &object, err);
    if (status == MA_OK)
        *out = object.id;
    return status;
}

static bool is_below(const char *dn, struct slice parent)
{
    return dn != NULL && dn_equal(dn_parent(slice_text(dn)), parent);
}

static unsigned match_parent(const struct wanted *wanted, struct arena *arena,
                             const struct cs_object *object)
{
    return is_below(object_imported_dn(object), wanted->value) ||
           is_below(object_dn(arena, object), wanted->value);
}

enum ma_status cs_children(struct batch *batch, uint32_t agent, const char *dn,
                           id_list *out, struct ma_error *err)
{
    struct wanted wanted = {.match = match_parent, .value = slice_text(dn)};

    if (wanted.value.length == 0)
        return MA_OK;
    return try_all(batch, agent, dn_hash(batch, agent, INDEX_PARENT, wanted.value),
                   &wanted, keep_all, out, err);
}

/* One of these, another than `besides`. */
static enum ma_status find_any(struct batch *batch, uint32_t agent, const id_list *ids,
                               const struct wanted *wanted, uint64_t besides,
                               struct best *any, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < ids->count && status == MA_OK && any->match == 0; i++)
        if (ids->items[i] != besides)
            status = try_object(batch, agent, ids->items[i], wanted, keep_best, any, err);
    return status;
}

/* A container may have all objects of its space: one that is looked at and is a child
 * answers for them. Who is a child says its row, so a guess may be old. */
static enum ma_status guess_child(struct batch *batch, uint64_t hash, id_list *ids,
                                  struct ma_error *err)
{
    enum { FEW = 4 };

    if (batch_is_noted(batch)) /* what it read has to be known whole */
        return MA_OK;
    return batch_look(batch, err) == MA_OK
               ? snapshot_guess(batch->snapshot, hash, FEW, ids, err)
               : err->status;
}

enum ma_status cs_has_child(struct batch *batch, uint32_t agent, const char *dn,
                            uint64_t besides, bool *out, struct ma_error *err)
{
    struct wanted wanted = {.match = match_parent, .value = slice_text(dn)};
    struct best any = {0};
    id_list ids = {0};
    enum ma_status status;
    uint64_t hash;

    *out = false;
    if (wanted.value.length == 0)
        return MA_OK;
    hash = dn_hash(batch, agent, INDEX_PARENT, wanted.value);
    status = guess_child(batch, hash, &ids, err);
    if (status == MA_OK)
        status = find_any(batch, agent, &ids, &wanted, besides, &any, err);
    ids.count = 0;
    if (status == MA_OK && any.match == 0)
        status = batch_find_in(batch, agent, hash, &ids, err);
    if (status == MA_OK && any.match == 0)
        status = find_any(batch, agent, &ids, &wanted, besides, &any, err);
    VEC_FREE(&ids);
    *out = any.match > 0;
    return status;
}

/* --- values ------------------------------------------------------------------------ */

static unsigned match_value(const struct wanted *wanted, struct arena *arena,
                            const struct cs_object *object)
{
    struct image imported = object_image(arena, object, LAYER_IMPORT);
    const struct attr *attr =
        imported.exists ? entry_find(&imported.entry, wanted->attribute) : NULL;

    return attr != NULL && attr_matches(attr, wanted->type, wanted->value, wanted->exact);
}

enum ma_status cs_find_value(struct batch *batch, uint32_t agent, uint32_t attribute,
                             enum value_type type, struct slice value, bool exact,
                             id_list *out, struct ma_error *err)
{
    return cs_find_value_among(batch, agent, attribute, type, value, exact, NULL, out,
                               err);
}

enum ma_status cs_find_value_among(struct batch *batch, uint32_t agent,
                                   uint32_t attribute, enum value_type type,
                                   struct slice value, bool exact,
                                   const struct cs_choice *choice, id_list *out,
                                   struct ma_error *err)
{
    struct wanted wanted = {.match = match_value,
                            .value = value,
                            .attribute = attribute,
                            .type = type,
                            .exact = exact,
                            .choice = choice};

    return try_all(batch, agent, value_hash(batch, agent, attribute, type, value),
                   &wanted, keep_all, out, err);
}

/* --- references, scans, queues ----------------------------------------------------- */

enum ma_status cs_referrers(struct batch *batch, uint32_t agent, uint64_t id,
                            id_list *out, struct ma_error *err)
{
    return scan_referrers(batch, agent, id, out, err);
}

enum ma_status cs_scan(struct batch *batch, uint32_t agent, uint64_t after, size_t limit,
                       id_list *out, struct ma_error *err)
{
    out->count = 0;
    return scan_ids(batch, TABLE_CS, store_key_u32((struct store_key){0}, agent), after,
                    limit, out, err);
}

enum ma_status cs_queue(struct batch *batch, enum cs_queue queue, uint32_t agent,
                        uint64_t after, size_t limit, id_list *out, struct ma_error *err)
{
    out->count = 0;
    return scan_ids(batch, TABLE_QUEUE, queue_prefix(queue, agent), after, limit, out,
                    err);
}

enum ma_status cs_queue_length(struct batch *batch, enum cs_queue queue, uint32_t agent,
                               uint64_t *out, struct ma_error *err)
{
    return count_get(batch, queue, agent, out, err);
}

enum ma_status cs_count(struct batch *batch, uint32_t agent, uint64_t *out,
                        struct ma_error *err)
{
    return count_get(batch, COUNT_ALL, agent, out, err);
}
