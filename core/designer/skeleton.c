/* SPDX-License-Identifier: Apache-2.0 */
#include "designer/skeleton.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "config/disk.h"

struct gathering {
    const struct config *config;
    struct arena *arena;
    const char *assembly;
    skeleton_hooks hooks;
};

/* --- one hook --------------------------------------------------------------------- */

static const char *const prefixes[SKELETON_KINDS] = {
    [SKELETON_IMPORT_FLOW] = "import",
    [SKELETON_EXPORT_FLOW] = "export",
    [SKELETON_JOIN] = "join",
    [SKELETON_RESOLUTION] = "resolve",
    [SKELETON_FILTER] = "filter",
    [SKELETON_PROJECTION] = "project",
    [SKELETON_DEPROVISION] = "deprovision",
    [SKELETON_PROVISION] = "provision",
    [SKELETON_DELETION] = "delete_from_mv"};

static bool is_taken(const struct gathering *g, const char *function)
{
    for (size_t i = 0; i < g->hooks.count; i++)
        if (strcmp(g->hooks.items[i].function, function) == 0)
            return true;
    return false;
}

/* "import_cd_person_sn_to_mv"; names that come out the same are numbered. */
static const char *function_of(const struct gathering *g, enum skeleton_kind kind,
                               const char *name)
{
    BUF_AUTO text = {0};
    const char *function;

    buf_text(&text, prefixes[kind]);
    if (name[0] != '\0')
        buf_char(&text, '_');
    for (; *name != '\0' && text.length < 60; name++)
        buf_char(&text, isalnum((unsigned char)*name) ? *name : '_');
    function = arena_text(g->arena, text.at);
    for (unsigned n = 2; is_taken(g, function); n++)
        function = arena_print(g->arena, "%s_%u", text.at, n);
    return function;
}

static void add(struct gathering *g, enum skeleton_kind kind, const char *name,
                const char *about)
{
    struct skeleton_hook hook = {.kind = kind, .name = name, .about = about};

    for (size_t i = 0; i < g->hooks.count; i++)
        if (g->hooks.items[i].kind == kind && strcmp(g->hooks.items[i].name, name) == 0) {
            g->hooks.items[i].about =
                arena_print(g->arena, "%s\n%s", g->hooks.items[i].about, about);
            return;
        }
    hook.function = function_of(g, kind, name);
    VEC_ADD(&g->hooks, hook);
}

static const char *at(const struct gathering *g, const struct place *place)
{
    return place->file == NULL
               ? ""
               : arena_print(g->arena, " (%s:%u)", place->file, place->line);
}

static const char *sources(const struct gathering *g, const struct mapping *mapping)
{
    BUF_AUTO text = {0};

    for (size_t i = 0; i < mapping->source_count; i++)
        buf_print(&text, "%s%s", i == 0 ? "" : ", ", mapping->sources[i].name);
    return arena_text(g->arena, text.length == 0 ? "nothing" : text.at);
}

/* --- an agent's ------------------------------------------------------------------- */

static void add_joins(struct gathering *g, const struct agent *agent,
                      const struct join_group *join, const char *cs_type)
{
    for (size_t i = 0; i < join->count; i++)
        if (join->conditions[i].script != NULL)
            add(g, SKELETON_JOIN, join->conditions[i].script,
                arena_print(g->arena, "%s, %s: values to search %s for%s", agent->name,
                            cs_type,
                            join->conditions[i].mv_attribute == NULL
                                ? "the metaverse"
                                : join->conditions[i].mv_attribute,
                            at(g, &join->place)));
    if (join->resolution != NULL)
        add(g, SKELETON_RESOLUTION, join->resolution,
            arena_print(g->arena, "%s, %s: one of several candidates%s", agent->name,
                        cs_type, at(g, &join->place)));
}

static void add_filters(struct gathering *g, const struct agent *agent)
{
    for (size_t i = 0; i < agent->filter_count; i++)
        if (agent->filters[i].script != NULL)
            add(g, SKELETON_FILTER, agent->filters[i].cs_type,
                arena_print(g->arena, "%s, %s%s", agent->name, agent->filters[i].cs_type,
                            at(g, &agent->filters[i].place)));
}

static void add_projections(struct gathering *g, const struct agent *agent)
{
    for (size_t i = 0; i < agent->projection_count; i++)
        if (agent->projections[i].kind == PROJECTION_SCRIPTED)
            add(g, SKELETON_PROJECTION, agent->projections[i].cs_type,
                arena_print(g->arena, "%s, %s%s", agent->name,
                            agent->projections[i].cs_type,
                            at(g, &agent->projections[i].place)));
}

static void add_export_flows(struct gathering *g, const struct agent *agent,
                             const struct export_flow_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct export_flow *flow = &set->flows[i];

        if (flow->mapping.kind == MAPPING_SCRIPTED)
            add(g, SKELETON_EXPORT_FLOW, flow->mapping.script,
                arena_print(g->arena, "%s: %s of %s, from %s of %s%s", agent->name,
                            flow->cs_attribute, set->cs_type, sources(g, &flow->mapping),
                            set->mv_type, at(g, &flow->place)));
    }
}

static void add_import_flows(struct gathering *g, const struct agent *agent)
{
    const struct metaverse *mv = &g->config->metaverse;

    for (size_t i = 0; i < mv->flow_group_count; i++) {
        const struct import_flow_group *group = &mv->flow_groups[i];

        for (size_t k = 0; k < group->count; k++) {
            const struct import_flow *flow = &group->flows[k];

            if (flow->mapping.kind == MAPPING_SCRIPTED &&
                guid_equal(&flow->agent, &agent->id))
                add(g, SKELETON_IMPORT_FLOW, flow->mapping.script,
                    arena_print(g->arena, "%s: %s of %s, from %s of %s%s", agent->name,
                                group->mv_attribute, group->mv_type,
                                sources(g, &flow->mapping), flow->cs_type,
                                at(g, &flow->place)));
        }
    }
}

static void add_agent(struct gathering *g, const struct agent *agent)
{
    add_import_flows(g, agent);
    for (size_t i = 0; i < agent->export_set_count; i++)
        add_export_flows(g, agent, &agent->export_sets[i]);
    for (size_t i = 0; i < agent->join_count; i++)
        for (size_t k = 0; k < agent->joins[i].count; k++)
            add_joins(g, agent, &agent->joins[i].criteria[k], agent->joins[i].cs_type);
    add_filters(g, agent);
    add_projections(g, agent);
    if (agent->deprovisioning == DEPROVISION_SCRIPTED)
        add(g, SKELETON_DEPROVISION, "",
            arena_print(g->arena, "%s%s", agent->name, at(g, &agent->place)));
}

/* --- the metaverse's -------------------------------------------------------------- */

static void add_metaverse(struct gathering *g)
{
    const struct metaverse *mv = &g->config->metaverse;

    if (mv->provisioning == PROVISION_SCRIPTED || mv->provisioning == PROVISION_BOTH)
        add(g, SKELETON_PROVISION, "",
            arena_print(g->arena, "every metaverse object that has changed%s",
                        at(g, &mv->place)));
    for (size_t i = 0; i < mv->deletion_rule_count; i++)
        if (mv->deletion_rules[i].kind == MV_DELETE_SCRIPTED)
            add(g, SKELETON_DELETION, "",
                arena_print(g->arena, "%s%s", mv->deletion_rules[i].mv_type,
                            at(g, &mv->deletion_rules[i].place)));
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

static int by_function(const void *a, const void *b)
{
    const struct skeleton_hook *x = a;
    const struct skeleton_hook *y = b;

    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1)
                              : strcmp(x->function, y->function);
}

static void gather(struct gathering *g)
{
    for (size_t i = 0; i < g->config->agent_count; i++)
        if (same(g->config->agents[i].extension, g->assembly))
            add_agent(g, &g->config->agents[i]);
    if (same(g->config->metaverse.extension, g->assembly))
        add_metaverse(g);
    if (g->hooks.count > 1)
        qsort(g->hooks.items, g->hooks.count, sizeof *g->hooks.items, by_function);
}

/* --- files ------------------------------------------------------------------------ */

/* "Corp.Rules" of "Corp.Rules.dll", without what no file name should have. */
static const char *plugin_of(struct arena *arena, const char *assembly)
{
    const char *slash = strrchr(assembly, '\\');
    const char *base = slash == NULL ? assembly : slash + 1;
    size_t length = strlen(base);
    char *name;

    if (length > 4 && strcasecmp(base + length - 4, ".dll") == 0)
        length -= 4;
    name = arena_textn(arena, base, length);
    for (char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
            *c = '_';
    return name;
}

static void add_file(skeleton_files *out, const char *name, const char *text)
{
    VEC_ADD(out, ((struct skeleton_file){name, text}));
}

static bool has_file(const skeleton_files *out, const char *name)
{
    for (size_t i = 0; i < out->count; i++)
        if (strcasecmp(out->items[i].name, name) == 0)
            return true;
    return false;
}

static void add_extension(const struct config *config, struct arena *arena,
                          const char *assembly, struct buf *targets, struct buf *list,
                          skeleton_files *out)
{
    struct gathering g = {.config = config, .arena = arena, .assembly = assembly};
    const char *name = assembly == NULL ? NULL : plugin_of(arena, assembly);
    const char *file = name == NULL ? NULL : arena_print(arena, "%s.c", name);

    if (file == NULL || has_file(out, file))
        return;
    gather(&g);
    if (g.hooks.count > 0) {
        add_file(out, file, skeleton_source(arena, name, &g.hooks));
        buf_print(targets, "mactl_plugin(%s %s)\n", name, file);
        buf_print(list,
                  "* `%s`: %zu function%s for `%s`.\n\n"
                  "      <extension assembly=\"%s\" plugin=\"%s\"/>\n\n",
                  file, g.hooks.count, g.hooks.count == 1 ? "" : "s", assembly, assembly,
                  name);
    }
    VEC_FREE(&g.hooks);
}

static void add_frame(struct arena *arena, const struct buf *targets,
                      const struct buf *list, skeleton_files *out)
{
    add_file(out, "CMakeLists.txt",
             arena_print(arena,
                         "cmake_minimum_required(VERSION 3.20)\n"
                         "project(rules LANGUAGES C)\n"
                         "find_package(mactl 0.1 REQUIRED)\n"
                         "set(CMAKE_C_STANDARD 17)\n%s",
                         targets->at));
    add_file(
        out, "README.md",
        arena_print(
            arena,
            "# Rules extensions\n\n"
            "One plugin for each rules extension that the configuration names, with one "
            "function for each thing that it calls.\n"
            "Each function fails with \"... is not written yet\" until you write it: an "
            "object that needs it keeps its state\n"
            "and is an error of the run.\n\n"
            "    cmake -S . -B build && cmake --build build\n\n"
            "Put the plugins into `plugins/` of the instance, and these lines into its "
            "`mactl.xml`:\n\n%s"
            "`mactl plugin inspect FILE` says whether one can be loaded, and "
            "`mactl preview --all` what it would do.\n"
            "`mactl/ma.h` has every hook with its contract.\n",
            list->at));
}

enum ma_status skeleton_make(const struct config *config, struct arena *arena,
                             skeleton_files *out, struct ma_error *err)
{
    BUF_AUTO targets = {0};
    BUF_AUTO list = {0};

    for (size_t i = 0; i < config->agent_count; i++)
        add_extension(config, arena, config->agents[i].extension, &targets, &list, out);
    add_extension(config, arena, config->metaverse.extension, &targets, &list, out);
    if (out->count == 0)
        return ma_fail(err, MA_NOT_FOUND,
                       "%s: no rules extension is asked for anything: there is nothing "
                       "to write",
                       config->root);
    add_frame(arena, &targets, &list, out);
    return MA_OK;
}

enum ma_status skeleton_write(const skeleton_files *files, const char *folder,
                              struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    enum ma_status status;

    for (size_t i = 0; i < files->count; i++)
        if (disk_exists(arena_print(&arena, "%s/%s", folder, files->items[i].name)))
            return ma_fail(err, MA_CONFLICT, "%s/%s is there already", folder,
                           files->items[i].name);
    status = disk_folders(folder, 0755, err);
    for (size_t i = 0; status == MA_OK && i < files->count; i++)
        status = disk_write(arena_print(&arena, "%s/%s", folder, files->items[i].name),
                            slice_text(files->items[i].text), 0644, err);
    return status;
}
