/* SPDX-License-Identifier: Apache-2.0 */

/* mactl coexistence enable|status|disable: the directory and Exchange in the cloud live
 * with one another. */

#include <unistd.h>

#include "bindings.h"
#include "coexistence.h"
#include "commands.h"
#include "config/writeback.h"
#include "render.h"
#include "render_run.h"

static struct coexistence given;

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* --- enable ----------------------------------------------------------------------- */

static const struct coexistence_step steps[] = {
    {"idle", coexistence_idle},
    {"group", coexistence_group},
    {"rights", coexistence_rights},
    {"configuration", coexistence_rules},
    {"directory", coexistence_directory},
    {"cloud", coexistence_cloud},
    {"full synchronisation", coexistence_mark},
    {"cycle", coexistence_start},
};

static enum exit_code check_output(const struct coexistence *c)
{
    enum output output = c->call->output;

    if (output != OUTPUT_TEXT && output != OUTPUT_WIDE && output != OUTPUT_JSON)
        return command_error(EXIT_USAGE, NULL, "this is told as text or json");
    if (c->wizard && (output == OUTPUT_JSON || !isatty(STDIN_FILENO)))
        return command_error(EXIT_USAGE, NULL, "a wizard needs a terminal, and text");
    return EXIT_OK;
}

static enum exit_code check_secrets(const struct coexistence *c)
{
    int readers = c->admin_secret.from_stdin + c->login_secret.from_stdin +
                  c->service.secret.from_stdin;
    unsigned login = secret_given_ways(&c->login_secret) + (c->keytab != NULL);

    if (readers > 1)
        return command_error(EXIT_USAGE, NULL, "stdin has room for one secret");
    if (login > 1)
        return command_error(EXIT_USAGE, NULL,
                             "the login's password comes from one place: a file, stdin, "
                             "a credential or a keytab");
    return cloud_given_check(&c->service);
}

static enum exit_code check(const struct coexistence *c)
{
    enum exit_code code = check_output(c);

    return code == EXIT_OK ? check_secrets(c) : code;
}

/* Secrets are read before anything is done: a mistake in one leaves all as it is. */
static enum exit_code read_secrets(struct coexistence *c)
{
    bool login = c->login != NULL && c->keytab == NULL && !c->what_if;
    enum exit_code code = coexistence_admin(c);

    if (code == EXIT_OK)
        code = secret_given_read(&c->login_secret, login,
                                 arena_print(c->call->arena, "Password of %s: ",
                                             c->login == NULL ? "" : c->login),
                                 "login-password");
    if (code == EXIT_OK)
        code = cloud_given_read(&c->service, c->what_if != 0, "cloud-secret");
    return code;
}

static enum exit_code enable(const struct invocation *call, int argc, const char **argv)
{
    struct coexistence *c = &given;
    enum exit_code code;

    (void)argc;
    (void)argv;
    c->call = call;
    code = check(c);
    if (code == EXIT_OK)
        code = coexistence_begin(c);
    if (code == EXIT_OK && c->wizard)
        code = coexistence_ask(c);
    if (code == EXIT_OK)
        code = read_secrets(c);
    if (code == EXIT_OK)
        code = coexistence_run(c, steps, COUNT(steps), "enabling again");
    if (c->wizard && code != EXIT_USAGE)
        coexistence_print_command(c);
    coexistence_end(c);
    return code;
}

/* --- status ----------------------------------------------------------------------- */

static bool say_agent(struct coexistence *c, const char *what, const struct agent *agent)
{
    struct agent_state state = bindings_agent(c->call, c->instance, agent);
    bool ready = bindings_is_ready(&state);

    coexistence_say(c, what, "%s %s", agent->name,
                    ready ? "is ready" : "cannot connect: `mactl ma show` says why");
    coexistence_detail(c, "ready", json_boolean(ready));
    return ready;
}

static void say_lacking(struct coexistence *c, const struct writeback *change)
{
    if (change->done.count == 0) {
        coexistence_say(c, "configuration", "exchange-hybrid is written back");
        coexistence_detail(c, "ready", json_true());
    }
    for (size_t i = 0; i < change->done.count; i++) {
        coexistence_say(c, "configuration", "lacking: %s", change->done.items[i]);
        coexistence_detail(c, "ready", json_false());
    }
    for (size_t i = 0; i < change->notes.count; i++)
        coexistence_say(c, "configuration", "%s", change->notes.items[i]);
}

static enum exit_code say_rules(struct coexistence *c, bool *whole)
{
    struct writeback change = {.ad = c->ad, .cloud = c->cloud, .arena = c->call->arena};
    struct folder_plan *plan = NULL;
    struct ma_error err = {0};
    enum ma_status status =
        folder_plan_edit(&plan, c->call->folder, true, writeback_edit, &change, &err);
    enum exit_code code = status == MA_OK ? EXIT_OK : command_fail(&err);

    *whole = code == EXIT_OK && change.done.count == 0;
    if (code == EXIT_OK)
        say_lacking(c, &change);
    folder_plan_free(plan);
    writeback_free(&change);
    return code;
}

static enum exit_code status(const struct invocation *call, int argc, const char **argv)
{
    struct coexistence *c = &given;
    bool whole = false;
    enum exit_code code;

    (void)argc;
    (void)argv;
    c->call = call;
    code = check_output(c);
    if (code == EXIT_OK)
        code = coexistence_begin(c);
    if (code == EXIT_OK)
        code = say_rules(c, &whole);
    if (code == EXIT_OK) {
        whole = say_agent(c, "directory", c->ad_agent) && whole;
        whole = say_agent(c, "cloud", c->cloud_agent) && whole;
        coexistence_document(c, NULL);
        command_next(call,
                     whole ? "%s acl audit %s --feature exchange-hybrid"
                           : "%s coexistence enable --ad-ma %s --admin LOGIN",
                     render_program(call), render_word(call->arena, c->ad_agent->name));
    }
    coexistence_end(c);
    return code == EXIT_OK && !whole ? EXIT_DIFFERENCES : code;
}

/* --- disable ---------------------------------------------------------------------- */

static const struct coexistence_step steps_off[] = {
    {"idle", coexistence_idle},
    {"administrator", coexistence_may_end},
    {"configuration", coexistence_rules_off},
    {"rights", coexistence_rights_off},
    {"group", coexistence_group_off},
};

static enum exit_code disable(const struct invocation *call, int argc, const char **argv)
{
    struct coexistence *c = &given;
    enum exit_code code;

    (void)argc;
    (void)argv;
    c->call = call;
    code = check(c);
    if (code == EXIT_OK)
        code = coexistence_begin(c);
    if (code == EXIT_OK && coexistence_has_admin(c))
        code = coexistence_admin(c);
    if (code == EXIT_OK)
        code = coexistence_run(c, steps_off, COUNT(steps_off), "disabling again");
    if (code == EXIT_OK && c->rules_changed && !c->what_if)
        command_next(call, "%s sync start", render_program(call));
    coexistence_end(c);
    return code;
}

/* --- the commands ----------------------------------------------------------------- */

#define AGENTS                                                                           \
    {"ad-ma",   0, POPT_ARG_STRING,                                                      \
     &given.ad, 0, "The directory's agent, if there are more",                           \
     "MA"},                                                                              \
    {                                                                                    \
        "cloud-ma", 0, POPT_ARG_STRING, &given.cloud, 0,                                 \
            "The cloud's agent, if there are more", "MA"                                 \
    }
#define ADMIN                                                                            \
    {"admin",      0, POPT_ARG_STRING,                                                   \
     &given.admin, 0, "Who may change rights in the forest; kept nowhere",               \
     "LOGIN"},                                                                           \
        {"admin-password-file",                                                          \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &given.admin_secret.file,                                                       \
         0,                                                                              \
         "Its password is in this file, 0600",                                           \
         "FILE"},                                                                        \
        {"admin-password-stdin",                                                         \
         0,                                                                              \
         POPT_ARG_NONE,                                                                  \
         &given.admin_secret.from_stdin,                                                 \
         0,                                                                              \
         "... the first line of stdin",                                                  \
         NULL},                                                                          \
        {"admin-credential",                                                             \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &given.admin_secret.credential,                                                 \
         0,                                                                              \
         "... a credential of systemd",                                                  \
         "NAME"},                                                                        \
        {"admin-cache",                                                                  \
         0,                                                                              \
         POPT_ARG_STRING,                                                                \
         &given.admin_cache,                                                             \
         0,                                                                              \
         "Kerberos tickets instead",                                                     \
         "CACHE"},                                                                       \
        {"group",      0, POPT_ARG_STRING,                                               \
         &given.group, 0, "MSOL_AD_Sync_RichCoexistence without it",                     \
         "NAME"},                                                                        \
    {                                                                                    \
        "what-if", 0, POPT_ARG_NONE, &given.what_if, 0, "Change nothing", NULL           \
    }

static const struct poptOption enable_options[] = {
    AGENTS,
    ADMIN,
    {"all-attributes", 0, POPT_ARG_NONE, &given.all_attributes, 0,
     "Rights to every attribute, not the least that is needed", NULL},
    {"login", 0, POPT_ARG_STRING, &given.login, 0, "Another account of the directory",
     "NAME"},
    {"domain", 0, POPT_ARG_STRING, &given.domain, 0, "... and its domain", "NAME"},
    {"login-password-file", 0, POPT_ARG_STRING, &given.login_secret.file, 0,
     "Its password stays in this file", "FILE"},
    {"login-password-stdin", 0, POPT_ARG_NONE, &given.login_secret.from_stdin, 0,
     "... the first line of stdin", NULL},
    {"login-credential", 0, POPT_ARG_STRING, &given.login_secret.credential, 0,
     "... a credential of systemd", "NAME"},
    {"keytab", 0, POPT_ARG_STRING, &given.keytab, 0, "Stands for a password", "FILE"},
    CLOUD_GIVEN_OPTIONS(given.service),
    {"cloud-secret-file", 0, POPT_ARG_STRING, &given.service.secret.file, 0,
     "Its secret stays in this file", "FILE"},
    {"cloud-secret-stdin", 0, POPT_ARG_NONE, &given.service.secret.from_stdin, 0,
     "... the first line of stdin", NULL},
    {"cloud-credential", 0, POPT_ARG_STRING, &given.service.secret.credential, 0,
     "... a credential of systemd", "NAME"},
    {"no-start", 0, POPT_ARG_NONE, &given.no_start, 0, "Start no cycle", NULL},
    {"wizard", 0, POPT_ARG_NONE, &given.wizard, 0, "Ask for what is not given", NULL},
    POPT_TABLEEND};
static const struct poptOption status_options[] = {AGENTS, POPT_TABLEEND};
static const struct poptOption disable_options[] = {
    AGENTS,
    ADMIN,
    {"keep-rights", 0, POPT_ARG_NONE, &given.keep_rights, 0,
     "The group keeps the rights that it was given", NULL},
    {"imported-rules", 0, POPT_ARG_NONE, &given.imported, 0,
     "Also where coexistence was not enabled here: the rules of the import", NULL},
    POPT_TABLEEND};

const struct command command_coexistence_enable = {
    .words = "coexistence enable",
    .summary = "Rights, rules and accounts, so that the cloud's values come back",
    .help =
        "In this order: refuses while something runs; makes the agent's account a member "
        "of\nits group; gives the group the least rights that the flows need; brings the "
        "rules into\nthe configuration; sets both agents; marks a full synchronisation; "
        "starts a cycle. The\nadministrator's password is asked for and kept nowhere. "
        "The "
        "counterpart of\nEnable-MSOnlineRichCoexistence.\n\n    mactl coexistence enable "
        "--admin Administrator\n    mactl coexistence enable --what-if\n    mactl "
        "coexistence enable --wizard",
    .options = enable_options,
    .formats = FORMAT_ANY,
    .run = enable,
};

const struct command command_coexistence_status = {
    .words = "coexistence status",
    .summary = "Whether all is there that coexistence needs",
    .help = "Exit code 20: something is lacking.\n\n    mactl coexistence status",
    .options = status_options,
    .formats = FORMAT_ANY,
    .run = status,
};

const struct command command_coexistence_disable = {
    .words = "coexistence disable",
    .summary = "Nothing is written back any more",
    .help =
        "Disables the rules, shows first what that does to how many objects. With "
        "--admin it also\ntakes the rights away that `coexistence enable` has set, and "
        "no others, and the account out\nof its group. Rules that came with the "
        "configuration stay where coexistence was never\nenabled here, unless "
        "--imported-rules says otherwise.\n\n    mactl coexistence disable "
        "--what-if\n    mactl coexistence disable --admin Administrator",
    .options = disable_options,
    .formats = FORMAT_ANY,
    .run = disable,
};
