/* SPDX-License-Identifier: Apache-2.0 */
#include "base/order.h"
#include "config/instance.h"
#include "rules/compiler.h"

/* --- what the front ends use ----------------------------------------------------- */

struct draft *draft_new(struct compiler *compiler, enum rule_direction direction,
                        size_t agent)
{
    struct draft *draft = mem_zero(sizeof *draft);

    draft->rule.direction = direction;
    draft->rule.agent = (uint32_t)agent;
    VEC_ADD(&compiler->drafts, draft);
    return draft;
}

bool compile_agent_of(struct compiler *compiler, const struct guid *id,
                      struct place place, const char *consequence, size_t *out)
{
    char text[GUID_TEXT];

    for (size_t i = 0; i < compiler->program->agent_count; i++)
        if (guid_equal(&compiler->agents[i].config->id, id)) {
            *out = i;
            return true;
        }
    finding_add(compiler, FINDING_WARNING, place, consequence,
                "there is no management agent %s",
                guid_format(id, GUID_BRACED_UPPER, text));
    return false;
}

uint32_t type_number(struct compiler *compiler, const char *name)
{
    if (name == NULL || *name == '\0' || strcmp(name, "*") == 0)
        return NAME_NONE;
    return names_intern_text(compiler->names, name);
}

size_t numbers_unique(uint32_t *numbers, size_t count)
{
    size_t named = 0;

    for (size_t i = 0; i < count; i++)
        if (numbers[i] != NAME_NONE)
            numbers[named++] = numbers[i];
    return order_unique_u32(numbers, named);
}

const uint32_t *numbers_keep(struct compiler *compiler, number_list *numbers,
                             size_t *count)
{
    const uint32_t *out = NULL;

    *count = numbers_unique(numbers->items, numbers->count);
    if (*count > 0)
        out = arena_copy(compiler->arena, numbers->items, *count * sizeof *out);
    VEC_FREE(numbers);
    return out;
}

/* --- agents and deletion ------------------------------------------------------------ */

static bool recalls(const struct config *config, const struct agent *agent)
{
    for (size_t i = 0; i < config->metaverse.option_count; i++)
        if (guid_equal(&config->metaverse.options[i].agent, &agent->id))
            return config->metaverse.options[i].recall;
    return true;
}

static void agents_compile(struct compiler *compiler, const struct program_agents *agents)
{
    const struct config *config = compiler->config;

    compiler->agents =
        ARENA_ARRAY(compiler->arena, struct compiled_agent, config->agent_count);
    compiler->program->agents = compiler->agents;
    compiler->program->agent_count = config->agent_count;
    for (size_t i = 0; i < config->agent_count; i++) {
        const struct agent *agent = &config->agents[i];

        compiler->agents[i] = (struct compiled_agent){
            .config = agent,
            .number = agents->number(agents->context, &agent->id),
            .deprovisioning = agent->deprovisioning,
            .deprovision_script = agent->deprovision_script,
            .recall = config->family == FAMILY_AADCONNECT || recalls(config, agent),
            .declarative = config->family == FAMILY_AADCONNECT,
            .extension = agent->extension,
        };
        (void)guid_format(&agent->id, GUID_BRACED_UPPER,
                          compiler->agents[i].connector_id);
    }
}

static struct compiled_deletion deletion_of(struct compiler *compiler,
                                            const struct mv_deletion_rule *rule)
{
    uint32_t *agents = ARENA_ARRAY(compiler->arena, uint32_t, rule->count);
    struct compiled_deletion out = {
        .mv_type = type_number(compiler, rule->mv_type),
        .kind = rule->kind,
        .agents = agents,
    };
    size_t agent;

    for (size_t i = 0; i < rule->count; i++)
        if (compile_agent_of(compiler, &rule->agents[i], rule->place,
                             "the deletion rule does not see it", &agent))
            agents[out.count++] = compiler->agents[agent].number;
    return out;
}

static void deletions_compile(struct compiler *compiler)
{
    const struct metaverse *metaverse = &compiler->config->metaverse;
    struct compiled_deletion *out = ARENA_ARRAY(compiler->arena, struct compiled_deletion,
                                                metaverse->deletion_rule_count);

    compiler->element = "mv-data/mv-deletion/mv-deletion-rule";
    for (size_t i = 0; i < metaverse->deletion_rule_count; i++)
        out[i] = deletion_of(compiler, &metaverse->deletion_rules[i]);
    compiler->program->deletions = out;
    compiler->program->deletion_count = metaverse->deletion_rule_count;
}

/* --- drafts become rules -------------------------------------------------------- */

/* By precedence; what was drafted first stays first. */
static int by_precedence(const void *left, const void *right)
{
    const struct rule *a = &(*(struct draft *const *)left)->rule;
    const struct rule *b = &(*(struct draft *const *)right)->rule;

    if (a->precedence != b->precedence)
        return a->precedence < b->precedence ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void seal(struct compiler *compiler, const struct draft *draft, struct rule *rule)
{
    struct flow *flows = ARENA_ARRAY(compiler->arena, struct flow, draft->flows.count);

    for (size_t i = 0; i < draft->flows.count; i++) {
        flows[i] = draft->flows.items[i];
        flows[i].rule = rule;
    }
    rule->flows = flows;
    rule->flow_count = draft->flows.count;
}

static void rules_seal(struct compiler *compiler)
{
    size_t count = compiler->drafts.count;
    struct rule *rules = ARENA_ARRAY(compiler->arena, struct rule, count);

    for (size_t i = 0; i < count; i++)
        compiler->drafts.items[i]->rule.index = (uint32_t)i;
    if (count > 0)
        qsort(compiler->drafts.items, count, sizeof *compiler->drafts.items,
              by_precedence);
    for (size_t i = 0; i < count; i++) {
        rules[i] = compiler->drafts.items[i]->rule;
        rules[i].index = (uint32_t)i;
        seal(compiler, compiler->drafts.items[i], &rules[i]);
    }
    compiler->program->rules = rules;
    compiler->program->rule_count = count;
}

static int by_id(const void *left, const void *right)
{
    return memcmp(&((const struct rule_id *)left)->id,
                  &((const struct rule_id *)right)->id, sizeof(struct guid));
}

/* A flow of Connect has the id of its rule; its line is there twice then, harmless. */
static void ids_compile(struct compiler *compiler)
{
    struct program *program = compiler->program;
    VEC_OF(struct rule_id) ids = {0};

    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = &program->rules[i];

        VEC_ADD(&ids, (struct rule_id){rule->id, rule});
        for (size_t k = 0; k < rule->flow_count; k++)
            if (!guid_equal(&rule->flows[k].id, &rule->id))
                VEC_ADD(&ids, (struct rule_id){rule->flows[k].id, rule});
    }
    if (ids.count > 0) {
        qsort(ids.items, ids.count, sizeof *ids.items, by_id);
        program->ids =
            arena_copy(compiler->arena, ids.items, ids.count * sizeof *ids.items);
    }
    program->id_count = ids.count;
    VEC_FREE(&ids);
}

/* --- all of it ---------------------------------------------------------------- */

static bool flag(const struct instance *instance, const char *name, bool fallback)
{
    return instance == NULL ? fallback : instance_flag(instance, name, fallback);
}

static struct program *program_new(const struct config *config,
                                   const struct instance *instance, struct names *names)
{
    struct arena *arena = mem_zero(sizeof *arena);
    struct program *program = arena_zero(arena, sizeof *program);

    program->config = config;
    program->instance = instance;
    program->names = names;
    program->arena = arena;
    program->provisioning = config->metaverse.provisioning;
    program->strict_joins = flag(instance, "strict-joins", true);
    program->flows_without_service =
        flag(instance, "sync-rule-flows-without-service", false);
    return program;
}

static void compile(struct compiler *compiler, const struct program_agents *agents)
{
    agents_compile(compiler, agents);
    attributes_compile(compiler, agents);
    deletions_compile(compiler);
    if (compiler->config->family == FAMILY_AADCONNECT)
        declarative_compile(compiler);
    else
        classic_compile(compiler);
    rules_seal(compiler);
    ids_compile(compiler);
    joins_index(compiler);
    targets_compile(compiler);
    fingerprint_compile(compiler);
}

static void compiler_free(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->drafts.count; i++) {
        VEC_FREE(&compiler->drafts.items[i]->flows);
        free(compiler->drafts.items[i]);
    }
    VEC_FREE(&compiler->drafts);
    VEC_FREE(&compiler->findings);
    VEC_FREE(&compiler->expressions);
}

/* The program, whole or not; its findings say which. */
static enum ma_status compile_all(struct program **out, const struct config *config,
                                  const struct instance *instance, struct names *names,
                                  const struct program_agents *agents,
                                  struct ma_error *err)
{
    struct program *program = program_new(config, instance, names);
    struct compiler compiler = {
        .program = program,
        .arena = program->arena,
        .config = config,
        .names = names,
    };
    enum ma_status status;

    compile(&compiler, agents);
    status = findings_close(&compiler, err);
    compiler_free(&compiler);
    *out = program;
    return status;
}

enum ma_status program_compile(struct program **out, const struct config *config,
                               const struct instance *instance, struct names *names,
                               const struct program_agents *agents, struct ma_error *err)
{
    struct program *program;
    enum ma_status status = compile_all(&program, config, instance, names, agents, err);

    if (status == MA_OK)
        *out = program;
    else
        program_free(program);
    return status;
}

void program_free(struct program *program)
{
    struct arena *arena = program == NULL ? NULL : program->arena;

    if (arena == NULL)
        return;
    arena_free(arena);
    free(arena);
}

/* --- for reports -------------------------------------------------------------- */

static uint32_t no_number(void *context, const struct guid *agent)
{
    (void)context;
    (void)agent;
    return 0;
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->line == b->line && a->column == b->column && a->file != NULL &&
           b->file != NULL && strcmp(a->file, b->file) == 0;
}

/* Names that no schema has and agents that are not there were warned of when the
 * configuration was read. */
static bool is_news(const struct config *config, const struct config_finding *finding)
{
    for (size_t i = 0; finding->level == FINDING_WARNING && i < config->finding_count;
         i++)
        if (same_place(&config->findings[i].place, &finding->place))
            return false;
    return true;
}

static size_t copy_news(struct arena *arena, const struct program *program,
                        struct config_finding *out)
{
    size_t count = 0;

    for (size_t i = 0; i < program->finding_count; i++) {
        if (!is_news(program->config, &program->findings[i]))
            continue;
        out[count] = program->findings[i];
        out[count].text = arena_text(arena, out[count].text);
        count++;
    }
    return count;
}

size_t program_check(struct arena *arena, const struct config *config,
                     const struct instance *instance, const struct config_finding **out)
{
    const struct program_agents agents = {.number = no_number};
    struct names *names = names_new();
    struct ma_error error = {0};
    struct program *program;
    struct config_finding *copy;
    size_t count;

    (void)compile_all(&program, config, instance, names, &agents, &error);
    copy = ARENA_ARRAY(arena, struct config_finding, program->finding_count);
    count = copy_news(arena, program, copy);
    program_free(program);
    names_free(names);
    *out = copy;
    return count;
}
