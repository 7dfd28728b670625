/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/life.h"

#include "sync/provision.h"
#include "sync/script.h"

static enum ma_status end_all(struct unit *unit, struct meta *meta, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    meta->gone = true;
    while (status == MA_OK && meta->connectors.count > 0)
        status = provision_end(unit, meta, meta->connectors.items[0], err);
    return status;
}

/* --- classic ---------------------------------------------------------------------- */

static bool names_agent(const struct compiled_deletion *rule, uint32_t agent)
{
    for (size_t i = 0; i < rule->count; i++)
        if (rule->agents[i] == agent)
            return true;
    return false;
}

/* Connectors of the listed agents do not keep the object alive. */
static bool is_last(const struct meta *meta, const struct compiled_deletion *rule)
{
    if (meta->has_strangers)
        return false;
    for (size_t i = 0; i < meta->connectors.count; i++)
        if (!names_agent(rule, meta->connectors.items[i]->object.agent))
            return false;
    return true;
}

static enum ma_status classic(struct unit *unit, struct meta *meta,
                              struct connector *lost, bool *ends, struct ma_error *err)
{
    const struct compiled_deletion *rule =
        program_deletion(unit->sync->program, meta->object.type);

    *ends = meta->connectors.count == 0 && !meta->has_strangers;
    if (*ends || rule == NULL)
        return MA_OK;
    if (rule->kind == MV_DELETE_SCRIPTED)
        return script_delete(unit, meta, lost, ends, err);
    *ends = rule->kind == MV_DELETE_ANY ? names_agent(rule, lost->object.agent)
                                        : is_last(meta, rule);
    return MA_OK;
}

/* --- declarative ------------------------------------------------------------------ */

static bool holds_alive(struct unit *unit, const struct meta *meta,
                        struct connector *connector)
{
    struct rule_list rules;

    if (!unit_imported(unit, connector)->exists)
        return false;
    rules = program_inbound(connector->agent, unit_type(unit, connector));
    for (size_t i = 0; i < rules.count; i++) {
        const struct rule *rule = rules.rules[i];

        if ((rule->link == LINK_ACTION_PROVISION || rule->link == LINK_ACTION_STICKY) &&
            (rule->mv_type == NAME_NONE || rule->mv_type == meta->object.type) &&
            view_rule_holds(unit, connector, rule))
            return true;
    }
    return false;
}

static bool is_held(struct unit *unit, const struct meta *meta)
{
    if (meta->has_strangers)
        return true;
    for (size_t i = 0; i < meta->connectors.count; i++)
        if (!meta->connectors.items[i]->agent->declarative ||
            holds_alive(unit, meta, meta->connectors.items[i]))
            return true;
    return false;
}

enum ma_status life_review(struct unit *unit, struct meta *meta, bool *died,
                           struct ma_error *err)
{
    enum ma_status status = unit_load_connectors(unit, meta, err);

    *died = status == MA_OK && !is_held(unit, meta);
    return *died ? end_all(unit, meta, err) : status;
}

enum ma_status life_after_loss(struct unit *unit, struct meta *meta,
                               struct connector *lost, bool *died, struct ma_error *err)
{
    enum ma_status status = unit_load_connectors(unit, meta, err);

    *died = false;
    if (status != MA_OK)
        return status;
    if (lost->agent->declarative)
        return life_review(unit, meta, died, err);
    status = classic(unit, meta, lost, died, err);
    return status == MA_OK && *died ? end_all(unit, meta, err) : status;
}
