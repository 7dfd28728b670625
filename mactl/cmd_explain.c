/* SPDX-License-Identifier: Apache-2.0 */

/* mactl explain: where a value comes from, and why the others did not win. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "config/flow_text.h"
#include "find_object.h"
#include "object_text.h"
#include "remark.h"
#include "render.h"
#include "show/secret.h"
#include "sync/sync.h"

/* One attribute of one object, and all that may flow into it. */
struct explained {
    const char *object;    /* "contoso.com: CN=..." */
    const char *attribute; /* its name */
    const char *value;     /* now; NULL: none */
    const char *pending;   /* what it waits for; NULL: nothing */
    const char *imported;  /* remarks on the object; NULL: none */
    const char *exported;
    candidate_list candidates;
    bool secret;
};

struct explaining {
    const struct invocation *call;
    struct reading reading;
};

static const struct program *program_of(const struct explaining *x)
{
    return x->reading.opened.program;
}

/* --- values ----------------------------------------------------------------------- */

static const char *join_values(const struct explaining *x,
                               const struct compiled_agent *space,
                               const struct attr *attr)
{
    struct arena *arena = x->call->arena;
    BUF_AUTO text = {0};

    if (attr == NULL)
        return NULL;
    for (uint32_t i = 0; i < attr->count; i++)
        buf_print(&text, "%s\"%s\"", i == 0 ? "" : "; ",
                  show_value(&x->reading.show, arena, space, attr->name, attr->type,
                             attr->values[i]));
    return arena_text(arena, text.at);
}

/* --- candidates ------------------------------------------------------------------- */

static bool won(const struct sync_candidate *candidate)
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
    const struct compiled_agent *agent = program_agent(program_of(x), candidate->agent);
    const char *dn;

    if (agent == NULL || candidate->object == 0)
        return NULL;
    dn = show_dn(&x->reading.show, x->call->arena, candidate->agent, candidate->object);
    return arena_print(x->call->arena, "%s: %s", agent->config->name,
                       dn == NULL ? "?" : dn);
}

/* --- what is asked ---------------------------------------------------------------- */

static enum ma_status explain_mv(const struct explaining *x, uint64_t mv,
                                 uint32_t attribute, struct explained *out,
                                 struct ma_error *err)
{
    struct arena *arena = x->call->arena;
    const struct object_style style = {.show = &x->reading.show, .arena = arena};
    struct mv_object object;
    enum ma_status status = mv_get(x->reading.batch, arena, mv, &object, err);

    if (status != MA_OK)
        return status;
    *out = (struct explained){
        .object = arena_print(arena, "metaverse %s", object_mv_label(&style, &object)),
        .attribute = names_text(program_of(x)->names, attribute),
        .value = join_values(x, NULL, entry_find(&object.entry, attribute)),
    };
    out->secret = secret_attribute(program_of(x), NULL, out->attribute);
    return sync_explain_mv(x->reading.batch, program_of(x), arena, mv, attribute,
                           &out->candidates, err);
}

static bool changes(const struct delta *delta, uint32_t attribute)
{
    return attribute == NAME_NONE ? delta->dn != NULL
                                  : delta_find(delta, attribute) != NULL;
}

static const char *waiting(const struct cs_object *object, uint32_t attribute)
{
    if (changes(&object->unapplied, attribute))
        return "pending export, not sent yet";
    if (changes(&object->escrowed, attribute))
        return "on its way";
    if (changes(&object->unconfirmed, attribute))
        return "exported, not confirmed by an import yet";
    return NULL;
}

/* Of the whole tower; NAME_NONE: the DN. */
static const char *top_value(const struct explaining *x,
                             const struct compiled_agent *agent,
                             const struct cs_object *object, uint32_t attribute)
{
    struct arena *arena = x->call->arena;
    struct image top = object_image(arena, object, LAYER_UNAPPLIED);

    return attribute == NAME_NONE
               ? arena_print(arena, "\"%s\"", object_dn(arena, object))
               : join_values(x, agent, entry_find(&top.entry, attribute));
}

static enum ma_status explain_cs(const struct explaining *x,
                                 const struct compiled_agent *agent,
                                 const struct cs_object *object, uint32_t attribute,
                                 struct explained *out, struct ma_error *err)
{
    struct arena *arena = x->call->arena;

    *out = (struct explained){
        .object =
            arena_print(arena, "%s: %s", agent->config->name, object_dn(arena, object)),
        .attribute =
            attribute == NAME_NONE ? "dn" : names_text(program_of(x)->names, attribute),
        .value = top_value(x, agent, object, attribute),
        .pending = waiting(object, attribute),
        .imported = remark_on_import(arena, object),
        .exported = remark_on_export(arena, object),
    };
    out->secret =
        attribute != NAME_NONE && secret_attribute(program_of(x), agent, out->attribute);
    return sync_explain_cs(x->reading.batch, program_of(x), arena, agent->number,
                           object->id, attribute, &out->candidates, err);
}

/* --- text ------------------------------------------------------------------------- */

static const char *word_of(const struct sync_candidate *candidate)
{
    if (won(candidate))
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
            ? program_agent(program_of(x), candidate->agent)
            : NULL;

    if (value == NULL)
        return "(no value)";
    return secret_attribute(program_of(x), space, name) ? SECRET_MASK : value;
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
    if (candidate->held == NULL || !won(candidate))
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
    if (!won(candidate) && candidate->failed == NULL)
        printf("              %s\n", render_clean(arena, candidate->verdict));
    print_scope(x, candidate);
    if (from != NULL && candidate->flow->rule != NULL &&
        candidate->flow->rule->direction == RULE_INBOUND)
        print_source(x, candidate, from);
}

static void print_explained(const struct explaining *x, const struct explained *e)
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
        puts("  no rule flows here");
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
    json_object_set_new(json, "won", json_boolean(won(candidate)));
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

static json_t *explained_json(const struct explaining *x, const struct explained *e)
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

/* --- the chain -------------------------------------------------------------------- */

typedef VEC_OF(struct explained) chain;

static void end_chain(chain *all)
{
    for (size_t i = 0; i < all->count; i++)
        VEC_FREE(&all->items[i].candidates);
    VEC_FREE(all);
}

static const struct flow *winner(const struct explained *e)
{
    for (size_t i = 0; i < e->candidates.count; i++)
        if (won(&e->candidates.items[i]))
            return e->candidates.items[i].flow;
    return NULL;
}

/* What the winning export flow read of the metaverse. */
static enum ma_status add_sources(const struct explaining *x, chain *all, uint64_t mv,
                                  struct ma_error *err)
{
    const struct flow *flow = winner(&all->items[0]);
    enum ma_status status = MA_OK;

    for (size_t i = 0; flow != NULL && status == MA_OK && i < flow->source_count; i++) {
        struct explained source = {.object = NULL};

        status = explain_mv(x, mv, flow->sources[i], &source, err);
        VEC_ADD(all, source);
    }
    return status;
}

/* "dn" is the DN, where the schema has no attribute of that name. */
static enum ma_status find_target(const struct explaining *x,
                                  const struct compiled_agent *agent, const char *name,
                                  uint32_t *out, struct ma_error *err)
{
    enum ma_status status = find_attribute(&x->reading, name, out, err);

    if (strcasecmp(name, "dn") != 0 ||
        (status == MA_OK && program_cs_attribute(agent, program_of(x), *out).known))
        return status;
    *out = NAME_NONE;
    return MA_OK;
}

static enum ma_status explain_of_agent(const struct explaining *x, const char **argv,
                                       chain *all, struct ma_error *err)
{
    const struct compiled_agent *agent;
    struct cs_object object;
    struct explained first = {.object = NULL};
    uint32_t attribute;
    enum ma_status status = opened_agent(&x->reading.opened, argv[0], &agent, err);

    if (status == MA_OK)
        status =
            find_cs_object(&x->reading, x->call->arena, agent, argv[1], &object, err);
    if (status == MA_OK)
        status = find_target(x, agent, argv[2], &attribute, err);
    if (status != MA_OK)
        return status;
    status = explain_cs(x, agent, &object, attribute, &first, err);
    VEC_ADD(all, first);
    if (status == MA_OK && object.mv != 0)
        status = add_sources(x, all, object.mv, err);
    return status;
}

static enum ma_status explain_of_metaverse(const struct explaining *x, const char **argv,
                                           chain *all, struct ma_error *err)
{
    struct mv_object object;
    struct explained first = {.object = NULL};
    uint32_t attribute;
    enum ma_status status =
        find_mv_object(&x->reading, x->call->arena, argv[1], &object, err);

    if (status == MA_OK)
        status = find_attribute(&x->reading, argv[2], &attribute, err);
    if (status != MA_OK)
        return status;
    status = explain_mv(x, object.id, attribute, &first, err);
    VEC_ADD(all, first);
    return status;
}

static void print_chain(const struct explaining *x, const chain *all)
{
    json_t *list;

    if (x->call->output != OUTPUT_JSON && x->call->output != OUTPUT_JSONL) {
        for (size_t i = 0; i < all->count; i++)
            print_explained(x, &all->items[i]);
        return;
    }
    list = json_array();
    for (size_t i = 0; i < all->count; i++)
        json_array_append_new(list, explained_json(x, &all->items[i]));
    render_json(json_pack("{s:s, s:o}", "schema", "mactl/explain/1", "chain", list));
}

static enum exit_code explain(const struct invocation *call, int argc, const char **argv)
{
    struct explaining x = {.call = call};
    struct ma_error err = {0};
    chain all = {0};
    enum ma_status status = reading_begin(&x.reading, call, &err);
    bool metaverse = strcmp(argv[0], "mv") == 0;

    (void)argc;
    if (status == MA_OK)
        status = metaverse ? explain_of_metaverse(&x, argv, &all, &err)
                           : explain_of_agent(&x, argv, &all, &err);
    if (status == MA_OK)
        print_chain(&x, &all);
    end_chain(&all);
    reading_end(&x.reading);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

const struct command command_explain = {
    .words = "explain",
    .arguments = "MA|mv DN|GUID ATTRIBUTE",
    .summary = "Where a value comes from, which rule won, and why the others did not",
    .help =
        "Of a connector-space object: the export flows into the attribute, and what "
        "the winner\nread of the metaverse. Of a metaverse object: the import "
        "flows.\n\n"
        "    mactl explain AAD 'CN=Ana Lima,...' department\n"
        "    mactl explain mv 7c1e9a30-58c2-4c0b-9c70-5d9b0a3a1f11 department -o json",
    .least = 3,
    .most = 3,
    .run = explain,
};
