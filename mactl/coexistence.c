/* SPDX-License-Identifier: Apache-2.0 */
#include "coexistence.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/json.h"
#include "config/writeback.h"
#include "instance/full_sync.h"
#include "open.h"
#include "render.h"
#include "rights/grant.h"

/* --- the instance ----------------------------------------------------------------- */

static const char *account_of(const struct coexistence *c)
{
    const struct agent *ad = c->ad_agent;
    const struct agent_binding *binding = instance_binding(c->instance, ad);
    const char *login = c->login;

    if (login == NULL && binding != NULL)
        login = parameter_find(binding->parameters, binding->parameter_count, "login");
    return login != NULL ? login
                         : parameter_find(ad->private_configuration, ad->private_count,
                                          "adma-configuration/forest-login-user");
}

enum exit_code coexistence_begin(struct coexistence *c)
{
    struct ma_error err = {0};
    enum exit_code code = open_instance(&c->instance, c->call);

    if (code == EXIT_OK)
        code = open_config(&c->config, c->call);
    if (code == EXIT_OK && writeback_agents(c->config, c->ad, c->cloud, &c->ad_agent,
                                            &c->cloud_agent, &err) != MA_OK)
        code = command_fail(&err);
    if (code == EXIT_OK)
        c->account = account_of(c);
    if (code == EXIT_OK && c->call->output == OUTPUT_JSON)
        c->told = json_array();
    return code;
}

void coexistence_end(struct coexistence *c)
{
    config_free(c->config);
    instance_close(c->instance);
    secret_given_end(&c->admin_secret);
    secret_given_end(&c->login_secret);
    free(c->ad);
    free(c->cloud);
    free(c->group);
    free(c->admin);
    free(c->admin_cache);
    free(c->login);
    free(c->domain);
    free(c->keytab);
    cloud_given_end(&c->service);
    VEC_FREE(&c->undo);
    json_decref(c->told);
}

/* --- step by step ----------------------------------------------------------------- */

static void say_undo(const struct coexistence *c, const char *again)
{
    if (c->undo.count > 0)
        fprintf(stderr, "what was done stays; %s goes on from there. To undo it:\n",
                again);
    for (size_t i = c->undo.count; i > 0; i--)
        fprintf(stderr, "  %s\n", c->undo.items[i - 1]);
}

enum exit_code coexistence_run(struct coexistence *c,
                               const struct coexistence_step *steps, size_t count,
                               const char *again)
{
    enum exit_code code = EXIT_OK;
    const char *failed = NULL;
    size_t i;

    for (i = 0; code == EXIT_OK && i < count; i++)
        code = steps[i].run(c);
    /* that some object failed in a cycle is no failed step */
    if (code != EXIT_OK && code != EXIT_WARNINGS && code != EXIT_OBJECT_ERRORS)
        failed = steps[i - 1].name;
    if (failed != NULL)
        say_undo(c, again);
    coexistence_document(c, failed);
    return code;
}

const char *coexistence_backup(struct coexistence *c, const char *prefix)
{
    return grant_backup_path(c->call->arena,
                             instance_madata(c->instance, c->ad_agent->name), prefix);
}

/* --- who may ---------------------------------------------------------------------- */

enum exit_code coexistence_admin(struct coexistence *c)
{
    unsigned ways = secret_given_ways(&c->admin_secret);

    if (c->what_if)
        return EXIT_OK;
    if (ways + (unsigned)(c->admin_cache != NULL) > 1 || (ways > 0 && c->admin == NULL))
        return command_error(EXIT_USAGE, NULL,
                             "an administrator is --admin LOGIN with one password, or "
                             "--admin-cache");
    if (c->admin_cache != NULL)
        return EXIT_OK;
    if (c->admin == NULL)
        return command_error(EXIT_USAGE, NULL,
                             "who may change rights in the forest? --admin LOGIN, or "
                             "--admin-cache CACHE with tickets of Kerberos");
    return secret_given_now(&c->admin_secret,
                            arena_print(c->call->arena, "Password of %s: ", c->admin),
                            "admin-password");
}

bool coexistence_has_admin(const struct coexistence *c)
{
    return c->admin != NULL || c->admin_cache != NULL;
}

struct grant_admin coexistence_who(const struct coexistence *c)
{
    return (struct grant_admin){
        .login = c->admin,
        .password = c->admin_secret.has_value ? c->admin_secret.value : NULL,
        .cache = c->admin_cache};
}

const char *coexistence_group_name(const struct coexistence *c)
{
    return c->group == NULL ? "MSOL_AD_Sync_RichCoexistence" : c->group;
}

/* --- what is told ----------------------------------------------------------------- */

static const char *printed(const struct coexistence *c, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *printed(const struct coexistence *c, const char *fmt, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof text, fmt, args);
    return arena_text(c->call->arena, text);
}

void coexistence_say(struct coexistence *c, const char *step, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = printed(c, fmt, args);
    va_end(args);
    if (c->told != NULL) {
        json_array_append_new(
            c->told, json_pack("{s:s, s:o}", "step", step, "text", json_of_text(text)));
        return;
    }
    printf("%s%s: %s\n", c->what_if ? "What if: " : "", step,
           render_clean(c->call->arena, text));
    fflush(stdout);
}

static json_t *last_told(const struct coexistence *c)
{
    size_t count = json_array_size(c->told);

    return count == 0 ? NULL : json_array_get(c->told, count - 1);
}

void coexistence_note(struct coexistence *c, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = printed(c, fmt, args);
    va_end(args);
    if (c->told == NULL)
        printf("note: %s\n", render_clean(c->call->arena, text));
    else
        coexistence_detail(c, "note", json_of_text(text));
}

void coexistence_detail(struct coexistence *c, const char *key, json_t *value)
{
    if (c->told == NULL || value == NULL)
        json_decref(value);
    else
        json_object_set_new(last_told(c), key, value);
}

void coexistence_undo(struct coexistence *c, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    VEC_ADD(&c->undo, printed(c, fmt, args));
    va_end(args);
}

void coexistence_document(struct coexistence *c, const char *failed)
{
    json_t *undo = json_array();

    for (size_t i = c->undo.count; failed != NULL && i > 0; i--)
        json_array_append_new(undo, json_of_text(c->undo.items[i - 1]));
    if (c->told == NULL)
        json_decref(undo);
    else
        (void)render_json(json_pack("{s:s, s:b, s:o, s:o, s:O, s:o, s:o}", "schema",
                                    "mactl/coexistence/1", "what_if", c->what_if != 0,
                                    "ad", json_of_text(c->ad_agent->name), "cloud",
                                    json_of_text(c->cloud_agent->name), "steps", c->told,
                                    "failed", json_of_text(failed), "undo", undo));
}

/* --- the first step --------------------------------------------------------------- */

enum exit_code coexistence_idle(struct coexistence *c)
{
    struct ma_error err = {0};
    enum ma_status status = full_sync_idle(c->call->folder, &err);

    if (status == MA_CONFLICT) {
        fputs("MSO directory sync is syncing please try again later.\n", stderr);
        return EXIT_BUSY;
    }
    if (status != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "idle", "no synchronisation runs");
    return EXIT_OK;
}
