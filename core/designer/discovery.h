/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESIGNER_DISCOVERY_H
#define DESIGNER_DISCOVERY_H

#include "config/instance.h"

/*
 * What the system of an agent is made of, asked of its plugin: schema, partitions,
 * containers. And the schema of the configuration brought to what was found: the agent's
 * file is written anew but for its schema byte for byte, checked with the rest and as a
 * whole.
 */
struct discovered_id {
    const char *id; /* hex of what the system knows it by; NULL: its name alone */
    bool linked;
    bool constructed;
};

struct discovered {
    struct schema schema;
    const struct discovered_id *attributes; /* beside those of the schema */
    const struct discovered_id *classes;
    const char *const *partitions; /* NULL-terminated */
    const char *const *containers;
};

/* Everything lives in the arena. MA_NOT_FOUND: the plugin cannot discover. */
enum ma_status discovery_read(struct arena *arena, struct instance *instance,
                              const struct agent *agent, struct discovered *out,
                              struct ma_error *err);

/* The agent's schema becomes the one that was found; what only the configuration says of
 * an attribute, that it is secret or never read back, stays. Fails as agent_schema_store
 * does. */
enum ma_status discovery_store(struct instance *instance, const struct agent *agent,
                               const struct discovered *found, struct ma_error *err);

#endif
