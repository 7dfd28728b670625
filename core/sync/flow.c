/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/flow.h"

#include <stdlib.h>

#include "base/text.h"
#include "model/dn.h"
#include "sync/script.h"

/* What all parts of one evaluation share. */
struct evaluation {
    const struct flow *flow;
    const struct view *from;
    const struct flow_target *to;
    struct unit *unit;
    struct arena *arena;
    struct ma_error *err;
};

static const char *step_of(const struct evaluation *e)
{
    return e->to->agent == NULL ? "import-flow" : "export-flow";
}

/* --- references --------------------------------------------------------------------- */

/* What a reference points to, and the data beside it. */
struct found {
    uint64_t id;
    struct slice data;
};
typedef VEC_OF(struct found) found_list;

/* A connector-space object to its metaverse object. */
static enum ma_status resolve_inbound(const struct evaluation *e, uint64_t id,
                                      found_list *out)
{
    uint64_t mv;
    enum ma_status status =
        unit_link_of(e->unit, e->from->cs->object.agent, id, &mv, e->err);

    if (status == MA_OK && mv != 0)
        VEC_ADD(out, ((struct found){.id = mv}));
    return status;
}

/* A metaverse object to its connectors in the target's space. */
static enum ma_status resolve_outbound(const struct evaluation *e, uint64_t id,
                                       found_list *out)
{
    uint32_t agent = e->to->agent->number;
    connector_list rows = {0};
    enum ma_status status = mv_connectors(e->unit->sync->batch, id, &rows, e->err);

    for (size_t i = 0; status == MA_OK && i < rows.count; i++)
        if (rows.items[i].agent == agent)
            VEC_ADD(out, ((struct found){.id = rows.items[i].id}));
    VEC_FREE(&rows);
    return status;
}

/* Objects of this unit are not in the store yet. */
static bool resolve_here(const struct evaluation *e, uint64_t id, found_list *out)
{
    for (size_t m = 0; m < e->unit->metas.count; m++) {
        const struct meta *meta = e->unit->metas.items[m];

        if (meta->object.id != id || !meta->has_connectors)
            continue;
        for (size_t i = 0; i < meta->connectors.count; i++)
            if (meta->connectors.items[i]->object.agent == e->to->agent->number)
                VEC_ADD(out,
                        ((struct found){.id = meta->connectors.items[i]->object.id}));
        return true;
    }
    return false;
}

static enum ma_status resolve(const struct evaluation *e, uint64_t id, found_list *out)
{
    if (e->to->agent == NULL)
        return resolve_inbound(e, id, out);
    return resolve_here(e, id, out) ? MA_OK : resolve_outbound(e, id, out);
}

/* A reference that is only known by its DN (CRef, text into a reference attribute). */
static enum ma_status resolve_text(const struct evaluation *e, struct slice text,
                                   found_list *out)
{
    const struct compiled_agent *agent =
        e->to->agent == NULL ? e->from->cs->agent : e->to->agent;
    const char *dn = arena_textn(e->arena, text.at, text.length);
    uint64_t id;
    enum ma_status status =
        cs_find_dn(e->unit->sync->batch, agent->number, dn, &id, e->err);

    if (status == MA_NOT_FOUND)
        return MA_OK;
    if (status != MA_OK)
        return status;
    if (e->to->agent == NULL)
        return resolve_inbound(e, id, out);
    VEC_ADD(out, (struct found){.id = id});
    return MA_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void references_out(const struct evaluation *e, const found_list *found,
                           struct flowed *out)
{
    struct slice *values = ARENA_ARRAY(e->arena, struct slice, found->count);
    uint32_t count = 0;

    for (size_t i = 0; i < found->count; i++)
        values[i] =
            value_of_reference(e->arena, found->items[i].id, found->items[i].data);
    if (found->count > 1)
        qsort(values, found->count, sizeof *values, by_bytes);
    for (size_t i = 0; i < found->count; i++)
        if (i == 0 || !slice_equal(values[count - 1], values[i]))
            values[count++] = values[i];
    out->kind = count == 0 ? FLOWED_NULL : FLOWED_VALUES;
    out->values = values;
    out->count = count;
}

/* Data goes along, but not to an attribute of names alone. */
static bool takes_data(const struct evaluation *e)
{
    return e->to->agent == NULL ||
           program_cs_attribute(e->to->agent, e->unit->sync->program, e->flow->target)
               .data;
}

static enum ma_status flow_references(const struct evaluation *e, const struct attr *attr,
                                      struct flowed *out)
{
    bool with_data = takes_data(e);
    found_list found = {0};
    enum ma_status status = MA_OK;

    for (uint32_t i = 0; status == MA_OK && i < attr->count; i++) {
        size_t at = found.count;

        status = resolve(e, value_id(attr->values[i]), &found);
        for (; with_data && at < found.count; at++)
            found.items[at].data = value_data(attr->values[i]);
    }
    if (status == MA_OK)
        references_out(e, &found, out);
    VEC_FREE(&found);
    return status;
}

static enum ma_status reference_item(const struct evaluation *e,
                                     const struct expr_value *value, found_list *out)
{
    if (value->kind == EXPR_REFERENCE && value->number != 0)
        return resolve(e, (uint64_t)value->number, out);
    if (value->kind == EXPR_REFERENCE || value->kind == EXPR_STRING)
        return value->bytes.length == 0 ? MA_OK : resolve_text(e, value->bytes, out);
    return unit_fail(e->unit, e->err, "cs-attribute-type-mismatch", step_of(e), e->flow,
                     "a reference is wanted, the flow gives %s",
                     expr_show(e->arena, value));
}

static enum ma_status value_references(const struct evaluation *e,
                                       const struct expr_value *value, struct flowed *out)
{
    found_list found = {0};
    enum ma_status status = MA_OK;

    if (value->kind != EXPR_SET)
        status = reference_item(e, value, &found);
    else
        for (uint32_t i = 0; status == MA_OK && i < value->count; i++)
            status = reference_item(e, &value->items[i], &found);
    if (status == MA_OK)
        references_out(e, &found, out);
    VEC_FREE(&found);
    return status;
}

/* --- values ----------------------------------------------------------------------- */

static enum ma_status expression_error(const struct evaluation *e,
                                       const struct expr_value *value)
{
    return unit_fail(e->unit, e->err,
                     value->triggered ? "sync-rule-error-function-triggered"
                                      : "sync-rule-invalid-expression",
                     step_of(e), e->flow, "%.*s", (int)value->bytes.length,
                     value->bytes.at);
}

static enum ma_status flow_value(const struct evaluation *e,
                                 const struct expr_value *value, struct flowed *out)
{
    struct ma_error mismatch;

    switch (value->kind) {
    case EXPR_NULL:
        return MA_OK;
    case EXPR_IGNORE:
        out->kind = FLOWED_IGNORE;
        return MA_OK;
    case EXPR_AUTHORITATIVE_NULL:
        out->kind = FLOWED_STOP;
        return MA_OK;
    case EXPR_ERROR:
        return expression_error(e, value);
    default:
        break;
    }
    if (e->flow->target_type == VALUE_REFERENCE)
        return value_references(e, value, out);
    if (expr_to_values(e->arena, value, e->flow->target_type, &out->values, &out->count,
                       &mismatch) != MA_OK)
        return unit_fail(e->unit, e->err, "cs-attribute-type-mismatch", step_of(e),
                         e->flow, "%s", mismatch.text);
    out->kind = out->count == 0 ? FLOWED_NULL : FLOWED_VALUES;
    return MA_OK;
}

static enum ma_status flow_text(const struct evaluation *e, const char *text,
                                struct flowed *out)
{
    struct expr_value value = {.kind = text == NULL ? EXPR_NULL : EXPR_STRING,
                               .bytes = slice_text(text)};

    return flow_value(e, &value, out);
}

/* An empty value contributes nothing; it sorts first. */
static void flow_same(const struct attr *attr, struct flowed *out)
{
    bool empty = attr->count > 0 && attr->values[0].length == 0;

    out->values = attr->values + empty;
    out->count = attr->count - empty;
    out->kind = out->count == 0 ? FLOWED_NULL : FLOWED_VALUES;
}

static enum ma_status flow_converted(const struct evaluation *e, uint32_t name,
                                     struct flowed *out)
{
    const struct expr_source *source = &e->from->source;
    struct expr_value value =
        source->attribute(source, e->arena, EXPR_EXPECTED, name, NULL);

    return flow_value(e, &value, out);
}

static enum ma_status flow_direct(const struct evaluation *e, struct flowed *out)
{
    const struct attr *attr = view_find(e->from, e->flow->source);

    view_need_all(e->from, e->flow->source);
    if (attr == NULL || attr->count == 0)
        return MA_OK;
    if (attr->type != e->flow->target_type)
        return flow_converted(e, e->flow->source, out);
    if (attr->type == VALUE_REFERENCE)
        return flow_references(e, attr, out);
    flow_same(attr, out);
    return MA_OK;
}

static enum ma_status flow_constant(const struct evaluation *e, struct flowed *out)
{
    out->values = e->flow->constant;
    out->count = e->flow->constant_count;
    out->kind = out->count == 0 ? FLOWED_NULL : FLOWED_VALUES;
    return MA_OK;
}

/* Attributes of a view, for what is fused. */
struct viewed {
    struct expr_finder finder; /* first */
    const struct view *view;
};

static const struct attr *find_viewed(const struct expr_finder *finder, uint32_t name)
{
    return view_find(((const struct viewed *)finder)->view, name);
}

/* Not where each step is to be seen, nor where some values of a large attribute stand for
 * all: the long way says which of them it reads. */
static bool is_fused(const struct evaluation *e, struct expr_yield *out)
{
    const struct expr_fusion *fusion = e->flow->fusion;
    const struct viewed viewed = {{find_viewed}, e->from};

    return fusion != NULL && e->from->source.trace == NULL && !e->unit->by_value &&
           expr_run_fused(fusion, e->flow->target_type, &viewed.finder, e->arena, out);
}

static enum ma_status flow_expression(const struct evaluation *e, struct flowed *out)
{
    struct expr_value value;
    struct expr_yield yield;

    if (!is_fused(e, &yield)) {
        value = expr_eval(e->flow->expr, &e->from->source, e->arena);
        return flow_value(e, &value, out);
    }
    if (yield.known != NULL)
        return flow_value(e, yield.known, out);
    out->values = yield.values;
    out->count = yield.count;
    out->kind = out->count == 0 ? FLOWED_NULL : FLOWED_VALUES;
    return MA_OK;
}

static enum ma_status flow_dn_part(const struct evaluation *e, struct flowed *out)
{
    const char *dn = view_dn(e->from);
    struct slice type;
    struct slice value;

    if (dn == NULL || !dn_component(slice_text(dn), e->flow->dn_part, &type, &value))
        return unit_fail(e->unit, e->err, "dn-index-out-of-bounds", step_of(e), e->flow,
                         "the DN has no component %u: %s", e->flow->dn_part,
                         dn == NULL ? "" : dn);
    return flow_text(e, arena_textn(e->arena, value.at, value.length), out);
}

static enum ma_status flow_object_id(const struct evaluation *e, struct flowed *out)
{
    const struct guid *guid =
        e->from->mv != NULL ? &e->from->mv->object.guid : &e->from->cs->object.guid;
    char text[GUID_TEXT];
    struct expr_value bytes = {.kind = EXPR_BYTES,
                               .bytes = slice_of(guid->bytes, sizeof guid->bytes)};

    if (e->flow->target_type == VALUE_BINARY)
        return flow_value(e, &bytes, out);
    guid_format(guid, GUID_BRACED_UPPER, text);
    return flow_text(e, arena_text(e->arena, text), out);
}

static enum ma_status flow_intrinsic(const struct evaluation *e, struct flowed *out)
{
    const struct names *names = e->unit->sync->program->names;
    uint32_t type;

    if (e->flow->intrinsic == INTRINSIC_OBJECT_ID)
        return flow_object_id(e, out);
    if (e->flow->intrinsic == INTRINSIC_DN)
        return flow_text(e, view_dn(e->from), out);
    type =
        e->from->mv != NULL ? e->from->mv->object.type : unit_type(e->unit, e->from->cs);
    return flow_text(e, names_text(names, type), out);
}

static enum ma_status flow_scripted(const struct evaluation *e, struct flowed *out)
{
    struct expr_value value;
    enum ma_status status =
        script_flow(e->flow, e->from, e->to->object, step_of(e), &value, e->err);

    return status == MA_OK ? flow_value(e, &value, out) : status;
}

static enum ma_status (*const kinds[])(const struct evaluation *, struct flowed *) = {
    [FLOW_DIRECT] = flow_direct,         [FLOW_CONSTANT] = flow_constant,
    [FLOW_EXPRESSION] = flow_expression, [FLOW_SCRIPTED] = flow_scripted,
    [FLOW_DN_PART] = flow_dn_part,       [FLOW_INTRINSIC] = flow_intrinsic,
};

/* As an import reads it, so that what was written is known again. */
static void one_spelling(const struct evaluation *e, struct flowed *out)
{
    struct slice *value;

    if (out->kind != FLOWED_VALUES || out->count != 1)
        return;
    value = arena_alloc(e->arena, sizeof *value);
    *value = value_time(e->arena, out->values[0]);
    out->values = value;
}

static enum ma_status too_many(const struct evaluation *e, const struct flowed *out)
{
    if (e->flow->target_type == VALUE_REFERENCE && e->to->agent != NULL)
        return unit_fail(e->unit, e->err,
                         "ambiguous-export-flow-to-single-valued-attribute", step_of(e),
                         e->flow, "%u objects for a single-valued reference", out->count);
    return unit_fail(e->unit, e->err, "flow-multi-values-to-single-value", step_of(e),
                     e->flow, "%u values for a single-valued attribute", out->count);
}

enum ma_status flow_run(const struct flow *flow, const struct view *from,
                        const struct flow_target *to, struct flowed *out,
                        struct ma_error *err)
{
    const struct evaluation e = {.flow = flow,
                                 .from = from,
                                 .to = to,
                                 .unit = from->unit,
                                 .arena = from->unit->arena,
                                 .err = err};
    enum ma_status status;

    *out = (struct flowed){.kind = FLOWED_NULL};
    from->unit->sync->flows_evaluated++;
    from->unit->sync->varies = from->unit->sync->varies || flow->varies;
    status = kinds[flow->kind](&e, out);
    if (status == MA_OK && out->count > 1 && (flow->target_single || flow->to_dn))
        return too_many(&e, out);
    if (status == MA_OK && flow->target_is_time)
        one_spelling(&e, out);
    return status;
}
