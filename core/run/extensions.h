/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_EXTENSIONS_H
#define RUN_EXTENSIONS_H

#include "instance/opened.h"
#include "plugin/plugin.h"
#include "sync/sync.h"

/*
 * The rules extensions of a configuration, as far as there are plugins for them, and what
 * a synchronisation of one agent wants of them. What only other agents or the metaverse
 * have scripted does not refuse a step: it is not done, and the step says so.
 */
struct extensions {
    struct sync_extension *loaded;
    struct plugin **plugins; /* beside `loaded` */
    size_t count;
};

/* Loads what can be loaded; a refusal is kept for extensions_refuse. Never fails. */
void extensions_load(struct extensions *out, const struct opened *opened);
void extensions_unload(struct extensions *extensions);

/* Whether this agent's own inbound rules (filter, joins, projection, import flows) call
 * something that is not there. `result` is the product's string for it. */
enum ma_status extensions_check(const struct extensions *extensions,
                                const struct opened *opened,
                                const struct compiled_agent *agent, const char **result,
                                struct ma_error *err);
/* What else is scripted and will not be done, in one line; NULL: nothing. Lives in the
 * arena. */
const char *extensions_note(const struct extensions *extensions,
                            const struct opened *opened, struct arena *arena);

#endif
