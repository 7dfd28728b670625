/* SPDX-License-Identifier: Apache-2.0 */

/* Finds the command by its words and hands over. The table is at the end. */

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "render.h"

struct global {
    char *folder;
    char *output;
    char *colour;
    int quiet;
    int verbose;
    int yes;
    int help;
    int version;
};

static struct global global;

static struct poptOption global_options[] = {
    {"directory", 'C', POPT_ARG_STRING, &global.folder, 0, "Instance directory", "DIR"},
    {"output", 'o', POPT_ARG_STRING, &global.output, 0,
     "text, wide, json, jsonl, csv, xml, name or trace", "FORMAT"},
    {"color", 0, POPT_ARG_STRING, &global.colour, 0, "auto, always or never", "WHEN"},
    {"quiet", 'q', POPT_ARG_NONE, &global.quiet, 0, "Only results and errors", NULL},
    {"verbose", 'v', POPT_ARG_NONE, NULL, 'v', "Say more; twice: still more", NULL},
    {"yes", 0, POPT_ARG_NONE, &global.yes, 0,
     "Answer prompts; never lifts a safety limit", NULL},
    {"help", 'h', POPT_ARG_NONE, &global.help, 0, "Help on the command", NULL},
    {"version", 0, POPT_ARG_NONE, &global.version, 0, "Version of the program", NULL},
    POPT_TABLEEND};

static const struct {
    const char *name;
    enum output output;
} outputs[] = {{"text", OUTPUT_TEXT}, {"table", OUTPUT_TEXT},  {"wide", OUTPUT_WIDE},
               {"json", OUTPUT_JSON}, {"jsonl", OUTPUT_JSONL}, {"csv", OUTPUT_CSV},
               {"xml", OUTPUT_XML},   {"name", OUTPUT_NAME},   {"trace", OUTPUT_TRACE}};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* How many of the words on the command line name this command; 0: they do not. */
static int words_match(const struct command *command, int argc, char **argv)
{
    const char *words = command->words;

    for (int n = 0; n < argc; n++) {
        size_t length = strcspn(words, " ");

        if (strlen(argv[n]) != length || strncmp(argv[n], words, length) != 0)
            return 0;
        words += length;
        if (*words == '\0')
            return n + 1;
        words++;
    }
    return 0;
}

/* Global options that take a value of their own and may stand before the command. */
static int skip_leading_options(int argc, char **argv)
{
    int at = 1;

    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        bool takes_next = strcmp(argv[at], "-C") == 0 || strcmp(argv[at], "-o") == 0 ||
                          strcmp(argv[at], "--directory") == 0 ||
                          strcmp(argv[at], "--output") == 0 ||
                          strcmp(argv[at], "--color") == 0;

        at += takes_next ? 2 : 1;
    }
    return at;
}

static const struct command *find_command(int argc, char **argv, int *first, int *words)
{
    const struct command *best = NULL;

    *first = skip_leading_options(argc, argv);
    *words = 0;
    for (size_t i = 0; i < commands_count && *first < argc; i++) {
        int n = words_match(commands[i], argc - *first, argv + *first);

        if (n > *words) {
            *words = n;
            best = commands[i];
        }
    }
    return best;
}

static int print_command_help(const struct command *command, struct arena *arena,
                              poptContext options)
{
    printf("%s\n\n", command->summary);
    if (command->help != NULL) {
        render_prose(stdout, command->help);
        putchar('\n');
    }
    poptSetOtherOptionHelp(
        options, arena_print(arena, "%s%s%s [OPTIONS]", command->words,
                             command->arguments == NULL ? "" : " ",
                             command->arguments == NULL ? "" : command->arguments));
    poptPrintHelp(options, stdout, 0);
    return EXIT_OK;
}

static bool is_in_group(const struct command *command, const char *word)
{
    size_t length = strlen(word);

    return !command->hidden && strncmp(command->words, word, length) == 0 &&
           command->words[length] == ' ';
}

/* "config" alone is no command, and others begin with it. */
static bool is_group(const char *word)
{
    for (size_t i = 0; i < commands_count; i++)
        if (is_in_group(commands[i], word))
            return true;
    return false;
}

/* `typed`: two words that are no command; NULL: the second is missing. */
static int list_group(const char *word, const char *typed)
{
    if (typed == NULL)
        fprintf(stderr, "error: mactl %s needs another word\n", word);
    else
        fprintf(stderr, "error: there is no command '%s'\n", typed);
    for (size_t i = 0; i < commands_count; i++)
        if (is_in_group(commands[i], word))
            fprintf(stderr, "  mactl %-22s %s\n", commands[i]->words,
                    commands[i]->summary);
    return EXIT_USAGE;
}

static int unknown_command(int argc, char **argv, int first)
{
    const char *names[128];
    size_t count = 0;
    char typed[128];
    size_t near;

    snprintf(typed, sizeof typed, "%s%s%s", argv[first], first + 1 < argc ? " " : "",
             first + 1 < argc ? argv[first + 1] : "");
    for (size_t i = 0; i < commands_count && count < COUNT(names); i++)
        names[count++] = commands[i]->words;
    if (first + 1 >= argc || argv[first + 1][0] == '-')
        if (is_group(argv[first]))
            return list_group(argv[first], NULL);
    if (is_group(argv[first]))
        return list_group(argv[first], typed);
    near = text_nearest(typed, names, count);
    if (near == count)
        near = text_nearest(argv[first], names, count);
    fprintf(stderr, "error: there is no command '%s'\n", argv[first]);
    if (near < count)
        fprintf(stderr, "did you mean \"mactl %s\"?\n", names[near]);
    else
        fputs("mactl --help lists the commands\n", stderr);
    return EXIT_USAGE;
}

static bool read_output(struct invocation *call)
{
    if (global.output == NULL)
        return true;
    for (size_t i = 0; i < COUNT(outputs); i++)
        if (strcmp(outputs[i].name, global.output) == 0) {
            call->output = outputs[i].output;
            return true;
        }
    fprintf(
        stderr,
        "error: -o %s: the formats are text, wide, json, jsonl, csv, xml, name, trace\n",
        global.output);
    return false;
}

/* "error: mactl ma list: -o csv: it comes as text, wide, json, name" */
static bool knows_format(const struct command *command, enum output output)
{
    unsigned known = command->formats | FORMAT(OUTPUT_TEXT) | FORMAT(OUTPUT_WIDE) |
                     FORMAT(OUTPUT_JSON);
    const char *between = "";

    if (known & FORMAT(output))
        return true;
    fprintf(stderr, "error: mactl %s: -o %s: it comes as ", command->words,
            global.output);
    for (size_t i = 0; i < COUNT(outputs); i++) {
        if (!(known & FORMAT(outputs[i].output)) || strcmp(outputs[i].name, "table") == 0)
            continue;
        fprintf(stderr, "%s%s", between, outputs[i].name);
        between = ", ";
    }
    fputc('\n', stderr);
    return false;
}

static bool wants_colour(void)
{
    if (global.colour != NULL && strcmp(global.colour, "auto") != 0)
        return strcmp(global.colour, "always") == 0;
    if (getenv("CLICOLOR_FORCE") != NULL)
        return true;
    return getenv("NO_COLOR") == NULL && isatty(STDOUT_FILENO);
}

static void read_folder(struct invocation *call)
{
    const char *home = getenv("MACTL_HOME");

    if (home != NULL && home[0] == '\0') /* as if it were not set */
        home = NULL;
    call->folder_given = global.folder != NULL || home != NULL;
    call->folder = global.folder != NULL ? global.folder : home != NULL ? home : ".";
}

static int usage(const struct command *command, const char *what, const char *about)
{
    fprintf(stderr, "error: mactl %s: %s%s%s\nusage: mactl %s%s%s [OPTIONS]\n",
            command->words, what, about[0] == '\0' ? "" : ": ", about, command->words,
            command->arguments == NULL ? "" : " ",
            command->arguments == NULL ? "" : command->arguments);
    return EXIT_USAGE;
}

static int call_command(const struct command *command, struct invocation *call,
                        poptContext options)
{
    const char **arguments = poptGetArgs(options);
    int count = 0;

    while (arguments != NULL && arguments[count] != NULL)
        count++;
    if (global.help)
        return print_command_help(command, call->arena, options);
    if (count < command->least)
        return usage(command, "an argument is missing", "");
    if (global.folder != NULL && global.folder[0] == '\0')
        return usage(command, "an argument is empty", "-C");
    for (int i = 0; i < count; i++)
        if (arguments[i][0] == '\0')
            return usage(command, "an argument is empty", "");
    if (command->most >= 0 && count > command->most)
        return usage(command, "too many arguments", arguments[command->most]);
    read_folder(call);
    call->quiet = global.quiet != 0;
    call->verbose = global.verbose;
    call->yes = global.yes != 0;
    call->colour = wants_colour();
    if (!read_output(call) || !knows_format(command, call->output))
        return EXIT_USAGE;
    return (int)command->run(call, count, arguments);
}

static int run_command(const struct command *command, int argc, char **argv, int first,
                       int words)
{
    static const struct poptOption none[] = {POPT_TABLEEND};
    const struct poptOption *own = command->options == NULL ? none : command->options;
    struct poptOption table[] = {
        {NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)(uintptr_t)own, 0, "Options:", NULL},
        {NULL, 0, POPT_ARG_INCLUDE_TABLE, global_options, 0, "Global options:", NULL},
        POPT_TABLEEND};
    ARENA_AUTO arena = {0};
    struct invocation call = {.program = argv[0], .arena = &arena};
    const char **rest = arena_zero(&arena, sizeof *rest * ((size_t)argc + 1));
    int count = 0;
    int code;
    int found;
    poptContext options;

    for (int i = 0; i < argc; i++)
        if (i < first || i >= first + words)
            rest[count++] = argv[i];
    options = poptGetContext("mactl", count, rest, table, 0);
    while ((found = poptGetNextOpt(options)) > 0)
        global.verbose += found == 'v';
    if (found < -1)
        code = usage(command, poptBadOption(options, 0), poptStrerror(found));
    else
        code = call_command(command, &call, options);
    poptFreeContext(options);
    free(global.folder);
    free(global.output);
    free(global.colour);
    return code;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* Without any word it is an error: the list goes where errors go. */
static int overview(bool error)
{
    help_overview(error ? stderr : stdout);
    return error ? EXIT_USAGE : EXIT_OK;
}

/* A closed pipe is the end of our work, not a failure. */
static int flushed(int code)
{
    if (fflush(stdout) == 0 || errno == EPIPE)
        return code;
    perror("error: stdout");
    return code == EXIT_OK ? EXIT_INTERNAL : code;
}

int main(int argc, char **argv)
{
    const struct command *command;
    int first;
    int words;

    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit of the shell is told as a full disk */
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("mactl " MACTL_VERSION);
        return flushed(EXIT_OK);
    }
    command = find_command(argc, argv, &first, &words);
    if (command != NULL)
        return flushed(run_command(command, argc, argv, first, words));
    if (first >= argc)
        return flushed(overview(!asks_for_help(argc, argv)));
    return unknown_command(argc, argv, first);
}
