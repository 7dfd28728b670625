/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_OWNED_H
#define SPACE_OWNED_H

#include "space/object.h"

/*
 * The values that the engine merged into attributes it does not own as a whole: which of
 * the wanted ones have to be exported, and which may go. Ownership and presence ignore
 * the case of texts. Used by tower.c, tower_import.c and object_code.c only.
 */

/* By attribute, then by bytes: the order in which they are kept. For qsort. */
int owned_compare(const void *a, const void *b);
bool owned_any(const struct cs_object *object, uint32_t attribute);
/* What makes the attribute of `base` hold these values, besides those that are not the
 * engine's. No values in it: nothing to do. The owned values of the object are those that
 * it adds and those that are still there. */
struct attr_delta owned_merge(struct arena *arena, struct cs_object *object,
                              uint32_t attribute, enum value_type type,
                              const struct slice *values, uint32_t count,
                              const struct image *base);
/* `delta` without the owned values that `shown` has in another spelling. */
void owned_respelled(struct arena *arena, const struct cs_object *object,
                     struct delta *delta, const struct image *shown);
/* An import has shown the object, or these changes of it only: what it spoke of and is
 * neither there nor accepted nor still to come is not owned any more. */
void owned_upkeep(struct arena *arena, struct cs_object *object,
                  const struct delta *shown);

#endif
