/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_HELD_H
#define PROPERTY_HELD_H

#include "event.h"

/*
 * An export that a guard may hold back. It sends nothing where more is pending than may
 * go, and no more than that where it sends. Held back, it is approved of; then exactly
 * what was pending goes, once, though something may have happened in between.
 */
void held_check(struct engine *e, const struct event *event, struct buf *line);

#endif
