/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "open.h"
#include "render.h"
#include "render_run.h"

enum exit_code agent_setting_check(const struct invocation *call, const char *name,
                                   const char *const *categories)
{
    struct instance *instance = NULL;
    struct config *config = NULL;
    const struct agent *agent;
    enum exit_code code = open_instance(&instance, call);

    instance_close(instance);
    if (code == EXIT_OK)
        code = open_config(&config, call);
    if (code != EXIT_OK)
        return code;
    agent = open_agent(config, name);
    code = agent == NULL ? EXIT_USAGE : EXIT_OK;
    for (; agent != NULL && *categories != NULL; categories++)
        if (strcasecmp(agent->category, *categories) == 0)
            agent = NULL;
    if (agent != NULL)
        code = command_error(EXIT_USAGE, NULL,
                             "'%s' is an agent of category %s, not one of this kind",
                             agent->name, agent->category);
    config_free(config);
    return code;
}

void agent_setting_add(struct agent_setting *setting, const char *name, const char *value)
{
    if (value != NULL)
        VEC_ADD(
            &setting->parameters,
            (struct parameter){.name = name, .value = value[0] == '\0' ? NULL : value});
}

const char *agent_setting_path(const struct invocation *call, const char *path)
{
    char *whole = path == NULL ? NULL : realpath(path, NULL);
    char *folder = realpath(call->folder, NULL);
    size_t length = folder == NULL ? 0 : strlen(folder);
    const char *named = path;

    if (whole != NULL && length > 0 && strncmp(whole, folder, length) == 0 &&
        whole[length] == '/')
        named = arena_text(call->arena, whole + length + 1);
    else if (whole != NULL)
        named = arena_text(call->arena, whole);
    free(whole);
    free(folder);
    return named;
}

void agent_setting_secret(struct agent_setting *setting, const char *name,
                          const struct secret_given *given)
{
    struct agent_set_request *request = &setting->request;

    if (!given->has_value && given->file == NULL && given->credential == NULL)
        return;
    request->secret = name;
    request->kind = given->credential != NULL ? SECRET_CREDENTIAL : SECRET_FILE;
    request->value = given->has_value ? given->value : NULL;
    request->where = given->credential != NULL
                         ? given->credential
                         : agent_setting_path(setting->call, given->file);
}

enum exit_code agent_setting_directory(struct agent_setting *setting,
                                       const struct secret_given *password,
                                       const char *keytab)
{
    char *path = keytab == NULL ? NULL : realpath(keytab, NULL);

    if (keytab != NULL && path == NULL) {
        VEC_FREE(&setting->parameters);
        return command_error(EXIT_USAGE, NULL, "there is no keytab %s", keytab);
    }
    agent_setting_secret(setting, "password", password);
    if (path != NULL) {
        agent_setting_add(setting, "keytab", arena_text(setting->call->arena, path));
        agent_setting_add(setting, "authentication", "kerberos");
        setting->request.secret = "password";
    } else if (setting->request.secret != NULL)
        agent_setting_add(setting, "keytab", "");
    if (setting->request.secret != NULL)
        agent_setting_add(setting, "credentials-cache", "");
    free(path);
    return EXIT_OK;
}

/* --- what changes ----------------------------------------------------------------- */

static json_t *changes_json(const struct agent_set *set)
{
    json_t *list = json_array();

    for (size_t i = 0; i < set->change_count; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "what",
                                              json_of_text(set->changes[i].what), "old",
                                              json_of_text(set->changes[i].old), "now",
                                              json_of_text(set->changes[i].now)));
    return list;
}

static void print_changes(const struct agent_setting *setting,
                          const struct agent_set *set, bool what_if)
{
    struct arena *arena = setting->call->arena;
    const char *prefix = what_if ? "What if: " : "";

    if (set->change_count == 0)
        printf("%s%s: all is so already\n", prefix,
               render_clean(arena, set->agent->name));
    for (size_t i = 0; i < set->change_count; i++) {
        const struct agent_set_change *change = &set->changes[i];

        printf("%s%s: %s: %s (was: %s)\n", prefix, render_clean(arena, set->agent->name),
               render_clean(arena, change->what),
               change->now == NULL ? "none" : render_clean(arena, change->now),
               change->old == NULL ? "none" : render_clean(arena, change->old));
    }
}

static enum exit_code give(const struct agent_setting *setting, json_t *document)
{
    if (setting->document == NULL)
        return render_json(document);
    *setting->document = document;
    return EXIT_OK;
}

static enum exit_code show(const struct agent_setting *setting,
                           const struct agent_set *set, bool what_if)
{
    if (setting->call->output == OUTPUT_JSON)
        return give(setting, json_pack("{s:s, s:s, s:b, s:o}", "schema", "mactl/ma-set/1",
                                       "agent", set->agent->name, "what_if", (int)what_if,
                                       "changes", changes_json(set)));
    print_changes(setting, set, what_if);
    return EXIT_OK;
}

/* --- the setting ------------------------------------------------------------------ */

static enum exit_code set_agent(struct agent_setting *setting, bool what_if)
{
    struct agent_set set;
    struct ma_error err = {0};
    enum ma_status status = agent_set_plan(&set, &setting->request, &err);
    enum exit_code code;

    if (status == MA_OK && !what_if && set.change_count > 0)
        status = agent_set_apply(&set, &err);
    code = status == MA_OK ? show(setting, &set, what_if) : command_fail(&err);
    if (code == EXIT_OK && !what_if && !setting->among_others)
        command_next(setting->call, "%s ma test %s", render_program(setting->call),
                     render_word(setting->call->arena, set.agent->name));
    agent_set_free(&set);
    return code;
}

enum exit_code agent_setting_run(struct agent_setting *setting, bool what_if)
{
    enum exit_code code;

    setting->request.folder = setting->call->folder;
    setting->request.only_plan = what_if;
    setting->request.parameters = setting->parameters.items;
    setting->request.parameter_count = setting->parameters.count;
    code = set_agent(setting, what_if);
    VEC_FREE(&setting->parameters);
    return code;
}
