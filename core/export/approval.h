/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_APPROVAL_H
#define EXPORT_APPROVAL_H

#include "export/export.h"

/*
 * What an operator has allowed once: the guards of an agent let this set of pending
 * exports go, as long as none of their counts is above what was said. An agent has one
 * approval at most. It ends when it is used, revoked or replaced, and means nothing for
 * any other set: if one value more is pending, it is another one.
 */
struct export_approval {
    const char *set; /* export_set.id */
    uint64_t most;
    uint64_t run; /* that a guard had stopped */
    const char *user;
    const char *reason;
    int64_t time; /* ms since 1970 */
};

void approval_put(struct batch *batch, uint32_t agent,
                  const struct export_approval *approval);
/* False: there is none. Texts live in the arena. */
bool approval_get(struct batch *batch, struct arena *arena, uint32_t agent,
                  struct export_approval *out);
void approval_clear(struct batch *batch, uint32_t agent);

#endif
