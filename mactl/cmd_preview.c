/* SPDX-License-Identifier: Apache-2.0 */

/* mactl preview: what a synchronisation would change, by rule, object and attribute. */

#include <stdlib.h>

#include "command.h"
#include "commands.h"
#include "open.h"
#include "render_preview.h"

static struct {
    int all;
    int delta;
    int changes;
    char *config;
    char **set;
} given;

/* --- the command ------------------------------------------------------------------ */

static size_t count_words(char *const *words)
{
    size_t n = 0;

    while (words != NULL && words[n] != NULL)
        n++;
    return n;
}

static void free_given(void)
{
    for (size_t i = 0; given.set != NULL && given.set[i] != NULL; i++)
        free(given.set[i]);
    free(given.set);
    free(given.config);
}

static enum exit_code usage(const struct invocation *call, int argc)
{
    if ((argc == 0) == (given.all == 0))
        return command_error(EXIT_USAGE, NULL,
                             "preview MA [DN], or --all for every agent");
    if (given.set != NULL && argc < 2)
        return command_error(EXIT_USAGE, NULL, "--set is for one object: preview MA DN");
    if (call->output != OUTPUT_TEXT && call->output != OUTPUT_WIDE &&
        call->output != OUTPUT_JSON && call->output != OUTPUT_JSONL)
        return command_error(EXIT_USAGE, NULL,
                             "a preview comes as text, wide, json or jsonl");
    return EXIT_OK;
}

static enum exit_code preview(const struct invocation *call, int argc, const char **argv)
{
    const struct preview_request request = {
        .folder = call->folder,
        .config = given.config,
        .agent = argc > 0 ? argv[0] : NULL,
        .dn = argc > 1 ? argv[1] : NULL,
        .delta = given.delta != 0,
        .set = (const char *const *)given.set,
        .set_count = count_words(given.set),
    };
    struct preview found;
    struct instance *instance = NULL;
    struct ma_error err = {0};
    enum exit_code code = usage(call, argc);

    if (code == EXIT_OK)
        code = open_instance(&instance, call);
    instance_close(instance);
    if (code == EXIT_OK) {
        if (preview_begin(&found, &request, &err) == MA_OK) {
            code = render_preview(call, &found, given.changes != 0);
            preview_end(&found);
        } else
            code = command_fail(&err);
    }
    free_given();
    return code;
}

static const struct poptOption options[] = {
    {"all", 0, POPT_ARG_NONE, &given.all, 0, "Every agent, every object", NULL},
    {"changes", 0, POPT_ARG_NONE, &given.changes, 0, "Every object and value", NULL},
    {"config", 0, POPT_ARG_STRING, &given.config, 0,
     "A proposed configuration instead of the instance's", "DIR"},
    {"delta", 0, POPT_ARG_NONE, &given.delta, 0, "Only what waits for synchronisation",
     NULL},
    {"set", 0, POPT_ARG_ARGV, &given.set, 0,
     "What if the object had this value; repeat for several, nothing behind = for none",
     "ATTRIBUTE=VALUE"},
    POPT_TABLEEND};

const struct command command_preview = {
    .words = "preview",
    .arguments = "[MA [DN]]",
    .summary = "What a synchronisation would change, on a copy of the store",
    .help = "    mactl preview HR uid=1001,ou=people,dc=hr\n"
            "    mactl preview HR uid=1001,ou=people,dc=hr --set title=Chief\n"
            "    mactl preview --all\n"
            "    mactl preview --all --config new-config --changes",
    .options = options,
    .most = 2,
    .formats = FORMAT_ANY,
    .run = preview,
};
