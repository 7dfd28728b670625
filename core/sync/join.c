/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/join.h"

#include "sync/join_key.h"
#include "sync/script.h"

/* --- a connector-space object looks for a metaverse object ------------------------ */

static enum ma_status find_guid(struct unit *unit, const struct key_values *values,
                                id_list *out, struct ma_error *err)
{
    struct guid guid;
    uint64_t id;
    enum ma_status status = MA_OK;

    for (uint32_t i = 0; status == MA_OK && i < values->count; i++) {
        if (!guid_parse(values->values[i], &guid))
            continue;
        status = mv_find_guid(unit->sync->batch, &guid, &id, err);
        if (status == MA_OK)
            VEC_ADD(out, id);
        status = status == MA_NOT_FOUND ? MA_OK : status;
    }
    return status;
}

static enum ma_status find_metas(struct unit *unit, const struct join_key *key,
                                 const struct key_values *values, id_list *out,
                                 struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (key->object_id)
        return find_guid(unit, values, out, err);
    for (uint32_t i = 0; status == MA_OK && i < values->count; i++)
        if (values->values[i].length > 0)
            status = mv_find_value(unit->sync->batch, key->mv_attribute, values->type,
                                   values->values[i], key->case_sensitive, out, err);
    return status;
}

static bool seen_before(const id_list *list, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (list->items[i] == list->items[at])
            return true;
    return false;
}

static uint32_t wanted_type(const struct rule *rule, const struct join *join)
{
    return join->mv_type != NAME_NONE ? join->mv_type : rule->mv_type;
}

static const char *script_of(const struct join *join)
{
    for (size_t k = 0; k < join->count; k++)
        if (join->keys[k].script != NULL)
            return join->keys[k].script;
    return NULL;
}

/* One criterion at work on one object. */
struct search {
    struct unit *unit;
    struct connector *connector;
    const struct rule *rule;
    const struct join *join;
    struct key_values *keys; /* what is searched by, beside join->keys */
    VEC_OF(struct meta *) found;
    struct ma_error *err;
};

static enum ma_status search_values(struct search *s)
{
    struct view view =
        view_of_connector(s->unit, s->connector, !s->connector->agent->declarative);
    enum ma_status status = MA_OK;

    s->keys = ARENA_ARRAY(s->unit->arena, struct key_values, s->join->count);
    for (size_t k = 0; status == MA_OK && k < s->join->count; k++) {
        const struct join_key *key = &s->join->keys[k];

        if (key->script == NULL) {
            s->keys[k] = key_of_connector(s->unit, &view, key, key->mv_type);
            continue;
        }
        s->keys[k].type = key->mv_type;
        status = script_join(s->unit, s->connector, key, &s->keys[k].values,
                             &s->keys[k].count, s->err);
    }
    return status;
}

static bool matches(const struct search *s, const struct meta *meta)
{
    uint32_t type = wanted_type(s->rule, s->join);

    if (meta->gone || (type != NAME_NONE && meta->object.type != type))
        return false;
    for (size_t k = 0; k < s->join->count; k++) {
        const struct join_key *key = &s->join->keys[k];
        struct key_values mv = key_of_meta(s->unit, meta, key, key->mv_type);

        if (!key_matches(key, &s->keys[k], &mv))
            return false;
    }
    return true;
}

static enum ma_status search_run(struct search *s)
{
    id_list list = {0};
    enum ma_status status = search_values(s);

    if (status == MA_OK)
        status = find_metas(s->unit, &s->join->keys[0], &s->keys[0], &list, s->err);
    for (size_t i = 0; status == MA_OK && i < list.count; i++) {
        struct meta *meta;

        if (seen_before(&list, i))
            continue;
        status = unit_meta(s->unit, list.items[i], &meta, s->err);
        if (status == MA_OK && matches(s, meta))
            VEC_ADD(&s->found, meta);
    }
    VEC_FREE(&list);
    return status;
}

/* Several candidates: nobody may guess. */
static void settle(struct join_answer *answer, const struct rule *rule,
                   const struct join *join)
{
    if (answer->candidates == 1) {
        answer->rule = rule;
        return;
    }
    answer->found = 0;
    if (answer->candidates > 1 && answer->blocked == NULL)
        answer->blocked = join;
}

/* A script chooses among several, and may refuse a single one; then it is the next
 * criterion's turn. */
static enum ma_status choose(struct search *s, struct join_answer *answer)
{
    size_t chosen = 0;
    enum ma_status status = MA_OK;

    answer->candidates = s->found.count;
    answer->found = s->found.count == 0 ? 0 : s->found.items[0]->object.id;
    if (s->join->resolution != NULL && s->found.count > 0) {
        status = script_resolve(s->unit, s->connector, s->join->resolution,
                                s->found.items, s->found.count, &chosen, s->err);
        answer->candidates = status == MA_OK && chosen < s->found.count;
        answer->found = answer->candidates == 0 ? 0 : s->found.items[chosen]->object.id;
    }
    if (status == MA_OK)
        settle(answer, s->rule, s->join);
    return status;
}

static enum ma_status try_inbound(struct unit *unit, struct connector *connector,
                                  const struct rule *rule, const struct join *join,
                                  struct join_answer *answer, struct ma_error *err)
{
    struct search s = {
        .unit = unit, .connector = connector, .rule = rule, .join = join, .err = err};
    enum ma_status status;

    if (join->count == 0 ||
        !view_scope_holds(unit, connector, !connector->agent->declarative, &join->scope))
        return MA_OK;
    status = search_run(&s);
    if (status == MA_OK)
        status = choose(&s, answer);
    VEC_FREE(&s.found);
    return status;
}

enum ma_status join_inbound(struct unit *unit, struct connector *connector,
                            struct join_answer *out, struct ma_error *err)
{
    struct rule_list rules =
        program_inbound(connector->agent, unit_type(unit, connector));
    enum ma_status status = MA_OK;
    size_t blocked = 0;

    *out = (struct join_answer){0};
    for (size_t r = 0; status == MA_OK && out->rule == NULL && r < rules.count; r++) {
        const struct rule *rule = rules.rules[r];

        if (rule->join_count == 0 || !view_rule_holds(unit, connector, rule))
            continue;
        for (size_t j = 0; status == MA_OK && out->rule == NULL && j < rule->join_count;
             j++) {
            status = try_inbound(unit, connector, rule, &rule->joins[j], out, err);
            if (out->blocked == &rule->joins[j])
                blocked = out->candidates;
        }
    }
    out->candidates = blocked;
    return status;
}

/* --- a metaverse object looks for a connector-space object ------------------------ */

/* Who looks for connectors looks for those without a link. */
struct unlinked {
    struct cs_choice choice;
    struct unit *unit;
    uint32_t agent;
};

static bool has_no_link(const struct cs_choice *choice, uint64_t id)
{
    const struct unlinked *of = (const struct unlinked *)choice;
    struct ma_error ignored; /* who reads the object fails, too */
    uint64_t mv;

    return unit_link_of(of->unit, of->agent, id, &mv, &ignored) != MA_OK || mv == 0;
}

static enum ma_status find_connectors(struct unit *unit, const struct meta *meta,
                                      const struct compiled_agent *agent,
                                      const struct join_key *key, id_list *out,
                                      struct ma_error *err)
{
    struct batch *batch = unit->sync->batch;
    const struct unlinked of = {{has_no_link}, unit, agent->number};
    struct key_values values = key_of_meta(unit, meta, key, key->cs_type);
    enum ma_status status = MA_OK;
    uint64_t id;

    for (uint32_t i = 0; status == MA_OK && i < values.count; i++) {
        if (values.values[i].length == 0)
            continue;
        if (!key->dn) {
            status = cs_find_value_among(batch, agent->number, key->cs_attribute,
                                         values.type, values.values[i],
                                         key->case_sensitive, &of.choice, out, err);
            continue;
        }
        status = cs_find_dn(
            batch, agent->number,
            arena_textn(unit->arena, values.values[i].at, values.values[i].length), &id,
            err);
        if (status == MA_OK)
            VEC_ADD(out, id);
        status = status == MA_NOT_FOUND ? MA_OK : status;
    }
    return status;
}

static bool may_be_joined(struct unit *unit, struct connector *connector,
                          uint32_t cs_type)
{
    const struct cs_object *object = &connector->object;

    return !connector->gone && object->mv == 0 && object->state == STATE_NORMAL &&
           object->placeholder == PLACEHOLDER_NOT && object_was_imported(object) &&
           (cs_type == NAME_NONE || unit_type(unit, connector) == cs_type);
}

/* A criterion that differs in one key says that it is somebody else; one that has no
 * values on either side says nothing. `differs` NULL: nobody asks. */
static bool criterion_fits(struct unit *unit, const struct join *join,
                           const struct key_side *side, const struct meta *meta,
                           bool *differs)
{
    bool fits = true;

    for (size_t k = 0; k < join->count && (fits || (differs != NULL && !*differs)); k++)
        fits = key_fits(unit, &join->keys[k], side, meta, differs) && fits;
    return fits;
}

/* As its system has it: an import that was not synchronised yet joins all the same, or
 * what is there would be made a second time. */
static bool connector_matches(struct unit *unit, struct connector *connector,
                              const struct join *join, const struct meta *meta)
{
    const struct key_side side = key_side_of(unit, connector, LAYER_IMPORT);

    return criterion_fits(unit, join, &side, meta, NULL);
}

static enum ma_status try_outbound(struct unit *unit, struct meta *meta,
                                   const struct compiled_agent *agent, uint32_t cs_type,
                                   const struct join *join, struct join_answer *answer,
                                   struct ma_error *err)
{
    id_list list = {0};
    enum ma_status status = MA_OK;

    answer->candidates = 0;
    if (join->count > 0)
        status = find_connectors(unit, meta, agent, &join->keys[0], &list, err);
    for (size_t i = 0; status == MA_OK && i < list.count; i++) {
        struct connector *connector;

        if (seen_before(&list, i))
            continue;
        status = unit_connector(unit, agent->number, list.items[i], &connector, err);
        if (status != MA_OK || !may_be_joined(unit, connector, cs_type))
            continue;
        if (connector_matches(unit, connector, join, meta) && answer->candidates++ == 0)
            answer->found = list.items[i];
    }
    VEC_FREE(&list);
    return status;
}

enum ma_status join_outbound(struct unit *unit, struct meta *meta,
                             const struct compiled_agent *agent, uint32_t cs_type,
                             struct join_answer *out, struct ma_error *err)
{
    struct rule_list rules = program_outbound(agent, meta->object.type);
    enum ma_status status = MA_OK;

    *out = (struct join_answer){0};
    for (size_t r = 0; status == MA_OK && out->rule == NULL && r < rules.count; r++) {
        const struct rule *rule = rules.rules[r];

        if (rule->join_count == 0 || rule->cs_type != cs_type ||
            !view_outbound_rule_holds(unit, meta, rule))
            continue;
        for (size_t j = 0; status == MA_OK && out->rule == NULL && j < rule->join_count;
             j++) {
            status = try_outbound(unit, meta, agent, cs_type, &rule->joins[j], out, err);
            if (status == MA_OK)
                settle(out, rule, &rule->joins[j]);
        }
    }
    return status;
}

bool join_denies(struct unit *unit, struct meta *meta, struct connector *connector)
{
    struct rule_list rules = program_outbound(connector->agent, meta->object.type);
    const struct key_side side = key_side_of(unit, connector, LAYER_ESCROWED);
    uint32_t type = unit_type(unit, connector);
    bool differs = false;

    for (size_t r = 0; r < rules.count; r++) {
        const struct rule *rule = rules.rules[r];

        if (rule->join_count == 0 || rule->cs_type != type ||
            !view_outbound_rule_holds(unit, meta, rule))
            continue;
        for (size_t j = 0; j < rule->join_count; j++)
            if (rule->joins[j].count > 0 &&
                criterion_fits(unit, &rule->joins[j], &side, meta, &differs))
                return false;
    }
    return differs;
}

/* --- who else might join now ------------------------------------------------------ */

enum ma_status join_offer(struct unit *unit, struct connector *connector,
                          struct ma_error *err)
{
    const struct compiled_agent *agent = connector->agent;
    uint32_t type = unit_type(unit, connector);
    struct view view = view_of_connector(unit, connector, true);
    id_list list = {0};
    enum ma_status status = MA_OK;

    for (size_t r = 0; agent->declarative && status == MA_OK && r < agent->outbound_count;
         r++) {
        const struct rule *rule = agent->outbound[r];

        if (rule->cs_type != type)
            continue;
        for (size_t j = 0; status == MA_OK && j < rule->join_count; j++) {
            const struct join_key *key = rule->joins[j].keys;
            struct key_values values;

            if (rule->joins[j].count == 0)
                continue;
            values = key_of_connector(unit, &view, key, key->mv_type);
            status = find_metas(unit, key, &values, &list, err);
        }
    }
    for (size_t i = 0; status == MA_OK && i < list.count; i++)
        sync_enqueue(unit->sync, SYNC_QUEUE_OUTBOUND, 0, list.items[i]);
    VEC_FREE(&list);
    return status;
}

static enum ma_status wake_by_key(struct unit *unit, const struct meta *meta,
                                  const struct compiled_agent *agent,
                                  const struct join_key *key, struct ma_error *err)
{
    struct sync *sync = unit->sync;
    id_list list = {0};
    enum ma_status status = find_connectors(unit, meta, agent, key, &list, err);

    for (size_t i = 0; status == MA_OK && i < list.count; i++) {
        uint64_t mv;

        status = unit_link_of(unit, agent->number, list.items[i], &mv, err);
        if (status == MA_OK && mv == 0)
            sync_enqueue(sync, SYNC_QUEUE_JOIN, agent->number, list.items[i]);
    }
    VEC_FREE(&list);
    return status;
}

static enum ma_status wake_by_rule(struct unit *unit, const struct meta *meta,
                                   const struct compiled_agent *agent,
                                   const struct rule *rule, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t j = 0; status == MA_OK && j < rule->join_count; j++) {
        const struct join *join = &rule->joins[j];
        uint32_t type = wanted_type(rule, join);

        if (join->count == 0 || script_of(join) != NULL ||
            (type != NAME_NONE && type != meta->object.type))
            continue;
        status = wake_by_key(unit, meta, agent, &join->keys[0], err);
    }
    return status;
}

enum ma_status join_wake(struct unit *unit, struct meta *meta, struct ma_error *err)
{
    const struct program *program = unit->sync->program;
    enum ma_status status = MA_OK;

    for (size_t a = 0; a < program->agent_count; a++)
        for (size_t r = 0; status == MA_OK && r < program->agents[a].inbound_count; r++)
            status = wake_by_rule(unit, meta, &program->agents[a],
                                  program->agents[a].inbound[r], err);
    return status;
}
