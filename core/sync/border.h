/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_BORDER_H
#define SYNC_BORDER_H

#include "sync/view.h"

/*
 * What crosses the border to a rules extension: an object goes out as a plain entry of
 * ma.h, values come back in a draft. All of it lives in the unit's arena.
 */

/* The viewed object as a hook sees it: these attributes, or all where `names` is NULL. */
const struct ma_entry *border_entry(const struct view *view, const uint32_t *names,
                                    size_t count);

/* The draft that the engine hands out; the extension sees only its head. */
struct draft {
    struct ma_draft head;
    struct arena *arena;
    const char *target; /* the one name that may be set */
    struct slice *items;
    size_t count;
    const struct view *object; /* the target's, of an import flow; else NULL */
    uint32_t attribute;
};

struct draft border_draft(struct unit *unit, const char *target);

/* What was set, as a flow's result; EXPR_NULL where nothing was. */
struct expr_value border_taken(const struct draft *draft, enum value_type type);

#endif
