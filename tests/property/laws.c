/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is true after every step, of each object by itself: its tower holds nothing that
 * is true underneath, its link leads both ways, nothing is pending for nobody.
 */

#include "look.h"
#include "store/derived.h"
#include "store/verify.h"

struct law {
    struct engine *e;
    struct batch *batch;
    uint32_t agent; /* 0: the metaverse */
    uint64_t id;
    struct arena arena;
};

/* Says which law, and shows the object. */
static void broken(struct law *law, const char *what)
{
    struct buf text = {0};

    if (law->agent == 0)
        look_mv(law->batch, law->e->program, law->id, &law->arena, &text);
    else
        look_cs(law->batch, law->e->program, law->agent, law->id, &law->arena, &text);
    engine_fail(law->e, "%s: %s", what, text.at == NULL ? "" : text.at);
    buf_free(&text);
}

/* --- the tower ---------------------------------------------------------------------- */

static void check_delta(struct law *law, const struct delta *delta,
                        const struct image *below, bool in_doubt, const char *layer)
{
    struct delta left = delta_remaining(&law->arena, delta, below);

    if (delta->op == DELTA_UPDATE && !below->exists)
        return; /* its system lost the object: a matter of its next synchronisation */
    if (delta->op == DELTA_DELETE && in_doubt)
        return; /* a dead run may have made it */
    if (!delta_equal(delta, &left))
        broken(law, layer);
}

static void check_tower(struct law *law, const struct cs_object *o)
{
    struct image h = object_image(&law->arena, o, LAYER_HOLOGRAM);
    struct image i = object_image(&law->arena, o, LAYER_IMPORT);
    struct image u = object_image(&law->arena, o, LAYER_UNCONFIRMED);
    struct image e = object_image(&law->arena, o, LAYER_ESCROWED);

    /* One that never came, and was linked, waits for its agent's synchronisation. */
    if (o->pending_import.op != DELTA_DELETE || h.exists)
        check_delta(law, &o->pending_import, &h, false,
                    "the pending import is there already");
    /* Deleted and made anew, it only looks as it did. */
    if (o->unconfirmed.op != DELTA_DELETE_ADD)
        check_delta(law, &o->unconfirmed, &i, false, "what is unconfirmed was imported");
    check_delta(law, &o->escrowed, &u, o->rebuild, "what is in flight is there already");
    check_delta(law, &o->unapplied, &e, o->rebuild,
                "the pending export is there already");
}

/* --- links -------------------------------------------------------------------------- */

static bool is_among(const connector_list *list, uint32_t agent, uint64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].agent == agent && list->items[i].id == id)
            return true;
    return false;
}

static void check_link(struct law *law, const struct cs_object *o)
{
    connector_list connectors = {0};
    struct mv_object mv;
    struct ma_error err;

    if (mv_get(law->batch, &law->arena, o->mv, &mv, &err) != MA_OK)
        broken(law, "it is linked to what is not there");
    else if (mv_connectors(law->batch, o->mv, &connectors, &err) != MA_OK ||
             !is_among(&connectors, law->agent, law->id))
        broken(law, "its link leads one way only");
    VEC_FREE(&connectors);
}

/* Of whom nobody but synchronisation ever knew. */
static bool is_wish(const struct cs_object *o)
{
    return o->placeholder == PLACEHOLDER_NOT && !object_was_imported(o) && !o->rebuild &&
           !o->has_hologram && o->unconfirmed.op == DELTA_NONE &&
           o->escrowed.op == DELTA_NONE && o->unapplied.op == DELTA_ADD;
}

static void check_placeholder(struct law *law, const struct cs_object *o)
{
    if (o->mv != 0 || o->has_hologram || o->pending_import.op != DELTA_NONE ||
        o->unapplied.op != DELTA_NONE || o->unconfirmed.op != DELTA_NONE ||
        o->escrowed.op != DELTA_NONE)
        broken(law, "a placeholder has more than a name");
}

static void check_object(struct law *law)
{
    struct cs_object o;

    if (!ENGINE_OK(law->e, cs_get(law->batch, &law->arena, law->agent, law->id, &o,
                                  &law->e->err)))
        return;
    if (o.placeholder != PLACEHOLDER_NOT) {
        check_placeholder(law, &o);
        return;
    }
    check_tower(law, &o);
    if (o.mv != 0)
        check_link(law, &o);
    if (object_is_empty(&o))
        broken(law, "nothing is left of it, and it is there");
    if (is_wish(&o) && o.mv == 0)
        broken(law, "nobody wants what is to be added");
}

/* --- the metaverse ------------------------------------------------------------------ */

/* Who gave the attribute has a synchronisation of its own to come. */
static bool giver_waits(struct law *law, const struct mv_object *o, uint32_t attribute)
{
    const struct mv_lineage *line = mv_lineage_of(o, attribute);
    struct cs_object giver;
    struct ma_error err;

    return line != NULL &&
           cs_get(law->batch, &law->arena, line->agent, line->object, &giver, &err) ==
               MA_OK &&
           object_needs_sync(&giver);
}

static void check_references(struct law *law, const struct mv_object *o)
{
    struct mv_object target;
    struct ma_error err;

    for (uint32_t i = 0; i < o->entry.count; i++) {
        const struct attr *a = &o->entry.attrs[i];

        for (uint32_t v = 0; a->type == VALUE_REFERENCE && v < a->count; v++)
            if (mv_get(law->batch, &law->arena, value_id(a->values[v]), &target, &err) !=
                    MA_OK &&
                !giver_waits(law, o, a->name))
                broken(law, "it refers to what is not there");
    }
}

static void check_lineage(struct law *law, const struct mv_object *o,
                          const connector_list *connectors)
{
    for (uint32_t i = 0; i < o->entry.count; i++)
        if (mv_lineage_of(o, o->entry.attrs[i].name) == NULL)
            broken(law, "nobody gave an attribute that it has");
    for (uint32_t i = 0; i < o->lineage_count; i++) {
        if (entry_find(&o->entry, o->lineage[i].attribute) == NULL)
            broken(law, "somebody gave an attribute that it does not have");
        if (!is_among(connectors, o->lineage[i].agent, o->lineage[i].object))
            broken(law, "who gave an attribute is not linked to it");
    }
}

static void check_mv(struct law *law)
{
    connector_list connectors = {0};
    struct mv_object o;

    if (!ENGINE_OK(law->e, mv_get(law->batch, &law->arena, law->id, &o, &law->e->err)) ||
        !ENGINE_OK(law->e, mv_connectors(law->batch, law->id, &connectors, &law->e->err)))
        return;
    if (connectors.count == 0)
        broken(law, "nothing is linked to it");
    check_references(law, &o);
    check_lineage(law, &o, &connectors);
    VEC_FREE(&connectors);
}

/* --- all of them -------------------------------------------------------------------- */

static void check_all(struct law *law, const id_list *ids, void (*check)(struct law *))
{
    for (size_t i = 0; i < ids->count && !engine_failed(law->e); i++) {
        law->id = ids->items[i];
        arena_reset(&law->arena);
        check(law);
    }
}

void laws_check(struct engine *e)
{
    struct law law = {.e = e, .batch = batch_begin(e->store)};
    id_list ids = {0};

    if (ENGINE_OK(e, mv_scan(law.batch, 0, SIZE_MAX, &ids, &e->err)))
        check_all(&law, &ids, check_mv);
    for (size_t a = 0; a < e->program->agent_count; a++) {
        law.agent = e->program->agents[a].number;
        if (ENGINE_OK(e, cs_scan(law.batch, law.agent, 0, SIZE_MAX, &ids, &e->err)))
            check_all(&law, &ids, check_object);
    }
    VEC_FREE(&ids);
    arena_free(&law.arena);
    batch_end(law.batch);
}

static void on_defect(void *context, const char *defect)
{
    engine_fail(context, "the store: %s", defect);
}

void laws_verify(struct engine *e)
{
    struct store_verification found;

    (void)ENGINE_OK(e, store_verify(e->store, on_defect, e, &found, &e->err));
}
