/* SPDX-License-Identifier: Apache-2.0 */

/* mactl init: makes an instance. */

#include "command.h"
#include "commands.h"
#include "config/instance.h"

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    const char *folder = argc > 0 ? argv[0] : call->folder;
    struct ma_error err = {0};
    enum ma_status status = instance_create(folder, &err);

    if (status == MA_CONFLICT)
        return command_error(EXIT_USAGE, "mactl init ANOTHER-DIR", "%s", err.text);
    if (status != MA_OK)
        return command_fail(&err);
    if (!call->quiet)
        printf("%s is an instance: mactl.xml, config/, store/, madata/, secrets/\n",
               folder);
    command_next(call, "mactl -C %s config import EXPORT", folder);
    return EXIT_OK;
}

const struct command command_init = {
    .words = "init",
    .arguments = "[DIR]",
    .summary = "Make an instance",
    .help =
        "Makes the folder, or fills an empty one, with a commented mactl.xml, and the "
        "folders\nconfig, store, madata and secrets. Without DIR: the one of -C, "
        "$MACTL_HOME, or the\ncurrent one.\n\n    mactl init sync",
    .least = 0,
    .most = 1,
    .run = run,
};
