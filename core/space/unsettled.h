/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_UNSETTLED_H
#define SPACE_UNSETTLED_H

#include "space/object.h"

/*
 * What the deltas of an object have spoken of since its last synchronisation and do not
 * speak of any more. Together with what they speak of now it is all that may flow
 * otherwise than it did: whatever is in neither is as the last synchronisation left it.
 * Kept by every transition of the tower (space/tower.h), so it is written with the layer
 * that changed; read and emptied by synchronisation. It costs what changed, never what an
 * attribute holds: beyond so many values it says "any value of it".
 */
enum { MOST_UNSETTLED = 1024 };

/* The deltas as they were before a transition. */
struct unsettled_before {
    struct delta deltas[OBJECT_DELTAS];
};
struct unsettled_before unsettled_before(const struct cs_object *object);

enum unsettled_by { UNSETTLED_BY_ENGINE, UNSETTLED_BY_IMPORT };

/* After it. An import that takes back what an export or a wish has said, because it was
 * confirmed or came true by itself, makes the object due: should a later import show it
 * again as it was when it was synchronised, no delta is left, and still it is not as
 * it is wanted (T4). */
void unsettled_note(struct arena *arena, struct cs_object *object,
                    const struct unsettled_before *before, enum unsettled_by by);

bool unsettled_is_empty(const struct unsettled *unsettled);
/* What it knows of an attribute; NULL: nothing. */
const struct unsettled_attr *unsettled_find(const struct unsettled *unsettled,
                                            uint32_t attribute);

/* For the row. Decoding is zero copy and strict. */
void unsettled_encode(const struct unsettled *unsettled, struct buf *out);
bool unsettled_decode(struct arena *arena, struct slice bytes, struct unsettled *out);

#endif
