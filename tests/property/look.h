/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_LOOK_H
#define PROPERTY_LOOK_H

#include "engine.h"

/*
 * What lies in a store, as text and as simple tables; nothing here changes anything.
 */

/* Every object, a line each: metaverse, then the agents; no GUIDs and no times, so two
 * stores that went the same way look the same. */
void look_all(struct store *store, const struct program *program, struct buf *out);
/* One object as look_all has it, without the end of the line. "" where it is not. */
void look_cs(struct batch *batch, const struct program *program, uint32_t agent,
             uint64_t id, struct arena *arena, struct buf *out);
void look_mv(struct batch *batch, const struct program *program, uint64_t id,
             struct arena *arena, struct buf *out);

/* What the systems are to hold, and the metaverse holds: a line each. */
void look_wanted(struct store *store, const struct program *program, struct buf *out);
/* The first lines of the two that are not the same; lives in the arena. */
const char *look_difference(const char *a, const char *b, struct arena *arena);

/* The laws that hold after every step, whatever happened. The first that does not is the
 * failure of the engine. */
void laws_check(struct engine *e);
/* The same of what is kept twice in the store; reads all of it. */
void laws_verify(struct engine *e);

#endif
