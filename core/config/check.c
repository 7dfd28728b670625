/* SPDX-License-Identifier: Apache-2.0 */
#include "config/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

void check_add(struct check *check, struct config_finding finding)
{
    bool error = finding.level == FINDING_ERROR;
    size_t *said = error ? &check->errors_said : &check->said;

    if (++*said > MOST_FINDINGS)
        return;
    if (*said == MOST_FINDINGS)
        finding = (struct config_finding){
            .level = error ? FINDING_ERROR : FINDING_WARNING,
            .path = "",
            .text = "there is more to say about the configuration than is listed"};
    findings_add(check->findings, finding);
}

void check_say(struct check *check, enum finding_level level, struct place place,
               const char *path, const char *consequence, const char *fmt, ...)
{
    char text[600];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    check_add(check,
              (struct config_finding){.level = level,
                                      .place = place,
                                      .path = path,
                                      .text = arena_text(check->config->arena, text),
                                      .consequence = consequence});
}

const char *check_agent_name(const struct check *check, const struct guid *id)
{
    const struct agent *agent = config_agent(check->config, id);
    char text[GUID_TEXT];

    return agent != NULL ? agent->name
                         : arena_text(check->config->arena,
                                      guid_format(id, GUID_BRACED_UPPER, text));
}

/* --- what two things share --------------------------------------------------------- */

/* Something with an id and a place, sorted to find those that share the id. */
struct identified {
    struct guid id;
    struct place place;
    const char *name;
    size_t at;
};

static int by_id(const void *a, const void *b)
{
    const struct identified *x = a;
    const struct identified *y = b;
    int order = memcmp(&x->id, &y->id, sizeof x->id);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void same_ids(struct check *check, struct identified *things, size_t count,
                     const char *what)
{
    if (count < 2)
        return;
    qsort(things, count, sizeof *things, by_id);
    for (size_t i = 1; i < count; i++)
        if (guid_equal(&things[i - 1].id, &things[i].id))
            check_say(check, FINDING_ERROR, things[i].place, what, NULL,
                      "%s '%s' has the id of %s '%s' (%s:%u)", what, things[i].name, what,
                      things[i - 1].name, things[i - 1].place.file,
                      things[i - 1].place.line);
}

static int by_name(const void *a, const void *b)
{
    const struct identified *x = a;
    const struct identified *y = b;
    int order = text_casecompare(slice_text(x->name), slice_text(y->name));

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void same_names(struct check *check, struct identified *things, size_t count,
                       enum finding_level level, const char *what,
                       const char *consequence)
{
    if (count < 2)
        return;
    qsort(things, count, sizeof *things, by_name);
    for (size_t i = 1; i < count; i++)
        if (text_caseequal(slice_text(things[i - 1].name), slice_text(things[i].name)))
            check_say(check, level, things[i].place, what, consequence,
                      "a second %s '%s' (the first: %s:%u)", what, things[i].name,
                      things[i - 1].place.file, things[i - 1].place.line);
}

/* The three members of each item; the caller frees. */
#define IDENTIFY(type, items, count)                                                     \
    identify((items), (count), sizeof(type), offsetof(type, id), offsetof(type, place),  \
             offsetof(type, name))
static struct identified *identify(const void *items, size_t count, size_t size,
                                   size_t id, size_t place, size_t name)
{
    struct identified *things = mem_zero_array(count + 1, sizeof *things);

    for (size_t i = 0; i < count; i++) {
        const char *item = (const char *)items + size * i;

        memcpy(&things[i].id, item + id, sizeof things[i].id);
        memcpy(&things[i].place, item + place, sizeof things[i].place);
        memcpy(&things[i].name, item + name, sizeof things[i].name);
        things[i].at = i;
    }
    return things;
}

static void agent_ids(struct check *check, const struct agent *agent)
{
    struct identified *partitions =
        IDENTIFY(struct partition, agent->partitions, agent->partition_count);
    struct identified *profiles =
        IDENTIFY(struct run_profile, agent->profiles, agent->profile_count);

    same_ids(check, partitions, agent->partition_count, "partition");
    same_names(check, profiles, agent->profile_count, FINDING_WARNING, "run profile",
               "only the first can be run");
    free(partitions);
    free(profiles);
}

static void rule_ids(struct check *check)
{
    const struct config *config = check->config;
    struct identified *rules =
        IDENTIFY(struct sync_rule, config->rules, config->rule_count);

    same_ids(check, rules, config->rule_count, "synchronisation rule");
    free(rules);
    for (size_t i = 1; i < config->rule_count; i++)
        if (config->rules[i].precedence == config->rules[i - 1].precedence)
            check_say(check, FINDING_WARNING, config->rules[i].place,
                      "synchronizationRule/precedence",
                      "the rule whose file comes first by name wins",
                      "rules '%s' and '%s' have one precedence, %ld",
                      config->rules[i - 1].name, config->rules[i].name,
                      config->rules[i].precedence);
}

/* --- references -------------------------------------------------------------------- */

static void dangling(struct check *check, struct place place, const char *path,
                     const char *consequence, const struct guid *id)
{
    if (!check->partial && config_agent(check->config, id) == NULL)
        check_say(check, FINDING_WARNING, place, path, consequence,
                  "there is no management agent %s", check_agent_name(check, id));
}

/* An agent's own export has the flows of no other agent, and no metaverse. */
static void metaverse_references(struct check *check)
{
    const struct metaverse *mv = &check->config->metaverse;

    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            dangling(check, mv->flow_groups[i].flows[j].place, "import-flow/@src-ma",
                     "the flow is never used", &mv->flow_groups[i].flows[j].agent);
    for (size_t i = 0; i < mv->option_count; i++)
        dangling(check, mv->options[i].place, "ma-options/@ma-id", "not used",
                 &mv->options[i].agent);
    for (size_t i = 0; i < mv->deletion_rule_count; i++)
        for (size_t j = 0; j < mv->deletion_rules[i].count; j++)
            dangling(check, mv->deletion_rules[i].place, "mv-deletion-rule/src-ma",
                     "no connector of it can ever go", &mv->deletion_rules[i].agents[j]);
}

static void step_references(struct check *check, const struct agent *agent)
{
    for (size_t i = 0; i < agent->profile_count; i++)
        for (size_t j = 0; j < agent->profiles[i].count; j++) {
            const struct step *step = &agent->profiles[i].steps[j];

            if (step->partition != NULL &&
                agent_partition(agent, step->partition) == NULL)
                check_say(check, FINDING_WARNING, step->place, "step/partition",
                          "the step cannot be run",
                          "run profile '%s': there is no partition %s",
                          agent->profiles[i].name, step->partition);
        }
}

void check_ids(struct check *check)
{
    const struct config *config = check->config;
    struct identified *agents =
        IDENTIFY(struct agent, config->agents, config->agent_count);

    same_ids(check, agents, config->agent_count, "management agent");
    same_names(check, agents, config->agent_count, FINDING_ERROR, "management agent",
               NULL);
    free(agents);
    for (size_t i = 0; i < config->agent_count; i++) {
        agent_ids(check, &config->agents[i]);
        step_references(check, &config->agents[i]);
    }
    rule_ids(check);
    metaverse_references(check);
    for (size_t i = 0; i < config->rule_count; i++)
        dangling(check, config->rules[i].place, "synchronizationRule/connector",
                 "the rule is never used", &config->rules[i].agent);
}

void check_config(const struct config *config, bool partial,
                  struct finding_list *findings)
{
    struct check check = {config, findings, partial, 0, 0};

    check_ids(&check);
    check_names(&check);
    check_support(&check);
}
