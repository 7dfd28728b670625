/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn.h"
#include "model/names.h"
#include "model/set.h"
#include "space/layers.h"
#include "space/owned.h"
#include "space/tower.h"
#include "space/unsettled.h"

/* --- what of the unconfirmed the import has shown ----------------------------------- */

/* How much a delta says. What an import confirms makes it less. */
static size_t weight(const struct delta *delta)
{
    size_t sum = 0;

    if (delta->op != DELTA_NONE)
        sum++;
    if (delta->dn != NULL)
        sum++;
    if (delta->op == DELTA_ADD || delta->op == DELTA_DELETE_ADD)
        sum++;
    for (uint32_t i = 0; i < delta->count; i++)
        sum += 1 + (size_t)delta->attrs[i].add_count + delta->attrs[i].del_count;
    return sum;
}

/* The unconfirmed that an import did not show, in two: what it contradicts, and what it
 * does not speak of. */
struct parted {
    struct delta lost;
    struct delta quiet;
};

static struct attr_delta some_of(const struct attr_delta *attr, struct set adds,
                                 struct set dels)
{
    struct attr_delta some = *attr;

    some.adds = adds.items;
    some.add_count = adds.count;
    some.dels = dels.items;
    some.del_count = dels.count;
    return some;
}

static void keep_if_any(struct delta *delta, struct attr_delta *room,
                        struct attr_delta attr)
{
    if (attr.op == DELTA_VALUES && attr.add_count == 0 && attr.del_count == 0)
        return;
    room[delta->count++] = attr;
    delta->attrs = room;
}

/* A value is contradicted by its removal, a removal by the value coming again. A setting
 * speaks of all values. */
static void part_attr(struct arena *arena, const struct attr_delta *left,
                      const struct attr_delta *shown, struct parted *out,
                      struct attr_delta *lost, struct attr_delta *quiet)
{
    struct set adds = set_of(left->adds, left->add_count);
    struct set dels = set_of(left->dels, left->del_count);
    struct set came;
    struct set went;

    if (shown == NULL) {
        keep_if_any(&out->quiet, quiet, *left);
        return;
    }
    if (shown->op == DELTA_SET || left->op == DELTA_SET) {
        keep_if_any(&out->lost, lost, *left);
        return;
    }
    came = set_of(shown->adds, shown->add_count);
    went = set_of(shown->dels, shown->del_count);
    keep_if_any(
        &out->lost, lost,
        some_of(left, set_common(arena, adds, went), set_common(arena, dels, came)));
    keep_if_any(
        &out->quiet, quiet,
        some_of(left, set_minus(arena, adds, went), set_minus(arena, dels, came)));
}

static void part_dn(const struct delta *left, const struct delta *shown,
                    struct parted *out)
{
    if (left->dn != NULL)
        *(shown->dn != NULL ? &out->lost.dn : &out->quiet.dn) = left->dn;
}

static void none_if_empty(struct delta *delta)
{
    if (delta->dn == NULL && delta->count == 0)
        delta->op = DELTA_NONE;
}

static struct parted part(struct arena *arena, const struct delta *left,
                          const struct delta *shown)
{
    struct parted out = {0};
    struct attr_delta *lost;
    struct attr_delta *quiet;

    if (shown == NULL)
        return (struct parted){.lost = *left};
    if (left->op != DELTA_UPDATE)
        return (struct parted){.quiet = *left};
    lost = arena_alloc(arena, sizeof *lost * left->count);
    quiet = arena_alloc(arena, sizeof *quiet * left->count);
    out.lost.op = out.quiet.op = DELTA_UPDATE;
    for (uint32_t i = 0; i < left->count; i++)
        part_attr(arena, &left->attrs[i], delta_find(shown, left->attrs[i].name), &out,
                  lost, quiet);
    part_dn(left, shown, &out);
    none_if_empty(&out.lost);
    none_if_empty(&out.quiet);
    return out;
}

/* --- a new I ------------------------------------------------------------------------ */

static bool has_several(const void *context, uint32_t attribute)
{
    const struct image *shown = context;
    const struct attr *attr = entry_find(&shown->entry, attribute);

    return attr != NULL && attr->count > 1;
}

/* An export that set an attribute of at most one value knew of no others. Where the
 * system has more now, it is the change by value that was meant: the others are not
 * the engine's to remove. Has to see the layers as they were, so from the top down. */
static void mean_values(struct arena *arena, struct cs_object *object,
                        const struct image *now)
{
    struct delta *const deltas[] = {&object->unconfirmed, &object->escrowed,
                                    &object->unapplied};

    for (int i = 2; i >= 0; i--) {
        struct image below;

        if (deltas[i]->count == 0)
            continue;
        below = object_image(arena, object, (enum tower_layer)(LAYER_IMPORT + i));
        layers_by_value(arena, deltas[i], &below, has_several, now);
    }
}

static void respell(struct arena *arena, struct cs_object *object,
                    const struct image *now)
{
    owned_respelled(arena, object, &object->unconfirmed, now);
    owned_respelled(arena, object, &object->escrowed, now);
    owned_respelled(arena, object, &object->unapplied, now);
}

static enum stage_outcome outcome_of(const struct delta *step)
{
    static const enum stage_outcome outcomes[] = {
        [DELTA_NONE] = STAGE_NO_CHANGE,        [DELTA_ADD] = STAGE_ADD,
        [DELTA_UPDATE] = STAGE_UPDATE,         [DELTA_DELETE] = STAGE_DELETE,
        [DELTA_DELETE_ADD] = STAGE_DELETE_ADD,
    };

    return step->op == DELTA_UPDATE && step->dn != NULL ? STAGE_RENAME
                                                        : outcomes[step->op];
}

static bool same_dn(const char *a, const char *b)
{
    return a != NULL && b != NULL && dn_equal(slice_text(a), slice_text(b));
}

/* What was accepted and `now` does not have: contradicted, or not spoken of. Leaves the
 * latter as the unconfirmed. */
static struct delta settle_accounts(struct arena *arena, struct cs_object *object,
                                    const struct image *now, const struct delta *shown,
                                    bool *confirmed)
{
    size_t before;
    struct delta left;
    struct parted parted;

    mean_values(arena, object, now);
    before = weight(&object->unconfirmed);
    respell(arena, object, now);
    left = delta_remaining(arena, &object->unconfirmed, now);
    *confirmed = weight(&left) < before;
    parted = part(arena, &left, shown);
    object->unconfirmed = parted.quiet;
    return parted.lost;
}

/* `step`: from what was imported until now. */
static void stage_import(struct arena *arena, struct cs_object *object,
                         const struct image *now, const struct delta *step)
{
    struct image hologram = object_image(arena, object, LAYER_HOLOGRAM);

    object->pending_import = object->pending_import.op == DELTA_NONE
                                 ? *step
                                 : delta_between(arena, &hologram, now);
    object->import_modifications++;
}

/* The object is in I as `now`: all of it was shown, or, in a delta import, `shown`. */
static struct stage_result import(struct arena *arena, struct cs_object *object,
                                  const struct image *before, const struct image *now,
                                  const struct delta *shown)
{
    struct delta step = delta_between(arena, before, now);
    struct stage_result result = {.outcome = outcome_of(&step)};
    struct unsettled_before deltas = unsettled_before(object);
    struct delta lost;

    if (shown == NULL || shown->dn != NULL)
        object->transient = false;
    object->rebuild = false;
    if (delta_is_empty(&step) && delta_is_empty(&object->unconfirmed)) {
        owned_upkeep(arena, object, shown);
        return result;
    }
    /* Back before its end was synchronised: what happened meanwhile passed it by. */
    if (!before->exists && object->has_hologram)
        object->full_sync = true;
    lost = settle_accounts(arena, object, now, shown, &result.confirmed);
    if (!delta_is_empty(&step))
        stage_import(arena, object, now, &step);
    layers_rebase(arena, object, &lost);
    owned_upkeep(arena, object, shown);
    unsettled_note(arena, object, &deltas, UNSETTLED_BY_IMPORT);
    result.renamed =
        before->exists && before->dn != NULL && !same_dn(before->dn, now->dn);
    result.warning = (struct not_reimported){
        .happened = !delta_is_empty(&lost), .lost = lost, .seen = *now};
    return result;
}

/* --- events ------------------------------------------------------------------------- */

/* Before this import an import has never shown anything of a placeholder. */
static void take_over(struct cs_object *object)
{
    if (object->placeholder == PLACEHOLDER_NOT)
        return;
    object->placeholder = PLACEHOLDER_NOT;
    object->has_hologram = false;
    object->hologram = (struct image){0};
}

static void keep_attr(struct arena *arena, const struct image *from, uint32_t name,
                      struct image *now)
{
    const struct attr *had = entry_find(&from->entry, name);

    if (had != NULL)
        now->entry =
            entry_with(arena, &now->entry, name, had->type, had->values, had->count);
    else if (entry_find(&now->entry, name) != NULL)
        now->entry = entry_with(arena, &now->entry, name, VALUE_NONE, NULL, 0);
}

/* What the entry does not say is as it was. */
static void complete(struct image *now, const struct image *was)
{
    now->exists = true;
    if (now->dn == NULL || same_dn(now->dn, was->dn))
        now->dn = was->dn;
    if (now->object_type == NAME_NONE)
        now->object_type = was->object_type;
}

struct stage_result tower_seen(struct arena *arena, struct cs_object *object,
                               const struct image *seen, const uint32_t *keep,
                               size_t keep_count)
{
    struct image before;
    struct image accepted;
    struct image now = *seen;

    take_over(object);
    before = object_image(arena, object, LAYER_IMPORT);
    accepted = object_image(arena, object, LAYER_UNCONFIRMED);
    if (!accepted.exists)
        accepted = before;
    complete(&now, before.exists ? &before : &accepted);
    for (size_t i = 0; i < keep_count; i++)
        keep_attr(arena, &accepted, keep[i], &now);
    return import(arena, object, &before, &now, NULL);
}

struct stage_result tower_changed(struct arena *arena, struct cs_object *object,
                                  const struct delta *change)
{
    static const struct image nowhere;
    struct image before = object_image(arena, object, LAYER_IMPORT);
    struct image now;

    if (change->op == DELTA_DELETE)
        return tower_gone(arena, object, false);
    if (change->op == DELTA_ADD || change->op == DELTA_DELETE_ADD) {
        now = delta_apply(arena, &nowhere, change);
        return tower_seen(arena, object, &now, NULL, 0);
    }
    if (!before.exists)
        return (struct stage_result){.outcome = STAGE_FAILURE};
    now = delta_apply(arena, &before, change);
    complete(&now, &before);
    return import(arena, object, &before, &now, change);
}

void tower_settle(struct arena *arena, struct cs_object *object, const uint32_t *names,
                  size_t count)
{
    struct image hologram = object_image(arena, object, LAYER_HOLOGRAM);
    struct image now = object_image(arena, object, LAYER_IMPORT);
    struct image accepted = object_image(arena, object, LAYER_UNCONFIRMED);
    struct unsettled_before before = unsettled_before(object);

    if (!now.exists || !accepted.exists)
        return;
    for (size_t i = 0; i < count; i++)
        if (delta_find(&object->unconfirmed, names[i]) != NULL)
            keep_attr(arena, &accepted, names[i], &now);
    object->pending_import = delta_between(arena, &hologram, &now);
    object->unconfirmed = delta_remaining(arena, &object->unconfirmed, &now);
    unsettled_note(arena, object, &before, UNSETTLED_BY_IMPORT);
}

struct stage_result tower_gone(struct arena *arena, struct cs_object *object,
                               bool obsolete)
{
    bool there = object_was_imported(object);
    struct stage_result result = {.outcome = STAGE_DELETE};
    struct unsettled_before before = unsettled_before(object);

    if (!there && (obsolete || !object_is_unconfirmed(object)))
        return tower_never_came(arena, object);
    result.confirmed = object->unconfirmed.op == DELTA_DELETE;
    result.gone = layers_vanish(arena, object, obsolete);
    unsettled_note(arena, object, &before, UNSETTLED_BY_IMPORT);
    return result;
}

struct stage_result tower_never_came(struct arena *arena, struct cs_object *object)
{
    struct stage_result result = {.outcome = STAGE_NO_CHANGE};
    struct unsettled_before before = unsettled_before(object);
    struct delta lost = object->unconfirmed;

    if (object_was_imported(object) ||
        !(object->rebuild || object->unconfirmed.op == DELTA_ADD))
        return result;
    object->rebuild = false;
    object->unconfirmed = (struct delta){0};
    layers_rebase(arena, object, &lost);
    owned_upkeep(arena, object, NULL);
    unsettled_note(arena, object, &before, UNSETTLED_BY_IMPORT);
    result.gone = object_is_empty(object);
    result.warning.happened = !delta_is_empty(&lost) && !result.gone;
    if (result.warning.happened)
        result.warning.lost = lost;
    return result;
}
