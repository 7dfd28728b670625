/* SPDX-License-Identifier: Apache-2.0 */

/* mactl staging on|off|status: imports and synchronisations, and no export. */

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "instance/staging.h"
#include "open.h"
#include "render.h"
#include "render_run.h"

static enum exit_code print(const struct invocation *call, bool on, const char *because)
{
    if (call->output == OUTPUT_JSON)
        return render_json(json_pack("{s:s, s:b, s:o}", "schema", "mactl/staging/1",
                                     "staging", (int)on, "because",
                                     json_of_text(because)));
    if (call->output == OUTPUT_NAME)
        puts(on ? "on" : "off");
    else
        printf("staging mode is %s: %s\n", on ? "on" : "off", because);
    return EXIT_OK;
}

static enum exit_code set(const struct invocation *call, bool on)
{
    struct ma_error err = {0};
    struct instance *instance = NULL;
    bool changed;
    enum exit_code code = open_instance(&instance, call);

    if (code != EXIT_OK)
        return code;
    instance_close(instance);
    if (staging_set(call->folder, on, &changed, &err) != MA_OK)
        return command_fail(&err);
    code =
        print(call, on, changed ? "written to mactl.xml" : "mactl.xml said so already");
    if (on)
        command_next(call, "%s pending shows what would be exported",
                     render_program(call));
    return code;
}

static enum exit_code turn_on(const struct invocation *call, int argc, const char **argv)
{
    (void)argc;
    (void)argv;
    return set(call, true);
}

static enum exit_code turn_off(const struct invocation *call, int argc, const char **argv)
{
    (void)argc;
    (void)argv;
    return set(call, false);
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct instance *instance = NULL;
    struct config *config = NULL;
    struct staging staging;
    enum exit_code code = open_instance(&instance, call);

    (void)argc;
    (void)argv;
    if (code == EXIT_OK)
        code = open_config(&config, call);
    if (code == EXIT_OK) {
        staging = staging_of(instance, config);
        code = print(call, staging.on, staging.because);
        config_free(config);
    }
    instance_close(instance);
    return code;
}

#define HELP                                                                             \
    "In staging mode imports and synchronisations go on, and every export ends with\n"   \
    "stopped-export-disabled and exit code 6. What would be exported stays pending.\n\n"

const struct command command_staging_on = {
    .words = "staging on",
    .summary = "Nothing is exported from here on",
    .help = HELP "    mactl staging on",
    .formats = FORMAT_NAMES,
    .run = turn_on,
};

const struct command command_staging_off = {
    .words = "staging off",
    .summary = "Exports are allowed again",
    .help = HELP "    mactl staging off",
    .formats = FORMAT_NAMES,
    .run = turn_off,
};

const struct command command_staging_status = {
    .words = "staging status",
    .summary = "Whether staging mode is on, and what says so",
    .help = HELP "    mactl staging status",
    .formats = FORMAT_NAMES,
    .run = show,
};
