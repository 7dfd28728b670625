/* SPDX-License-Identifier: Apache-2.0 */
#include "explained.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "config/flow_text.h"
#include "remark.h"
#include "render.h"
#include "show/secret.h"

bool explained_won(const struct sync_candidate *candidate)
{
    return strncmp(candidate->verdict, "won", 3) == 0;
}

static const char *rule_text(const struct explaining *x, const struct flow *flow)
{
    const char *name = flow->rule == NULL ? NULL : flow->rule->name;

    if (name != NULL && name[0] != '\0')
        return name;
    return arena_print(x->call->arena, "%s:%u", flow->place.file, flow->place.line);
}

static const char *source_text(const struct explaining *x, const struct flow *flow)
{
    return flow->source_mapping == NULL
               ? "?"
               : flow_text_source(x->call->arena, flow->source_mapping);
}

static const char *value_text(const struct explained *e,
                              const struct sync_candidate *candidate)
{
    if (candidate->value == NULL)
        return NULL;
    return e->secret ? SECRET_MASK : candidate->value;
}

static const char *from_text(const struct explaining *x,
                             const struct sync_candidate *candidate)
{
    const struct compiled_agent *agent =
        program_agent(x->reading.opened.program, candidate->agent);
    const char *dn;

    if (agent == NULL || candidate->object == 0)
        return NULL;
    dn = show_dn(&x->reading.show, x->call->arena, candidate->agent, candidate->object);
    return arena_print(x->call->arena, "%s: %s", agent->config->name,
                       dn == NULL ? "?" : dn);
}

/* --- text ------------------------------------------------------------------------- */

static const char *word_of(const struct sync_candidate *candidate)
{
    if (explained_won(candidate))
        return "won";
    return candidate->failed != NULL ? "out" : "lost";
}

static const char *clause_text(struct arena *arena, const struct clause *clause)
{
    bool unary = clause->op == SCOPE_ISNULL || clause->op == SCOPE_ISNOTNULL;

    return arena_print(arena, "%s %s%s%s", clause->attribute,
                       flow_text_operator(clause->op), unary ? "" : " ",
                       unary ? "" : clause->value);
}

/* Secrets are masked wherever they come from; then the parts of an expression are not
 * shown either. */
static const char *input_text(const struct explaining *x,
                              const struct sync_candidate *candidate, const char *name,
                              const char *value)
{
    const struct rule *rule = candidate->flow->rule;
    const struct compiled_agent *space =
        rule != NULL && rule->direction == RULE_INBOUND
            ? program_agent(x->reading.opened.program, candidate->agent)
            : NULL;

    if (value == NULL)
        return "(no value)";
    return secret_attribute(x->reading.opened.program, space, name) ? SECRET_MASK : value;
}

static bool reads_secrets(const struct explaining *x, const struct explained *e,
                          const struct sync_candidate *candidate)
{
    for (size_t i = 0; i < candidate->input_count; i++)
        if (strcmp(input_text(x, candidate, candidate->inputs[i].name, ""),
                   SECRET_MASK) == 0)
            return true;
    return e->secret || candidate->flow->secret;
}

static void print_scope(const struct explaining *x,
                        const struct sync_candidate *candidate)
{
    struct arena *arena = x->call->arena;

    if (candidate->failed != NULL)
        printf("              scope: %s, but it is %s\n",
               render_clean(arena, clause_text(arena, candidate->failed)),
               render_clean(arena, input_text(x, candidate, candidate->failed->attribute,
                                              candidate->found)));
    if (candidate->held == NULL || !explained_won(candidate))
        return;
    fputs("              scope:", stdout);
    for (size_t i = 0; i < candidate->held->count; i++)
        printf("%s %s", i == 0 ? "" : " and",
               render_clean(arena, clause_text(arena, candidate->held->items[i].source)));
    putchar('\n');
}

/* What an expression made of what it read; a direct flow has said it all. */
static void print_evaluation(const struct explaining *x, const struct explained *e,
                             const struct sync_candidate *candidate)
{
    struct arena *arena = x->call->arena;

    if (candidate->flow->kind == FLOW_DIRECT)
        return;
    for (size_t i = 0; i < candidate->input_count; i++)
        printf("              [%s] = %s\n", candidate->inputs[i].name,
               render_clean(arena, input_text(x, candidate, candidate->inputs[i].name,
                                              candidate->inputs[i].value)));
    /* the last part is the whole, which the line above has */
    if (reads_secrets(x, e, candidate))
        return;
    for (size_t i = 0; i + 1 < candidate->part_count; i++)
        printf("              %s = %s\n", render_clean(arena, candidate->parts[i].text),
               render_clean(arena, candidate->parts[i].value));
}

static void print_source(const struct explaining *x,
                         const struct sync_candidate *candidate, const char *from)
{
    struct arena *arena = x->call->arena;
    const char *remark =
        remark_on_source(&x->reading, arena, candidate->agent, candidate->object);

    printf("              of %s\n", render_clean(arena, from));
    if (remark != NULL)
        printf("              %s\n", render_clean(arena, remark));
}

static void print_candidate(const struct explaining *x, const struct explained *e,
                            const struct sync_candidate *candidate)
{
    struct arena *arena = x->call->arena;
    const char *value = value_text(e, candidate);
    const char *from = from_text(x, candidate);

    printf("  %-4s %5ld  %s\n", word_of(candidate), candidate->flow->rank,
           render_clean(arena, rule_text(x, candidate->flow)));
    printf("              %s", render_clean(arena, source_text(x, candidate->flow)));
    if (value != NULL)
        printf(" = %s", render_clean(arena, value));
    putchar('\n');
    print_evaluation(x, e, candidate);
    if (!explained_won(candidate) && candidate->failed == NULL)
        printf("              %s\n", render_clean(arena, candidate->verdict));
    print_scope(x, candidate);
    if (from != NULL && candidate->flow->rule != NULL &&
        candidate->flow->rule->direction == RULE_INBOUND)
        print_source(x, candidate, from);
}

void explained_print(const struct explaining *x, const struct explained *e)
{
    struct arena *arena = x->call->arena;

    printf("%s\n  %s = %s%s%s\n", render_clean(arena, e->object), e->attribute,
           e->value == NULL ? "(no value)" : render_clean(arena, e->value),
           e->pending == NULL ? "" : "   ", e->pending == NULL ? "" : e->pending);
    if (e->imported != NULL)
        printf("  %s\n", render_clean(arena, e->imported));
    if (e->exported != NULL)
        printf("  %s\n", render_clean(arena, e->exported));
    if (e->candidates.count == 0)
        puts(e->of_system && e->value != NULL
                 ? "  no rule flows here: it is the system's own value"
                 : "  no rule flows here");
    for (size_t i = 0; i < e->candidates.count; i++)
        print_candidate(x, e, &e->candidates.items[i]);
}

/* --- JSON ------------------------------------------------------------------------- */

static json_t *failed_json(const struct explaining *x,
                           const struct sync_candidate *candidate)
{
    json_t *json = json_object();

    json_put_text(json, "condition", clause_text(x->call->arena, candidate->failed));
    json_put_text(json, "attribute", candidate->failed->attribute);
    json_put_text(
        json, "value",
        candidate->found == NULL
            ? NULL
            : input_text(x, candidate, candidate->failed->attribute, candidate->found));
    return json;
}

static json_t *inputs_json(const struct explaining *x,
                           const struct sync_candidate *candidate)
{
    json_t *list = json_array();

    for (size_t i = 0; i < candidate->input_count; i++) {
        const struct sync_input *input = &candidate->inputs[i];
        json_t *json = json_pack("{s:o}", "attribute", json_of_text(input->name));

        if (input->value != NULL)
            json_put_text(json, "value",
                          input_text(x, candidate, input->name, input->value));
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *parts_json(const struct explaining *x, const struct explained *e,
                          const struct sync_candidate *candidate)
{
    json_t *list = json_array();

    for (size_t i = 0; i < candidate->part_count && !reads_secrets(x, e, candidate); i++)
        json_array_append_new(
            list, json_pack("{s:o, s:o}", "text", json_of_text(candidate->parts[i].text),
                            "value", json_of_text(candidate->parts[i].value)));
    return list;
}

static json_t *candidate_json(const struct explaining *x, const struct explained *e,
                              const struct sync_candidate *candidate)
{
    json_t *json = json_object();
    const struct flow *flow = candidate->flow;

    json_put_text(json, "verdict", candidate->verdict);
    json_object_set_new(json, "won", json_boolean(explained_won(candidate)));
    json_put_text(json, "rule", rule_text(x, flow));
    json_object_set_new(json, "rank", json_integer(flow->rank));
    json_put_text(json, "source", source_text(x, flow));
    json_put_text(json, "value", value_text(e, candidate));
    json_put_text(json, "object", from_text(x, candidate));
    json_put_text(json, "import",
                  remark_on_source(&x->reading, x->call->arena, candidate->agent,
                                   candidate->object));
    if (candidate->failed != NULL)
        json_object_set_new(json, "failed", failed_json(x, candidate));
    json_object_set_new(json, "inputs", inputs_json(x, candidate));
    json_object_set_new(json, "parts", parts_json(x, e, candidate));
    json_put_text(json, "place",
                  render_place(x->call->arena, x->reading.opened.config, &flow->place));
    return json;
}

json_t *explained_json(const struct explaining *x, const struct explained *e)
{
    json_t *json = json_object();
    json_t *candidates = json_array();

    json_put_text(json, "object", e->object);
    json_put_text(json, "attribute", e->attribute);
    json_put_text(json, "value", e->value);
    json_put_text(json, "pending", e->pending);
    json_put_text(json, "import", e->imported);
    json_put_text(json, "export", e->exported);
    for (size_t i = 0; i < e->candidates.count; i++)
        json_array_append_new(candidates, candidate_json(x, e, &e->candidates.items[i]));
    json_object_set_new(json, "candidates", candidates);
    return json;
}
