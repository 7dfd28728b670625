/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_MODEL_H
#define PROPERTY_MODEL_H

#include "engine.h"

/*
 * What must be once everything was imported, synchronised, exported and confirmed, told
 * by what the systems hold alone; it knows nothing of towers, queues and steps. Only who
 * is linked to whom is taken from the engine, because of two entries with one key either
 * may be the one, and then judged: a key or a name must say so, and nobody may be left
 * out who could be linked.
 */

/* All systems in turn until there is nothing left to do; where a name in the directory is
 * held by somebody else than who is to have it, which no engine could bring to rest,
 * people rename that one. False: failed, or no rest. */
bool model_reach_rest(struct engine *e);
/* The metaverse, the connector spaces and the systems are as they must be at rest. The
 * first difference is the failure of the engine. */
void model_check(struct engine *e);

#endif
