/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_REFUSALS_H
#define RUN_REFUSALS_H

#include "base/vec.h"
#include "instance/opened.h"

/*
 * What an agent will refuse by itself of what is pending, before it sends anything: for
 * whoever looks at pending exports, without a run. Its plugin is asked (ma_agent.foresee)
 * in a process of its own, which has neither the store nor secrets. One that dies, hangs
 * or cannot be loaded spoils nothing: what it refuses is just not known.
 */
struct refusal {
    uint64_t object;       /* of the connector space */
    const char *attribute; /* NULL: the whole export */
    const char *type;      /* that the export will end with, "readonly-attribute" */
    const char *why;
    const char *remedy; /* NULL: there is none */
    bool unsure;        /* the agent cannot know: `remedy` lets it */
};

typedef VEC_OF(struct refusal) refusal_list;

struct refusals_request {
    const struct opened *opened;
    struct batch *batch;
    const struct compiled_agent *agent;
    const id_list *ids;  /* ascending; without a pending export they are passed over */
    struct arena *arena; /* what is found lives there */
};

/* Appends, in the order of ids and attributes. Nothing for an agent that no plugin
 * serves, or whose plugin refuses nothing by itself. Any other status: nothing is known,
 * and why. */
enum ma_status refusals_find(const struct refusals_request *request, refusal_list *out,
                             struct ma_error *err);

/* The first of the object, and how many there are. */
const struct refusal *refusals_of(const refusal_list *list, uint64_t object,
                                  size_t *count);

#endif
