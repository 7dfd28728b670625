/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_AHEAD_H
#define PROPERTY_AHEAD_H

#include "engine.h"

/*
 * A preview of all agents, and then the real synchronisation of all of them: object by
 * object what was told is what comes, nothing else does, and the preview itself leaves
 * the store as it was, to the byte.
 */
void ahead_check(struct engine *e, bool full);

#endif
