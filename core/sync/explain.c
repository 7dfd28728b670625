/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "space/givers.h"
#include "sync/flow.h"
#include "sync/outflow.h"
#include "sync/sync.h"

/* Asks every flow into one attribute what it would contribute now, and says which one
 * won. Nothing is written: the unit is dropped. */
struct explain {
    struct sync sync;
    struct unit unit;
    struct arena *arena; /* the caller's, for what is shown */
    candidate_list *out;
    const struct flow *winner; /* NULL: nobody has won yet */
    /* Equal or manual precedence: who wrote last, so who won; NULL: the order of the
     * flows says. */
    const struct mv_lineage *last;
    bool manual;
    /* Many values of equal precedence, or merged: several give some. NULL: one gives
     * all. */
    const char *shared;
    struct givers givers; /* then, who gave which */
    struct ma_error *err;
};

static void explain_begin(struct explain *x, struct batch *batch,
                          const struct program *program, struct arena *arena,
                          candidate_list *out, struct ma_error *err)
{
    static const struct sync_request nothing = {0};

    *x = (struct explain){
        .sync = {.request = &nothing,
                 .program = program,
                 .batch = batch,
                 .dn_name = names_find(program->names, slice_text("dn"))},
        .arena = arena,
        .out = out,
        .err = err};
    unit_begin(&x->unit, &x->sync);
}

static void explain_end(struct explain *x)
{
    unit_drop(&x->unit);
    unit_end(&x->unit);
    arena_free(&x->sync.arena);
}

static struct sync_candidate *note(struct explain *x, const struct flow *flow,
                                   const struct connector *connector, const char *verdict,
                                   const char *value)
{
    struct sync_candidate candidate = {
        .flow = flow,
        .object = connector == NULL ? 0 : connector->object.id,
        .agent = connector == NULL ? 0 : connector->object.agent,
        .verdict = verdict,
        .value = value};

    VEC_ADD(x->out, candidate);
    return &x->out->items[x->out->count - 1];
}

/* --- why a rule holds, or does not -------------------------------------------------- */

/* As an expression would read it; NULL: nothing. */
static const char *read_value(struct explain *x, const struct view *view,
                              const char *attribute)
{
    uint32_t name = names_find(x->sync.program->names, slice_text(attribute));
    struct expr_value value;

    if (strcasecmp(attribute, "dn") == 0)
        return view_dn(view) == NULL ? NULL : arena_text(x->arena, view_dn(view));
    value =
        view->source.attribute(&view->source, x->arena, EXPR_EXPECTED, name, attribute);
    return value.kind == EXPR_NULL ? NULL : expr_show(x->arena, &value);
}

static void note_out_of_scope(struct explain *x, const struct flow *flow,
                              const struct connector *connector, const struct view *view)
{
    struct subject subject = view_subject(view);
    const struct clause *failed = scope_why_not(&flow->rule->scope, &subject);
    struct sync_candidate *candidate = note(x, flow, connector, "out of scope", NULL);

    candidate->failed = failed;
    candidate->found = failed == NULL ? NULL : read_value(x, view, failed->attribute);
}

static bool group_holds(const struct predicate_group *group,
                        const struct subject *subject)
{
    for (size_t i = 0; i < group->count; i++)
        if (!predicate_holds(&group->items[i], subject))
            return false;
    return true;
}

/* Of groups that are alternatives, the first that holds. */
static const struct predicate_group *held(const struct flow *flow,
                                          const struct view *view)
{
    const struct scope *scope = &flow->rule->scope;
    struct subject subject = view_subject(view);

    for (size_t i = 0; i < scope->count; i++)
        if (scope->groups[i].count > 0 && group_holds(&scope->groups[i], &subject))
            return &scope->groups[i];
    return NULL;
}

/* --- what it read ------------------------------------------------------------------- */

static void note_inputs(struct explain *x, const struct flow *flow,
                        const struct view *view, struct sync_candidate *candidate)
{
    struct sync_input *inputs =
        ARENA_ARRAY(x->arena, struct sync_input, flow->source_count);

    for (size_t i = 0; i < flow->source_count; i++) {
        const char *name = names_text(x->sync.program->names, flow->sources[i]);

        inputs[i] =
            (struct sync_input){flow->sources[i], name, read_value(x, view, name)};
    }
    candidate->inputs = inputs;
    candidate->input_count = flow->source_count;
}

/* A view that keeps what an evaluation tells of its parts. */
struct traced {
    struct view view; /* first: an expression gets a pointer to it */
    struct arena *arena;
    VEC_OF(struct sync_part) parts;
};

static void on_part(const struct expr_source *source, const char *text,
                    const struct expr_value *value)
{
    struct traced *traced = (struct traced *)(uintptr_t)source;

    VEC_ADD(&traced->parts, ((struct sync_part){arena_text(traced->arena, text),
                                                expr_show(traced->arena, value)}));
}

static void note_parts(struct explain *x, struct traced *traced,
                       struct sync_candidate *candidate)
{
    struct sync_part *parts =
        ARENA_ARRAY(x->arena, struct sync_part, traced->parts.count);

    for (size_t i = 0; i < traced->parts.count; i++)
        parts[i] = traced->parts.items[i];
    candidate->parts = parts;
    candidate->part_count = traced->parts.count;
    VEC_FREE(&traced->parts);
}

/* --- what it contributes ------------------------------------------------------------ */

static const char *show(struct explain *x, const struct flow *flow,
                        const struct flowed *flowed)
{
    struct attr attr = {.name = flow->target,
                        .type = flow->target_type,
                        .count = flowed->count,
                        .values = flowed->values};
    struct expr_value value;

    if (flow->secret)
        return "(secret)";
    value = expr_of_attr(x->arena, &attr);
    return expr_show(x->arena, &value);
}

static bool wrote_last(const struct explain *x, const struct flow *flow,
                       const struct connector *connector)
{
    const struct guid *id = guid_is_zero(&flow->id) ? &flow->rule->id : &flow->id;

    return x->last->agent == connector->object.agent &&
           x->last->object == connector->object.id && guid_equal(&x->last->rule, id);
}

/* How many of the values that are there this flow gave of this object. */
static const char *share(struct explain *x, const struct flow *flow,
                         const struct connector *connector)
{
    const struct guid *id = guid_is_zero(&flow->id) ? &flow->rule->id : &flow->id;
    struct set given = {0};

    if (x->givers.unknown)
        return x->shared;
    for (uint32_t i = 0; i < x->givers.count; i++) {
        const struct mv_lineage *line = &x->givers.lines[i];

        if (line->agent == connector->object.agent &&
            line->object == connector->object.id && guid_equal(&line->rule, id))
            given = set_union(x->arena, given, set_of(line->values, line->value_count));
    }
    return arena_print(x->arena, "%s; gave %u of the %u values", x->shared, given.count,
                       givers_all(&x->givers).count);
}

/* Equals are asked in an order, too. */
static const char *loser(const struct explain *x, const struct flow *flow)
{
    return flow->rank == x->winner->rank
               ? "of equal precedence, and another was asked first"
               : "lower precedence";
}

static const char *verdict_of(struct explain *x, const struct flow *flow,
                              const struct connector *connector,
                              const struct flowed *flowed)
{
    switch (flowed->kind) {
    case FLOWED_NULL:
        return "no value";
    case FLOWED_IGNORE:
        return "ignored (IgnoreThisFlow)";
    case FLOWED_STOP:
        x->winner = flow;
        return "won with no value (AuthoritativeNull)";
    case FLOWED_VALUES:
        break;
    }
    if (x->shared != NULL)
        return share(x, flow, connector);
    if (x->last != NULL && !wrote_last(x, flow, connector))
        return x->manual ? "not the last to write (manual precedence)"
                         : "not the last to write (equal precedence)";
    if (x->winner != NULL)
        return loser(x, flow);
    x->winner = flow;
    return "won";
}

static void ask(struct explain *x, const struct flow *flow, const struct view *view,
                const struct compiled_agent *to, const struct connector *connector)
{
    const struct flow_target target = {.agent = to};
    struct traced traced = {.view = *view, .arena = x->arena};
    struct sync_candidate *candidate;
    struct flowed flowed;
    const char *value = NULL;

    if (flow->kind == FLOW_EXPRESSION)
        traced.view.source.trace = on_part;
    if (flow_run(flow, &traced.view, &target, &flowed, x->err) != MA_OK)
        candidate = note(x, flow, connector, "error", arena_text(x->arena, x->err->text));
    else {
        if (flowed.kind == FLOWED_VALUES)
            value = show(x, flow, &flowed);
        candidate =
            note(x, flow, connector, verdict_of(x, flow, connector, &flowed), value);
    }
    candidate->held = held(flow, view);
    note_inputs(x, flow, view, candidate);
    note_parts(x, &traced, candidate);
}

static void ask_connector(struct explain *x, const struct flow *flow,
                          struct connector *connector)
{
    struct view view = view_of_connector(&x->unit, connector, flow->read_layer_imported);

    if (!unit_imported(&x->unit, connector)->exists)
        note(x, flow, connector, "not imported yet", NULL);
    else if (!view_rule_holds(&x->unit, connector, flow->rule))
        note_out_of_scope(x, flow, connector, &view);
    else
        ask(x, flow, &view, NULL, connector);
}

static bool reads(const struct explain *x, const struct flow *flow,
                  struct connector *connector)
{
    const struct rule *rule = flow->rule;

    return connector->agent == &x->sync.program->agents[rule->agent] &&
           (rule->cs_type == NAME_NONE ||
            rule->cs_type == object_type(x->unit.arena, &connector->object));
}

static void ask_import_flow(struct explain *x, const struct flow *flow,
                            const struct meta *meta)
{
    bool any = false;

    for (size_t i = 0; i < meta->connectors.count; i++)
        if (reads(x, flow, meta->connectors.items[i])) {
            ask_connector(x, flow, meta->connectors.items[i]);
            any = true;
        }
    if (!any)
        note(x, flow, NULL, "no connector", NULL);
}

enum ma_status sync_explain_mv(struct batch *batch, const struct program *program,
                               struct arena *arena, uint64_t mv, uint32_t attribute,
                               candidate_list *out, struct ma_error *err)
{
    struct explain x;
    struct meta *meta;
    const struct mv_target *target;
    enum ma_status status;

    explain_begin(&x, batch, program, arena, out, err);
    status = unit_meta(&x.unit, mv, &meta, err);
    if (status == MA_OK)
        status = unit_load_connectors(&x.unit, meta, err);
    if (status == MA_OK) {
        target = program_mv_target(program, meta->object.type, attribute);
        if (target != NULL && target->precedence != PRECEDENCE_RANKED) {
            x.last = mv_lineage_of(&meta->object, attribute);
            x.manual = target->precedence == PRECEDENCE_MANUAL;
            if (!x.manual && !target->flows[0]->target_single)
                x.shared = "what it adds and takes away counts (equal precedence)";
        }
        if (target != NULL && target->flows[0]->merge != MERGE_UPDATE)
            x.shared = "what it gives is merged";
        x.givers = givers_of(arena, &meta->object, attribute,
                             set_of_attr(entry_find(&meta->object.entry, attribute)));
        for (size_t i = 0; target != NULL && i < target->count; i++)
            ask_import_flow(&x, target->flows[i], meta);
    }
    explain_end(&x);
    return status;
}

static void ask_export_flow(struct explain *x, const struct flow *flow, struct meta *meta,
                            struct connector *connector)
{
    struct view view =
        view_of_meta(&x->unit, meta, connector->agent, connector->object.partition);

    if (!view_flow_applies(x->sync.program, flow))
        note(x, flow, connector, "only the FIM Service knows its scope", NULL);
    else if (flow->once && object_was_imported(&connector->object))
        note(x, flow, connector, "only at creation", NULL);
    else if (!view_outbound_rule_holds(&x->unit, meta, flow->rule))
        note_out_of_scope(x, flow, connector, &view);
    else if (outflow_is_outranked(&x->unit, meta, connector, flow))
        note(x, flow, connector,
             "held back: the value comes from an agent that ranks below this one", NULL);
    else
        ask(x, flow, &view, connector->agent, connector);
}

enum ma_status sync_explain_cs(struct batch *batch, const struct program *program,
                               struct arena *arena, uint32_t agent, uint64_t object,
                               uint32_t attribute, candidate_list *out,
                               struct ma_error *err)
{
    struct explain x;
    struct connector *connector;
    struct meta *meta;
    const struct cs_target *target = NULL;
    enum ma_status status;

    explain_begin(&x, batch, program, arena, out, err);
    status = unit_connector(&x.unit, agent, object, &connector, err);
    if (status == MA_OK && connector->object.mv != 0) {
        status = unit_meta(&x.unit, connector->object.mv, &meta, err);
        if (status == MA_OK)
            status = unit_load_connectors(&x.unit, meta, err);
        if (status == MA_OK)
            target = program_cs_target(connector->agent, meta->object.type,
                                       unit_type(&x.unit, connector), attribute);
        for (size_t i = 0; target != NULL && i < target->count; i++)
            ask_export_flow(&x, target->flows[i], meta, connector);
    }
    explain_end(&x);
    return status;
}
