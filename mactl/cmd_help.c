/* SPDX-License-Identifier: Apache-2.0 */

/* mactl help TOPIC: what belongs to no single command. */

#include <string.h>

#include "command.h"
#include "commands.h"

static const struct {
    enum exit_code code;
    const char *meaning;
    const char *results;
} exit_codes[] = {
    {EXIT_OK, "success, or nothing to do", "success, completed-no-objects"},
    {EXIT_INTERNAL, "internal or unclassified failure", "stopped-* not listed below"},
    {EXIT_USAGE, "usage error", "-"},
    {EXIT_WARNINGS, "completed with warnings",
     "completed-warnings, completed-transient-objects"},
    {EXIT_OBJECT_ERRORS, "completed, some objects failed",
     "completed-sync-errors, completed-export-errors, completed-discovery-errors"},
    {EXIT_SAFETY_LIMIT, "stopped by a safety limit",
     "stopped-deletion-threshold-exceeded, stopped-object-limit, stopped-deletion-limit, "
     "stopped-error-limit"},
    {EXIT_BUSY, "busy, or a run that may not start",
     "call-failure (0x8023063D), other no-start-*"},
    {EXIT_UNREACHABLE, "cannot reach, or authenticate to, the connected system",
     "stopped-connectivity, no-start-connection, no-start-credentials"},
    {EXIT_CONFIGURATION, "configuration invalid or unsupported", "-"},
    {EXIT_PLUGIN, "a plugin crashed, hung or broke the contract",
     "stopped-extension-dll-*"},
    {EXIT_DIFFERENCES, "differences exist (no error)", "-"},
    {EXIT_INTERRUPTED, "interrupted by SIGINT after a clean stop",
     "stopped-user-termination-from-wmi-or-ui"},
    {EXIT_TERMINATED, "interrupted by SIGTERM after a clean stop",
     "stopped-user-termination-from-wmi-or-ui"},
};

static enum exit_code help_exit_codes(void)
{
    for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++)
        printf("%4d  %-52s %s\n", (int)exit_codes[i].code, exit_codes[i].meaning,
               exit_codes[i].results);
    return EXIT_OK;
}

static enum exit_code help_command(const char *word)
{
    bool found = false;
    size_t length = strlen(word);

    for (size_t i = 0; i < commands_count; i++) {
        const struct command *c = commands[i];

        if (c->hidden || strncmp(c->words, word, length) != 0)
            continue;
        printf("mactl %s %s\n    %s\n", c->words,
               c->arguments == NULL ? "" : c->arguments, c->summary);
        found = true;
    }
    if (!found)
        return command_error(EXIT_USAGE, "mactl --help", "there is no help on '%s'",
                             word);
    return EXIT_OK;
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    (void)call;
    (void)argc;
    if (strcmp(argv[0], "exit-codes") == 0)
        return help_exit_codes();
    return help_command(argv[0]);
}

const struct command command_help = {
    .words = "help",
    .arguments = "TOPIC",
    .summary = "Help on a command, or on exit-codes",
    .least = 1,
    .most = 1,
    .run = run,
};
