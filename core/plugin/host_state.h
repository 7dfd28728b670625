/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGIN_HOST_STATE_H
#define PLUGIN_HOST_STATE_H

#include "plugin/host.h"

/*
 * A host and its two halves: what the configuration answers is host_config.c, what goes
 * on to the sink is host.c.
 */

/* The services come first: the plugin sees only those. */
struct host {
    struct ma_host services;
    struct host_request request;
    struct arena arena;
    const struct ma_schema *schema;  /* made when first asked for */
    struct parameter *mappings;      /* component_mappings of the agent, as parameters */
    struct ma_partition *partitions; /* those that are selected */
    size_t partition_count;
};

static inline const struct host *host_of(const struct ma_host *services)
{
    return (const struct host *)services;
}

/* The services of struct ma_host that the configuration answers. */
void host_config_begin(struct host *host);

#endif
