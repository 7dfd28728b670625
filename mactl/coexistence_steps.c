/* SPDX-License-Identifier: Apache-2.0 */

/* The steps of enabling that other commands have, too: rules, agents, the mark, a cycle.
 */

#include <string.h>

#include "agent_setting.h"
#include "bindings.h"
#include "cmd_cycle.h"
#include "cmd_writeback.h"
#include "coexistence.h"
#include "effects.h"
#include "instance/full_sync.h"
#include "reading.h"
#include "render.h"
#include "render_run.h"
#include "store/cs.h"

/* --- the rules -------------------------------------------------------------------- */

static enum exit_code set_rules(struct coexistence *c, bool off, bool *changed)
{
    json_t *document = NULL;
    struct writeback_setting setting = {.call = c->call,
                                        .ad = c->ad_agent->name,
                                        .cloud = c->cloud_agent->name,
                                        .what_if = c->what_if != 0,
                                        .off = off,
                                        .sure = !off,
                                        .document = &document};
    enum exit_code code = writeback_setting_run(&setting);

    if (code == EXIT_OK && (!off || c->told != NULL))
        coexistence_say(c, "configuration",
                        off ? "exchange-hybrid is not written back"
                            : "exchange-hybrid is written back");
    if (code == EXIT_OK && document != NULL) {
        coexistence_detail(c, "changes",
                           json_incref(json_object_get(document, "changes")));
        coexistence_detail(c, "notes", json_incref(json_object_get(document, "notes")));
        coexistence_detail(c, "effects",
                           json_incref(json_object_get(document, "effects")));
    }
    json_decref(document);
    *changed = setting.changed;
    return code;
}

enum exit_code coexistence_rules(struct coexistence *c)
{
    bool changed = false;
    enum exit_code code = set_rules(c, false, &changed);

    if (changed)
        coexistence_undo(c, "configuration: %s coexistence disable --keep-rights",
                         render_program(c->call));
    return code;
}

enum exit_code coexistence_rules_off(struct coexistence *c)
{
    bool changed = false;
    enum exit_code code;

    if (!coexistence_was_enabled(c)) {
        coexistence_say(c, "configuration",
                        "its rules stay: they came with the configuration, and "
                        "coexistence was not enabled here (--imported-rules disables "
                        "them)");
        return EXIT_OK;
    }
    code = set_rules(c, true, &changed);
    c->rules_changed = changed;
    if (changed)
        coexistence_undo(c, "configuration: %s writeback set exchange-hybrid",
                         render_program(c->call));
    return code;
}

/* --- the agents ------------------------------------------------------------------- */

/* What is not given stays, if something is there. */
static enum exit_code keep_agent(struct coexistence *c, const struct agent *agent,
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
    const char *agent = setting->request.agent;
    json_t *document = NULL;
    enum exit_code code;

    setting->among_others = true;
    setting->document = &document;
    code = agent_setting_run(setting, c->what_if != 0);
    if (code == EXIT_OK && c->told != NULL) {
        coexistence_say(c, step, "%s is set", agent);
        coexistence_detail(c, "changes",
                           json_incref(json_object_get(document, "changes")));
    }
    json_decref(document);
    if (code == EXIT_OK && !c->what_if)
        coexistence_undo(c, "%s: %s ma %s %s, with what was there", step,
                         render_program(c->call), command,
                         render_word(c->call->arena, agent));
    return code;
}

enum exit_code coexistence_directory(struct coexistence *c)
{
    struct agent_setting setting = {.call = c->call,
                                    .request = {.agent = c->ad_agent->name}};
    enum exit_code code;

    if (c->login == NULL && c->domain == NULL && c->keytab == NULL &&
        secret_given_ways(&c->login_secret) == 0)
        return keep_agent(c, c->ad_agent, "directory");
    agent_setting_add(&setting, "login", c->login);
    agent_setting_add(&setting, "domain", c->domain);
    code = agent_setting_directory(&setting, &c->login_secret, c->keytab);
    return code == EXIT_OK ? set_agent(c, &setting, "directory", "set-ad") : code;
}

enum exit_code coexistence_cloud(struct coexistence *c)
{
    struct agent_setting setting = {.call = c->call,
                                    .request = {.agent = c->cloud_agent->name}};

    if (!cloud_given_any(&c->service))
        return keep_agent(c, c->cloud_agent, "cloud");
    cloud_given_set(&c->service, &setting);
    return set_agent(c, &setting, "cloud", "set-cloud");
}

/* --- the mark --------------------------------------------------------------------- */

/* Nothing was imported yet: none. */
static enum ma_status count_objects(const struct coexistence *c, uint64_t *out,
                                    struct ma_error *err)
{
    struct reading reading = {0};
    enum ma_status status = reading_begin(&reading, c->call, err);

    *out = 0;
    for (size_t i = 0; status == MA_OK && i < reading.opened.program->agent_count; i++) {
        uint64_t count = 0;

        status = cs_count(reading.batch, reading.opened.program->agents[i].number, &count,
                          err);
        *out += count;
    }
    reading_end(&reading);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

enum exit_code coexistence_mark(struct coexistence *c)
{
    uint64_t count = 0;
    struct ma_error err = {0};

    if ((!c->what_if && full_sync_mark(c->call->folder, &err) != MA_OK) ||
        count_objects(c, &count, &err) != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "full synchronisation",
                    "the next one of every agent is full: %llu objects",
                    (unsigned long long)count);
    coexistence_detail(c, "objects", json_integer((json_int_t)count));
    return EXIT_OK;
}

/* --- the cycle -------------------------------------------------------------------- */

/* What would be synchronised with the rules as they are; what those that are not there
 * yet do was told with them. */
static enum exit_code foresee(struct coexistence *c)
{
    json_t *effects = NULL;
    struct ma_error err = {0};

    if (effects_find(c->call, NULL, &effects, &err) != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "cycle", "started");
    if (c->told == NULL)
        effects_print(c->call, effects);
    coexistence_detail(c, "effects", effects);
    return EXIT_OK;
}

enum exit_code coexistence_start(struct coexistence *c)
{
    json_t *document = NULL;
    enum exit_code code;

    if (c->no_start) {
        coexistence_say(c, "cycle", "not started");
        command_next(c->call, "%s sync start", render_program(c->call));
        return EXIT_OK;
    }
    if (c->what_if)
        return foresee(c);
    coexistence_say(c, "cycle", "started");
    c->undo.count = 0; /* all is done; what the cycle meets is no reason to undo it */
    code = cycle_command(c->call, false, c->told == NULL ? NULL : &document);
    coexistence_detail(c, "cycle", document);
    return code;
}
