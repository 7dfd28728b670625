/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_BINDINGS_H
#define MACTL_BINDINGS_H

#include "command.h"
#include "config/instance.h"

/*
 * What still has to be bound before a configuration can run: an agent needs a plugin that
 * can be loaded, a rules extension (a DLL, in the product) the plugin that stands for it,
 * a connection its secrets. Plugins are loaded to find out, as a run would.
 */

struct secret_need {
    const char *name;
    const struct secret_source *source; /* NULL: mactl.xml does not say */
    const char *refusal;                /* why it cannot be had; NULL: it can */
};

struct agent_state {
    const struct agent *agent;
    const char *plugin;  /* NULL: no table and no file name says one */
    const char *refusal; /* why it cannot be loaded; NULL: it can, or there is none */
    const struct secret_need *secrets;
    size_t secret_count;
};

struct extension_state {
    const char *assembly;
    const char *plugin;
    const char *refusal;
    const struct agent *agent; /* NULL: of the metaverse */
};

/* `instance` NULL: as if mactl.xml were empty. Everything lives in call->arena. */
struct agent_state bindings_agent(const struct invocation *call,
                                  const struct instance *instance,
                                  const struct agent *agent);
/* Of agents in their order, then of the metaverse, each once. */
size_t bindings_extensions(const struct invocation *call, const struct instance *instance,
                           const struct config *config,
                           const struct extension_state **out);
bool bindings_is_ready(const struct agent_state *state);

/* Takes out the findings about agents and extensions that have a plugin now. */
void bindings_lift(const struct invocation *call, const struct instance *instance,
                   struct config *config);

/* Entries of mactl.xml about agents that the configuration does not have, as warnings;
 * returns how many. */
size_t bindings_warn(const struct invocation *call, const struct instance *instance,
                     const struct config *config);

#endif
