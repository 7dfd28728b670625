/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_JOIN_H
#define SYNC_JOIN_H

#include "sync/view.h"

/*
 * Searches by join criteria, in both directions. A criterion with exactly one candidate
 * decides; none or several hand over to the next. Candidates are found by the index and
 * verified.
 */
struct join_answer {
    uint64_t found;             /* id, 0: none */
    const struct rule *rule;    /* that found it */
    const struct join *blocked; /* a criterion with several candidates; NULL: none */
    size_t candidates;          /* of that criterion */
};

/* A connector-space object looks for its metaverse object. */
enum ma_status join_inbound(struct unit *unit, struct connector *connector,
                            struct join_answer *out, struct ma_error *err);
/* A metaverse object looks for an unlinked object of this type, by the rules in scope. */
enum ma_status join_outbound(struct unit *unit, struct meta *meta,
                             const struct compiled_agent *agent, uint32_t cs_type,
                             struct join_answer *out, struct ma_error *err);

/* Whether an object that holds the wanted name is somebody else, by the rules that would
 * join it: their criteria have other values, and none fits. It is asked as the system has
 * it, or will once it confirms what it accepted. */
bool join_denies(struct unit *unit, struct meta *meta, struct connector *connector);

/* A disconnector remains: metaverse objects that outbound rules might join to it are
 * queued. */
enum ma_status join_offer(struct unit *unit, struct connector *connector,
                          struct ma_error *err);
/* A metaverse object changed: disconnectors that inbound rules might now join to it are
 * queued for the synchronisation of their own agents. */
enum ma_status join_wake(struct unit *unit, struct meta *meta, struct ma_error *err);

#endif
