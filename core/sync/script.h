/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_SCRIPT_H
#define SYNC_SCRIPT_H

#include "sync/view.h"

/*
 * Calls the hooks of rules extensions. An extension sees the object as a plain entry; for
 * a flow or a join only the attributes which that declares. A hook that is wanted and not
 * there, and one that fails, are errors of the object in hand.
 */

/* An attribute flow: what it gives to its target. `target`: the object it flows to, NULL
 * where that is still to be created. */
enum ma_status script_flow(const struct flow *flow, const struct view *from,
                           const struct view *target, const char *step,
                           struct expr_value *out, struct ma_error *err);

enum ma_status script_filter(struct unit *unit, struct connector *connector,
                             const char *script, bool *out, struct ma_error *err);
/* Values to search by, text or as the key's type wants them. */
enum ma_status script_join(struct unit *unit, struct connector *connector,
                           const struct join_key *key, const struct slice **values,
                           uint32_t *count, struct ma_error *err);
/* `chosen`: index into the candidates, or count: none of them. */
enum ma_status script_resolve(struct unit *unit, struct connector *connector,
                              const char *context, struct meta *const *candidates,
                              size_t count, size_t *chosen, struct ma_error *err);
/* The type to project to, NAME_NONE: do not. */
enum ma_status script_project(struct unit *unit, struct connector *connector,
                              const char *script, uint32_t *mv_type,
                              struct ma_error *err);
enum ma_status script_deprovision(struct unit *unit, struct connector *connector,
                                  enum deprovisioning *action, struct ma_error *err);
enum ma_status script_delete(struct unit *unit, struct meta *meta, struct connector *lost,
                             bool *yes, struct ma_error *err);

/* What the metaverse's extension makes of provisioning; nothing where there is none. */
enum ma_status script_provision(struct unit *unit, struct meta *meta,
                                struct ma_connectors *connectors, struct ma_error *err);
/* Whether the configuration provisions by an extension that is there. */
bool script_provisions(const struct unit *unit);

#endif
