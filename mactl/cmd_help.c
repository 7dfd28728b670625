/* SPDX-License-Identifier: Apache-2.0 */

/* mactl help TOPIC: what belongs to no single command. */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "config/instance.h"
#include "render.h"

enum { NAME_COLUMN = 28 };

/* --- the commands ---------------------------------------------------------------- */

static void print_command(FILE *out, const struct command *c)
{
    ARENA_AUTO arena = {0};
    const char *indent = arena_print(&arena, "%*s", NAME_COLUMN, "");
    const char *name =
        arena_print(&arena, "  %s%s%s", c->words, c->arguments == NULL ? "" : " ",
                    c->arguments == NULL ? "" : c->arguments);

    if (strlen(name) >= NAME_COLUMN) {
        fprintf(out, "%s\n", name);
        render_wrap(out, indent, c->summary);
    } else {
        render_hang(out, arena_print(&arena, "%-*s", NAME_COLUMN, name), indent,
                    c->summary);
    }
}

static void print_commands(FILE *out)
{
    for (size_t i = 0; i < commands_count; i++)
        if (!commands[i]->hidden)
            print_command(out, commands[i]);
}

void help_overview(FILE *out)
{
    fputs("usage: mactl [-C DIR] [-o FORMAT] COMMAND [ARGUMENTS]\n\n"
          "Runs MIIS, FIM, MIM and Azure AD Connect server configurations on Linux.\n\n"
          "commands:\n",
          out);
    print_commands(out);
    fputs("\nmactl COMMAND --help tells about one command, mactl help about the topics.\n"
          "first steps:\n"
          "  mactl init DIR\n"
          "  mactl -C DIR config import EXPORT\n"
          "  mactl -C DIR ma list\n",
          out);
}

/* --- topics ---------------------------------------------------------------------- */

static const struct {
    enum exit_code code;
    const char *meaning;
    const char *results;
} exit_codes[] = {
    {EXIT_OK, "success, or nothing to do", "success, completed-no-objects"},
    {EXIT_INTERNAL, "internal or unclassified failure", "stopped-* not listed below"},
    {EXIT_USAGE, "usage error", NULL},
    {EXIT_WARNINGS, "completed with warnings",
     "completed-warnings, completed-transient-objects"},
    {EXIT_OBJECT_ERRORS, "completed, some objects failed",
     "completed-sync-errors, completed-export-errors,\n     completed-discovery-errors"},
    {EXIT_SAFETY_LIMIT, "stopped by a safety limit",
     "stopped-*-threshold-exceeded, stopped-object-limit,\n     "
     "stopped-deletion-limit, stopped-error-limit"},
    {EXIT_BUSY, "busy, or a run that may not start",
     "call-failure (0x8023063D), other no-start-*,\n     stopped-export-disabled"},
    {EXIT_UNREACHABLE, "cannot reach, or authenticate to, the connected system",
     "no-start-connection, no-start-credentials,\n     no-start-no-domain-controller, "
     "connection-failure, stopped-server-down,\n     stopped-bad-server-credentials, "
     "stopped-connectivity"},
    {EXIT_CONFIGURATION, "configuration invalid or unsupported", NULL},
    {EXIT_PLUGIN, "a plugin crashed, hung or broke the contract",
     "stopped-extension-dll-*, stopped-*-extension-timeout,\n     "
     "stopped-*-end-connection, stopped-entry-point-not-implemented,\n     "
     "stopped-extensible-extension-error"},
    {EXIT_DIFFERENCES, "differences exist (no error)", NULL},
    {EXIT_INTERRUPTED, "interrupted by SIGINT after a clean stop",
     "stopped-user-termination-from-wmi-or-ui"},
    {EXIT_TERMINATED, "interrupted by SIGTERM after a clean stop",
     "stopped-user-termination-from-wmi-or-ui"},
};

enum { EXIT_CODES = sizeof exit_codes / sizeof exit_codes[0] };

static json_t *exit_code_json(size_t i)
{
    return json_pack("{s:i, s:s, s:o}", "code", (int)exit_codes[i].code, "meaning",
                     exit_codes[i].meaning, "results",
                     render_text(exit_codes[i].results));
}

static enum exit_code help_exit_codes(const struct invocation *call)
{
    json_t *all;

    if (call->output != OUTPUT_JSON) {
        for (size_t i = 0; i < EXIT_CODES; i++)
            printf("%3d  %s\n%s%s%s", (int)exit_codes[i].code, exit_codes[i].meaning,
                   exit_codes[i].results == NULL ? "" : "     ",
                   exit_codes[i].results == NULL ? "" : exit_codes[i].results,
                   exit_codes[i].results == NULL ? "" : "\n");
        return EXIT_OK;
    }
    all = json_array();
    for (size_t i = 0; i < EXIT_CODES; i++)
        json_array_append_new(all, exit_code_json(i));
    return render_json(
        json_pack("{s:s, s:o}", "schema", "mactl/exit-codes/1", "codes", all));
}

static enum exit_code help_commands(const struct invocation *call)
{
    if (call->output != OUTPUT_NAME) {
        print_commands(stdout);
        return EXIT_OK;
    }
    for (size_t i = 0; i < commands_count; i++)
        if (!commands[i]->hidden)
            puts(commands[i]->words);
    return EXIT_OK;
}

static enum exit_code help_environment(const struct invocation *call)
{
    (void)call;
    fputs("MACTL_HOME             the instance, where -C is not given\n"
          "MACTL_PLUGIN_PATH      folders of plugins, between colons, looked in first\n"
          "CREDENTIALS_DIRECTORY  where systemd puts the credentials of a service\n"
          "COLUMNS                width of tables; a pipe has none\n"
          "NO_COLOR               no colour; CLICOLOR_FORCE: colour in a pipe too\n"
          "TMPDIR                 where an import is checked before it is done; /tmp\n",
          stdout);
    return EXIT_OK;
}

static enum exit_code help_output(const struct invocation *call)
{
    (void)call;
    fputs("The result is on stdout; progress, warnings, errors and hints are on stderr.\n"
          "\n"
          "-o text    tables, cut to the width of the terminal (also: table)\n"
          "-o wide    tables with all columns, nothing cut\n"
          "-o json    one document; its \"schema\" names what it is, as mactl/agents/1;\n"
          "           fields are only added while the number stays\n"
          "-o name    the names alone, one a line\n"
          "-o jsonl, -o csv, -o xml, -o trace\n"
          "           where the command says so\n",
          stdout);
    return EXIT_OK;
}

static enum exit_code help_secrets(const struct invocation *call)
{
    (void)call;
    fputs("An export holds no passwords. mactl.xml says where each comes from:\n"
          "\n"
          "  <agent name=\"contoso.com\">\n"
          "    <secret name=\"password\" file=\"secrets/contoso\"/>\n"
          "    <secret name=\"token\" credential=\"cloud\"/>\n"
          "  </agent>\n"
          "\n"
          "file        below the instance or absolute; mode 0600, of the user who runs\n"
          "            mactl or of root: anything else is refused\n"
          "credential  of systemd: LoadCredential= in the unit\n"
          "\n"
          "mactl ma show MA lists what an agent needs, and what is missing.\n",
          stdout);
    return EXIT_OK;
}

static enum exit_code settings_json(const struct setting_kind *settings, size_t count)
{
    json_t *all = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, json_pack("{s:s, s:o, s:s}", "name", settings[i].name,
                                             "default", render_text(settings[i].fallback),
                                             "summary", settings[i].summary));
    return render_json(
        json_pack("{s:s, s:o}", "schema", "mactl/settings/1", "settings", all));
}

static enum exit_code help_settings(const struct invocation *call)
{
    size_t count = 0;
    const struct setting_kind *settings = instance_settings(&count);

    if (call->output == OUTPUT_JSON)
        return settings_json(settings, count);
    puts("<setting name=\"NAME\">VALUE</setting> in mactl.xml:\n");
    for (size_t i = 0; i < count; i++) {
        printf("%s (%s)\n", settings[i].name,
               settings[i].fallback == NULL ? "not set" : settings[i].fallback);
        render_wrap(stdout, "    ", settings[i].summary);
    }
    return EXIT_OK;
}

static enum exit_code help_topics(const struct invocation *call);

static const struct {
    const char *name;
    const char *summary;
    enum exit_code (*print)(const struct invocation *call);
} topics[] = {
    {"commands", "every command", help_commands},
    {"environment", "the variables that mactl reads", help_environment},
    {"exit-codes", "what the exit code says, and the results of runs", help_exit_codes},
    {"output", "stdout, stderr, and the formats of -o", help_output},
    {"secrets", "where passwords come from", help_secrets},
    {"settings", "the settings of mactl.xml", help_settings},
    {"topics", "what help knows besides commands", help_topics},
};

enum { TOPICS = sizeof topics / sizeof topics[0] };

/* --- the command ----------------------------------------------------------------- */

static bool help_command(const char *words)
{
    size_t length = strlen(words);
    bool found = false;

    for (size_t i = 0; i < commands_count; i++) {
        const struct command *c = commands[i];

        if (c->hidden || strncmp(c->words, words, length) != 0 ||
            (c->words[length] != ' ' && c->words[length] != '\0'))
            continue;
        print_command(stdout, c);
        found = true;
    }
    return found;
}

static enum exit_code nothing_on(const char *words)
{
    const char **names = mem_zero_array(TOPICS + commands_count, sizeof *names);
    size_t near;

    for (size_t i = 0; i < TOPICS; i++)
        names[i] = topics[i].name;
    for (size_t i = 0; i < commands_count; i++)
        names[TOPICS + i] = commands[i]->words;
    near = text_nearest(words, names, TOPICS + commands_count);
    fprintf(stderr, "error: there is no help on '%s'\n", words);
    if (near < TOPICS + commands_count)
        fprintf(stderr, "did you mean \"mactl help %s\"?\n", names[near]);
    else
        fputs("next: mactl help\n", stderr);
    free(names);
    return EXIT_USAGE;
}

static enum exit_code help_topics(const struct invocation *call)
{
    for (size_t i = 0; i < TOPICS; i++)
        if (call->output == OUTPUT_NAME)
            puts(topics[i].name);
        else
            printf("  %-*s%s\n", NAME_COLUMN - 2, topics[i].name, topics[i].summary);
    return EXIT_OK;
}

static enum exit_code help_all(const struct invocation *call)
{
    help_overview(stdout);
    puts("\ntopics, mactl help TOPIC:");
    return help_topics(call);
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    const char *words;

    if (argc == 0)
        return help_all(call);
    words = argc == 1 ? argv[0] : arena_print(call->arena, "%s %s", argv[0], argv[1]);
    for (size_t i = 0; i < TOPICS; i++)
        if (strcmp(topics[i].name, words) == 0)
            return topics[i].print(call);
    return help_command(words) ? EXIT_OK : nothing_on(words);
}

const struct command command_help = {
    .words = "help",
    .arguments = "[TOPIC]",
    .summary = "Help on a topic, or on commands",
    .help =
        "Without TOPIC, all commands and topics. -o name with the topic commands gives "
        "their words\nalone, -o json with exit-codes a document.\n\n    mactl help "
        "exit-codes\n    mactl help config",
    .least = 0,
    .most = 2,
    .formats = FORMAT_NAMES,
    .run = run,
};
