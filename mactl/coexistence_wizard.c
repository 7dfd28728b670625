/* SPDX-License-Identifier: Apache-2.0 */

/* What the wizard asks, and the command that it comes to. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "coexistence.h"
#include "open.h"
#include "render.h"
#include "render_run.h"

enum { ANSWER = 512 };

/* Empty: as it was, or nothing. */
static enum exit_code ask(struct coexistence *c, const char *question,
                          const char *fallback, char **out)
{
    char answer[ANSWER] = "";
    struct slice text;

    if (*out != NULL)
        return EXIT_OK;
    if (!secret_given_ask(arena_print(c->call->arena, "%s%s%s%s: ", question,
                                      fallback == NULL ? "" : " [",
                                      fallback == NULL ? "" : fallback,
                                      fallback == NULL ? "" : "]"),
                          true, answer, sizeof answer))
        return command_error(EXIT_USAGE, NULL, "the wizard was left");
    text = text_strip(slice_text(answer));
    if (text.length > 0)
        *out = strndup(text.at, text.length);
    return EXIT_OK;
}

static enum exit_code ask_flag(struct coexistence *c, const char *question, bool fallback,
                               bool *out)
{
    char *answer = NULL;
    enum exit_code code = ask(c, question, fallback ? "yes" : "no", &answer);

    *out = answer == NULL ? fallback : answer[0] == 'y' || answer[0] == 'Y';
    free(answer);
    return code;
}

enum exit_code coexistence_ask(struct coexistence *c)
{
    bool least = true;
    bool now = true;
    enum exit_code code;

    printf("The directory is read and written by '%s', the cloud by '%s'.\n"
           "An empty answer is what stands in brackets.\n",
           render_clean(c->call->arena, c->ad_agent->name),
           render_clean(c->call->arena, c->cloud_agent->name));
    code = c->admin_cache != NULL
               ? EXIT_OK
               : ask(c, "An administrator of the forest", "Administrator", &c->admin);
    if (code == EXIT_OK && c->admin == NULL && c->admin_cache == NULL)
        c->admin = strdup("Administrator");
    if (code == EXIT_OK)
        code =
            ask(c, "The group that has the rights", coexistence_group_name(c), &c->group);
    if (code == EXIT_OK)
        code = ask(c, "The account that synchronises", c->account, &c->login);
    if (c->login != NULL && c->account != NULL && strcmp(c->login, c->account) == 0) {
        free(c->login); /* the same one keeps its password */
        c->login = NULL;
    }
    if (code == EXIT_OK)
        code = ask(c, "Where the cloud's service is", "as it is", &c->service.url);
    if (code == EXIT_OK)
        code = cloud_given_check(&c->service);
    if (code == EXIT_OK)
        code = ask_flag(c, "Only the least rights that the rules need", true, &least);
    if (code == EXIT_OK)
        code = ask_flag(c, "Start a synchronisation at the end", true, &now);
    c->all_attributes = c->all_attributes || !least;
    c->no_start = c->no_start || !now;
    if (c->login != NULL)
        c->account = c->login;
    return code;
}

/* --- the command ------------------------------------------------------------------ */

static const struct secret_source *password_of(const struct instance *instance,
                                               const struct agent *agent)
{
    const struct agent_binding *binding = instance_binding(instance, agent);

    for (size_t i = 0; binding != NULL && i < binding->secret_count; i++)
        if (strcmp(binding->secrets[i].name, "password") == 0)
            return &binding->secrets[i];
    return NULL;
}

/* What was typed is in a file by now, which does as well the next time. */
static const char *kept(const struct coexistence *c, const struct instance *instance,
                        const struct agent *agent, const struct secret_given *given)
{
    const struct secret_source *secret = password_of(instance, agent);

    if (!given->has_value || c->what_if || secret == NULL || secret->kind != SECRET_FILE)
        return given->file;
    return secret->where[0] == '/'
               ? secret->where
               : arena_print(c->call->arena, "%s/%s", c->call->folder, secret->where);
}

static void print_command(const struct coexistence *c, const struct instance *instance)
{
    const struct {
        const char *option;
        const char *value;
    } texts[] = {
        {"ad-ma", c->ad_agent == NULL ? NULL : c->ad_agent->name},
        {"cloud-ma", c->cloud_agent == NULL ? NULL : c->cloud_agent->name},
        {"admin", c->admin},
        {"admin-password-file", c->admin_secret.file},
        {"admin-credential", c->admin_secret.credential},
        {"admin-cache", c->admin_cache},
        {"group", c->group},
        {"login", c->login},
        {"domain", c->domain},
        {"login-password-file", kept(c, instance, c->ad_agent, &c->login_secret)},
        {"login-credential", c->login_secret.credential},
        {"keytab", c->keytab},
        {"connect-to", c->service.url},
        {"client-id", c->service.client},
        {"tenant", c->service.tenant},
        {"token-url", c->service.token_url},
        {"certificate", c->service.certificate},
        {"certificate-key", c->service.key},
        {"federated-token", c->service.federated},
        {"cloud-secret-file", kept(c, instance, c->cloud_agent, &c->service.secret)},
        {"cloud-credential", c->service.secret.credential},
    };
    const struct {
        const char *option;
        int is;
    } flags[] = {{"admin-password-stdin", c->admin != NULL && c->admin_cache == NULL &&
                                              secret_given_ways(&c->admin_secret) == 0},
                 {"all-attributes", c->all_attributes},
                 {"no-start", c->no_start},
                 {"what-if", c->what_if}};

    puts("\nthe same without a question:");
    printf("  %s coexistence enable", render_program(c->call));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].value != NULL)
            printf(" --%s %s", texts[i].option,
                   render_word(c->call->arena, texts[i].value));
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flags[i].is)
            printf(" --%s", flags[i].option);
    putchar('\n');
}

void coexistence_print_command(const struct coexistence *c)
{
    struct instance *instance = NULL; /* as it is by now */

    if (open_instance(&instance, c->call) == EXIT_OK && c->ad_agent != NULL)
        print_command(c, instance);
    instance_close(instance);
}
