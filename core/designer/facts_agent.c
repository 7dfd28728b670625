/* SPDX-License-Identifier: Apache-2.0 */

/* What a management agent says. */

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "config/flow_text.h"
#include "designer/facts.h"

/* By its GUID; where the other side has none of that, by its name: another server has
 * the same agent under a GUID of its own. */
static const char *key_of(const struct facts *facts, const struct agent *agent)
{
    const struct agent *same = config_agent_named(facts->other, agent->name);
    char text[GUID_TEXT];

    if (config_agent(facts->other, &agent->id) == NULL && same != NULL &&
        config_agent(facts->config, &same->id) == NULL)
        return arena_print(facts->arena, "name %s", agent->name);
    return arena_text(facts->arena, guid_format(&agent->id, GUID_PLAIN, text));
}

static void list_facts(struct facts *facts, const char *const *list, const char *what)
{
    for (; list != NULL && *list != NULL; list++)
        fact_add(facts, "", "%s %s", what, *list);
}

/* --- partitions, run profiles ----------------------------------------------------- */

static void partition_facts(struct facts *facts, const struct partition *partition)
{
    struct arena *arena = facts->arena;
    const char *name = partition->name;

    fact_add(facts, partition->selected ? "selected" : "not selected", "partition %s",
             name);
    list_facts(facts, partition->object_types,
               arena_print(arena, "partition %s object type", name));
    list_facts(facts, partition->inclusions,
               arena_print(arena, "partition %s container", name));
    list_facts(facts, partition->exclusions,
               arena_print(arena, "partition %s excluded container", name));
}

static void put_limit(struct buf *out, const char *what, uint64_t limit)
{
    if (limit != 0)
        buf_print(out, ", %s %llu", what, (unsigned long long)limit);
}

static void put_partition(struct buf *out, const struct agent *agent,
                          const struct step *step)
{
    const struct partition *partition =
        step->partition == NULL ? NULL : agent_partition(agent, step->partition);

    if (step->partition != NULL && step->partition[0] != '\0')
        buf_print(out, " in %s", partition == NULL ? step->partition : partition->name);
}

static void step_fact(struct facts *facts, const struct agent *agent,
                      const struct run_profile *profile, size_t index)
{
    const struct step *step = &profile->steps[index];
    BUF_AUTO out = {0};

    buf_text(&out, flow_text_step(step));
    put_partition(&out, agent, step);
    if (step->rejoin_all)
        buf_text(&out, ", joins anew");
    if (step->to_file || step->resume_from_file)
        buf_print(
            &out, ", drop file %s%s%s", step->dropfile == NULL ? "" : step->dropfile,
            step->to_file ? ", written" : "", step->resume_from_file ? ", read" : "");
    put_limit(&out, "objects", step->object_limit);
    put_limit(&out, "deletes", step->delete_limit);
    put_limit(&out, "batch", step->batch_size);
    put_limit(&out, "page", step->page_size);
    put_limit(&out, "seconds", step->time_limit);
    for (size_t i = 0; i < step->parameter_count; i++)
        buf_print(&out, ", %s %s", step->parameters[i].name, step->parameters[i].value);
    fact_add(facts, arena_text(facts->arena, out.at), "run profile %s step %zu",
             profile->name, index + 1);
}

static void profile_facts(struct facts *facts, const struct agent *agent)
{
    for (size_t i = 0; i < agent->profile_count; i++) {
        const struct run_profile *profile = &agent->profiles[i];

        fact_add(facts, "", "run profile %s", profile->name);
        for (size_t k = 0; k < profile->count; k++)
            step_fact(facts, agent, profile, k);
    }
}

/* --- the rules of the classic family ---------------------------------------------- */

static void filter_facts(struct facts *facts, const struct filter_set *filter)
{
    if (filter->script != NULL)
        fact_add(facts, filter->script, "connector filter of %s, scripted",
                 filter->cs_type);
    fact_groups(facts, filter->alternatives, filter->count,
                arena_print(facts->arena, "connector filter of %s", filter->cs_type));
}

static void join_facts(struct facts *facts, const struct join_profile *join)
{
    const char **texts = ARENA_ARRAY(facts->arena, const char *, join->count);

    for (size_t i = 0; i < join->count; i++) {
        texts[i] = fact_join(facts, &join->criteria[i]);
        fact_add(facts, texts[i], "join of %s", join->cs_type);
    }
    fact_order(facts, texts, join->count, "order of the joins of %s", join->cs_type);
}

static void projection_fact(struct facts *facts, const struct projection *projection)
{
    static const char *const kinds[] = {[PROJECTION_DECLARED] = "declared",
                                        [PROJECTION_SCRIPTED] = "scripted",
                                        [PROJECTION_SYNC_RULE] = "by a rule"};

    fact_add(facts,
             arena_print(facts->arena, "%s%s%s", kinds[projection->kind],
                         projection->mv_type == NULL ? "" : ", to ",
                         projection->mv_type == NULL ? "" : projection->mv_type),
             "projection of %s", projection->cs_type);
}

static void export_facts(struct facts *facts, const struct export_flow_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct export_flow *flow = &set->flows[i];
        const char *merge = fact_merge(flow->merge);

        fact_mapping(facts, &flow->mapping,
                     arena_print(facts->arena, "%s%s%s", merge,
                                 merge[0] != '\0' && flow->suppress_deletions ? ", " : "",
                                 flow->suppress_deletions ? "deletions suppressed" : ""),
                     "export flow %s to %s %s", set->mv_type, set->cs_type,
                     flow->cs_attribute);
    }
}

static void classic_facts(struct facts *facts, const struct agent *agent)
{
    for (size_t i = 0; i < agent->filter_count; i++)
        filter_facts(facts, &agent->filters[i]);
    for (size_t i = 0; i < agent->join_count; i++)
        join_facts(facts, &agent->joins[i]);
    for (size_t i = 0; i < agent->projection_count; i++)
        projection_fact(facts, &agent->projections[i]);
    for (size_t i = 0; i < agent->export_set_count; i++)
        export_facts(facts, &agent->export_sets[i]);
    fact_add(facts,
             agent->deprovision_script != NULL
                 ? arena_print(facts->arena, "scripted: %s", agent->deprovision_script)
                 : flow_text_deprovisioning(agent->deprovisioning),
             "deprovisioning");
}

void facts_agent(struct facts *facts, const struct agent *agent)
{
    fact_thing(facts, FACT_AGENT, key_of(facts, agent), agent->name, NULL);
    fact_add(facts, agent->name, "name");
    fact_add(facts, agent->category, "category");
    fact_add(facts, agent->subtype, "subtype");
    fact_add(facts, agent->extension, "rules extension");
    list_facts(facts, agent->attributes, "attribute");
    list_facts(facts, agent->anchor, "anchor");
    for (size_t i = 0; i < agent->partition_count; i++)
        partition_facts(facts, &agent->partitions[i]);
    profile_facts(facts, agent);
    classic_facts(facts, agent);
    fact_parameters(facts, agent->parameters, agent->parameter_count);
    fact_parameters(facts, agent->private_configuration, agent->private_count);
    fact_schema(facts, &agent->schema);
}
