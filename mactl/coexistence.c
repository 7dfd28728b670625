/* SPDX-License-Identifier: Apache-2.0 */
#include "coexistence.h"

#include <stdarg.h>
#include <stdlib.h>

#include "config/writeback.h"
#include "open.h"
#include "render.h"
#include "run/full_sync.h"

/* --- the instance --------------------------------------------------------------------
 */

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
    return code;
}

void coexistence_end(struct coexistence *c)
{
    config_free(c->config);
    instance_close(c->instance);
    secret_given_end(&c->admin_secret);
    secret_given_end(&c->login_secret);
    secret_given_end(&c->cloud_secret);
    free(c->ad);
    free(c->cloud);
    free(c->group);
    free(c->admin);
    free(c->admin_cache);
    free(c->login);
    free(c->domain);
    free(c->url);
    free(c->client);
    VEC_FREE(&c->undo);
}

/* --- who may -------------------------------------------------------------------------
 */

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

/* --- what is told --------------------------------------------------------------------
 */

static const char *printed(const struct coexistence *c, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *printed(const struct coexistence *c, const char *fmt, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof text, fmt, args);
    return arena_text(c->call->arena, text);
}

void coexistence_say(const struct coexistence *c, const char *step, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    printf("%s%s: %s\n", c->what_if ? "What if: " : "", step,
           render_clean(c->call->arena, printed(c, fmt, args)));
    va_end(args);
    fflush(stdout);
}

void coexistence_undo(struct coexistence *c, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    VEC_ADD(&c->undo, printed(c, fmt, args));
    va_end(args);
}

/* --- the first step ------------------------------------------------------------------
 */

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
