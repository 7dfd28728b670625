/* SPDX-License-Identifier: Apache-2.0 */
#include "space/object.h"

#include "model/names.h"

struct object_deltas object_deltas(const struct cs_object *object)
{
    return (struct object_deltas){{&object->pending_import, &object->unconfirmed,
                                   &object->escrowed, &object->unapplied}};
}

/* What lies between a layer and the one below it. */
static const struct delta *delta_of(const struct cs_object *object,
                                    enum tower_layer layer)
{
    return object_deltas(object).at[layer - LAYER_IMPORT];
}

struct image object_image(struct arena *arena, const struct cs_object *object,
                          enum tower_layer layer)
{
    struct image image = {0};

    if (object->has_hologram) {
        image = object->hologram;
        image.exists = true;
    }
    for (enum tower_layer at = LAYER_IMPORT; at <= layer; at++)
        image = delta_apply(arena, &image, delta_of(object, at));
    return image;
}

/* --- who it is --------------------------------------------------------------------- */

/* An image without attributes. */
struct outline {
    bool exists;
    const char *dn;
    uint32_t type;
};

static void outline_apply(struct outline *outline, const struct delta *delta)
{
    bool comes = delta->op == DELTA_ADD || delta->op == DELTA_DELETE_ADD;

    if (delta->op == DELTA_DELETE)
        *outline = (struct outline){0};
    if (!comes && !outline->exists)
        return;
    if (delta->dn != NULL)
        outline->dn = delta->dn;
    if (delta->object_type != NAME_NONE &&
        (delta->op == DELTA_DELETE_ADD || !outline->exists))
        outline->type = delta->object_type;
    outline->exists = true;
}

static struct outline outline_of(const struct cs_object *object, enum tower_layer layer)
{
    struct outline outline = {0};

    if (object->has_hologram)
        outline =
            (struct outline){true, object->hologram.dn, object->hologram.object_type};
    for (enum tower_layer at = LAYER_IMPORT; at <= layer; at++)
        outline_apply(&outline, delta_of(object, at));
    return outline;
}

/* The topmost layer with the object in it. Where there is none it is a placeholder, or a
 * delete that says its DN itself: of something whose add may have been done (T19), or
 * that went before a synchronisation saw it. */
static struct outline known_as(const struct cs_object *object)
{
    struct outline outline = {0};

    for (enum tower_layer at = LAYER_UNAPPLIED;; at--) {
        outline = outline_of(object, at);
        if (outline.exists)
            return outline;
        if (at == LAYER_HOLOGRAM)
            break;
    }
    if (object->placeholder != PLACEHOLDER_NOT)
        return (struct outline){.dn = object->hologram.dn};
    if (object->unapplied.dn != NULL)
        return (struct outline){.dn = object->unapplied.dn,
                                .type = object->unapplied.object_type};
    return (struct outline){.dn = object->pending_import.dn,
                            .type = object->pending_import.object_type};
}

const char *object_dn(struct arena *arena, const struct cs_object *object)
{
    (void)arena;
    return known_as(object).dn;
}

uint32_t object_type(struct arena *arena, const struct cs_object *object)
{
    (void)arena;
    return known_as(object).type;
}

bool object_place(const struct cs_object *object, enum tower_layer layer, const char **dn)
{
    struct outline outline = outline_of(object, layer);

    *dn = outline.dn;
    return outline.exists;
}

const char *object_imported_dn(const struct cs_object *object)
{
    return outline_of(object, LAYER_IMPORT).dn;
}

/* --- placeholders ------------------------------------------------------------------ */

struct cs_object object_placeholder(uint32_t agent, enum placeholder kind, const char *dn)
{
    return (struct cs_object){
        .agent = agent, .guid = guid_new(), .placeholder = kind, .hologram = {.dn = dn}};
}

void object_to_placeholder(struct cs_object *object, enum placeholder kind)
{
    const char *dn = known_as(object).dn;
    struct cs_object left = {.id = object->id,
                             .guid = object->guid,
                             .agent = object->agent,
                             .partition = object->partition,
                             .placeholder = kind,
                             .hologram = {.dn = dn}};

    *object = left;
}

/* --- what waits -------------------------------------------------------------------- */

bool object_was_imported(const struct cs_object *object)
{
    return outline_of(object, LAYER_IMPORT).exists;
}

bool object_is_disconnector(const struct cs_object *object)
{
    return object->placeholder == PLACEHOLDER_NOT && object->state == STATE_NORMAL &&
           object->mv == 0 && object_was_imported(object);
}

bool object_needs_sync(const struct cs_object *object)
{
    return object->placeholder == PLACEHOLDER_NOT &&
           (!delta_is_empty(&object->pending_import) || object->import_error.count > 0 ||
            object->reference_retry || object->rename_retry ||
            object->provisioning_retry || object->full_sync || object->unsettled.due);
}

bool object_needs_export(const struct cs_object *object)
{
    return !object->transient &&
           !(delta_is_empty(&object->escrowed) && delta_is_empty(&object->unapplied));
}

bool object_is_unconfirmed(const struct cs_object *object)
{
    return !delta_is_empty(&object->unconfirmed);
}

bool object_is_empty(const struct cs_object *object)
{
    const struct object_deltas deltas = object_deltas(object);

    if (object->placeholder != PLACEHOLDER_NOT || object->has_hologram)
        return false;
    for (int i = 0; i < OBJECT_DELTAS; i++)
        if (!delta_is_empty(deltas.at[i]))
            return false;
    return true;
}
