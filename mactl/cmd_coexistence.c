/* SPDX-License-Identifier: Apache-2.0 */

/* mactl coexistence enable|status|disable: the directory and Exchange in the cloud live
 * with one another. */

#include <unistd.h>

#include "agent_setting.h"
#include "bindings.h"
#include "cmd_cycle.h"
#include "cmd_writeback.h"
#include "coexistence.h"
#include "commands.h"
#include "render.h"
#include "render_run.h"
#include "run/full_sync.h"

static struct coexistence given;

/* --- the steps that other commands have, too ------------------------------------------
 */

static enum exit_code load_rules(struct coexistence *c)
{
    struct writeback_setting setting = {.call = c->call,
                                        .ad = c->ad_agent->name,
                                        .cloud = c->cloud_agent->name,
                                        .what_if = c->what_if != 0,
                                        .sure = true};
    enum exit_code code = writeback_setting_run(&setting);

    if (code == EXIT_OK)
        coexistence_say(c, "configuration", "exchange-hybrid is written back");
    if (setting.changed)
        coexistence_undo(c, "configuration: mactl coexistence disable");
    return code;
}

/* What is not given stays, if something is there. */
static enum exit_code keep_agent(const struct coexistence *c, const struct agent *agent,
                                 const char *step)
{
    struct agent_state state = bindings_agent(c->call, c->instance, agent);

    if (!bindings_is_ready(&state))
        return command_error(EXIT_CONFIGURATION, NULL,
                             "'%s' cannot connect: `mactl ma show` says what is missing",
                             agent->name);
    coexistence_say(c, step, "%s stays as it is", agent->name);
    return EXIT_OK;
}

static enum exit_code set_agent(struct coexistence *c, struct agent_setting *setting,
                                const char *step, const char *command)
{
    const char *agent = render_word(c->call->arena, setting->request.agent);
    enum exit_code code = agent_setting_run(setting, c->what_if != 0);

    if (code == EXIT_OK && !c->what_if)
        coexistence_undo(c, "%s: mactl ma %s %s, with what was there", step, command,
                         agent);
    return code;
}

static enum exit_code set_directory(struct coexistence *c)
{
    struct agent_setting setting = {.call = c->call,
                                    .request = {.agent = c->ad_agent->name}};

    if (c->login == NULL && secret_given_ways(&c->login_secret) == 0)
        return keep_agent(c, c->ad_agent, "directory");
    agent_setting_add(&setting, "login", c->login);
    agent_setting_add(&setting, "domain", c->domain);
    agent_setting_secret(&setting, "password", &c->login_secret);
    return set_agent(c, &setting, "directory", "set-ad");
}

static enum exit_code set_cloud(struct coexistence *c)
{
    struct agent_setting setting = {.call = c->call,
                                    .request = {.agent = c->cloud_agent->name}};

    if (c->url == NULL && c->client == NULL && secret_given_ways(&c->cloud_secret) == 0)
        return keep_agent(c, c->cloud_agent, "cloud");
    agent_setting_add(&setting, "url", c->url);
    agent_setting_add(&setting, "client-id", c->client);
    agent_setting_secret(&setting, "password", &c->cloud_secret);
    return set_agent(c, &setting, "cloud", "set-cloud");
}

static enum exit_code mark(struct coexistence *c)
{
    struct ma_error err = {0};

    if (!c->what_if && full_sync_mark(c->call->folder, &err) != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "full synchronisation", "the next one of every agent is full");
    return EXIT_OK;
}

static enum exit_code start(struct coexistence *c)
{
    if (c->no_start) {
        coexistence_say(c, "cycle", "not started");
        command_next(c->call, "%s sync start", render_program(c->call));
        return EXIT_OK;
    }
    coexistence_say(c, "cycle", "started");
    return c->what_if ? EXIT_OK : cycle_command(c->call, false);
}

/* --- enable --------------------------------------------------------------------------
 */

static const coexistence_step steps[] = {
    coexistence_idle,
    coexistence_group,
    coexistence_rights,
    load_rules,
    set_directory,
    set_cloud,
    mark,
    start,
};

static void say_undo(const struct coexistence *c)
{
    if (c->undo.count > 0)
        fputs("what was done stays; enabling again goes on from there. To undo it:\n",
              stderr);
    for (size_t i = c->undo.count; i > 0; i--)
        fprintf(stderr, "  %s\n", c->undo.items[i - 1]);
}

static enum exit_code check(const struct coexistence *c)
{
    int readers = c->admin_secret.from_stdin + c->login_secret.from_stdin +
                  c->cloud_secret.from_stdin;

    if (c->call->output != OUTPUT_TEXT && c->call->output != OUTPUT_WIDE)
        return command_error(EXIT_USAGE, NULL, "this is told as text");
    if (readers > 1)
        return command_error(EXIT_USAGE, NULL, "stdin has room for one secret");
    if (c->wizard && !isatty(STDIN_FILENO))
        return command_error(EXIT_USAGE, NULL, "a wizard needs a terminal");
    return EXIT_OK;
}

/* Secrets are read before anything is done: a mistake in one leaves all as it is. */
static enum exit_code read_secrets(struct coexistence *c)
{
    bool login = c->login != NULL && !c->what_if;
    bool client = c->client != NULL && !c->what_if;
    enum exit_code code = coexistence_admin(c);

    if (code == EXIT_OK)
        code = secret_given_read(&c->login_secret, login,
                                 arena_print(c->call->arena, "Password of %s: ",
                                             c->login == NULL ? "" : c->login),
                                 "login-password");
    if (code == EXIT_OK)
        code = secret_given_read(&c->cloud_secret, client,
                                 "Secret of the client: ", "cloud-secret");
    return code;
}

static enum exit_code run_steps(struct coexistence *c)
{
    enum exit_code code = EXIT_OK;
    size_t i;

    for (i = 0; code == EXIT_OK && i < sizeof steps / sizeof steps[0]; i++)
        code = steps[i](c);
    /* that some object failed in the cycle undoes nothing */
    if (code != EXIT_OK && i < sizeof steps / sizeof steps[0])
        say_undo(c);
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
        code = run_steps(c);
    if (c->wizard && code != EXIT_USAGE)
        coexistence_print_command(c);
    coexistence_end(c);
    return code;
}

/* --- status --------------------------------------------------------------------------
 */

static bool say_agent(const struct coexistence *c, const char *what,
                      const struct agent *agent)
{
    struct agent_state state = bindings_agent(c->call, c->instance, agent);
    bool ready = bindings_is_ready(&state);

    coexistence_say(c, what, "%s %s", agent->name,
                    ready ? "is ready" : "cannot connect: `mactl ma show` says why");
    return ready;
}

static enum exit_code say_rules(struct coexistence *c, bool *whole)
{
    struct writeback change = {.ad = c->ad, .cloud = c->cloud, .arena = c->call->arena};
    struct folder_plan *plan = NULL;
    struct ma_error err = {0};
    enum ma_status status =
        folder_plan_edit(&plan, c->call->folder, true, writeback_edit, &change, &err);
    enum exit_code code = EXIT_OK;

    *whole = status == MA_OK && change.done.count == 0;
    if (status != MA_OK)
        code = command_fail(&err);
    else if (*whole)
        coexistence_say(c, "configuration", "exchange-hybrid is written back");
    for (size_t i = 0; code == EXIT_OK && i < change.done.count; i++)
        coexistence_say(c, "configuration", "lacking: %s", change.done.items[i]);
    for (size_t i = 0; code == EXIT_OK && i < change.notes.count; i++)
        coexistence_say(c, "configuration", "%s", change.notes.items[i]);
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
    code = coexistence_begin(c);
    if (code == EXIT_OK)
        code = say_rules(c, &whole);
    if (code == EXIT_OK) {
        whole = say_agent(c, "directory", c->ad_agent) && whole;
        whole = say_agent(c, "cloud", c->cloud_agent) && whole;
        command_next(call,
                     whole ? "%s acl audit %s --feature exchange-hybrid"
                           : "%s coexistence enable --ad-ma %s --admin LOGIN",
                     render_program(call), render_word(call->arena, c->ad_agent->name));
    }
    coexistence_end(c);
    return code == EXIT_OK && !whole ? EXIT_DIFFERENCES : code;
}

/* --- disable -------------------------------------------------------------------------
 */

static enum exit_code disable_rules(struct coexistence *c)
{
    struct writeback_setting setting = {.call = c->call,
                                        .ad = c->ad_agent->name,
                                        .cloud = c->cloud_agent->name,
                                        .what_if = c->what_if != 0,
                                        .off = true};

    return writeback_setting_run(&setting);
}

/* Without an administrator the group stays as it is. */
static enum exit_code leave_group(struct coexistence *c)
{
    const struct enroll_request request = {.instance = c->instance,
                                           .agent = c->ad_agent,
                                           .plugin = "acl_audit",
                                           .admin = coexistence_who(c),
                                           .account = c->account,
                                           .group = coexistence_group_name(c)};
    struct ma_error err = {0};

    if (c->admin == NULL && c->admin_cache == NULL) {
        coexistence_say(c, "group", "%s stays a member: --admin LOGIN takes it out",
                        c->account == NULL ? "the account" : c->account);
        return EXIT_OK;
    }
    if (c->what_if) {
        coexistence_say(c, "group", "%s is taken out of %s", c->account, request.group);
        return EXIT_OK;
    }
    if (enroll_account(&request, c->call->arena, &c->enrolled, &err) != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "group", "%s %s", c->enrolled.member, c->enrolled.joined);
    return EXIT_OK;
}

static enum exit_code disable(const struct invocation *call, int argc, const char **argv)
{
    static const coexistence_step all[] = {coexistence_idle, disable_rules, leave_group};
    struct coexistence *c = &given;
    enum exit_code code;

    (void)argc;
    (void)argv;
    c->call = call;
    code = check(c);
    if (code == EXIT_OK)
        code = coexistence_begin(c);
    if (code == EXIT_OK && (c->admin != NULL || c->admin_cache != NULL))
        code = coexistence_admin(c);
    for (size_t i = 0; code == EXIT_OK && i < sizeof all / sizeof all[0]; i++)
        code = all[i](c);
    if (code == EXIT_OK && !c->what_if)
        command_next(call, "%s sync start", render_program(call));
    coexistence_end(c);
    return code;
}

/* --- the commands --------------------------------------------------------------------
 */

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
    {"connect-to", 0, POPT_ARG_STRING, &given.url, 0, "Where the cloud's service is",
     "URL"},
    {"client-id", 0, POPT_ARG_STRING, &given.client, 0, "Another client of it", "ID"},
    {"cloud-secret-file", 0, POPT_ARG_STRING, &given.cloud_secret.file, 0,
     "Its secret stays in this file", "FILE"},
    {"cloud-secret-stdin", 0, POPT_ARG_NONE, &given.cloud_secret.from_stdin, 0,
     "... the first line of stdin", NULL},
    {"no-start", 0, POPT_ARG_NONE, &given.no_start, 0, "Start no cycle", NULL},
    {"wizard", 0, POPT_ARG_NONE, &given.wizard, 0, "Ask for what is not given", NULL},
    POPT_TABLEEND};
static const struct poptOption status_options[] = {AGENTS, POPT_TABLEEND};
static const struct poptOption disable_options[] = {AGENTS, ADMIN, POPT_TABLEEND};

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
    .run = enable,
};

const struct command command_coexistence_status = {
    .words = "coexistence status",
    .summary = "Whether all is there that coexistence needs",
    .help = "Exit code 20: something is lacking.\n\n    mactl coexistence status",
    .options = status_options,
    .run = status,
};

const struct command command_coexistence_disable = {
    .words = "coexistence disable",
    .summary = "Nothing is written back any more",
    .help =
        "Disables the rules, shows first what that does to how many objects, and with "
        "--admin\ntakes the account out of its group. Rights that the group has stay "
        "with "
        "it.\n\n    mactl coexistence disable --what-if",
    .options = disable_options,
    .run = disable,
};
