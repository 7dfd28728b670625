/* SPDX-License-Identifier: Apache-2.0 */

/* mactl scim probe: in what a SCIM server differs from the standard. */

#include "cloud_given.h"
#include "commands.h"
#include "plugin/host.h"
#include "plugin/plugin.h"
#include "render.h"
#include "secret_given.h"

static struct secret_given given;
static char *ca_file;

struct probing {
    const struct invocation *call;
    json_t *findings;
    json_t *lines; /* for mactl.xml */
    bool refused;
};

/* --- what is told ----------------------------------------------------------------- */

static enum ma_status take(void *context, const struct ma_finding *f,
                           struct ma_error *err)
{
    struct probing *p = context;
    bool quirk = f->remedy != NULL && f->remedy[0] == '<';

    (void)err;
    p->refused |= f->verdict == MA_REFUSED;
    if (quirk)
        json_array_append_new(p->lines, json_string(f->remedy));
    json_array_append_new(p->findings,
                          json_pack("{s:o, s:o, s:o, s:o}", "tried", render_text(f->code),
                                    "of", render_text(f->attribute), "value",
                                    render_text(f->dn), "cause", render_text(f->cause)));
    if (p->call->output != OUTPUT_JSON)
        printf("  %-7s  %-8s  %s%s%s\n",
               f->verdict == MA_REFUSED ? "failed"
               : quirk                  ? "quirk"
                                        : "ok",
               f->code, f->attribute == NULL ? "" : f->attribute,
               f->attribute == NULL ? "" : ": ",
               f->cause == NULL ? "" : render_clean(p->call->arena, f->cause));
    return MA_OK;
}

static void print_lines(const struct probing *p)
{
    json_t *line;
    size_t i;

    if (json_array_size(p->lines) > 0)
        printf("\nin mactl.xml, in the agent:\n");
    json_array_foreach(p->lines, i, line) printf("  %s\n", json_string_value(line));
}

/* --- an agent that no configuration has ------------------------------------------- */

static enum ma_status typed(void *context, const struct secret_source *source, char *out,
                            size_t capacity, struct ma_error *err)
{
    const struct secret_given *secret = context;

    if (strlen(secret->value) >= capacity)
        return ma_fail(err, MA_INVALID, "the secret '%s' is too long", source->name);
    snprintf(out, capacity, "%s", secret->value);
    return MA_OK;
}

static enum ma_status probe(struct probing *p, const char *url, struct plugin *plugin,
                            struct ma_error *err)
{
    static const struct secret_source secret = {"password", SECRET_PROMPT, ""};
    static const struct ma_import all = {.size = sizeof all, .full = true};
    const struct parameter parameters[] = {{.name = "url", .value = url},
                                           {.name = "attempts", .value = "2"},
                                           {.name = "ca-file", .value = ca_file}};
    const struct agent_binding binding = {.agent = "probe",
                                          .parameters = parameters,
                                          .parameter_count = ca_file == NULL ? 2 : 3,
                                          .secrets = &secret,
                                          .secret_count = 1};
    const struct agent agent = {.name = "probe", .category = "", .subtype = ""};
    const struct ma_agent *of = plugin_description(plugin)->agent;
    const struct host_request request = {.agent = &agent,
                                         .binding = &binding,
                                         .plugin = plugin_description(plugin),
                                         .madata = "/nonexistent",
                                         .secret = typed,
                                         .secret_context = &given,
                                         .sink = {.context = p, .finding = take}};
    struct ma_host *host = host_new(&request);
    void *session = NULL;
    enum ma_status status = of->open(host, &session, err);

    if (status == MA_OK)
        status = of->test(session, &all, err);
    if (session != NULL)
        of->close(session);
    host_free(host);
    return status;
}

/* --- the command ------------------------------------------------------------------ */

static enum exit_code finish(struct probing *p, const char *url, enum ma_status status,
                             const struct ma_error *err)
{
    if (p->call->output == OUTPUT_JSON)
        (void)render_json(json_pack("{s:s, s:s, s:O, s:O}", "schema",
                                    "mactl/scim-probe/1", "url", url, "findings",
                                    p->findings, "parameters", p->lines));
    else
        print_lines(p);
    if (status != MA_OK)
        fprintf(stderr, "error: %s\n", render_clean(p->call->arena, err->text));
    if (status == MA_DENIED || status == MA_UNREACHABLE)
        return EXIT_UNREACHABLE;
    return status != MA_OK || p->refused ? EXIT_CONFIGURATION : EXIT_OK;
}

/* Before anybody is asked for a secret. */
static enum exit_code check_url(const char *url)
{
    if (cloud_url_is_safe(url))
        return EXIT_OK;
    return command_error(EXIT_USAGE, NULL,
                         "scim probe %s: a URL that begins with https://", url);
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    struct probing p = {.call = call, .findings = json_array(), .lines = json_array()};
    struct plugin *plugin = NULL;
    struct ma_error err = {0};
    enum exit_code code = check_url(argv[0]);

    (void)argc;
    if (code == EXIT_OK)
        code = secret_given_now(&given, "Bearer of the service: ", "secret");
    if (code == EXIT_OK &&
        plugin_load(&plugin, "cloud_ma", plugin_folders(call->arena, NULL), &err) !=
            MA_OK) {
        fprintf(stderr, "error: %s\n", err.text);
        code = EXIT_PLUGIN;
    }
    if (code == EXIT_OK) {
        if (call->output != OUTPUT_JSON)
            printf("%s\n", render_clean(call->arena, argv[0]));
        code = finish(&p, argv[0], probe(&p, argv[0], plugin, &err), &err);
        plugin_unload(plugin);
    }
    json_decref(p.findings);
    json_decref(p.lines);
    secret_given_end(&given);
    return code;
}

static const struct poptOption options[] = {
    SECRET_GIVEN_OPTIONS(given, "secret"),
    {"ca-file", 0, POPT_ARG_STRING, &ca_file, 0, "Certificates to trust", "FILE"},
    POPT_TABLEEND};

const struct command command_scim_probe = {
    .words = "scim probe",
    .arguments = "URL",
    .summary = "In what a SCIM server differs from the standard",
    .help = "Asks a server for its pages and filters, and prints the parameters that an "
            "agent needs\nfor it. Nothing is written.\n\n    mactl scim probe "
            "https://scim.example/v2 --secret-file bearer",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
