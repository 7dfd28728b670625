/* SPDX-License-Identifier: Apache-2.0 */

/* mactl config import: a server export becomes the configuration of the instance. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bindings.h"
#include "commands.h"
#include "config/folder.h"
#include "findings.h"
#include "open.h"
#include "render.h"

static struct {
    char *skip;
    int what_if;
    int strict;
} given;

static const struct poptOption options[] = {
    {"skip", 0, POPT_ARG_STRING, &given.skip, 0, "Management agents that stay out",
     "\"MA1;MA2\""},
    {"what-if", 0, POPT_ARG_NONE, &given.what_if, 0, "Say what would happen", NULL},
    {"strict", 0, POPT_ARG_NONE, &given.strict, 0,
     "A file that is not of a configuration is an error", NULL},
    POPT_TABLEEND};

/* "MA1; MA2" as a list that ends with NULL. */
static const char *const *split_skips(struct arena *arena)
{
    size_t most = given.skip == NULL ? 0 : strlen(given.skip) / 2 + 1;
    const char **list = ARENA_ARRAY(arena, const char *, most + 1);
    size_t count = 0;

    for (const char *at = given.skip; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ";");
        struct slice name = text_strip(slice_of(at, length));

        if (name.length > 0)
            list[count++] = arena_textn(arena, name.at, name.length);
        at += length + (at[length] == ';');
    }
    return list;
}

/* --- what changed, in the words of Import-MIISServerConfig -------------------------- */

static void say_agent(const char *prefix, const struct folder_change *change)
{
    static const char *const words[] = {[FOLDER_CREATED] = "Created",
                                        [FOLDER_UPDATED] = "Updated",
                                        [FOLDER_SKIPPED] = "Skipped"};

    printf("%sManagement Agent %s: %s\n", prefix, words[change->action], change->file);
}

static void say_changes(const struct folder_plan *plan)
{
    const char *prefix = given.what_if ? "What if: " : "";

    for (size_t i = 0; i < plan->change_count; i++) {
        if (plan->changes[i].part == FOLDER_METAVERSE)
            printf("%sMetaverse Schema Updated.\n", prefix);
        if (plan->changes[i].part == FOLDER_AGENT)
            say_agent(prefix, &plan->changes[i]);
    }
    if (plan->flows)
        printf("%sMetaverse Schema Updated With IAF.\n", prefix);
}

static size_t count_changes(const struct folder_plan *plan, enum folder_part part,
                            enum folder_action action)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->change_count; i++)
        count += plan->changes[i].part == part && plan->changes[i].action == action;
    return count;
}

static void say_total(const struct folder_plan *plan, enum folder_part part,
                      const char *what)
{
    static const struct {
        enum folder_action action;
        const char *word;
    } actions[] = {{FOLDER_CREATED, "created"},
                   {FOLDER_UPDATED, "updated"},
                   {FOLDER_REMOVED, "removed"},
                   {FOLDER_SKIPPED, "skipped"}};
    const char *before = "";

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        size_t count = count_changes(plan, part, actions[i].action);

        if (count == 0)
            continue;
        if (before[0] == '\0')
            printf("%-23s", what);
        printf("%s%zu %s", before, count, actions[i].word);
        before = ", ";
    }
    if (before[0] != '\0')
        putchar('\n');
}

static void say_totals(const struct folder_plan *plan)
{
    putchar('\n');
    say_total(plan, FOLDER_AGENT, "management agents");
    say_total(plan, FOLDER_RULE, "synchronization rules");
}

/* --- what is not bound yet ------------------------------------------------------- */

static const char *lacks_plugin(const struct agent_state *state)
{
    return state->plugin == NULL ? "no plugin is named for it" : state->refusal;
}

static bool say_agent_lacks(const struct invocation *call,
                            const struct agent_state *state)
{
    const char *plugin = lacks_plugin(state);

    if (bindings_is_ready(state))
        return false;
    printf("  %s (%s)\n", render_clean(call->arena, state->agent->name),
           state->agent->category);
    if (plugin != NULL)
        printf("    %s\n", plugin);
    for (size_t i = 0; i < state->secret_count; i++)
        if (state->secrets[i].refusal != NULL)
            printf("    secret '%s': %s\n", state->secrets[i].name,
                   state->secrets[i].refusal);
    return true;
}

static bool say_extensions_lack(const struct invocation *call,
                                const struct instance *instance,
                                const struct config *config)
{
    const struct extension_state *states = NULL;
    size_t count = bindings_extensions(call, instance, config, &states);
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (states[i].refusal == NULL)
            continue;
        any = true;
        printf("  %s, rules extension of %s\n    %s\n", states[i].assembly,
               states[i].agent == NULL ? "the metaverse" : states[i].agent->name,
               states[i].refusal);
    }
    return any;
}

/* The plugins of an instance that is not there yet are looked for all the same. */
static bool say_unbound(const struct invocation *call, const struct instance *instance,
                        const struct config *config)
{
    bool any = false;

    puts("\nnot bound yet");
    for (size_t i = 0; i < config->agent_count; i++) {
        struct agent_state state = bindings_agent(call, instance, &config->agents[i]);

        any = say_agent_lacks(call, &state) || any;
    }
    any = say_extensions_lack(call, instance, config) || any;
    if (!any)
        puts("  nothing: every agent has its plugin and its secrets");
    return any;
}

/* --- the command ------------------------------------------------------------------ */

static void say_findings(const struct config *config)
{
    size_t unsupported = findings_count(config, FINDING_MASK(FINDING_UNSUPPORTED));
    size_t approximated = findings_count(config, FINDING_MASK(FINDING_APPROXIMATED));
    size_t warnings = findings_count(config, FINDING_MASK(FINDING_WARNING));

    printf("\nreport: %zu unsupported, %zu approximated, %zu warnings\n", unsupported,
           approximated, warnings);
}

static void warn_of_foreign(const struct config *incoming)
{
    for (size_t i = 0; i < incoming->file_count; i++)
        if (!incoming->files[i].recognised)
            fprintf(stderr,
                    "warning: %s/%s is no file of a server configuration: not imported\n",
                    incoming->root, incoming->files[i].path);
}

static const char *root_of(const struct folder_plan *plan, struct arena *arena)
{
    return plan->result == NULL ? plan->path
                                : arena_print(arena, "%s/config", plan->folder);
}

/* Every error of what came, or of what it would become. */
static enum exit_code refuse(const struct invocation *call,
                             const struct folder_plan *plan, const struct ma_error *err)
{
    const struct config *config = plan->result != NULL ? plan->result : plan->incoming;
    size_t count = 0;

    if (config != NULL && err->status == MA_INVALID)
        count = findings_print(stderr, call->arena, config, root_of(plan, call->arena),
                               FINDING_MASK_ERRORS);
    if (count == 0 && err->status == MA_CONFLICT)
        return command_error(EXIT_USAGE, "name an empty folder with -C, or an instance",
                             "%s", err->text);
    if (count == 0)
        return command_fail(err);
    return command_error(EXIT_CONFIGURATION, NULL, "%s: %s, nothing was imported",
                         plan->path, render_count(call->arena, count, "error", "errors"));
}

/* The run to begin with: of an agent that is ready, a profile that imports everything. */
static const struct run_profile *first_run(const struct agent *agent)
{
    for (size_t i = 0; i < agent->profile_count; i++)
        if (agent->profiles[i].count > 0 &&
            agent->profiles[i].steps[0].type == STEP_FULL_IMPORT)
            return &agent->profiles[i];
    return NULL;
}

static void say_next(const struct invocation *call, const struct folder_plan *plan,
                     const struct instance *instance, bool unbound)
{
    command_next(call, "mactl -C %s config report", plan->folder);
    if (unbound)
        command_next(call,
                     "bind agents and secrets in %s/mactl.xml, then mactl -C %s ma list",
                     plan->folder, plan->folder);
    for (size_t i = 0; i < plan->result->agent_count; i++) {
        const struct agent *agent = &plan->result->agents[i];
        const struct run_profile *profile = first_run(agent);
        struct agent_state state = bindings_agent(call, instance, agent);

        if (profile == NULL || !bindings_is_ready(&state))
            continue;
        command_next(call, "mactl -C %s run-profile \"%s\" \"%s\"", plan->folder,
                     agent->name, profile->name);
        return;
    }
}

static enum exit_code report(const struct invocation *call,
                             const struct folder_plan *plan)
{
    struct instance *instance = NULL;
    struct ma_error ignored = {0};
    bool unbound = false;

    (void)instance_open(&instance, plan->folder, &ignored); /* what-if: there is none */
    say_changes(plan);
    if (!call->quiet) {
        say_totals(plan);
        unbound = say_unbound(call, instance, plan->result);
        say_findings(plan->result);
    }
    if (!call->quiet)
        warn_of_foreign(plan->incoming);
    if (instance != NULL)
        bindings_warn(call, instance, plan->result);
    if (!given.what_if)
        say_next(call, plan, instance, unbound);
    instance_close(instance);
    return EXIT_OK;
}

/* What cannot be compiled cannot be run: it stays out like what cannot be read. */
static enum ma_status check_rules(struct folder_plan *plan, struct ma_error *err)
{
    findings_of_rules(plan->result, NULL);
    return findings_count(plan->result, FINDING_MASK_ERRORS) == 0
               ? MA_OK
               : ma_fail(err, MA_INVALID, "the rules cannot be compiled");
}

static enum exit_code import(const struct invocation *call,
                             const struct folder_request *request)
{
    struct folder_plan *plan = NULL;
    struct ma_error err = {0};
    enum exit_code code;
    enum ma_status status = folder_plan(&plan, call->folder, request, &err);

    if (status == MA_OK && plan->creates && !call->folder_given)
        status =
            ma_fail(&err, MA_NOT_FOUND,
                    "the current folder is no instance; -C DIR names one, or a folder "
                    "to make it in");
    if (status == MA_OK)
        status = check_rules(plan, &err);
    if (status == MA_OK && !given.what_if)
        status = folder_apply(plan, &err);
    code = status == MA_OK ? report(call, plan) : refuse(call, plan, &err);
    folder_plan_free(plan);
    return code;
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    const struct folder_request request = {.path = argv[0],
                                           .skip = split_skips(call->arena),
                                           .strict = given.strict != 0,
                                           .only_plan = given.what_if != 0};
    enum exit_code code = import(call, &request);

    (void)argc;
    free(given.skip);
    given.skip = NULL;
    return code;
}

const struct command command_config_import = {
    .words = "config import",
    .arguments = "PATH",
    .summary = "Import a server configuration, unchanged",
    .help =
        "PATH is what the product exported: a folder of MIIS, ILM, FIM or MIM (MV.xml, "
        "MA-*.XML),\na folder of Azure AD Connect (Connectors, GlobalSettings, "
        "SynchronizationRules), the\nexport of one agent, or a bare ma-data file. "
        "Agents, "
        "rules and the metaverse with the\nids of what is there take its place, what "
        "PATH "
        "does not name stays. All of it is\nimported, or nothing. Where -C DIR is empty, "
        "the instance is made.\n\n    mactl -C sync config import export --skip "
        "\"HR\"\n    mactl -C sync config import export --what-if",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
