/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_AGENT_H
#define STORE_AGENT_H

#include "store/store.h"

/*
 * What is remembered of an agent between runs. The number under which its objects are
 * kept belongs to its GUID for ever; the rest are small values by name and partition:
 *
 *   "watermark"    where the next delta import starts; promoted in a step's last commit
 *   "checkpoint"   where a killed step stood: committed with its page, of use to it only
 *   "selection"    what was selected at the last complete full import
 *   "full-import"  set: a delta import is refused until a full one was complete
 *   "full-sync"    set: a delta synchronisation evaluates everything
 *   "batch"        number of the last export batch, and of the last successful one
 *   "rules"        hash of the rules that the objects were synchronised with
 *   "absent"       selected attributes that the system's schema does not have
 */

/* The number of this agent, new if need be; numbers begin with 1. */
uint32_t agent_number(struct batch *batch, const struct guid *agent);
/* 0: it has none yet. */
uint32_t agent_find(struct batch *batch, const struct guid *agent);
/* Every agent that ever had a number, ascending by GUID. */
struct known_agent {
    struct guid guid;
    uint32_t number;
};
typedef VEC_OF(struct known_agent) known_agents;
enum ma_status agent_list(struct batch *batch, known_agents *out, struct ma_error *err);
/* MA_NOT_FOUND without text where it was never set. `partition` may be NULL. The bytes
 * live as those of batch_get. */
enum ma_status agent_get(struct batch *batch, uint32_t agent, const char *partition,
                         const char *name, struct slice *out);
void agent_set(struct batch *batch, uint32_t agent, const char *partition,
               const char *name, struct slice value);
void agent_clear(struct batch *batch, uint32_t agent, const char *partition,
                 const char *name);

/* "absent", NULL-terminated, in the arena. */
const char *const *agent_absent(struct batch *batch, struct arena *arena, uint32_t agent);
void agent_set_absent(struct batch *batch, uint32_t agent, const char *const *names,
                      size_t count);

#endif
