/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify.h"

#include <stdarg.h>
#include <stdio.h>

#include "store/verifier.h"

enum { ROWS_AT_ONCE = 500 };

static const char *const queue_names[64] = {
    [QUEUE_SYNC] = "sync",
    [QUEUE_DISCONNECTOR] = "disconnector",
    [QUEUE_EXPORT] = "export",
    [QUEUE_UNCONFIRMED] = "unconfirmed",
    [QUEUE_IMPORT_ERROR] = "import-error",
    [QUEUE_EXPORT_ERROR] = "export-error",
    [QUEUE_TRANSIENT] = "transient",
    [QUEUE_PLACEHOLDER] = "placeholder",
    [QUEUE_MV_RETRY] = "metaverse-retry",
};

void verifier_defect(struct verifier *v, const struct whose *whose, const char *fmt, ...)
{
    char place[64] = "";
    char what[320];
    char line[400];
    va_list args;

    if (whose != NULL && whose->space == 0)
        snprintf(place, sizeof place,
                 "metaverse, object %llu: ", (unsigned long long)whose->id);
    else if (whose != NULL)
        snprintf(place, sizeof place, "agent %u, object %llu: ", (unsigned)whose->space,
                 (unsigned long long)whose->id);
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    snprintf(line, sizeof line, "%s%s", place, what);
    v->out->defects++;
    v->report(v->context, line);
}

/* --- one object -------------------------------------------------------------------- */

static enum ma_status load_cs(struct verifier *v, const struct whose *whose,
                              struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status =
        cs_get(v->batch, &v->arena, whose->space, whose->id, &object, err);

    if (status == MA_OK)
        derive_cs(v->batch->store, indexed_of(v->batch, whose->space), &object, &v->arena,
                  &v->derived);
    return status;
}

static enum ma_status load_mv(struct verifier *v, const struct whose *whose,
                              struct ma_error *err)
{
    struct mv_object object;
    enum ma_status status = mv_get(v->batch, &v->arena, whose->id, &object, err);

    if (status == MA_OK)
        derive_mv(v->batch->store, indexed_of(v->batch, 0), &object, &v->arena,
                  &v->derived);
    return status;
}

static struct store_key row_key(const struct whose *whose)
{
    return whose->space == 0 ? store_key_u64((struct store_key){0}, whose->id)
                             : object_key(whose->space, whose->id);
}

enum ma_status verifier_load(struct verifier *v, const struct whose *whose,
                             struct large_list *large, struct ma_error *err)
{
    struct store_key key = row_key(whose);
    struct slice row;
    struct slice rest;
    enum ma_status status;

    arena_reset(&v->arena);
    derived_clear(&v->derived);
    status = whose->space == 0 ? load_mv(v, whose, err) : load_cs(v, whose, err);
    if (status == MA_OK)
        status = batch_get(v->batch, whose->space == 0 ? TABLE_MV : TABLE_CS,
                           store_key_view(&key), &row);
    if (status == MA_OK && !large_decode(&v->arena, row, large, &rest))
        status = MA_BROKEN;
    if (batch_failure(v->batch, err) != MA_OK)
        return err->status;
    return status == MA_BROKEN ? MA_INVALID : status;
}

bool verifier_has_hash(const struct verifier *v, uint64_t hash)
{
    for (size_t i = 0; i < v->derived.hashes.count; i++)
        if (v->derived.hashes.items[i] == hash)
            return true;
    return false;
}

bool verifier_has_ref(const struct verifier *v, uint64_t target, uint32_t attribute)
{
    for (size_t i = 0; i < v->derived.refs.count; i++)
        if (v->derived.refs.items[i].target == target &&
            v->derived.refs.items[i].attribute == attribute)
            return true;
    return false;
}

/* --- what must follow -------------------------------------------------------------- */

static bool is_there(struct verifier *v, enum store_table table, struct store_key key)
{
    struct slice row;

    v->out->rows++;
    return batch_get(v->batch, table, store_key_view(&key), &row) == MA_OK;
}

static enum ma_status check_index(struct verifier *v, const struct whose *whose,
                                  struct ma_error *err)
{
    v->expected_index += v->derived.hashes.count;
    for (size_t i = 0; i < v->derived.hashes.count; i++) {
        uint64_t hash = v->derived.hashes.items[i];
        bool found;

        if (snapshot_has(v->batch->snapshot, hash, whose->id, &found, err) != MA_OK)
            return err->status;
        if (!found)
            verifier_defect(v, whose, "the index lacks its entry %016llx",
                            (unsigned long long)hash);
    }
    return MA_OK;
}

/* A metaverse object may refer to what is gone for as long as the object that gave the
 * attribute has a synchronisation of its own to come. */
static bool giver_waits(struct verifier *v, const struct whose *whose, uint32_t attribute)
{
    struct mv_object object;
    struct ma_error err;
    struct slice row;

    if (whose->space != 0 ||
        mv_get(v->batch, &v->arena, whose->id, &object, &err) != MA_OK)
        return false;
    for (uint32_t i = 0; i < object.lineage_count; i++) {
        const struct mv_lineage *line = &object.lineage[i];
        struct store_key key = queue_key(QUEUE_SYNC, line->agent, line->object);

        if (line->attribute == attribute &&
            batch_get(v->batch, TABLE_QUEUE, store_key_view(&key), &row) == MA_OK)
            return true;
    }
    return false;
}

static void check_refs(struct verifier *v, const struct whose *whose)
{
    const struct names *names = v->batch->store->names;

    v->expected[TABLE_REFS] += v->derived.refs.count;
    for (size_t i = 0; i < v->derived.refs.count; i++) {
        const struct reference *ref = &v->derived.refs.items[i];
        const struct whose target = {whose->space, ref->target};

        if (!is_there(v, TABLE_REFS,
                      ref_key(whose->space, ref->target, whose->id, ref->attribute)))
            verifier_defect(v, whose, "its reference %s to object %llu has no row",
                            names_text(names, ref->attribute),
                            (unsigned long long)ref->target);
        if (!is_there(v, whose->space == 0 ? TABLE_MV : TABLE_CS, row_key(&target)) &&
            !giver_waits(v, whose, ref->attribute))
            verifier_defect(v, whose, "it refers by %s to object %llu, which is gone",
                            names_text(names, ref->attribute),
                            (unsigned long long)ref->target);
    }
}

static void check_link(struct verifier *v, const struct whose *whose)
{
    uint64_t mv = v->derived.link;

    if (mv == 0)
        return;
    v->expected[TABLE_LINKS]++;
    if (!is_there(v, TABLE_LINKS, link_key(mv, whose->space, whose->id)))
        verifier_defect(v, whose, "its link to metaverse object %llu is not known there",
                        (unsigned long long)mv);
    if (!is_there(v, TABLE_MV, store_key_u64((struct store_key){0}, mv)))
        verifier_defect(v, whose, "it is linked to metaverse object %llu, which is gone",
                        (unsigned long long)mv);
}

static void check_queues(struct verifier *v, const struct whose *whose)
{
    for (unsigned queue = 0; queue < 64; queue++) {
        if ((v->derived.queues >> queue & 1) == 0)
            continue;
        v->expected[TABLE_QUEUE]++;
        v->counts[queue]++;
        if (!is_there(v, TABLE_QUEUE, queue_key(queue, whose->space, whose->id)))
            verifier_defect(v, whose, "it is not in the queue %s", queue_names[queue]);
    }
}

static enum ma_status check_large(struct verifier *v, const struct whose *whose,
                                  const struct large_list *list, struct ma_error *err)
{
    const struct large_place place = {v->batch, whose->space, whose->id};

    for (size_t i = 0; i < list->count; i++) {
        const struct large *large = &list->items[i];
        struct attr attr;

        if (large_read(&place, large, &v->arena, &attr, err) != MA_OK)
            return err->status;
        v->expected[TABLE_VALUES] += attr.count;
        v->out->rows += attr.count;
        if (large_sum(v->batch->store, &attr) != large->sum)
            verifier_defect(v, whose, "the values of %s are not those it was stored with",
                            names_text(v->batch->store->names, large->attribute));
    }
    return MA_OK;
}

static void check_number(struct verifier *v, const struct whose *whose)
{
    char counter[32];
    uint64_t last;

    if (whose->space == 0)
        snprintf(counter, sizeof counter, "mv");
    else
        snprintf(counter, sizeof counter, "cs.%u", (unsigned)whose->space);
    last = batch_last(v->batch, counter);
    if (whose->id > last)
        verifier_defect(v, whose, "numbers were given out up to %llu only",
                        (unsigned long long)last);
}

static enum ma_status check_connectors(struct verifier *v, const struct whose *whose,
                                       struct ma_error *err)
{
    connector_list connectors = {0};
    enum ma_status status = MA_OK;

    if (whose->space == 0)
        status = mv_connectors(v->batch, whose->id, &connectors, err);
    if (status == MA_OK && whose->space == 0 && connectors.count == 0)
        verifier_defect(v, whose, "it has no connector");
    VEC_FREE(&connectors);
    return status;
}

static enum ma_status check_object(struct verifier *v, const struct whose *whose,
                                   struct ma_error *err)
{
    struct large_list large = {0};
    struct store_key key = row_key(whose);
    enum ma_status status = verifier_load(v, whose, &large, err);

    v->out->objects++;
    v->counts[COUNT_ALL]++;
    if (status == MA_INVALID) {
        verifier_defect(v, whose, "it cannot be read, or values of it are missing");
        v->unreadable = true;
        return MA_OK;
    }
    if (status != MA_OK)
        return status;
    if (whose->space != 0)
        v->expected[TABLE_TOWER] += is_there(v, TABLE_TOWER, key);
    check_number(v, whose);
    check_refs(v, whose);
    check_link(v, whose);
    check_queues(v, whose);
    status = check_index(v, whose, err);
    if (status == MA_OK)
        status = check_connectors(v, whose, err);
    return status == MA_OK ? check_large(v, whose, &large, err) : status;
}

/* --- all objects ------------------------------------------------------------------- */

static enum ma_status check_counts(struct verifier *v, uint32_t space,
                                   struct ma_error *err)
{
    for (unsigned queue = 0; queue < 64; queue++) {
        uint64_t kept;

        if (count_get(v->batch, queue, space, &kept, err) != MA_OK)
            return err->status;
        /* What cannot be read stands in queues nobody knows. */
        if (kept != v->counts[queue] && (queue == COUNT_ALL || !v->unreadable))
            verifier_defect(
                v, NULL, "%s %u: %llu objects are counted%s%s and there are %llu",
                space == 0 ? "metaverse" : "agent", (unsigned)space,
                (unsigned long long)kept, queue == COUNT_ALL ? "" : " in the queue ",
                queue == COUNT_ALL || queue_names[queue] == NULL ? ""
                                                                 : queue_names[queue],
                (unsigned long long)v->counts[queue]);
        v->counts[queue] = 0;
    }
    v->unreadable = false;
    return MA_OK;
}

static enum ma_status next_page(struct verifier *v, uint32_t space, id_list *ids,
                                struct ma_error *err)
{
    uint64_t after = ids->count == 0 ? 0 : ids->items[ids->count - 1];

    return space == 0 ? mv_scan(v->batch, after, ROWS_AT_ONCE, ids, err)
                      : cs_scan(v->batch, space, after, ROWS_AT_ONCE, ids, err);
}

static enum ma_status check_space(struct verifier *v, uint32_t space,
                                  struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status;

    do {
        status = next_page(v, space, &ids, err);
        for (size_t i = 0; i < ids.count && status == MA_OK; i++) {
            const struct whose whose = {space, ids.items[i]};

            status = check_object(v, &whose, err);
        }
    } while (status == MA_OK && ids.count == ROWS_AT_ONCE);
    VEC_FREE(&ids);
    return status == MA_OK ? check_counts(v, space, err) : status;
}

/* The first space behind this one that has objects; false: none. */
static enum ma_status next_space(struct verifier *v, uint32_t *space, bool *found,
                                 struct ma_error *err)
{
    struct store_key from =
        store_key_u64(store_key_u32((struct store_key){0}, *space), UINT64_MAX);
    store_rows rows = {0};
    enum ma_status status;

    arena_reset(&v->arena);
    status = batch_scan_keys(v->batch, TABLE_CS, slice_of("", 0), store_key_view(&from),
                             1, &v->arena, &rows, err);
    *found = status == MA_OK && rows.count == 1 && rows.items[0].key.length == 12;
    if (*found) {
        const unsigned char *key = (const unsigned char *)rows.items[0].key.at;

        *space = (uint32_t)key[0] << 24 | (uint32_t)key[1] << 16 | (uint32_t)key[2] << 8 |
                 key[3];
    }
    VEC_FREE(&rows);
    return status;
}

static enum ma_status check_spaces(struct verifier *v, struct ma_error *err)
{
    uint32_t space = 0;
    bool found = true;
    enum ma_status status = check_space(v, 0, err);

    while (status == MA_OK && found) {
        status = next_space(v, &space, &found, err);
        if (status != MA_OK || !found)
            break;
        VEC_ADD(&v->spaces, space);
        status = check_space(v, space, err);
    }
    return status;
}

enum ma_status store_verify(struct store *store, verify_report report, void *context,
                            struct store_verification *out, struct ma_error *err)
{
    struct verifier v = {
        .batch = batch_begin(store), .report = report, .context = context, .out = out};
    enum ma_status status;

    *out = (struct store_verification){0};
    status = check_spaces(&v, err);
    if (status == MA_OK)
        status = verifier_strays(&v, err);
    if (status == MA_OK)
        status = batch_failure(v.batch, err);
    derived_free(&v.derived);
    VEC_FREE(&v.spaces);
    arena_free(&v.arena);
    batch_end(v.batch);
    return status;
}
