/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_LAYERS_H
#define SPACE_LAYERS_H

#include "space/object.h"

/*
 * What the transitions of the tower have in common: putting the export layers on a new
 * base. Used by tower.c and tower_import.c only.
 */

/* What of `delta` is to be exported on top of `base`. A delete stays even where no layer
 * has the object if its add may have been done all the same (T19). */
struct delta layers_offer(struct arena *arena, const struct cs_object *object,
                          const struct delta *delta, const struct image *base);
/* I or U has changed: E and X on top of it. `again` is below both and goes into the
 * pending export; what is on its way comes after it, so that `again` does not win. */
void layers_rebase(struct arena *arena, struct cs_object *object,
                   const struct delta *again);
/* The system has it no more (I is empty now). True where nothing is left to be done about
 * the object: its row is to be removed. */
bool layers_vanish(struct arena *arena, struct cs_object *object, bool obsolete);

/* Says by value what `delta` sets, for the attributes that `chosen` picks. */
typedef bool (*layers_choice)(const void *context, uint32_t attribute);
void layers_by_value(struct arena *arena, struct delta *delta, const struct image *before,
                     layers_choice chosen, const void *context);

#endif
