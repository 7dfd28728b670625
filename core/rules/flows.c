/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "base/text.h"
#include "rules/compiler.h"

static const char left_out[] = "the flow is left out";
static const char absent[] = "the expression takes it for absent";

/* --- target -------------------------------------------------------------------- */

static bool aim_at_dn(struct flow *out)
{
    out->to_dn = true;
    out->target_type = VALUE_STRING;
    out->target_single = true;
    return true;
}

/* No fault of the configuration: rules are made for more systems than this one. */
static bool is_absent(struct compiler *compiler, const struct flow_request *request,
                      struct attribute_info info)
{
    const struct compiled_agent *agent = request->to->agent;

    if (!request->outbound || !info.absent)
        return false;
    compiler->agents[agent - compiler->agents].flows_absent++;
    finding_add(compiler, FINDING_NOTE, request->place, left_out,
                "the system of '%s' has no attribute '%s'", agent->config->name,
                request->target);
    return true;
}

static bool find_target(struct compiler *compiler, const struct flow_request *request,
                        struct flow *out)
{
    struct attribute_info info;

    if (side_is_dn(compiler, request->to, request->target))
        return aim_at_dn(out);
    out->target =
        side_find(compiler, request->to, request->target, request->place, left_out);
    if (out->target == NAME_NONE)
        return false;
    info = side_attribute(request->to, out->target);
    if (is_absent(compiler, request, info))
        return false;
    out->target_type = info.type;
    out->target_single = info.single;
    out->target_export_only = info.export_only;
    out->target_is_time = request->outbound && info.is_time;
    out->secret = request->mapping->secret || info.secret;
    if (!request->outbound || !info.read_only)
        return true;
    finding_add(compiler, FINDING_WARNING, request->place, left_out,
                "'%s' belongs to the system: nobody can write it", request->target);
    return false;
}

/* --- direct and intrinsic ---------------------------------------------------- */

static const struct {
    const char *name;
    enum intrinsic intrinsic;
} intrinsics[] = {
    {"dn", INTRINSIC_DN},
    {"object-id", INTRINSIC_OBJECT_ID},
    {"object-type", INTRINSIC_OBJECT_TYPE},
};

static bool find_intrinsic(struct compiler *compiler, const struct flow_request *request,
                           const char *name, struct flow *out)
{
    for (size_t i = 0; i < sizeof intrinsics / sizeof intrinsics[0]; i++)
        if (strcasecmp(intrinsics[i].name, name) == 0) {
            out->kind = FLOW_INTRINSIC;
            out->intrinsic = intrinsics[i].intrinsic;
            out->source_type = VALUE_STRING;
            return true;
        }
    finding_add(compiler, FINDING_ERROR, request->place, NULL,
                "an object has no intrinsic '%s'; there are dn, object-id, object-type",
                name);
    return false;
}

/* rule-decisions 16: texts become anything that they spell, numbers and booleans become
 * texts. */
static bool converts(enum value_type from, enum value_type to)
{
    if (from == to)
        return true;
    if (from == VALUE_STRING)
        return to == VALUE_NUMBER || to == VALUE_BOOLEAN || to == VALUE_REFERENCE;
    return to == VALUE_STRING && (from == VALUE_NUMBER || from == VALUE_BOOLEAN);
}

static bool find_source(struct compiler *compiler, const struct flow_request *request,
                        const char *name, struct flow *out)
{
    out->kind = FLOW_DIRECT;
    out->source = side_find(compiler, request->from, name, request->place, left_out);
    if (out->source == NAME_NONE)
        return false;
    out->source_type = side_attribute(request->from, out->source).type;
    if (!converts(out->source_type, out->target_type))
        finding_add(compiler, FINDING_WARNING, request->place,
                    "objects with a value fail with cs-attribute-type-mismatch",
                    "'%s' is a %s and flows into '%s', a %s", name,
                    value_type_name(out->source_type), request->target,
                    value_type_name(out->target_type));
    return true;
}

static bool direct(struct compiler *compiler, const struct flow_request *request,
                   struct flow *out)
{
    const struct mapping *mapping = request->mapping;

    if (mapping->source_count == 0) {
        finding_add(compiler, FINDING_ERROR, request->place, NULL,
                    "a direct flow into '%s' has no source attribute", request->target);
        return false;
    }
    if (mapping->sources[0].intrinsic ||
        side_is_dn(compiler, request->from, mapping->sources[0].name))
        return find_intrinsic(compiler, request, mapping->sources[0].name, out);
    return find_source(compiler, request, mapping->sources[0].name, out);
}

/* --- constant ------------------------------------------------------------------ */

/* Blanks are data in a text only. */
static struct slice constant_text(const struct mapping *mapping, enum value_type type)
{
    struct slice text = slice_text(mapping->constant == NULL ? "" : mapping->constant);

    return type == VALUE_STRING || type == VALUE_BINARY ? text : text_strip(text);
}

static bool refuse_constant(struct compiler *compiler, const struct flow_request *request,
                            enum value_type type, const char *why)
{
    finding_add(compiler, FINDING_ERROR, request->place, NULL,
                "the constant for '%s', a %s, is wrong: %s", request->target,
                value_type_name(type),
                request->mapping->secret ? "it does not fit the type" : why);
    return false;
}

/* A DN is no object before it flows: the constant becomes an expression that gives the
 * text, and is resolved as any text that flows into a reference. */
static bool constant_reference(struct compiler *compiler, struct slice text,
                               struct flow *out)
{
    struct expr_value value = {.kind = EXPR_STRING, .bytes = text};

    out->kind = FLOW_EXPRESSION;
    out->constant = NULL;
    out->expr = expr_literal(compiler->arena, &value);
    return true;
}

/* An empty constant contributes nothing, as any empty value. */
static bool constant(struct compiler *compiler, const struct flow_request *request,
                     struct flow *out)
{
    struct slice text = constant_text(request->mapping, out->target_type);
    struct slice *value = arena_alloc(compiler->arena, sizeof *value);
    struct ma_error error = {0};

    out->kind = FLOW_CONSTANT;
    out->constant = value;
    if (text.length == 0)
        return true;
    if (out->target_type == VALUE_REFERENCE)
        return constant_reference(compiler, text, out);
    if (value_read(compiler->arena, out->target_type, text, value, &error) != MA_OK)
        return refuse_constant(compiler, request, out->target_type, error.text);
    out->constant_count = 1;
    return true;
}

/* --- expression ---------------------------------------------------------------- */

static struct known_expression parse(struct compiler *compiler, struct slice text)
{
    struct known_expression known = {.hash = text_hash(text, 0), .text = text.at};
    struct ma_error error = {0};
    struct expr *expr = NULL;

    if (expr_parse(&expr, compiler->arena, compiler->names, text, &error) == MA_OK)
        known.expr = expr;
    else
        known.error = arena_text(compiler->arena, error.text);
    if (expr != NULL)
        known.fusion = expr_fuse(compiler->arena, expr);
    return known;
}

/* The shipped rules have 391 flows by expression and 86 expressions. */
static struct known_expression parse_once(struct compiler *compiler, const char *text)
{
    uint64_t hash = text_hash(slice_text(text), 0);

    for (size_t i = 0; i < compiler->expressions.count; i++) {
        const struct known_expression *known = &compiler->expressions.items[i];

        if (known->hash == hash && strcmp(known->text, text) == 0)
            return *known;
    }
    VEC_ADD(&compiler->expressions, parse(compiler, slice_text(text)));
    return compiler->expressions.items[compiler->expressions.count - 1];
}

/* MIM's trees name their attributes themselves when they are built. */
static void warn_of_absent(struct compiler *compiler, const struct flow_request *request,
                           const struct expr *expr)
{
    const uint32_t *attributes = NULL;
    size_t count = expr_attributes(compiler->arena, expr, &attributes);

    for (size_t i = 0; i < count; i++) {
        const char *name = names_text(compiler->names, attributes[i]);

        if (!side_is_dn(compiler, request->from, name))
            (void)side_find(compiler, request->from, name, request->place, absent);
    }
}

static const struct compiled_agent *agent_of(const struct flow_request *request)
{
    return request->outbound ? request->to->agent : request->from->agent;
}

static bool tree(struct compiler *compiler, const struct flow_request *request,
                 struct flow *out)
{
    out->expr = function_compile(compiler, request->from, request->mapping->function);
    if (out->expr != NULL)
        out->fusion = expr_fuse(compiler->arena, out->expr);
    return out->expr != NULL;
}

static bool expression(struct compiler *compiler, const struct flow_request *request,
                       struct flow *out)
{
    const struct mapping *mapping = request->mapping;
    struct known_expression known;

    out->kind = FLOW_EXPRESSION;
    if (mapping->function != NULL)
        return tree(compiler, request, out);
    known = parse_once(compiler, mapping->expression == NULL ? "" : mapping->expression);
    if (known.expr == NULL) {
        finding_add(compiler, FINDING_ERROR, request->place, NULL,
                    "the expression for '%s' is wrong: %s", request->target, known.error);
        return false;
    }
    warn_of_absent(compiler, request, known.expr);
    parameters_check(compiler, agent_of(request), known.expr, request->place);
    out->expr = known.expr;
    out->fusion = known.fusion;
    return true;
}

/* --- the others ---------------------------------------------------------------- */

static bool scripted(struct compiler *compiler, const struct flow_request *request,
                     struct flow *out)
{
    (void)compiler;
    out->kind = FLOW_SCRIPTED;
    out->script = request->mapping->script;
    return true;
}

static bool dn_part(struct compiler *compiler, const struct flow_request *request,
                    struct flow *out)
{
    out->kind = FLOW_DN_PART;
    out->dn_part = request->mapping->dn_part;
    out->source_type = VALUE_STRING;
    if (out->dn_part > 0)
        return true;
    finding_add(compiler, FINDING_ERROR, request->place, NULL,
                "the parts of a DN are counted from 1");
    return false;
}

/* --- what it depends on ---------------------------------------------------------- */

/* The hints of the file name fewer attributes than the expression reads, or others; both
 * count. */
static void collect_sources(struct compiler *compiler, const struct flow_request *request,
                            const struct flow *flow, number_list *out)
{
    const struct mapping *mapping = request->mapping;
    const uint32_t *read = NULL;
    size_t count =
        flow->expr == NULL ? 0 : expr_attributes(compiler->arena, flow->expr, &read);

    for (size_t i = 0; i < count; i++)
        VEC_ADD(out, read[i]);
    for (size_t i = 0; i < mapping->source_count; i++) {
        uint32_t number =
            names_find(compiler->names, slice_text(mapping->sources[i].name));

        if (!mapping->sources[i].intrinsic && side_attribute(request->from, number).known)
            VEC_ADD(out, number);
    }
}

static void set_sources(struct compiler *compiler, const struct flow_request *request,
                        struct flow *flow)
{
    number_list sources = {0};

    if (flow->kind != FLOW_CONSTANT)
        collect_sources(compiler, request, flow, &sources);
    flow->sources = numbers_keep(compiler, &sources, &flow->source_count);
}

static bool reads_reference(const struct flow_request *request, const struct flow *flow)
{
    for (size_t i = 0; i < flow->source_count; i++)
        if (side_attribute(request->from, flow->sources[i]).type == VALUE_REFERENCE)
            return true;
    return false;
}

/* What a script goes by nobody knows. */
static bool varies(const struct flow *flow)
{
    return flow->kind == FLOW_SCRIPTED ||
           (flow->kind == FLOW_EXPRESSION && expr_varies(flow->expr));
}

/* Not where it gives another value each time, or where a DN is looked up: that of a
 * reference as text, or a text as reference. */
static bool is_steady(const struct flow_request *request, const struct flow *flow)
{
    bool into_reference = flow->target_type == VALUE_REFERENCE;

    if (flow->varies)
        return false;
    switch (flow->kind) {
    case FLOW_DIRECT:
        return (flow->source_type == VALUE_REFERENCE) == into_reference;
    case FLOW_EXPRESSION:
        return !into_reference && !reads_reference(request, flow);
    case FLOW_SCRIPTED:
    case FLOW_CONSTANT:
    case FLOW_DN_PART:
    case FLOW_INTRINSIC:
        break;
    }
    return !into_reference;
}

typedef bool (*kind_fn)(struct compiler *, const struct flow_request *, struct flow *);
static const kind_fn kinds[] = {
    [MAPPING_DIRECT] = direct,         [MAPPING_CONSTANT] = constant,
    [MAPPING_SCRIPTED] = scripted,     [MAPPING_DN_PART] = dn_part,
    [MAPPING_EXPRESSION] = expression,
};

bool flow_compile(struct compiler *compiler, const struct flow_request *request,
                  struct flow *out)
{
    const struct mapping *mapping = request->mapping;

    *out = (struct flow){
        .merge = MERGE_UPDATE,
        .once = mapping->initial_flow_only,
        .existence_test = mapping->existence_test,
        .secret = mapping->secret,
        .source_mapping = mapping,
        .place = request->place,
    };
    if (!find_target(compiler, request, out) ||
        !kinds[mapping->kind](compiler, request, out))
        return false;
    set_sources(compiler, request, out);
    out->varies = varies(out);
    out->steady = is_steady(request, out);
    return true;
}
