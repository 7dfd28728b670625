/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/inbound.h"

#include "space/tower.h"
#include "space/unsettled.h"
#include "sync/inflow.h"
#include "sync/join.h"
#include "sync/life.h"
#include "sync/provision.h"
#include "sync/script.h"

/* One object on its way in. */
struct inbound {
    struct unit *unit;
    struct connector *connector;
    const struct inbound_options *options;
    struct meta *meta; /* NULL: a disconnector */
    bool joined;
    bool projected;
    bool done; /* nothing more is to be done for it */
    struct ma_error *err;
};

/* --- what is counted ---------------------------------------------------------------- */

static void count(struct inbound *in, enum counter counter)
{
    unit_count(in->unit, counter, in->connector);
}

/* --- cutting off ------------------------------------------------------------------ */

/* Unlinks, recalls, asks whether the metaverse object lives on, and lets the loss flow
 * out to its other connectors. */
static enum ma_status cut_off(struct inbound *in, enum connector_state state, bool *died)
{
    struct unit *unit = in->unit;
    struct meta *meta = in->meta;
    enum ma_status status = unit_load_connectors(unit, meta, in->err);

    *died = false;
    if (status != MA_OK)
        return status;
    unit_unlink(unit, meta, in->connector, state);
    in->meta = NULL;
    status = life_after_loss(unit, meta, in->connector, died, in->err);
    if (status != MA_OK || *died)
        return status;
    return inflow_recall(unit, meta, in->connector, in->err);
}

static enum ma_status flow_out_of(struct inbound *in, struct meta *meta)
{
    if (meta->gone || !meta->flowed)
        return MA_OK;
    return provision_run(in->unit, meta, NULL, in->err);
}

/* --- the import shows it gone ----------------------------------------------------- */

static enum ma_status process_delete(struct inbound *in)
{
    struct meta *meta = in->meta;
    bool died = false;
    enum ma_status status = MA_OK;

    in->done = true;
    if (meta != NULL) {
        status = cut_off(in, STATE_NORMAL, &died);
        if (status == MA_OK)
            count(in, died ? COUNTER_CONNECTOR_DELETE_REMOVE_MV
                           : COUNTER_CONNECTOR_DELETE_LEAVE_MV);
    }
    if (status == MA_OK)
        status = unit_remove(in->unit, in->connector, in->err);
    if (status == MA_OK && meta != NULL && !died)
        status = provision_run(in->unit, meta, NULL, in->err);
    return status;
}

/* Same anchor, another type: from scratch. */
static enum ma_status process_delete_add(struct inbound *in)
{
    struct meta *meta = in->meta;
    bool died = false;
    enum ma_status status = MA_OK;

    if (in->connector->object.pending_import.op != DELTA_DELETE_ADD)
        return MA_OK;
    if (meta != NULL)
        status = cut_off(in, STATE_NORMAL, &died);
    if (status == MA_OK && meta != NULL && !died)
        status = flow_out_of(in, meta);
    if (status == MA_OK && in->connector->object.state == STATE_FILTERED)
        in->connector->object.state = STATE_NORMAL;
    return status;
}

/* --- connector filter ------------------------------------------------------------- */

static enum ma_status filter_matches(struct inbound *in, bool *out)
{
    const struct compiled_agent *agent = in->connector->agent;
    uint32_t type = unit_type(in->unit, in->connector);

    *out = false;
    for (size_t i = 0; !*out && i < agent->filter_count; i++) {
        const struct compiled_filter *filter = &agent->filters[i];

        if (filter->cs_type != type)
            continue;
        if (filter->script != NULL)
            return script_filter(in->unit, in->connector, filter->script, out, in->err);
        *out = filter->scope.count > 0 &&
               view_scope_holds(in->unit, in->connector, true, &filter->scope);
    }
    return MA_OK;
}

static enum ma_status filter_connector(struct inbound *in)
{
    struct meta *meta = in->meta;
    bool died;
    enum ma_status status = cut_off(in, STATE_FILTERED, &died);

    if (status != MA_OK)
        return status;
    count(in, died ? COUNTER_CONNECTOR_FILTERED_REMOVE_MV
                   : COUNTER_CONNECTOR_FILTERED_LEAVE_MV);
    return died ? MA_OK : flow_out_of(in, meta);
}

static enum ma_status filter(struct inbound *in)
{
    struct cs_object *object = &in->connector->object;
    bool matches;
    enum ma_status status;

    if (object->link_cause == LINK_MANUAL)
        return MA_OK;
    status = filter_matches(in, &matches);
    if (status != MA_OK)
        return status;
    if (!matches && object->state == STATE_FILTERED) {
        object->state = STATE_NORMAL;
        in->connector->dirty = true;
    }
    if (!matches)
        return MA_OK;
    in->done = true;
    if (in->meta != NULL)
        return filter_connector(in);
    in->connector->dirty = in->connector->dirty || object->state != STATE_FILTERED;
    object->state = STATE_FILTERED;
    count(in, COUNTER_DISCONNECTOR_FILTERED);
    return MA_OK;
}

/* --- does the link still hold? ---------------------------------------------------- */

static bool is_link_rule(const struct rule *rule)
{
    return rule->join_count > 0 || rule->link == LINK_ACTION_PROVISION ||
           rule->link == LINK_ACTION_STICKY;
}

static const struct rule *link_rule_in_scope(struct inbound *in)
{
    struct rule_list rules =
        program_inbound(in->connector->agent, unit_type(in->unit, in->connector));
    const struct guid *now = &in->connector->object.link_rule;
    const struct rule *first = NULL;

    for (size_t i = 0; i < rules.count; i++) {
        if (!is_link_rule(rules.rules[i]) ||
            !view_rule_holds(in->unit, in->connector, rules.rules[i]))
            continue;
        if (guid_equal(&rules.rules[i]->id, now))
            return rules.rules[i];
        if (first == NULL)
            first = rules.rules[i];
    }
    return first;
}

/* Links that outbound rules or people made are not undone from this side. */
static bool was_linked_inbound(const struct inbound *in)
{
    const struct cs_object *object = &in->connector->object;
    const struct rule *rule;

    if (object->link_cause == LINK_PROJECTION)
        return true;
    rule = program_rule(in->unit->sync->program, &object->link_rule);
    return object->link_cause == LINK_JOIN &&
           (rule == NULL || rule->direction == RULE_INBOUND);
}

static enum ma_status leave_scope(struct inbound *in)
{
    struct meta *meta = in->meta;
    bool died;
    enum ma_status status = cut_off(in, STATE_NORMAL, &died);

    if (status != MA_OK)
        return status;
    in->done = true;
    count(in, died ? COUNTER_CONNECTOR_FILTERED_REMOVE_MV
                   : COUNTER_CONNECTOR_FILTERED_LEAVE_MV);
    return died ? MA_OK : flow_out_of(in, meta);
}

/* The rule that made the link left scope: another link rule in scope takes it over, else
 * it is cut. */
static enum ma_status check_link(struct inbound *in)
{
    struct cs_object *object = &in->connector->object;
    const struct rule *rule;

    if (in->meta == NULL || !in->connector->agent->declarative || !was_linked_inbound(in))
        return MA_OK;
    rule = link_rule_in_scope(in);
    if (rule == NULL)
        return leave_scope(in);
    if (!guid_equal(&rule->id, &object->link_rule)) {
        object->link_rule = rule->id;
        in->connector->dirty = true;
    }
    return MA_OK;
}

/* --- join and projection ---------------------------------------------------------- */

static enum ma_status ambiguous(struct inbound *in, const struct join_answer *answer)
{
    return unit_fail(in->unit, in->err, "ambiguous-join", "join", NULL,
                     "%zu metaverse objects match one join criterion and none may be "
                     "guessed; make the criterion unique, or set strict-joins to false "
                     "in mactl.xml to project a new object instead",
                     answer->candidates);
}

static enum ma_status join_it(struct inbound *in, const struct join_answer *answer)
{
    enum ma_status status = unit_meta(in->unit, answer->found, &in->meta, in->err);

    if (status == MA_OK)
        status = unit_load_connectors(in->unit, in->meta, in->err);
    if (status != MA_OK)
        return status;
    unit_link(in->unit, in->meta, in->connector, LINK_JOIN, &answer->rule->id);
    in->joined = true;
    return MA_OK;
}

static enum ma_status remain(struct inbound *in)
{
    in->done = true;
    count(in, COUNTER_DISCONNECTOR_REMAINS);
    return join_offer(in->unit, in->connector, in->err);
}

static enum ma_status project(struct inbound *in, const struct rule *rule)
{
    uint32_t type = rule->link_type;
    enum ma_status status = MA_OK;

    if (rule->link_script != NULL)
        status =
            script_project(in->unit, in->connector, rule->link_script, &type, in->err);
    if (status == MA_OK && type == NAME_NONE)
        return remain(in);
    if (status == MA_OK)
        status = unit_new_meta(in->unit, type, &in->meta, in->err);
    if (status != MA_OK)
        return status;
    unit_link(in->unit, in->meta, in->connector, LINK_PROJECTION, &rule->id);
    in->projected = true;
    return MA_OK;
}

static const struct rule *projection_of(struct inbound *in)
{
    struct rule_list rules =
        program_inbound(in->connector->agent, unit_type(in->unit, in->connector));

    for (size_t i = 0; i < rules.count; i++)
        if (rules.rules[i]->link == LINK_ACTION_PROVISION &&
            view_rule_holds(in->unit, in->connector, rules.rules[i]))
            return rules.rules[i];
    return NULL;
}

static enum ma_status link_it(struct inbound *in)
{
    struct join_answer answer;
    const struct rule *rule;
    enum ma_status status;

    if (in->meta != NULL)
        return MA_OK;
    status = join_inbound(in->unit, in->connector, &answer, in->err);
    if (status != MA_OK)
        return status;
    if (answer.rule != NULL)
        return join_it(in, &answer);
    if (answer.blocked != NULL && in->unit->sync->program->strict_joins)
        return ambiguous(in, &answer);
    rule = projection_of(in);
    if (rule != NULL)
        return project(in, rule);
    return remain(in);
}

/* --- flow ------------------------------------------------------------------------- */

static void count_flow(struct inbound *in, bool died)
{
    bool flowed = in->meta->flowed;
    enum counter counter;

    if (in->connector->object.pending_import.op == DELTA_DELETE_ADD)
        counter = COUNTER_CONNECTOR_DELETE_ADD_PROCESSED;
    else if (in->projected)
        counter = died     ? COUNTER_DISCONNECTOR_PROJECTED_REMOVE_MV
                  : flowed ? COUNTER_DISCONNECTOR_PROJECTED_FLOW
                           : COUNTER_DISCONNECTOR_PROJECTED_NO_FLOW;
    else if (in->joined)
        counter = died     ? COUNTER_DISCONNECTOR_JOINED_REMOVE_MV
                  : flowed ? COUNTER_DISCONNECTOR_JOINED_FLOW
                           : COUNTER_DISCONNECTOR_JOINED_NO_FLOW;
    else
        counter = died     ? COUNTER_CONNECTOR_FLOW_REMOVE_MV
                  : flowed ? COUNTER_CONNECTOR_FLOW
                           : COUNTER_CONNECTOR_NO_FLOW;
    count(in, counter);
}

/* Nothing that outbound rules read changed: only what this object itself should hold is
 * looked at again, as its import may contradict it. What failed last time may have failed
 * anywhere, and all that it had done there was taken back. */
static struct connector *outbound_reach(const struct inbound *in)
{
    bool all = in->meta->flowed || in->joined || in->options->full ||
               in->meta->object.provisioning_retry ||
               in->connector->object.import_error.count > 0;

    return all ? NULL : in->connector;
}

static enum ma_status flow(struct inbound *in)
{
    struct meta *meta = in->meta;
    bool died = false;
    enum ma_status status = inflow_run(in->unit, meta, in->connector, false, in->err);

    if (status == MA_OK && in->connector->agent->declarative)
        status = life_review(in->unit, meta, &died, in->err);
    if (status != MA_OK)
        return status;
    count_flow(in, died);
    if (died)
        return MA_OK;
    if (meta->flowed)
        status = join_wake(in->unit, meta, in->err);
    return status == MA_OK ? provision_run(in->unit, meta, outbound_reach(in), in->err)
                           : status;
}

/* --- all of it -------------------------------------------------------------------- */

static void absorb(struct inbound *in)
{
    struct connector *connector = in->connector;

    if (connector->gone || connector->object.placeholder != PLACEHOLDER_NOT)
        return;
    if (!object_needs_sync(&connector->object) &&
        unsettled_is_empty(&connector->settling))
        return;
    connector->object.reference_retry = false;
    connector->object.rename_retry = false;
    connector->object.provisioning_retry = false;
    tower_absorb(in->unit->arena, &connector->object);
    connector->dirty = true;
}

static bool is_explicit_disconnector(const struct cs_object *object)
{
    return object->mv == 0 && object->state == STATE_EXPLICIT;
}

static enum ma_status load_meta(struct inbound *in)
{
    uint64_t mv = in->connector->object.mv;

    return mv == 0 ? MA_OK : unit_meta(in->unit, mv, &in->meta, in->err);
}

/* A name, or an object of which the import did not say where it is now. */
static bool is_nothing_yet(const struct cs_object *object)
{
    return object->placeholder != PLACEHOLDER_NOT ||
           (object->transient && object->pending_import.op != DELTA_DELETE);
}

static enum ma_status (*const steps[])(struct inbound *) = {process_delete_add, filter,
                                                            check_link, link_it, flow};

enum ma_status inbound_run(struct unit *unit, struct connector *connector,
                           const struct inbound_options *options, struct ma_error *err)
{
    struct inbound in = {
        .unit = unit, .connector = connector, .options = options, .err = err};
    enum ma_status status = MA_OK;

    if (is_nothing_yet(&connector->object))
        return MA_OK;
    connector->source = true;
    unit_forget_images(connector);
    connector->settling = tower_settling(&connector->object);
    status = load_meta(&in);
    if (status == MA_OK && connector->object.pending_import.op == DELTA_DELETE)
        return process_delete(&in);
    if (status == MA_OK && !unit_imported(unit, connector)->exists)
        return MA_OK; /* never imported: gives nothing */
    if (is_explicit_disconnector(&connector->object))
        in.done = true;
    for (size_t i = 0; status == MA_OK && !in.done && i < sizeof steps / sizeof steps[0];
         i++)
        status = steps[i](&in);
    if (status == MA_OK)
        absorb(&in);
    return status;
}

enum ma_status inbound_references(struct unit *unit, struct connector *connector,
                                  struct ma_error *err)
{
    struct meta *meta;
    enum ma_status status;

    if (connector->object.mv == 0 || !delta_is_empty(&connector->object.pending_import) ||
        !unit_imported(unit, connector)->exists)
        return MA_OK;
    status = unit_meta(unit, connector->object.mv, &meta, err);
    if (status == MA_OK)
        status = inflow_run(unit, meta, connector, true, err);
    if (status == MA_OK && meta->flowed)
        status = provision_run(unit, meta, NULL, err);
    return status;
}
