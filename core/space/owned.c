/* SPDX-License-Identifier: Apache-2.0 */
#include "space/owned.h"

#include <stdlib.h>

#include "base/text.h"

struct values {
    enum value_type type;
    uint32_t count;
    const struct slice *items;
};

/* The value as it stands there; NULL: it does not. */
static const struct slice *spelled(struct values in, struct slice value)
{
    for (uint32_t i = 0; i < in.count; i++)
        if (slice_equal(in.items[i], value) ||
            (in.type == VALUE_STRING && text_caseequal(in.items[i], value)))
            return &in.items[i];
    return NULL;
}

static struct values values_of(const struct image *image, uint32_t attribute)
{
    const struct attr *attr = entry_find(&image->entry, attribute);

    return attr == NULL ? (struct values){0}
                        : (struct values){attr->type, attr->count, attr->values};
}

bool owned_any(const struct cs_object *object, uint32_t attribute)
{
    for (uint32_t i = 0; i < object->owned_count; i++)
        if (object->owned[i].attribute == attribute)
            return true;
    return false;
}

static bool is_owned(const struct cs_object *object, uint32_t attribute,
                     struct slice value)
{
    for (uint32_t i = 0; i < object->owned_count; i++)
        if (object->owned[i].attribute == attribute &&
            slice_equal(object->owned[i].value, value))
            return true;
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Those wanted that are not there, each in one spelling. */
static uint32_t missing(struct values wanted, struct values there, struct slice *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < wanted.count; i++)
        if (spelled(there, wanted.items[i]) == NULL &&
            spelled((struct values){wanted.type, count, out}, wanted.items[i]) == NULL)
            out[count++] = wanted.items[i];
    if (count > 1)
        qsort(out, count, sizeof *out, by_bytes);
    return count;
}

/* Those owned that are there, as they are spelled there, and not wanted. */
static uint32_t surplus(const struct cs_object *object, uint32_t attribute,
                        struct values wanted, struct values there, struct slice *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < there.count; i++) {
        const struct slice value = there.items[i];
        bool ours = false;

        for (uint32_t j = 0; j < object->owned_count && !ours; j++)
            ours = object->owned[j].attribute == attribute &&
                   spelled((struct values){there.type, 1, &value},
                           object->owned[j].value) != NULL;
        if (ours && spelled(wanted, value) == NULL)
            out[count++] = value;
    }
    return count;
}

int owned_compare(const void *a, const void *b)
{
    const struct owned_value *x = a;
    const struct owned_value *y = b;

    if (x->attribute != y->attribute)
        return x->attribute < y->attribute ? -1 : 1;
    return slice_compare(x->value, y->value);
}

/* The layers of the tower from the import up to this one. */
struct layers {
    struct image of[LAYER_UNAPPLIED + 1];
    enum tower_layer top;
};

static struct layers layers_up_to(struct arena *arena, const struct cs_object *object,
                                  enum tower_layer top)
{
    struct layers layers = {.top = top};

    for (enum tower_layer at = LAYER_IMPORT; at <= top; at++)
        layers.of[at] = object_image(arena, object, at);
    return layers;
}

/* A value that is in one of them may still be in the system, whatever the others say. */
static bool is_anywhere(const struct layers *layers, const struct owned_value *owned)
{
    for (enum tower_layer at = LAYER_IMPORT; at <= layers->top; at++)
        if (spelled(values_of(&layers->of[at], owned->attribute), owned->value) != NULL)
            return true;
    return false;
}

/* Only ever wished for. What is in no layer at all was on its way when a run died, and
 * may have arrived: that is for the next import to say. */
static bool was_wish(const struct layers *below, const struct image *top,
                     const struct owned_value *owned)
{
    return !is_anywhere(below, owned) &&
           spelled(values_of(top, owned->attribute), owned->value) != NULL;
}

static void own(struct arena *arena, struct cs_object *object,
                const struct attr_delta *change)
{
    struct layers layers = layers_up_to(arena, object, LAYER_ESCROWED);
    struct image top = object_image(arena, object, LAYER_UNAPPLIED);
    struct owned_value *owned =
        arena_alloc(arena, sizeof *owned * (object->owned_count + change->add_count + 1));
    uint32_t count = 0;

    for (uint32_t i = 0; i < object->owned_count; i++)
        if (object->owned[i].attribute != change->name ||
            !was_wish(&layers, &top, &object->owned[i]))
            owned[count++] = object->owned[i];
    for (uint32_t i = 0; i < change->add_count; i++)
        owned[count++] = (struct owned_value){change->name, change->adds[i]};
    if (count > 1)
        qsort(owned, count, sizeof *owned, owned_compare);
    object->owned = owned;
    object->owned_count = count;
}

struct attr_delta owned_merge(struct arena *arena, struct cs_object *object,
                              uint32_t attribute, enum value_type type,
                              const struct slice *values, uint32_t count,
                              const struct image *base)
{
    struct values wanted = {type, count, values};
    struct values there = values_of(base, attribute);
    struct slice *adds = arena_alloc(arena, sizeof *adds * ((size_t)count + 1));
    struct slice *dels = arena_alloc(arena, sizeof *dels * ((size_t)there.count + 1));
    struct attr_delta change = {
        .name = attribute, .type = type, .op = DELTA_VALUES, .adds = adds, .dels = dels};

    change.add_count = missing(wanted, there, adds);
    change.del_count = surplus(object, attribute, wanted, there, dels);
    own(arena, object, &change);
    return change;
}

static struct attr_delta without_shown(struct arena *arena,
                                       const struct cs_object *object,
                                       const struct attr_delta *attr, struct values shown)
{
    struct slice *adds = arena_alloc(arena, sizeof *adds * attr->add_count);
    struct attr_delta left = *attr;

    left.adds = adds;
    left.add_count = 0;
    for (uint32_t i = 0; i < attr->add_count; i++)
        if (!is_owned(object, attr->name, attr->adds[i]) ||
            spelled(shown, attr->adds[i]) == NULL)
            adds[left.add_count++] = attr->adds[i];
    return left;
}

void owned_respelled(struct arena *arena, const struct cs_object *object,
                     struct delta *delta, const struct image *shown)
{
    struct attr_delta *attrs;

    if (object->owned_count == 0 || delta->count == 0)
        return;
    attrs = arena_copy(arena, delta->attrs, sizeof *attrs * delta->count);
    for (uint32_t i = 0; i < delta->count; i++)
        if (attrs[i].op == DELTA_VALUES && owned_any(object, attrs[i].name))
            attrs[i] =
                without_shown(arena, object, &attrs[i], values_of(shown, attrs[i].name));
    delta->attrs = attrs;
}

void owned_upkeep(struct arena *arena, struct cs_object *object,
                  const struct delta *shown)
{
    struct layers layers;
    struct owned_value *kept;
    uint32_t count = 0;

    if (object->owned_count == 0)
        return;
    layers = layers_up_to(arena, object, LAYER_UNAPPLIED);
    kept = arena_alloc(arena, sizeof *kept * object->owned_count);
    for (uint32_t i = 0; i < object->owned_count; i++)
        if (is_anywhere(&layers, &object->owned[i]) ||
            (shown != NULL && delta_find(shown, object->owned[i].attribute) == NULL))
            kept[count++] = object->owned[i];
    object->owned = kept;
    object->owned_count = count;
}
