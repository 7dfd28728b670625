/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma list|partitions: the management agents and where they look. */

#include "cmd_ma.h"
#include "bindings.h"
#include "commands.h"
#include "config/folder.h"
#include "open.h"
#include "render.h"

enum exit_code ma_open(struct ma_view *view, const struct invocation *call)
{
    enum exit_code code = open_instance(&view->instance, call);

    if (code == EXIT_OK)
        code = open_config(&view->config, call);
    if (code == EXIT_OK)
        bindings_warn(call, view->instance, view->config);
    return code;
}

void ma_close(struct ma_view *view)
{
    config_free(view->config);
    instance_close(view->instance);
}

const char *ma_state(const struct agent_state *state)
{
    if (state->plugin == NULL)
        return "no plugin";
    if (state->refusal != NULL)
        return "plugin missing";
    return bindings_is_ready(state) ? "ready" : "secret missing";
}

/* --- list ------------------------------------------------------------------------ */

static const struct render_column list_columns[] = {
    {.title = "NAME", .shrinks = true},    {.title = "CATEGORY"},
    {.title = "PLUGIN", .shrinks = true},  {.title = "STATE"},
    {.title = "PROFILES", .number = true}, {.title = "PARTITIONS", .number = true},
    {.title = "ID", .wide = true},         {.title = "FILE", .wide = true},
};

enum { LIST_COLUMNS = sizeof list_columns / sizeof list_columns[0] };

static void list_row(const struct invocation *call, const struct ma_view *view,
                     const struct agent *agent, const char **row)
{
    struct agent_state state = bindings_agent(call, view->instance, agent);

    row[0] = agent->name;
    row[1] = agent->category;
    row[2] = state.plugin;
    row[3] = ma_state(&state);
    row[4] = arena_print(call->arena, "%zu", agent->profile_count);
    row[5] = arena_print(call->arena, "%zu/%zu", agent_partitions_selected(agent),
                         agent->partition_count);
    row[6] = render_guid(call->arena, &agent->id);
    row[7] = agent->file;
}

static enum exit_code list_text(const struct invocation *call, const struct ma_view *view)
{
    size_t count = view->config->agent_count;
    const char **cells = ARENA_ARRAY(call->arena, const char *, count *LIST_COLUMNS);

    for (size_t i = 0; i < count; i++)
        list_row(call, view, &view->config->agents[i], cells + i * LIST_COLUMNS);
    render_table(call, list_columns, LIST_COLUMNS, cells, count);
    return EXIT_OK;
}

static enum exit_code list_names(const struct ma_view *view)
{
    for (size_t i = 0; i < view->config->agent_count; i++)
        puts(view->config->agents[i].name);
    return EXIT_OK;
}

static json_t *list_entry(const struct invocation *call, const struct ma_view *view,
                          const struct agent *agent)
{
    struct agent_state state = bindings_agent(call, view->instance, agent);

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:i, s:i, s:i}", "id",
                     render_text(render_guid(call->arena, &agent->id)), "name",
                     render_text(agent->name), "category", render_text(agent->category),
                     "subtype", render_text(agent->subtype), "file",
                     render_text(agent->file), "plugin", render_text(state.plugin),
                     "ready", bindings_is_ready(&state), "refusal",
                     render_text(state.refusal), "run_profiles",
                     (int)agent->profile_count, "partitions", (int)agent->partition_count,
                     "partitions_selected", (int)agent_partitions_selected(agent));
}

static enum exit_code list_json(const struct invocation *call, const struct ma_view *view)
{
    json_t *all = json_array();

    for (size_t i = 0; i < view->config->agent_count; i++)
        json_array_append_new(all, list_entry(call, view, &view->config->agents[i]));
    return render_json(
        json_pack("{s:s, s:o}", "schema", "mactl/agents/1", "agents", all));
}

static enum exit_code list(const struct invocation *call, int argc, const char **argv)
{
    struct ma_view view = {0};
    enum exit_code code = ma_open(&view, call);

    (void)argc;
    (void)argv;
    if (code == EXIT_OK && call->output == OUTPUT_JSON)
        code = list_json(call, &view);
    else if (code == EXIT_OK && call->output == OUTPUT_NAME)
        code = list_names(&view);
    else if (code == EXIT_OK)
        code = list_text(call, &view);
    ma_close(&view);
    return code;
}

const struct command command_ma_list = {
    .words = "ma list",
    .summary = "The management agents, and whether each can run",
    .help =
        "STATE is ready, or what is missing: a plugin, a plugin that can be loaded, a "
        "secret.\nPARTITIONS is how many of all are selected. -o wide adds ids and "
        "files; -o name gives\nthe names alone.\n\n    mactl -C sync ma list",
    .formats = FORMAT_NAMES,
    .run = list,
};

/* --- partitions ------------------------------------------------------------------ */

static json_t *texts_json(const char *const *texts)
{
    json_t *all = json_array();

    for (; texts != NULL && *texts != NULL; texts++)
        json_array_append_new(all, render_text(*texts));
    return all;
}

json_t *ma_partition_json(struct arena *arena, const struct partition *partition)
{
    return json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}", "id",
                     render_text(render_guid(arena, &partition->id)), "name",
                     render_text(partition->name), "selected", (int)partition->selected,
                     "object_types", texts_json(partition->object_types), "inclusions",
                     texts_json(partition->inclusions), "exclusions",
                     texts_json(partition->exclusions));
}

static enum exit_code partitions_json(const struct invocation *call,
                                      const struct agent *agent)
{
    json_t *all = json_array();

    for (size_t i = 0; i < agent->partition_count; i++)
        json_array_append_new(all, ma_partition_json(call->arena, &agent->partitions[i]));
    return render_json(json_pack("{s:s, s:o, s:o}", "schema", "mactl/partitions/1",
                                 "agent", render_text(agent->name), "partitions", all));
}

static const struct render_column partition_columns[] = {
    {.title = "SELECTED"},
    {.title = "NAME", .shrinks = true},
    {.title = "TYPES", .number = true},
    {.title = "IN", .number = true},
    {.title = "OUT", .number = true},
    {.title = "ID", .wide = true},
};

enum { PARTITION_COLUMNS = sizeof partition_columns / sizeof partition_columns[0] };

static const char *length_of(struct arena *arena, const char *const *texts)
{
    size_t count = 0;

    while (texts != NULL && texts[count] != NULL)
        count++;
    return arena_print(arena, "%zu", count);
}

static void partition_row(struct arena *arena, const struct partition *partition,
                          const char **row)
{
    row[0] = partition->selected ? "yes" : "no";
    row[1] = partition->name;
    row[2] = length_of(arena, partition->object_types);
    row[3] = length_of(arena, partition->inclusions);
    row[4] = length_of(arena, partition->exclusions);
    row[5] = render_guid(arena, &partition->id);
}

static void print_texts(struct arena *arena, const char *label, const char *const *texts)
{
    for (; texts != NULL && *texts != NULL; texts++)
        printf("  %-8s %s\n", label,
               (*texts)[0] == '\0' ? "(everything)" : render_clean(arena, *texts));
}

static enum exit_code partitions_text(const struct invocation *call,
                                      const struct agent *agent)
{
    size_t count = agent->partition_count;
    const char **cells = ARENA_ARRAY(call->arena, const char *, count *PARTITION_COLUMNS);

    for (size_t i = 0; i < count; i++)
        partition_row(call->arena, &agent->partitions[i], cells + i * PARTITION_COLUMNS);
    render_table(call, partition_columns, PARTITION_COLUMNS, cells, count);
    for (size_t i = 0; i < count; i++) {
        const struct partition *partition = &agent->partitions[i];

        if (!partition->selected && call->verbose == 0)
            continue;
        printf("\n%s\n", render_clean(call->arena, partition->name));
        print_texts(call->arena, "type", partition->object_types);
        print_texts(call->arena, "in", partition->inclusions);
        print_texts(call->arena, "out", partition->exclusions);
    }
    return EXIT_OK;
}

static enum exit_code partitions_names(const struct agent *agent)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        puts(agent->partitions[i].name);
    return EXIT_OK;
}

static enum exit_code partitions(const struct invocation *call, int argc,
                                 const char **argv)
{
    struct ma_view view = {0};
    const struct agent *agent = NULL;
    enum exit_code code = ma_open(&view, call);

    (void)argc;
    if (code == EXIT_OK) {
        agent = open_agent(view.config, argv[0]);
        code = agent == NULL ? EXIT_USAGE : EXIT_OK;
    }
    if (code == EXIT_OK && call->output == OUTPUT_JSON)
        code = partitions_json(call, agent);
    else if (code == EXIT_OK && call->output == OUTPUT_NAME)
        code = partitions_names(agent);
    else if (code == EXIT_OK)
        code = partitions_text(call, agent);
    ma_close(&view);
    return code;
}

const struct command command_ma_partitions = {
    .words = "ma partitions",
    .arguments = "MA",
    .summary = "The partitions of an agent, what is in and out",
    .help =
        "TYPES, IN and OUT are the numbers of object types, and of containers that are "
        "included\nand excluded; below, they are listed for what is selected, with -v "
        "for all. The nearest\ncontainer above an object decides.\n\n    mactl -C "
        "sync ma partitions fabrikam.example",
    .least = 1,
    .most = 1,
    .formats = FORMAT_NAMES,
    .run = partitions,
};
