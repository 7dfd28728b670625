/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "space/tower.h"
#include "store/tree.h"

/* --- beginning and end ---------------------------------------------------------- */

void unit_begin(struct unit *unit, struct sync *sync)
{
    tree_forget(sync->batch); /* it reads the same, whoever evaluated the one before */
    *unit = (struct unit){
        .sync = sync, .arena = &sync->arena, .mark = batch_mark(sync->batch)};
}

void unit_end(struct unit *unit)
{
    for (size_t i = 0; i < unit->metas.count; i++)
        VEC_FREE(&unit->metas.items[i]->connectors);
    VEC_FREE(&unit->connectors);
    VEC_FREE(&unit->metas);
    VEC_FREE(&unit->counts);
    VEC_FREE(&unit->links);
    arena_reset(unit->arena);
}

void unit_drop(struct unit *unit)
{
    batch_rollback(unit->sync->batch, unit->mark);
}

/* Who refers to a metaverse object: links of a unit are mostly of one. */
struct meta_referrers {
    uint64_t mv; /* 0: of none */
    id_list ids;
};

static enum ma_status find_meta_referrers(struct unit *unit, uint64_t mv,
                                          struct meta_referrers *of, struct ma_error *err)
{
    if (of->mv == mv)
        return MA_OK;
    of->mv = mv;
    of->ids.count = 0;
    return mv_referrers(unit->sync->batch, mv, &of->ids, err);
}

/* Whoever refers to an object that gained or lost its link has to look again: the
 * connector-space objects beside it, and the metaverse objects that refer to its own. */
static enum ma_status queue_referrers(struct unit *unit, const struct unit_link *link,
                                      struct meta_referrers *metas, struct ma_error *err)
{
    struct sync *sync = unit->sync;
    const struct cs_object *object = &link->connector->object;
    const struct sync_note note = {object->agent, object->id, link->mv};
    id_list ids = {0};
    enum ma_status status =
        cs_referrers(sync->batch, object->agent, object->id, &ids, err);

    for (size_t i = 0; status == MA_OK && i < ids.count; i++)
        sync_enqueue_note(sync, SYNC_QUEUE_REFERENCE, object->agent, ids.items[i], &note);
    VEC_FREE(&ids);
    if (status == MA_OK)
        status = find_meta_referrers(unit, link->mv, metas, err);
    for (size_t i = 0; status == MA_OK && i < metas->ids.count; i++)
        sync_enqueue_note(sync, SYNC_QUEUE_OUTBOUND, 0, metas->ids.items[i], &note);
    return status;
}

static enum ma_status queue_all_referrers(struct unit *unit, struct ma_error *err)
{
    struct meta_referrers metas = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < unit->links.count; i++)
        status = queue_referrers(unit, &unit->links.items[i], &metas, err);
    VEC_FREE(&metas.ids);
    return status;
}

static enum ma_status put_metas(struct unit *unit, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < unit->metas.count; i++) {
        struct meta *meta = unit->metas.items[i];

        if (meta->gone || meta->reviewed) {
            sync_dequeue(unit->sync, SYNC_MARK, 0, meta->object.id);
            sync_dequeue(unit->sync, SYNC_QUEUE_OUTBOUND, 0, meta->object.id);
        }
        if (!meta->gone && meta->dirty)
            status = mv_put(unit->sync->batch, &meta->object, err);
        if (meta->gone && !meta->created)
            status = mv_remove(unit->sync->batch, meta->object.id, err);
    }
    return status;
}

static enum ma_status put_connectors(struct unit *unit, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < unit->connectors.count; i++) {
        struct connector *connector = unit->connectors.items[i];

        if (!connector->dirty || connector->gone)
            continue;
        tower_forgive(&connector->object);
        status = cs_put(unit->sync->batch, &connector->object, err);
    }
    return status;
}

/* Who is remembered to have come to nothing is told of in the same words again. */
static void tell(struct sync *sync, enum counter counter, const struct cs_object *object,
                 const char *dn)
{
    sync->history->count(sync->history, counter, object->agent, object->id, dn);
    if (sync->listens)
        VEC_ADD(&sync->told, (struct sync_told){counter, object->agent, object->id,
                                                arena_text(&sync->remembered, dn)});
}

static void tell_counts(struct unit *unit)
{
    for (size_t i = 0; i < unit->counts.count; i++) {
        const struct unit_count *count = &unit->counts.items[i];

        tell(unit->sync, count->counter, &count->connector->object,
             unit_dn(unit, count->connector));
    }
}

enum ma_status unit_keep(struct unit *unit, struct ma_error *err)
{
    enum ma_status status = put_connectors(unit, err);

    if (status == MA_OK)
        status = put_metas(unit, err);
    if (status == MA_OK)
        status = queue_all_referrers(unit, err);
    if (status == MA_OK)
        tell_counts(unit);
    return status;
}

/* --- loading -------------------------------------------------------------------- */

/* What was removed may be there again, as a placeholder: that is another one. */
static struct connector *known_connector(struct unit *unit, uint32_t agent, uint64_t id)
{
    for (size_t i = 0; i < unit->connectors.count; i++) {
        struct connector *connector = unit->connectors.items[i];

        if (!connector->gone && connector->object.id == id &&
            connector->object.agent == agent)
            return connector;
    }
    return NULL;
}

static struct connector *new_connector(struct unit *unit, uint32_t agent)
{
    struct connector *connector = arena_zero(unit->arena, sizeof *connector);

    connector->agent = program_agent(unit->sync->program, agent);
    VEC_ADD(&unit->connectors, connector);
    return connector;
}

enum ma_status unit_connector(struct unit *unit, uint32_t agent, uint64_t id,
                              struct connector **out, struct ma_error *err)
{
    struct connector *connector = known_connector(unit, agent, id);
    struct cs_object object;
    enum ma_status status;

    if (connector == NULL) {
        status =
            unit->by_value
                ? cs_get_outline(unit->sync->batch, unit->arena, agent, id, &object, err)
                : cs_get(unit->sync->batch, unit->arena, agent, id, &object, err);
        if (status != MA_OK)
            return status;
        connector = new_connector(unit, agent);
        connector->object = object;
    }
    *out = connector;
    return MA_OK;
}

enum ma_status unit_link_of(struct unit *unit, uint32_t agent, uint64_t id, uint64_t *mv,
                            struct ma_error *err)
{
    const struct connector *known = known_connector(unit, agent, id);
    enum ma_status status = MA_OK;

    *mv = 0;
    if (known != NULL)
        *mv = known->object.mv;
    else
        status = cs_link(unit->sync->batch, agent, id, mv, err);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

enum ma_status unit_new_connector(struct unit *unit, const struct cs_object *object,
                                  struct connector **out, struct ma_error *err)
{
    struct connector *connector = new_connector(unit, object->agent);

    connector->object = *object;
    connector->created = true;
    connector->dirty = true;
    *out = connector;
    return cs_put(unit->sync->batch, &connector->object, err);
}

enum ma_status unit_meta(struct unit *unit, uint64_t id, struct meta **out,
                         struct ma_error *err)
{
    struct meta *meta;
    enum ma_status status;

    for (size_t i = 0; i < unit->metas.count; i++)
        if (unit->metas.items[i]->object.id == id) {
            *out = unit->metas.items[i];
            return MA_OK;
        }
    meta = arena_zero(unit->arena, sizeof *meta);
    status = unit->by_value
                 ? mv_get_values(unit->sync->batch, unit->arena, id, NULL, 0,
                                 &meta->object, err)
                 : mv_get(unit->sync->batch, unit->arena, id, &meta->object, err);
    if (status != MA_OK)
        return status;
    meta->before = meta->object.entry;
    VEC_ADD(&unit->metas, meta);
    *out = meta;
    return MA_OK;
}

enum ma_status unit_new_meta(struct unit *unit, uint32_t type, struct meta **out,
                             struct ma_error *err)
{
    struct meta *meta = arena_zero(unit->arena, sizeof *meta);

    mv_take_identity(unit->sync->batch, &meta->object);
    meta->object.type = type;
    meta->created = true;
    meta->dirty = true;
    meta->flowed = true;
    meta->has_connectors = true;
    VEC_ADD(&unit->metas, meta);
    *out = meta;
    return batch_failure(unit->sync->batch, err);
}

/* A row names a connector that this unit unlinked or removed already. */
static bool is_linked(const struct connector *connector, const struct meta *meta)
{
    return !connector->gone && connector->object.mv == meta->object.id;
}

enum ma_status unit_load_connectors(struct unit *unit, struct meta *meta,
                                    struct ma_error *err)
{
    connector_list rows = {0};
    enum ma_status status = MA_OK;

    if (meta->has_connectors)
        return MA_OK;
    meta->has_connectors = true;
    status = mv_connectors(unit->sync->batch, meta->object.id, &rows, err);
    for (size_t i = 0; status == MA_OK && i < rows.count; i++) {
        struct connector *connector;

        if (program_agent(unit->sync->program, rows.items[i].agent) == NULL) {
            meta->has_strangers = true;
            continue;
        }
        status =
            unit_connector(unit, rows.items[i].agent, rows.items[i].id, &connector, err);
        if (status == MA_OK && is_linked(connector, meta))
            VEC_ADD(&meta->connectors, connector);
    }
    VEC_FREE(&rows);
    return status;
}

/* --- links ------------------------------------------------------------------------ */

void unit_link(struct unit *unit, struct meta *meta, struct connector *connector,
               enum link_cause cause, const struct guid *rule)
{
    connector->object.mv = meta->object.id;
    connector->object.state = STATE_NORMAL;
    connector->object.link_cause = cause;
    connector->object.link_rule = rule == NULL ? (struct guid){{0}} : *rule;
    connector->object.projected = cause == LINK_PROJECTION;
    connector->dirty = true;
    VEC_ADD(&meta->connectors, connector);
    VEC_ADD(&unit->links, (struct unit_link){connector, meta->object.id});
}

static void forget_connector(struct meta *meta, const struct connector *connector)
{
    size_t kept = 0;

    for (size_t i = 0; i < meta->connectors.count; i++)
        if (meta->connectors.items[i] != connector)
            meta->connectors.items[kept++] = meta->connectors.items[i];
    meta->connectors.count = kept;
}

void unit_unlink(struct unit *unit, struct meta *meta, struct connector *connector,
                 enum connector_state state)
{
    forget_connector(meta, connector);
    connector->object.mv = 0;
    connector->object.state = state;
    connector->object.link_cause = LINK_NONE;
    connector->object.link_rule = (struct guid){{0}};
    connector->object.projected = false;
    connector->object.owned_count = 0;
    connector->dirty = true;
    VEC_ADD(&unit->links, (struct unit_link){connector, meta->object.id});
}

enum ma_status unit_remove(struct unit *unit, struct connector *connector,
                           struct ma_error *err)
{
    struct batch *batch = unit->sync->batch;
    const char *dn = unit_dn(unit, connector);
    enum ma_status status = tree_drop(batch, &connector->object, err);

    connector->gone = true;
    return status == MA_OK ? tree_prune_above(batch, connector->object.agent, dn, err)
                           : status;
}

/* --- images ----------------------------------------------------------------------- */

/* Another type too counts with its own synchronisation. */
static uint32_t type_of(struct unit *unit, const struct connector *connector)
{
    const struct cs_object *object = &connector->object;

    if (!connector->source && object->has_hologram &&
        object->pending_import.op == DELTA_DELETE_ADD)
        return object->hologram.object_type;
    return object_type(unit->arena, object);
}

/* A connector whose import was not synchronised yet counts as it was before: its turn
 * comes with its own synchronisation. */
void unit_make_images(struct unit *unit, struct connector *connector)
{
    const struct cs_object *object = &connector->object;
    bool unsynchronised = !delta_is_empty(&object->pending_import);

    connector->has_images = true;
    connector->type = type_of(unit, connector);
    if (!connector->source && unsynchronised) {
        connector->imported = object->hologram;
        connector->imported.exists = object->has_hologram;
        connector->expected = connector->imported;
        return;
    }
    connector->imported = object_image(unit->arena, object, LAYER_IMPORT);
    if (connector->imported.object_type != object_type(unit->arena, object))
        connector->imported = (struct image){.exists = false};
    connector->expected = object_image(unit->arena, object, LAYER_UNAPPLIED);
    if (!connector->expected.exists)
        connector->expected = connector->imported;
}

bool unit_was_linked_now(const struct unit *unit, const struct connector *connector)
{
    for (size_t i = 0; i < unit->links.count; i++)
        if (unit->links.items[i].connector == connector)
            return true;
    return false;
}

void unit_tower_changed(struct connector *connector)
{
    connector->dirty = true;
    unit_forget_images(connector);
}

void unit_forget_images(struct connector *connector)
{
    connector->has_images = false;
    connector->gives = NULL;
}

const char *unit_dn(struct unit *unit, struct connector *connector)
{
    const char *dn = object_dn(unit->arena, &connector->object);

    return dn == NULL ? "" : dn;
}

/* --- what happened --------------------------------------------------------------- */

void unit_count(struct unit *unit, enum counter counter, struct connector *connector)
{
    VEC_ADD(&unit->counts, (struct unit_count){counter, connector});
}

enum ma_status unit_fail(struct unit *unit, struct ma_error *err, const char *type,
                         const char *step, const struct flow *flow, const char *fmt, ...)
{
    const struct program *program = unit->sync->program;
    char text[sizeof err->text];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    unit->error = (struct object_error){.count = 1,
                                        .first = unit->sync->now,
                                        .last = unit->sync->now,
                                        .type = type,
                                        .step = step,
                                        .text = arena_text(unit->arena, text)};
    if (flow != NULL) {
        unit->error.rule = flow->rule == NULL ? NULL : flow->rule->name;
        unit->error.attribute =
            flow->to_dn ? "dn" : names_text(program->names, flow->target);
    }
    return ma_fail(err, MA_INVALID, "%s: %s", type, text);
}
