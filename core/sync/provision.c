/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/provision.h"

#include <stdlib.h>

#include "model/dn.h"
#include "space/tower.h"
#include "store/tree.h"
#include "sync/inflow.h"
#include "sync/join.h"
#include "sync/outflow.h"
#include "sync/script.h"
#include "sync/scripted.h"

/* One agent's outbound link rules at work on one metaverse object. */
struct provision {
    struct unit *unit;
    struct meta *meta;
    const struct compiled_agent *agent;
    struct rule_list rules;
    struct ma_error *err;
};

/* --- letting go --------------------------------------------------------------------- */

static enum ma_status delete_it(struct unit *unit, struct meta *meta,
                                struct connector *connector, struct ma_error *err)
{
    if (tower_want_gone(unit->arena, &connector->object)) {
        unit_unlink(unit, meta, connector, STATE_NORMAL);
        return unit_remove(unit, connector, err);
    }
    unit_unlink(unit, meta, connector, STATE_EXPLICIT);
    unit_tower_changed(connector);
    return MA_OK;
}

static enum deprovisioning action_of(const struct connector *connector)
{
    if (!connector->agent->declarative)
        return connector->agent->deprovisioning;
    return connector->object.link_cause == LINK_PROVISIONING
               ? DEPROVISION_DELETE
               : DEPROVISION_NORMAL_DISCONNECTOR;
}

/* A connector of which no system knows yet has nothing to remain as. */
static bool was_never_there(const struct cs_object *object)
{
    return !object_was_imported(object) && !object->rebuild &&
           delta_is_empty(&object->escrowed);
}

static enum ma_status let_go(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err)
{
    enum deprovisioning action = action_of(connector);
    enum ma_status status = MA_OK;

    unit_count(unit, COUNTER_OUT_DISCONNECT, connector);
    if (action == DEPROVISION_SCRIPTED)
        status = script_deprovision(unit, connector, &action, err);
    if (status != MA_OK)
        return status;
    if (action == DEPROVISION_DELETE || was_never_there(&connector->object))
        return delete_it(unit, meta, connector, err);
    connector->object.unapplied = (struct delta){.op = DELTA_NONE};
    unit_tower_changed(connector);
    unit_unlink(unit, meta, connector,
                action == DEPROVISION_EXPLICIT_DISCONNECTOR ? STATE_EXPLICIT
                                                            : STATE_NORMAL);
    /* A normal disconnector may join, or be projected, in the next delta
     * synchronisation of its agent, though nothing of it changed. */
    if (action != DEPROVISION_EXPLICIT_DISCONNECTOR)
        sync_enqueue(unit->sync, SYNC_QUEUE_JOIN, connector->object.agent,
                     connector->object.id);
    return MA_OK;
}

/* What it contributed is gone too; then rules that were asked already may say otherwise,
 * and are asked again in this step. */
static enum ma_status recall(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err)
{
    bool flowed = meta->flowed;
    enum ma_status status;

    meta->flowed = false;
    status = inflow_recall(unit, meta, connector, err);
    if (status == MA_OK && meta->flowed) {
        sync_enqueue(unit->sync, SYNC_QUEUE_OUTBOUND, 0, meta->object.id);
        status = join_wake(unit, meta, err);
    }
    meta->flowed = meta->flowed || flowed;
    return status;
}

enum ma_status provision_end(struct unit *unit, struct meta *meta,
                             struct connector *connector, struct ma_error *err)
{
    enum ma_status status = let_go(unit, meta, connector, err);

    return status == MA_OK && !meta->gone ? recall(unit, meta, connector, err) : status;
}

/* --- which rules are in scope ----------------------------------------------------- */

static bool in_scope(const struct provision *p, const struct rule *rule, uint32_t cs_type)
{
    return rule->cs_type == cs_type && view_outbound_rule_holds(p->unit, p->meta, rule);
}

static const struct rule *owner_of(const struct provision *p, uint32_t cs_type)
{
    for (size_t i = 0; i < p->rules.count; i++)
        if (p->rules.rules[i]->link == LINK_ACTION_PROVISION &&
            in_scope(p, p->rules.rules[i], cs_type))
            return p->rules.rules[i];
    return NULL;
}

static bool rule_still_holds(const struct provision *p, const struct guid *id)
{
    const struct rule *rule = program_rule(p->unit->sync->program, id);

    if (rule == NULL)
        return false;
    return rule->direction == RULE_INBOUND ||
           view_outbound_rule_holds(p->unit, p->meta, rule);
}

static bool was_joined_outbound(const struct provision *p,
                                const struct connector *connector)
{
    const struct rule *rule =
        program_rule(p->unit->sync->program, &connector->object.link_rule);

    return connector->object.link_cause == LINK_JOIN &&
           (rule == NULL || rule->direction == RULE_OUTBOUND);
}

/* --- connectors that are there already -------------------------------------------- */

/* A Provision rule in scope owns the object from now on, whoever made the link. */
static void own(struct connector *connector, const struct rule *owner)
{
    struct cs_object *object = &connector->object;

    if (object->link_cause == LINK_PROJECTION ||
        (object->link_cause == LINK_PROVISIONING &&
         guid_equal(&object->link_rule, &owner->id)))
        return;
    object->link_cause = LINK_PROVISIONING;
    object->link_rule = owner->id;
    connector->dirty = true;
}

static bool has_other_join(const struct provision *p, uint32_t cs_type)
{
    for (size_t i = 0; i < p->rules.count; i++)
        if (p->rules.rules[i]->join_count > 0 && in_scope(p, p->rules.rules[i], cs_type))
            return true;
    return false;
}

static enum ma_status review(struct provision *p, struct connector *connector)
{
    uint32_t type = unit_type(p->unit, connector);
    const struct rule *owner = owner_of(p, type);

    if (owner != NULL) {
        own(connector, owner);
        return MA_OK;
    }
    if (connector->object.link_cause == LINK_PROVISIONING)
        return provision_end(p->unit, p->meta, connector, p->err);
    if (was_joined_outbound(p, connector) &&
        !rule_still_holds(p, &connector->object.link_rule) && !has_other_join(p, type))
        return provision_end(p->unit, p->meta, connector, p->err);
    return MA_OK;
}

static enum ma_status review_all(struct provision *p)
{
    connector_pointers now = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < p->meta->connectors.count; i++)
        if (p->meta->connectors.items[i]->agent == p->agent)
            VEC_ADD(&now, p->meta->connectors.items[i]);
    for (size_t i = 0; status == MA_OK && i < now.count; i++)
        status = review(p, now.items[i]);
    VEC_FREE(&now);
    return status;
}

/* --- connectors that are missing -------------------------------------------------- */

static bool has_connector(const struct provision *p, uint32_t cs_type)
{
    for (size_t i = 0; i < p->meta->connectors.count; i++) {
        struct connector *connector = p->meta->connectors.items[i];

        if (connector->agent == p->agent && unit_type(p->unit, connector) == cs_type)
            return true;
    }
    return false;
}

static enum ma_status refuse(struct provision *p, const struct rule *rule,
                             const char *reason, const char *dn)
{
    enum ma_status status = unit_fail(
        p->unit, p->err, "sync-rule-flow-provisioning-failed", "provisioning", NULL,
        "%s: %s%s%s", rule->name, reason, dn == NULL ? "" : " ", dn == NULL ? "" : dn);

    p->unit->error.rule = rule->name;
    return status;
}

uint32_t provision_partition(const struct compiled_agent *agent, const char *dn)
{
    const struct agent *config = agent->config;
    const struct partition *first = NULL;

    for (size_t i = 0; i < config->partition_count; i++) {
        const struct partition *partition = &config->partitions[i];

        if (!partition->selected)
            continue;
        if (dn_is_ldap(slice_text(partition->name)) &&
            dn_is_under(slice_text(dn), slice_text(partition->name)))
            return partition_tag(partition);
        if (first == NULL)
            first = partition;
    }
    return partition_tag(first);
}

static bool is_being_deleted(const struct cs_object *object)
{
    return object->unapplied.op == DELTA_DELETE || object->unconfirmed.op == DELTA_DELETE;
}

/* It goes, and comes back as another type: one export does both. */
static void make_anew(struct provision *p, const struct rule *rule,
                      struct connector *holder, const char *dn)
{
    const struct image wanted = {.exists = true, .dn = dn, .object_type = rule->cs_type};

    holder->object.unapplied = (struct delta){.op = DELTA_NONE};
    tower_want(p->unit->arena, &holder->object, &wanted);
    holder->renewed = true;
    unit_tower_changed(holder);
}

static bool may_be_taken(struct provision *p, const struct rule *rule,
                         struct connector *holder)
{
    if (holder->object.mv != 0)
        return false;
    return is_being_deleted(&holder->object) ||
           (holder->object.state == STATE_NORMAL &&
            unit_type(p->unit, holder) == rule->cs_type);
}

/* What an import has shown of it flows in when its agent is synchronised next, though no
 * import has changed it since. */
static void link_found(struct provision *p, struct connector *found,
                       enum link_cause cause, const struct guid *rule)
{
    unit_link(p->unit, p->meta, found, cause, rule);
    found->object.full_sync = object_was_imported(&found->object);
}

/* Whoever is to be deleted does not leave an account to another of that name. */
static bool waits_for_delete(struct provision *p, const struct rule *rule,
                             struct connector *holder)
{
    return holder->object.unapplied.op == DELTA_DELETE &&
           unit_type(p->unit, holder) == rule->cs_type &&
           join_denies(p->unit, p->meta, holder);
}

/* Who holds the name may be taken over: a placeholder, an object of the same type that
 * nobody is linked to, and one that was about to be deleted, whatever its type, unless
 * the join criteria say that it is another. */
static enum ma_status take_over(struct provision *p, const struct rule *rule,
                                struct connector *holder, const char *dn)
{
    struct cs_object *object = &holder->object;

    if (object->placeholder != PLACEHOLDER_NOT) {
        object->placeholder = PLACEHOLDER_NOT;
        object->hologram = (struct image){.exists = false};
        object->has_hologram = false;
        object->partition = provision_partition(p->agent, dn);
        object->unapplied =
            (struct delta){.op = DELTA_ADD, .dn = dn, .object_type = rule->cs_type};
        holder->created = true;
        unit_tower_changed(holder);
    } else if (!may_be_taken(p, rule, holder)) {
        return refuse(p, rule, "there is already an object with the name", dn);
    } else if (waits_for_delete(p, rule, holder)) {
        return refuse(
            p, rule,
            "another object, whose delete has to be exported first, has the name", dn);
    } else if (unit_type(p->unit, holder) != rule->cs_type) {
        make_anew(p, rule, holder, dn);
    } else {
        if (object->unapplied.op == DELTA_DELETE)
            object->unapplied = (struct delta){.op = DELTA_NONE};
        /* else its delete went out */
        holder->created = !object_image(p->unit->arena, object, LAYER_UNAPPLIED).exists;
    }
    link_found(p, holder, LINK_PROVISIONING, &rule->id);
    return MA_OK;
}

static enum ma_status create(struct provision *p, const struct rule *rule, const char *dn)
{
    struct connector *connector;
    struct cs_object object = {
        .guid = guid_new(),
        .agent = p->agent->number,
        .partition = provision_partition(p->agent, dn),
        .unapplied = {.op = DELTA_ADD, .dn = dn, .object_type = rule->cs_type}};
    enum ma_status status;

    status = tree_parents(p->unit->sync->batch, p->agent->number, dn, p->err);
    if (status == MA_OK)
        status = unit_new_connector(p->unit, &object, &connector, p->err);
    if (status == MA_OK)
        unit_link(p->unit, p->meta, connector, LINK_PROVISIONING, &rule->id);
    return status;
}

static enum ma_status add(struct provision *p, const struct rule *rule)
{
    const char *dn;
    struct connector *holder;
    uint64_t id;
    enum ma_status status =
        outflow_dn(p->unit, p->meta, p->agent, rule->cs_type, NULL, &dn, p->err);

    if (status != MA_OK)
        return status;
    if (dn == NULL)
        return refuse(p, rule, "no flow gives the new object a DN", NULL);
    status = cs_find_dn(p->unit->sync->batch, p->agent->number, dn, &id, p->err);
    if (status == MA_NOT_FOUND)
        return create(p, rule, dn);
    if (status == MA_OK)
        status = unit_connector(p->unit, p->agent->number, id, &holder, p->err);
    return status == MA_OK ? take_over(p, rule, holder, dn) : status;
}

static enum ma_status join(struct provision *p, uint32_t cs_type, bool *joined)
{
    struct join_answer answer;
    struct connector *connector;
    enum ma_status status =
        join_outbound(p->unit, p->meta, p->agent, cs_type, &answer, p->err);

    *joined = status == MA_OK && answer.rule != NULL;
    if (!*joined)
        return status;
    status = unit_connector(p->unit, p->agent->number, answer.found, &connector, p->err);
    if (status == MA_OK)
        link_found(p, connector, LINK_JOIN, &answer.rule->id);
    return status;
}

/* One type of connector: joined by any rule in scope, else created by the first that
 * provisions. */
static enum ma_status supply(struct provision *p, uint32_t cs_type)
{
    const struct rule *owner = owner_of(p, cs_type);
    bool joined = false;
    enum ma_status status;

    if (has_connector(p, cs_type))
        return MA_OK;
    status = join(p, cs_type, &joined);
    if (status != MA_OK || owner == NULL)
        return status;
    if (!joined)
        return add(p, owner);
    own(p->meta->connectors.items[p->meta->connectors.count - 1], owner);
    return MA_OK;
}

static bool type_came_before(const struct provision *p, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (p->rules.rules[i]->cs_type == p->rules.rules[at]->cs_type)
            return true;
    return false;
}

static enum ma_status provision_agent(struct unit *unit, struct meta *meta,
                                      const struct compiled_agent *agent,
                                      struct ma_error *err)
{
    struct provision p = {.unit = unit,
                          .meta = meta,
                          .agent = agent,
                          .rules = program_outbound(agent, meta->object.type),
                          .err = err};
    enum ma_status status;

    if (!agent->declarative)
        return MA_OK;
    status = review_all(&p);
    for (size_t i = 0; status == MA_OK && i < p.rules.count; i++)
        if (p.rules.rules[i]->cs_type != NAME_NONE && !type_came_before(&p, i))
            status = supply(&p, p.rules.rules[i]->cs_type);
    return status;
}

/* --- flow out ----------------------------------------------------------------------- */

static void count_outflow(struct unit *unit, struct connector *connector,
                          const struct outflow_result *result)
{
    if (connector->created)
        unit_count(unit, COUNTER_OUT_ADD_FLOW, connector);
    else if (connector->renewed)
        unit_count(unit, COUNTER_OUT_DELETE_ADD_FLOW, connector);
    else if (result->renamed)
        unit_count(unit, COUNTER_OUT_RENAME_FLOW, connector);
    else if (result->changed || !unit->again)
        unit_count(unit, result->changed ? COUNTER_OUT_FLOW : COUNTER_OUT_NO_FLOW,
                   connector);
}

static enum ma_status flow_out(struct unit *unit, struct meta *meta,
                               struct connector *connector, struct ma_error *err)
{
    struct outflow_result result;
    enum ma_status status = outflow_run(unit, meta, connector, &result, err);

    if (status == MA_OK)
        count_outflow(unit, connector, &result);
    return status;
}

/* Links of all agents first: references to a sibling connector want it to be there. */
enum ma_status provision_run(struct unit *unit, struct meta *meta, struct connector *only,
                             struct ma_error *err)
{
    const struct program *program = unit->sync->program;
    enum ma_status status = unit_load_connectors(unit, meta, err);

    for (size_t a = 0; only == NULL && status == MA_OK && a < program->agent_count; a++)
        status = provision_agent(unit, meta, &program->agents[a], err);
    if (only == NULL && status == MA_OK && script_provisions(unit))
        status = scripted_run(unit, meta, err);
    for (size_t i = 0; status == MA_OK && i < meta->connectors.count; i++)
        if (only == NULL || meta->connectors.items[i] == only)
            status = flow_out(unit, meta, meta->connectors.items[i], err);
    meta->reviewed = meta->reviewed || (only == NULL && status == MA_OK);
    return status;
}
