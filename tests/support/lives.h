/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIVES_H
#define TESTS_LIVES_H

#include <glob.h>

#include "alike.h"
#include "model/dn.h"
#include "store/tree.h"

/*
 * Lives: objects of any configuration, with random values out of very few, come, change
 * and go, in two worlds that have to stay alike (alike.h).
 */
enum { LIFE_STEPS = 150, MOST_KINDS = 64 };

/* Of each kind. */
static unsigned life_objects = 3;
/* Synchronisations may be of everything. */
static bool life_full;
/* More to look at after each step; NULL: nothing. */
static void (*life_look)(unsigned life, unsigned step);

/* A type of objects that an agent imports. */
struct kind {
    const char *agent;
    uint32_t type;
    uint32_t mv_type;
    uint32_t number;
};

static struct kind kinds[MOST_KINDS];
static size_t kind_count;

/* Those of this life: they meet in one type of the metaverse. */
static const struct kind *here[MOST_KINDS];
static uint32_t here_count;

static inline bool is_known(const char *agent, uint32_t type)
{
    for (size_t i = 0; i < kind_count; i++)
        if (kinds[i].type == type && strcmp(kinds[i].agent, agent) == 0)
            return true;
    return false;
}

static inline void find_kinds(const struct program *program)
{
    kind_count = 0;
    for (size_t a = 0; a < program->agent_count; a++)
        for (size_t r = 0; r < program->agents[a].inbound_count; r++) {
            const char *agent = program->agents[a].config->name;
            uint32_t type = program->agents[a].inbound[r]->cs_type;

            if (type != NAME_NONE && !is_known(agent, type) && kind_count < MOST_KINDS) {
                kinds[kind_count] =
                    (struct kind){agent, type, program->agents[a].inbound[r]->mv_type,
                                  (uint32_t)kind_count};
                kind_count++;
            }
        }
    ck_assert_uint_gt(kind_count, 0);
}

static inline void choose_kinds(unsigned life)
{
    uint32_t type = kinds[life % kind_count].mv_type;

    here_count = 0;
    for (size_t i = 0; i < kind_count; i++)
        if (kinds[i].mv_type == type)
            here[here_count++] = &kinds[i];
}

/* --- objects ---------------------------------------------------------------------- */

static inline const char *dn_of(struct world *w, const struct kind *kind, unsigned n)
{
    const struct agent *agent = world_agent(w, kind->agent)->config;
    const char *base =
        agent->partition_count > 0 && dn_is_ldap(slice_text(agent->partitions[0].name))
            ? agent->partitions[0].name
            : "DC=x";

    return arena_print(&w->arena, "CN=o%u-%u,%s", kind->number, n, base);
}

/* Few, so that objects of different agents join and disagree. */
static inline struct slice some_value(struct world *w, struct batch *batch,
                                      const struct kind *kind, enum value_type type)
{
    static const char *const texts[] = {"1", "2", "True", "user", "a@b.example", "", "3"};
    static const int64_t numbers[] = {0, 1, 2, 512, 514, -2147483646};
    uint64_t id = 0;

    switch (type) {
    case VALUE_NUMBER:
        return value_of_number(&w->arena, numbers[throw(6)]);
    case VALUE_BOOLEAN:
        return value_of_flag(throw(2) == 1);
    case VALUE_BINARY:
        return slice_text(throw(2) == 1 ? "AAAAAAAAAAAAAAAA" : "BBBBBBBBBBBBBBBB");
    case VALUE_REFERENCE:
        WORLD_OK(w, cs_reference(batch, world_agent(w, kind->agent)->number,
                                 dn_of(w, kind, throw(life_objects)), PLACEHOLDER_LINK,
                                 &id, &w->err));
        return value_of_id(&w->arena, id);
    case VALUE_STRING:
    case VALUE_NONE:
        break;
    }
    return slice_text(texts[throw(7)]);
}

static inline bool is_of_interest(const struct compiled_agent *agent, uint32_t name)
{
    for (size_t r = 0; r < agent->inbound_count; r++)
        for (size_t f = 0; f < agent->inbound[r]->flow_count; f++)
            for (size_t i = 0; i < agent->inbound[r]->flows[f].source_count; i++)
                if (agent->inbound[r]->flows[f].sources[i] == name)
                    return true;
    for (size_t i = 0; i < agent->indexed_count; i++)
        if (agent->indexed[i] == name)
            return true;
    return false;
}

/* Of the attributes that flow in, one in `share` is there. */
static inline struct entry some_entry(struct world *w, struct batch *batch,
                                      const struct kind *kind, unsigned share)
{
    const struct compiled_agent *agent = world_agent(w, kind->agent);
    struct entry_builder builder = entry_builder(&w->arena);
    uint32_t count = names_count(w->program->names);

    for (uint32_t name = 1; name <= count; name++) {
        struct attribute_info info = program_cs_attribute(agent, w->program, name);
        struct slice *value = arena_alloc(&w->arena, sizeof *value);

        if (!info.known || !info.selected || info.export_only ||
            !is_of_interest(agent, name) || throw(share) != 0)
            continue;
        *value = some_value(w, batch, kind, info.type);
        if (value->length > 0)
            entry_add(&builder, name, info.type, value, 1);
    }
    return entry_build(&builder);
}

static inline void show(struct world *w, struct batch *batch, const struct kind *kind,
                        unsigned n, unsigned share)
{
    const struct compiled_agent *agent = world_agent(w, kind->agent);
    const char *dn = dn_of(w, kind, n);
    struct cs_object object = world_object(w, batch, agent, dn, dn);
    struct image seen = {.exists = true,
                         .object_type = kind->type,
                         .dn = dn,
                         .entry = some_entry(w, batch, kind, share)};

    object.anchor = slice_text(dn);
    tower_seen(&w->arena, &object, &seen, NULL, 0);
    WORLD_OK(w, cs_put(batch, &object, &w->err));
}

/* Its next state differs in one attribute. */
static inline void change(struct world *w, struct batch *batch, const struct kind *kind,
                          unsigned n)
{
    const struct compiled_agent *agent = world_agent(w, kind->agent);
    const char *dn = dn_of(w, kind, n);
    struct cs_object object = world_object(w, batch, agent, dn, dn);
    struct entry some = some_entry(w, batch, kind, 3);
    struct attr_delta attr = {.op = DELTA_SET};
    struct delta delta = {.op = DELTA_UPDATE, .count = 1, .attrs = &attr};
    const struct attr *pick;

    if (object.id == 0 || some.count == 0 || !object_was_imported(&object))
        return;
    pick = &some.attrs[throw(some.count)];
    attr.name = pick->name;
    if (throw(4) != 0) {
        attr.type = pick->type;
        attr.adds = pick->values;
        attr.add_count = pick->count;
    }
    tower_changed(&w->arena, &object, &delta);
    WORLD_OK(w, cs_put(batch, &object, &w->err));
}

static inline void lose(struct world *w, struct batch *batch, const struct kind *kind,
                        unsigned n)
{
    const struct compiled_agent *agent = world_agent(w, kind->agent);
    const char *dn = dn_of(w, kind, n);
    struct cs_object object = world_object(w, batch, agent, dn, dn);

    if (object.id == 0 || !object_was_imported(&object))
        return;
    if (tower_gone(&w->arena, &object, false).gone)
        WORLD_OK(w, tree_drop(batch, &object, &w->err));
    else
        WORLD_OK(w, cs_put(batch, &object, &w->err));
}

/* --- lives ------------------------------------------------------------------------ */

static inline void happen(struct world *w)
{
    const struct kind *kind = here[throw(here_count)];
    unsigned n = throw(life_objects);
    unsigned what = throw(10);
    struct batch *batch;

    if (what >= 7) {
        full = life_full && throw(2) == 1;
        synchronise(w, kind->agent);
        return;
    }
    if (what == 6) {
        world_export(w, kind->agent, throw(2) == 1);
        return;
    }
    batch = batch_begin(w->store);
    if (what < 2)
        show(w, batch, kind, n, 1 + throw(3));
    else if (what < 5)
        change(w, batch, kind, n);
    else
        lose(w, batch, kind, n);
    WORLD_OK(w, batch_commit(batch, &w->err));
    batch_end(batch);
}

static inline void live(const char *config, unsigned life)
{
    world_begin_with(&usual, config, "");
    world_begin_with(&other, config, "");
    find_kinds(usual.program);
    choose_kinds(life);
    state = 7u + life;
    for (unsigned step = 1; step <= LIFE_STEPS; step++) {
        uint32_t before = state;

        happen(&usual);
        state = before;
        happen(&other);
        compare(life, step);
        if (life_look != NULL)
            life_look(life, step);
        for (int i = 0; i < 2; i++)
            arena_reset(&worlds[i]->arena);
    }
    world_end(&usual);
    world_end(&other);
}

static inline void live_lives(const char *config, unsigned lives)
{
    for (unsigned life = 0; life < lives; life++)
        live(config, life);
}

static inline void live_all(const char *config)
{
    live_lives(config, getenv("MACTL_LONG") != NULL ? 100 : 3);
}

static inline void live_scenarios(const char *pattern, unsigned lives)
{
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            live_lives(found.gl_pathv[i], lives);
    globfree(&found);
}

/* Where it is: real exports. */
static inline void live_corpus(unsigned lives)
{
    const char *corpus = getenv("MACTL_CORPUS");
    char path[512];

    if (corpus == NULL)
        return;
    snprintf(path, sizeof path, "%s/aadconnect-contoso", corpus);
    live_scenarios(path, lives);
    snprintf(path, sizeof path, "%s/mim-contoso", corpus);
    live_scenarios(path, lives);
}

#endif
