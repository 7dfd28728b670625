/* SPDX-License-Identifier: Apache-2.0 */

/* mactl sync start: a cycle, the first synchronisation of which is full where need be. */

#include "cmd_cycle.h"
#include "commands.h"
#include "instance/full_sync.h"
#include "open.h"

static struct {
    int full;
} given;

static enum exit_code start(const struct invocation *call, int argc, const char **argv)
{
    struct instance *instance = NULL;
    struct ma_error err = {0};
    enum exit_code code = open_instance(&instance, call);

    (void)argc;
    (void)argv;
    instance_close(instance);
    if (code != EXIT_OK)
        return code;
    if (full_sync_idle(call->folder, &err) != MA_OK ||
        (given.full != 0 && full_sync_mark(call->folder, &err) != MA_OK))
        return command_fail(&err);
    return cycle_command(call, false, NULL);
}

static const struct poptOption options[] = {{"full", 0, POPT_ARG_NONE, &given.full, 0,
                                             "Synchronise every object, needed or not",
                                             NULL},
                                            POPT_TABLEEND};

const struct command command_sync_start = {
    .words = "sync start",
    .summary = "A cycle, its first synchronisation full where that is needed",
    .help =
        "As `mactl cycle`, unless something runs. What `mactl status` says is needed, a "
        "full\nimport or a full synchronisation, is done by it. The counterpart of\n"
        "Start-OnlineCoexistenceSync.\n\n    mactl sync start",
    .options = options,
    .formats = FORMAT_ANY,
    .run = start,
};
