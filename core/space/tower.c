/* SPDX-License-Identifier: Apache-2.0 */
#include "space/tower.h"

#include "model/names.h"
#include "space/layers.h"
#include "space/owned.h"
#include "space/unsettled.h"

/* --- synchronisation --------------------------------------------------------------- */

void tower_absorb(struct arena *arena, struct cs_object *object)
{
    object->hologram = object_image(arena, object, LAYER_IMPORT);
    object->has_hologram = object->hologram.exists;
    object->pending_import = (struct delta){0};
    object->import_error = (struct object_error){0};
    object->import_modifications = 0;
    object->full_sync = false;
}

struct unsettled tower_settling(struct cs_object *object)
{
    struct unsettled unsettled = object->unsettled;

    object->unsettled = (struct unsettled){0};
    return unsettled;
}

/* The same object again, or for the first time. */
static void count_error(struct object_error *had, const struct object_error *error)
{
    uint32_t before = had->count;
    int64_t first = before > 0 ? had->first : error->last;

    *had = *error;
    had->count = before + 1;
    had->first = first;
}

void tower_sync_failed(struct cs_object *object, const struct object_error *error)
{
    count_error(&object->import_error, error);
}

/* What is merged in is said by value, and so is what was said so before. */
static bool stays_by_value(const void *context, uint32_t attribute)
{
    const struct cs_object *object = context;
    const struct attr_delta *before = delta_find(&object->unapplied, attribute);

    return (before != NULL && before->op == DELTA_VALUES) || owned_any(object, attribute);
}

void tower_want(struct arena *arena, struct cs_object *object, const struct image *wanted)
{
    struct image base = object_image(arena, object, LAYER_ESCROWED);
    struct image goal = *wanted;
    struct unsettled_before before;
    struct delta next;

    if (goal.dn == NULL)
        goal.dn = object_dn(arena, object);
    if (goal.object_type == NAME_NONE)
        goal.object_type = object_type(arena, object);
    next = delta_between(arena, &base, &goal);
    layers_by_value(arena, &next, &base, stays_by_value, object);
    next = layers_offer(arena, object, &next, &base);
    if (delta_equal(&next, &object->unapplied))
        return;
    before = unsettled_before(object);
    object->unapplied = next;
    unsettled_note(arena, object, &before, UNSETTLED_BY_ENGINE);
}

/* The pending export with one more change of one attribute. */
static void want_attr(struct arena *arena, struct cs_object *object,
                      const struct delta *pending, const struct attr_delta *change,
                      const struct image *base)
{
    struct delta one = {.op = DELTA_UPDATE, .count = 1, .attrs = change};
    struct delta merged = delta_merge(arena, pending, &one);
    struct unsettled_before before = unsettled_before(object);

    object->unapplied = layers_offer(arena, object, &merged, base);
    unsettled_note(arena, object, &before, UNSETTLED_BY_ENGINE);
}

void tower_want_values(struct arena *arena, struct cs_object *object,
                       const struct attr_delta *change)
{
    struct image base = object_image(arena, object, LAYER_ESCROWED);

    want_attr(arena, object, &object->unapplied, change, &base);
}

static struct delta without(struct arena *arena, const struct delta *delta,
                            uint32_t attribute)
{
    struct delta left = *delta;
    struct attr_delta *attrs;

    if (delta_find(delta, attribute) == NULL)
        return left;
    attrs = arena_alloc(arena, sizeof *attrs * delta->count);
    left.count = 0;
    for (uint32_t i = 0; i < delta->count; i++)
        if (delta->attrs[i].name != attribute)
            attrs[left.count++] = delta->attrs[i];
    left.attrs = attrs;
    return left;
}

void tower_want_merged(struct arena *arena, struct cs_object *object, uint32_t attribute,
                       enum value_type type, const struct slice *values, uint32_t count)
{
    struct image base = object_image(arena, object, LAYER_ESCROWED);
    struct delta pending = without(arena, &object->unapplied, attribute);
    struct attr_delta change;

    if (!object_image(arena, object, LAYER_UNAPPLIED).exists)
        return;
    change = owned_merge(arena, object, attribute, type, values, count, &base);
    want_attr(arena, object, &pending, &change, &base);
}

static void cut_link(struct cs_object *object)
{
    object->mv = 0;
    object->link_cause = LINK_NONE;
    object->link_rule = (struct guid){0};
    object->projected = false;
    object->state = STATE_EXPLICIT;
}

bool tower_want_gone(struct arena *arena, struct cs_object *object)
{
    const struct delta gone = {.op = DELTA_DELETE};
    struct unsettled_before before = unsettled_before(object);
    struct image base;

    if (!object->rebuild && !object_was_imported(object) &&
        delta_is_empty(&object->unconfirmed) && delta_is_empty(&object->escrowed))
        return true;
    base = object_image(arena, object, LAYER_ESCROWED);
    object->unapplied = layers_offer(arena, object, &gone, &base);
    unsettled_note(arena, object, &before, UNSETTLED_BY_ENGINE);
    cut_link(object);
    return false;
}

/* --- export ------------------------------------------------------------------------ */

void tower_escrow(struct arena *arena, struct cs_object *object, uint64_t batch)
{
    struct unsettled_before before = unsettled_before(object);

    object->escrowed = delta_merge(arena, &object->escrowed, &object->unapplied);
    object->unapplied = (struct delta){0};
    unsettled_note(arena, object, &before, UNSETTLED_BY_ENGINE);
    object->export_batch = batch;
}

/* T20: what was accepted is what the system holds. */
static bool confirm(struct arena *arena, struct cs_object *object)
{
    struct image now = object_image(arena, object, LAYER_UNCONFIRMED);
    struct image hologram = object_image(arena, object, LAYER_HOLOGRAM);

    if (!now.exists)
        return layers_vanish(arena, object, false);
    object->pending_import = delta_between(arena, &hologram, &now);
    object->unconfirmed = (struct delta){0};
    object->rebuild = false;
    return false;
}

/* A delete and then an add of the same type were accepted: nothing of the old object is
 * left, whatever the last import says. */
static struct delta accepted_on(struct arena *arena, const struct delta *accepted,
                                const struct image *imported)
{
    return accepted->op == DELTA_DELETE_ADD && imported->exists
               ? *accepted
               : delta_remaining(arena, accepted, imported);
}

static bool accept(struct arena *arena, struct cs_object *object, struct slice anchor,
                   bool confirm_at_once)
{
    bool added = object->escrowed.op == DELTA_ADD;
    struct image imported = object_image(arena, object, LAYER_IMPORT);
    struct delta accepted = delta_merge(arena, &object->unconfirmed, &object->escrowed);
    bool deleted = accepted.op == DELTA_DELETE;

    object->unconfirmed = accepted_on(arena, &accepted, &imported);
    object->escrowed = (struct delta){0};
    object->export_error = (struct object_error){0};
    if (anchor.length > 0)
        object->anchor = arena_slice(arena, anchor);
    object->rebuild = added || (object->rebuild && !deleted);
    if (object_is_empty(object))
        return true;
    return confirm_at_once && confirm(arena, object);
}

bool tower_exported(struct arena *arena, struct cs_object *object, struct slice anchor,
                    bool confirm_at_once)
{
    struct unsettled_before before = unsettled_before(object);
    bool gone = accept(arena, object, anchor, confirm_at_once);

    unsettled_note(arena, object, &before,
                   confirm_at_once ? UNSETTLED_BY_IMPORT : UNSETTLED_BY_ENGINE);
    return gone;
}

/* What was on its way is pending again. */
static void take_back(struct arena *arena, struct cs_object *object)
{
    struct image base = object_image(arena, object, LAYER_UNCONFIRMED);
    struct delta wanted = delta_merge(arena, &object->escrowed, &object->unapplied);
    struct unsettled_before before = unsettled_before(object);

    object->unapplied = layers_offer(arena, object, &wanted, &base);
    object->escrowed = (struct delta){0};
    unsettled_note(arena, object, &before, UNSETTLED_BY_ENGINE);
}

static const char *copied(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

void tower_export_failed(struct arena *arena, struct cs_object *object,
                         const struct object_error *error)
{
    struct object_error *kept = &object->export_error;

    take_back(arena, object);
    count_error(kept, error);
    kept->type = copied(arena, kept->type);
    kept->text = copied(arena, kept->text);
    kept->code = copied(arena, kept->code);
    kept->literal = copied(arena, kept->literal);
    kept->detail = copied(arena, kept->detail);
    kept->step = copied(arena, kept->step);
    kept->rule = copied(arena, kept->rule);
    kept->attribute = copied(arena, kept->attribute);
    kept->findings = copied(arena, kept->findings);
}

void tower_recover(struct arena *arena, struct cs_object *object)
{
    if (delta_is_empty(&object->escrowed))
        return;
    if (object->escrowed.op == DELTA_ADD)
        object->rebuild = true;
    take_back(arena, object);
}
