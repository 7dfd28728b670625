/* SPDX-License-Identifier: Apache-2.0 */

/* mactl plugin list|inspect: what can be loaded from where, and what it offers. */

#include "command.h"
#include "commands.h"
#include "plugin/plugin.h"
#include "render.h"

static const char *const *folders_of(const struct invocation *call)
{
    return plugin_folders(call->arena, call->folder);
}

/* --- list ------------------------------------------------------------------------ */

static json_t *found_json(const struct plugin_found *found)
{
    return json_pack("{s:s, s:s, s:s*, s:s, s:s*, s:b}", "file", found->file, "name",
                     found->name, "version", found->version, "roles", found->roles,
                     "refusal", found->refusal, "hidden", found->hidden);
}

static enum exit_code list_json(const struct plugin_found *found, size_t count)
{
    json_t *all = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, found_json(&found[i]));
    return render_json(
        json_pack("{s:s, s:o}", "schema", "mactl/plugins/1", "plugins", all));
}

static enum exit_code list_text(const struct plugin_found *found, size_t count)
{
    printf("%-16s %-10s %-14s %s\n", "NAME", "VERSION", "ROLES", "FILE");
    for (size_t i = 0; i < count; i++) {
        const struct plugin_found *f = &found[i];

        printf("%-16s %-10s %-14s %s%s\n", f->name, f->version == NULL ? "-" : f->version,
               f->refusal != NULL ? "(refused)" : f->roles, f->file,
               f->hidden ? " (hidden: another of this name comes first)" : "");
        if (f->refusal != NULL)
            fprintf(stderr, "warning: %s\n", f->refusal);
    }
    return EXIT_OK;
}

static enum exit_code list(const struct invocation *call, int argc, const char **argv)
{
    const struct plugin_found *found = NULL;
    size_t count = plugin_list(call->arena, folders_of(call), &found);

    (void)argc;
    (void)argv;
    if (call->output == OUTPUT_JSON)
        return list_json(found, count);
    if (call->output == OUTPUT_NAME) {
        for (size_t i = 0; i < count; i++)
            if (found[i].refusal == NULL && !found[i].hidden)
                puts(found[i].name);
        return EXIT_OK;
    }
    return list_text(found, count);
}

/* --- inspect --------------------------------------------------------------------- */

static const struct {
    enum ma_capability bit;
    const char *name;
} capabilities[] = {
    {MA_CAN_CONFIRM_AT_ONCE, "confirm-at-once"},
    {MA_CAN_DN_IS_ANCHOR, "dn-is-anchor"},
    {MA_CAN_LDAP_DN, "ldap-dn"},
    {MA_CAN_RENAME_CONTAINER, "rename-container"},
    {MA_CAN_RENAME, "rename"},
    {MA_CAN_NO_REFERENCES_FIRST, "no-references-first"},
    {MA_CAN_FULL_IMPORT, "full-import"},
    {MA_CAN_DELTA_IMPORT, "delta-import"},
    {MA_CAN_EXPORT, "export"},
    {MA_CAN_WHOLE_OBJECTS_ONLY, "whole-objects-only"},
    {MA_CAN_DISCOVER_SCHEMA, "discover-schema"},
    {MA_CAN_READ_ALL_INSTEAD, "read-all-instead"},
    {MA_DELTA_MAY_MISS, "delta-may-miss"},
};

enum { CAPABILITIES = sizeof capabilities / sizeof capabilities[0] };

static const char *type_name(enum ma_param_type type)
{
    static const char *const names[] = {[MA_STRING] = "string",
                                        [MA_NUMBER] = "number",
                                        [MA_BOOLEAN] = "boolean",
                                        [MA_SECRET] = "secret"};

    return (size_t)type < sizeof names / sizeof names[0] ? names[type] : "unknown";
}

static json_t *params_json(const struct ma_plugin *plugin)
{
    json_t *all = json_array();

    for (const struct ma_param *p = plugin->params; p != NULL && p->name != NULL; p++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:s*, s:s*}", "name", p->name,
                                             "type", type_name(p->type), "default",
                                             p->type == MA_SECRET ? NULL : p->fallback,
                                             "help", p->help));
    return all;
}

static json_t *capabilities_json(const struct ma_plugin *plugin)
{
    json_t *all = json_array();

    for (size_t i = 0; plugin->agent != NULL && i < CAPABILITIES; i++)
        if (plugin->agent->capabilities & capabilities[i].bit)
            json_array_append_new(all, json_string(capabilities[i].name));
    return all;
}

static json_t *flows_json(const struct ma_plugin *plugin)
{
    json_t *all = json_array();
    const struct ma_flow *f = plugin->rules == NULL ? NULL : plugin->rules->flows;

    for (; f != NULL && f->name != NULL; f++)
        json_array_append_new(all, json_string(f->name));
    return all;
}

static json_t *roles_json(const struct ma_plugin *plugin)
{
    json_t *all = json_array();

    if (plugin->agent != NULL)
        json_array_append_new(all, json_string("agent"));
    if (plugin->rules != NULL)
        json_array_append_new(all, json_string("rules"));
    if (plugin->audit != NULL)
        json_array_append_new(all, json_string("audit"));
    return all;
}

static enum exit_code inspect_json(const char *file, const struct ma_plugin *plugin)
{
    return render_json(json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o}",
                                 "schema", "mactl/plugin/1", "file", file, "name",
                                 plugin->name, "version", plugin->version, "abi",
                                 (int)plugin->abi, "roles", roles_json(plugin),
                                 "capabilities", capabilities_json(plugin), "parameters",
                                 params_json(plugin), "flows", flows_json(plugin)));
}

static void print_capabilities(const struct ma_plugin *plugin)
{
    printf("capabilities");
    for (size_t i = 0; i < CAPABILITIES; i++)
        if (plugin->agent->capabilities & capabilities[i].bit)
            printf(" %s", capabilities[i].name);
    putchar('\n');
}

static void print_params(const struct ma_plugin *plugin)
{
    if (plugin->params == NULL || plugin->params->name == NULL)
        return;
    puts("parameters");
    for (const struct ma_param *p = plugin->params; p->name != NULL; p++) {
        printf("  %-22s %-8s %s", p->name, type_name(p->type),
               p->help == NULL ? "" : p->help);
        if (p->fallback != NULL && p->type != MA_SECRET)
            printf(" (default: %s)", p->fallback);
        putchar('\n');
    }
}

static enum exit_code inspect_text(const char *file, const struct ma_plugin *plugin)
{
    printf("name         %s\nversion      %s\nfile         %s\ninterface    %u\n"
           "roles       %s%s%s\n",
           plugin->name, plugin->version, file, plugin->abi,
           plugin->agent == NULL ? "" : " agent", plugin->rules == NULL ? "" : " rules",
           plugin->audit == NULL ? "" : " audit");
    if (plugin->agent != NULL)
        print_capabilities(plugin);
    print_params(plugin);
    if (plugin->rules != NULL) {
        puts("flows");
        for (const struct ma_flow *f = plugin->rules->flows; f->name != NULL; f++)
            printf("  %s\n", f->name);
    }
    return EXIT_OK;
}

static enum exit_code inspect(const struct invocation *call, int argc, const char **argv)
{
    struct plugin *plugin = NULL;
    struct ma_error err = {0};
    enum exit_code code;

    (void)argc;
    if (plugin_load(&plugin, argv[0], folders_of(call), &err) != MA_OK)
        return command_error(err.status == MA_INVALID ? EXIT_PLUGIN : EXIT_USAGE,
                             "mactl plugin list", "%s", err.text);
    if (call->output == OUTPUT_JSON)
        code = inspect_json(plugin_file(plugin), plugin_description(plugin));
    else
        code = inspect_text(plugin_file(plugin), plugin_description(plugin));
    plugin_unload(plugin);
    return code;
}

const struct command command_plugin_list = {
    .words = "plugin list",
    .summary = "Every plugin of the search path, usable or refused",
    .help =
        "Looks in $MACTL_PLUGIN_PATH, in the folder plugins of the instance and among "
        "the\ninstalled ones, in this order.",
    .formats = FORMAT_NAMES,
    .run = list,
};

const struct command command_plugin_inspect = {
    .words = "plugin inspect",
    .arguments = "FILE|NAME",
    .summary = "What a plugin is, can do and wants to be told",
    .help =
        "Loads the plugin as a run would, so what is refused here is refused there, for "
        "the\nsame reason.\n\n    mactl plugin inspect file_ma\n    mactl plugin inspect "
        "./build/corp_rules.so -o json",
    .least = 1,
    .most = 1,
    .run = inspect,
};
