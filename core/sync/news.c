/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/news.h"

#include "space/unsettled.h"

/* --- what is pending -------------------------------------------------------------- */

static bool is_unsettled(const struct unit *unit, const struct unsettled *unsettled,
                         uint32_t name)
{
    return unsettled_find(unsettled, name) != NULL ||
           (name == unit->sync->dn_name && unsettled->dn);
}

static bool deltas_speak_of(const struct unit *unit, const struct connector *connector,
                            uint32_t name)
{
    const struct object_deltas deltas = object_deltas(&connector->object);

    for (int i = 0; i < OBJECT_DELTAS; i++)
        if (delta_find(deltas.at[i], name) != NULL ||
            (name == unit->sync->dn_name && deltas.at[i]->dn != NULL))
            return true;
    return is_unsettled(unit, &connector->object.unsettled, name) ||
           is_unsettled(unit, &connector->settling, name);
}

/* It comes, goes, or becomes another, or was to. */
static bool is_more_than_updated(const struct connector *connector)
{
    const struct object_deltas deltas = object_deltas(&connector->object);

    for (int i = 0; i < OBJECT_DELTAS; i++)
        if (deltas.at[i]->op != DELTA_NONE && deltas.at[i]->op != DELTA_UPDATE)
            return true;
    return connector->object.unsettled.everything || connector->settling.everything;
}

static bool is_queued(struct unit *unit, const struct connector *connector,
                      enum sync_queue queue)
{
    sync_notes notes = {0};
    bool queued = !sync_notes_of(unit->sync, queue, connector->object.agent,
                                 connector->object.id, &notes) ||
                  notes.count > 0;

    VEC_FREE(&notes);
    return queued;
}

/* --- scopes ----------------------------------------------------------------------- */

/* A scope may ask other objects: the group that it is a member of, what it refers to. */
static bool scope_is_concerned(const struct unit *unit, const struct connector *connector,
                               const struct scope *scope)
{
    for (size_t i = 0; i < scope->count; i++)
        for (size_t j = 0; j < scope->groups[i].count; j++) {
            const struct predicate *p = &scope->groups[i].items[j];

            if (scope_asks_others(p) ||
                deltas_speak_of(unit, connector,
                                p->intrinsic ? unit->sync->dn_name : p->attribute))
                return true;
        }
    return false;
}

static bool any_scope_is_concerned(struct unit *unit, struct connector *connector)
{
    struct rule_list rules =
        program_inbound(connector->agent, unit_type(unit, connector));

    for (size_t i = 0; i < rules.count; i++)
        if (scope_is_concerned(unit, connector, &rules.rules[i]->scope))
            return true;
    return false;
}

/* --- what is new ------------------------------------------------------------------ */

static bool everything_is_new(struct unit *unit, struct connector *connector)
{
    const struct cs_object *o = &connector->object;

    return connector->created || connector->renewed ||
           unit_was_linked_now(unit, connector) || is_more_than_updated(connector) ||
           o->full_sync || o->reference_retry || o->import_error.count > 0 ||
           is_queued(unit, connector, SYNC_MARK) ||
           any_scope_is_concerned(unit, connector);
}

static enum connector_news news_of(struct unit *unit, struct connector *connector)
{
    if (connector->news == NEWS_UNKNOWN)
        connector->news = everything_is_new(unit, connector) ? NEWS_ALL
                          : is_queued(unit, connector, SYNC_QUEUE_REFERENCE)
                              ? NEWS_REFERENCES
                              : NEWS_PENDING;
    return connector->news;
}

bool news_concern(struct unit *unit, struct connector *connector, const struct flow *flow)
{
    enum connector_news news;

    if (!unit->by_value || !flow->steady)
        return true;
    news = news_of(unit, connector);
    if (news == NEWS_ALL ||
        (news == NEWS_REFERENCES && flow->target_type == VALUE_REFERENCE))
        return true;
    for (size_t i = 0; i < flow->source_count; i++)
        if (deltas_speak_of(unit, connector, flow->sources[i]))
            return true;
    return (flow->kind == FLOW_DN_PART || flow->intrinsic == INTRINSIC_DN) &&
           deltas_speak_of(unit, connector, unit->sync->dn_name);
}
