/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "rules/compiler.h"

/* Every attribute of every schema gets its number now, so that a table by number knows
 * all that an import can bring. */
static void intern(struct compiler *compiler, const struct schema *schema)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        (void)names_intern_text(compiler->names, schema->attributes[i].name);
}

static struct attribute_info info_of(const struct schema_attribute *attribute)
{
    return (struct attribute_info){
        .name = attribute->name,
        .type = attribute->type,
        .single = attribute->single_valued,
        .export_only = attribute->export_only,
        .data = schema_syntax_carries_data(attribute->syntax),
        .read_only = attribute->read_only,
        .is_time = schema_is_time(attribute),
        .immutable = attribute->immutable,
        .secret = attribute->encrypted,
        .known = true,
    };
}

static struct attribute_info *table_of(struct compiler *compiler,
                                       const struct schema *schema, size_t count)
{
    struct attribute_info *table =
        ARENA_ARRAY(compiler->arena, struct attribute_info, count);

    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];

        table[names_intern_text(compiler->names, attribute->name)] = info_of(attribute);
    }
    return table;
}

/* An agent without a list (a bare file) selects all of its schema. */
static void select_included(struct compiler *compiler, const struct agent *agent,
                            struct attribute_info *table, size_t count)
{
    for (size_t i = 0; agent->attribute_count == 0 && i < count; i++)
        table[i].selected = table[i].known;
    for (size_t i = 0; i < agent->attribute_count; i++) {
        uint32_t number = names_find(compiler->names, slice_text(agent->attributes[i]));

        if (number != NAME_NONE && number < count)
            table[number].selected = true;
    }
}

static void mark_absent(struct compiler *compiler, const struct program_agents *agents,
                        uint32_t agent, struct attribute_info *table, size_t count)
{
    const char *const *names =
        agents->absent == NULL ? NULL
                               : agents->absent(agents->context, compiler->arena, agent);

    for (; names != NULL && *names != NULL; names++) {
        uint32_t number = names_find(compiler->names, slice_text(*names));

        if (number != NAME_NONE && number < count)
            table[number].absent = true;
    }
}

static void agent_attributes(struct compiler *compiler,
                             const struct program_agents *agents, size_t index,
                             size_t count)
{
    struct compiled_agent *agent = &compiler->agents[index];
    struct attribute_info *table = table_of(compiler, &agent->config->schema, count);

    select_included(compiler, agent->config, table, count);
    mark_absent(compiler, agents, agent->number, table, count);
    agent->attributes = table;
    agent->attribute_count = count;
    compiler->sides[index] = (struct side){
        .attributes = table,
        .count = count,
        .name = arena_print(compiler->arena, "the schema of '%s'", agent->config->name),
        .agent = agent,
    };
}

static void metaverse_attributes(struct compiler *compiler, size_t count)
{
    struct attribute_info *table =
        table_of(compiler, &compiler->config->metaverse.schema, count);

    for (size_t i = 0; i < count; i++)
        table[i].selected = table[i].known;
    compiler->program->mv_attributes = table;
    compiler->program->mv_attribute_count = count;
    compiler->metaverse = (struct side){
        .attributes = table,
        .count = count,
        .name = "the metaverse",
    };
}

void attributes_compile(struct compiler *compiler, const struct program_agents *from)
{
    size_t agents = compiler->program->agent_count;
    size_t count;

    intern(compiler, &compiler->config->metaverse.schema);
    for (size_t i = 0; i < agents; i++)
        intern(compiler, &compiler->agents[i].config->schema);
    count = names_count(compiler->names) + 1;
    compiler->sides = ARENA_ARRAY(compiler->arena, struct side, agents);
    metaverse_attributes(compiler, count);
    for (size_t i = 0; i < agents; i++)
        agent_attributes(compiler, from, i, count);
}

struct attribute_info side_attribute(const struct side *side, uint32_t attribute)
{
    return attribute < side->count ? side->attributes[attribute]
                                   : (struct attribute_info){0};
}

/* Of an attribute that is not selected nothing is imported, so what is exported to it
 * could never be confirmed. */
uint32_t side_find(struct compiler *compiler, const struct side *side, const char *name,
                   struct place place, const char *consequence)
{
    uint32_t number = names_find(compiler->names, slice_text(name));
    struct attribute_info info = side_attribute(side, number);

    if (info.known && info.selected)
        return number;
    if (info.known)
        finding_add(compiler, FINDING_WARNING, place, consequence,
                    "the attribute '%s' of '%s' is not selected", name,
                    side->agent->config->name);
    else
        finding_add(compiler, FINDING_WARNING, place, consequence,
                    "%s has no attribute '%s'", side->name, name);
    return NAME_NONE;
}

bool side_is_dn(struct compiler *compiler, const struct side *side, const char *name)
{
    return side->agent != NULL && strcasecmp(name, "dn") == 0 &&
           !side_attribute(side, names_find(compiler->names, slice_text(name))).known;
}

struct attribute_info program_cs_attribute(const struct compiled_agent *agent,
                                           const struct program *program,
                                           uint32_t attribute)
{
    (void)program;
    return attribute < agent->attribute_count ? agent->attributes[attribute]
                                              : (struct attribute_info){0};
}

struct attribute_info program_mv_attribute(const struct program *program,
                                           uint32_t attribute)
{
    return attribute < program->mv_attribute_count ? program->mv_attributes[attribute]
                                                   : (struct attribute_info){0};
}

const char *program_attribute_name(const struct program *program,
                                   const struct compiled_agent *agent, uint32_t attribute)
{
    struct attribute_info info = agent == NULL
                                     ? program_mv_attribute(program, attribute)
                                     : program_cs_attribute(agent, program, attribute);

    return info.name != NULL ? info.name : names_text(program->names, attribute);
}

static const char *selected_type(const struct agent *agent, const char *text)
{
    for (size_t p = 0; p < agent->partition_count; p++) {
        const char *const *types = agent->partitions[p].object_types;

        for (; types != NULL && *types != NULL; types++)
            if (strcasecmp(*types, text) == 0)
                return *types;
    }
    return NULL;
}

const char *program_type_name(const struct program *program,
                              const struct compiled_agent *agent, uint32_t type)
{
    const char *text = names_text(program->names, type);
    const struct schema_class *found;
    const char *name = NULL;

    if (type == NAME_NONE)
        return text;
    if (agent != NULL)
        name = selected_type(agent->config, text);
    else if ((found = schema_class(&program->config->metaverse.schema, text)) != NULL)
        name = found->name;
    return name != NULL ? name : text;
}
