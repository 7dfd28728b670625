/* SPDX-License-Identifier: Apache-2.0 */

/* mactl plugin new rules: the source of the rules extensions that a configuration names.
 */

#include <stdlib.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "config/folder.h"
#include "designer/skeleton.h"
#include "open.h"
#include "render.h"
#include "render_run.h"

static struct {
    int from_config;
    char *into;
} given;

static enum exit_code print(const struct invocation *call, const skeleton_files *files,
                            const char *folder)
{
    json_t *list = json_array();

    if (call->output == OUTPUT_JSON) {
        for (size_t i = 0; i < files->count; i++)
            json_array_append_new(list, json_of_text(files->items[i].name));
        return render_json(json_pack("{s:s, s:o, s:o}", "schema", "mactl/plugin-new/1",
                                     "folder", json_of_text(folder), "files", list));
    }
    json_decref(list);
    for (size_t i = 0; i < files->count; i++)
        printf("%s/%s\n", folder, files->items[i].name);
    command_next(call, "cmake -S %s -B %s/build && cmake --build %s/build",
                 render_word(call->arena, folder), render_word(call->arena, folder),
                 render_word(call->arena, folder));
    return EXIT_OK;
}

static enum exit_code write_skeleton(const struct invocation *call,
                                     const struct config *config)
{
    const char *folder = given.into == NULL ? "rules" : given.into;
    skeleton_files files = {0};
    struct ma_error err = {0};
    enum ma_status status = skeleton_make(config, call->arena, &files, &err);
    enum exit_code code;

    if (status == MA_OK)
        status = skeleton_write(&files, folder, &err);
    if (status == MA_CONFLICT)
        code = command_error(EXIT_USAGE, "--into FOLDER", "%s", err.text);
    else
        code = status == MA_OK ? print(call, &files, folder) : command_fail(&err);
    VEC_FREE(&files);
    return code;
}

static enum exit_code new_rules(const struct invocation *call, int argc,
                                const char **argv)
{
    struct config *config = NULL;
    enum exit_code code = EXIT_OK;

    if (!given.from_config)
        code = command_error(EXIT_USAGE, NULL,
                             "plugin new rules --from-config [CONFIG]: a skeleton is "
                             "written from a configuration");
    if (code == EXIT_OK)
        code = argc > 0 ? open_config_at(&config, call, argv[0])
                        : open_config(&config, call);
    if (code == EXIT_OK)
        code = write_skeleton(call, config);
    if (config != NULL)
        config_free(config);
    free(given.into);
    return code;
}

static const struct poptOption options[] = {
    {"from-config", 0, POPT_ARG_NONE, &given.from_config, 0,
     "One function for each thing that the configuration has scripted", NULL},
    {"into", 0, POPT_ARG_STRING, &given.into, 0, "Where to; rules", "FOLDER"},
    POPT_TABLEEND};

const struct command command_plugin_new_rules = {
    .words = "plugin new rules",
    .arguments = "--from-config [CONFIG]",
    .summary = "Writes the source of the rules extensions that are asked for",
    .help = "A folder for CMake: one C file for each rules extension that the "
            "configuration names, with\none function for each scripted flow, join, "
            "filter, projection, provisioning and deletion.\nIt compiles as it is; each "
            "function fails until somebody has written it. CONFIG is an export\nor a "
            "config/; without it, that of the instance.\n\n"
            "    mactl plugin new rules --from-config export --into rules",
    .options = options,
    .most = 1,
    .run = new_rules,
};
