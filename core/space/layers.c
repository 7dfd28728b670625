/* SPDX-License-Identifier: Apache-2.0 */
#include "space/layers.h"

#include "model/names.h"
#include "space/tower.h"

struct delta layers_offer(struct arena *arena, const struct cs_object *object,
                          const struct delta *delta, const struct image *base)
{
    struct delta left = *delta;

    if (delta->op != DELTA_DELETE || base->exists || !object->rebuild)
        return delta_remaining(arena, delta, base);
    left.dn = object_dn(arena, object);
    left.object_type = object_type(arena, object);
    return left;
}

static void rebase(struct arena *arena, struct cs_object *object,
                   const struct delta *again)
{
    struct image base;
    struct delta wanted;

    if (delta_is_empty(again) && delta_is_empty(&object->escrowed) &&
        delta_is_empty(&object->unapplied))
        return;
    base = object_image(arena, object, LAYER_UNCONFIRMED);
    wanted = delta_merge(arena, again, &object->escrowed);
    wanted = delta_merge(arena, &wanted, &object->unapplied);
    object->escrowed = delta_remaining(arena, &object->escrowed, &base);
    base = delta_apply(arena, &base, &object->escrowed);
    object->unapplied = layers_offer(arena, object, &wanted, &base);
}

void tower_forgive(struct cs_object *object)
{
    if (delta_is_empty(&object->escrowed) && delta_is_empty(&object->unapplied))
        object->export_error = (struct object_error){0};
}

void layers_rebase(struct arena *arena, struct cs_object *object,
                   const struct delta *again)
{
    rebase(arena, object, again);
    tower_forgive(object);
}

/* The engine deleted it, and wants it anew by now: as if provisioned just now. */
static void start_over(struct cs_object *object)
{
    object->has_hologram = false;
    object->hologram = (struct image){0};
    object->pending_import = (struct delta){0};
    object->anchor = slice_of("", 0);
}

/* Of what no synchronisation saw, the delete itself says what it was called. */
static struct delta delete_of(struct arena *arena, const struct cs_object *object,
                              bool obsolete)
{
    struct delta delta = {.op = DELTA_DELETE, .obsoletion = obsolete};

    if (!object->has_hologram) {
        delta.dn = object_dn(arena, object);
        delta.object_type = object_type(arena, object);
    }
    return delta;
}

/* Its delete was exported, is under way, or pending: it came true. */
static bool is_to_go(const struct cs_object *object)
{
    return object->unconfirmed.op == DELTA_DELETE ||
           object->escrowed.op == DELTA_DELETE || object->unapplied.op == DELTA_DELETE;
}

bool layers_vanish(struct arena *arena, struct cs_object *object, bool obsolete)
{
    bool ours = is_to_go(object);
    struct delta gone = delete_of(arena, object, obsolete);
    struct delta nothing = {0};

    object->transient = false;
    object->rebuild = false;
    object->owned = NULL;
    object->owned_count = 0;
    object->unconfirmed = nothing;
    object->pending_import = gone;
    layers_rebase(arena, object, &nothing);
    if (ours && object_needs_export(object)) {
        start_over(object);
        return false;
    }
    return object->mv == 0 && (ours || !object->has_hologram);
}

void layers_by_value(struct arena *arena, struct delta *delta, const struct image *before,
                     layers_choice chosen, const void *context)
{
    static const struct entry nothing;
    const struct entry *from =
        delta->op == DELTA_UPDATE ? &before->entry : &nothing; /* the rest comes anew */
    struct attr_delta *attrs;

    if (delta->count == 0)
        return;
    attrs = arena_copy(arena, delta->attrs, sizeof *attrs * delta->count);
    for (uint32_t i = 0; i < delta->count; i++)
        if (attrs[i].op == DELTA_SET && chosen(context, attrs[i].name))
            attrs[i] =
                attr_delta_by_value(arena, &attrs[i], entry_find(from, attrs[i].name));
    delta->attrs = attrs;
}
