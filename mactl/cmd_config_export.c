/* SPDX-License-Identifier: Apache-2.0 */

/* mactl config export: the configuration goes out as it came in. */

#include "commands.h"
#include "config/folder.h"
#include "open.h"
#include "render.h"

static struct {
    int force;
} given;

static const struct poptOption options[] = {{"force", 0, POPT_ARG_NONE, &given.force, 0,
                                             "Write into a folder that holds something",
                                             NULL},
                                            POPT_TABLEEND};

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    struct instance *instance = NULL;
    struct ma_error err = {0};
    size_t count = 0;
    enum exit_code code = open_instance(&instance, call);
    enum ma_status status;

    (void)argc;
    if (code != EXIT_OK)
        return code;
    instance_close(instance);
    status = folder_export(call->folder, argv[0], given.force != 0, &count, &err);
    if (status == MA_CONFLICT)
        return command_error(EXIT_USAGE, "name an empty folder, or say --force", "%s",
                             err.text);
    if (status != MA_OK)
        return command_fail(&err);
    printf("%s exported to %s\n", render_count(call->arena, count, "file", "files"),
           argv[0]);
    return EXIT_OK;
}

const struct command command_config_export = {
    .words = "config export",
    .arguments = "DIR",
    .summary = "Write the configuration back, byte for byte",
    .help =
        "Every file has the name and the folder that it was imported with. DIR is made; "
        "it must be\nempty, or --force said: then files of the same name are replaced, "
        "and others stay.\n\n    mactl -C sync config export out",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
