/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_VIEW_H
#define SYNC_VIEW_H

#include "sync/unit.h"

/*
 * How rules see an object: as the source of expressions and as the subject of scopes. A
 * view of a connector-space object reads it with what is on its way out, or, for the
 * classic family, as it was imported; a view of a metaverse object reads its attributes.
 */
struct view {
    struct expr_source source; /* first: an expression gets a pointer to it */
    struct unit *unit;
    struct connector *cs; /* either of both */
    struct meta *mv;
    const struct compiled_agent *agent; /* whose parameters %Name% reads */
    uint32_t partition; /* of a metaverse object's; a connector has its own */
    bool imported; /* read what was imported where the expected image would be read */
    struct view_index *index; /* of one that is kept; NULL: view_find searches */
};

struct view view_of_connector(struct unit *unit, struct connector *connector,
                              bool imported);
/* `agent` and `partition`: of the connector that the rule flows to. */
struct view view_of_meta(struct unit *unit, struct meta *meta,
                         const struct compiled_agent *agent, uint32_t partition);
/* The same, made once for each object of a unit. */
const struct view *view_kept(struct unit *unit, struct connector *connector,
                             bool imported);
const struct view *view_kept_meta(struct unit *unit, struct meta *meta);
/* Whether the viewed object has only the values at stake of this attribute; and what
 * whoever needs all of them says before it reads (unit.wants_whole). */
bool view_is_partial(const struct view *view, uint32_t name);
static inline void view_need_all(const struct view *view, uint32_t name)
{
    if (view->unit->by_value && view_is_partial(view, name))
        view->unit->wants_whole = true;
}
/* The entry and the DN that the view reads. */
const struct entry *view_entry(const struct view *view);
const char *view_dn(const struct view *view);
/* An attribute of that entry; NULL: it has none. */
const struct attr *view_find(const struct view *view, uint32_t name);
/* Text of a reference of the viewed object: a DN, or the GUID of a metaverse object. */
const char *view_reference(const struct view *view, struct arena *arena, uint64_t id);

/* Whether the rule's scope holds for its source object; asked once a unit. */
bool view_rule_holds(struct unit *unit, struct connector *connector,
                     const struct rule *rule);
bool view_outbound_scope_holds(struct unit *unit, struct meta *meta,
                               const struct rule *rule);
static inline bool view_outbound_rule_holds(struct unit *unit, struct meta *meta,
                                            const struct rule *rule)
{
    signed char known = meta->scope == NULL ? 0 : meta->scope[rule->index];

    return known != 0 ? known > 0 : view_outbound_scope_holds(unit, meta, rule);
}
/* The byte of a rule in an array that is made when it is first asked for. */
signed char *view_slot(struct unit *unit, signed char **slots, uint32_t rule);
bool view_holds(const struct view *view, const struct scope *scope);
/* For a scope that belongs to no rule: connector filters, FIM joins. */
bool view_scope_holds(struct unit *unit, struct connector *connector, bool imported,
                      const struct scope *scope);
/* Flows of FIM rules go out only where the setting says so: their scope is known to the
 * FIM Service alone. */
static inline bool view_flow_applies(const struct program *program,
                                     const struct flow *flow)
{
    return program->flows_without_service ||
           (guid_is_zero(&flow->sync_rule) && !flow->rule->needs_rule_service);
}
/* How the flow merges: Update and Replace are one. */
enum merge_type view_merge(const struct flow *flow);
/* A subject for scope_why_not. */
struct subject view_subject(const struct view *view);

#endif
