/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma test: whether an agent reaches its system, and what is in its way. */

#include "cmd_ma.h"
#include "commands.h"
#include "open.h"
#include "plugin/host.h"
#include "plugin/plugin.h"
#include "render.h"

struct testing {
    const struct invocation *call;
    const struct agent *agent;
    struct instance *instance;
    json_t *findings;
    size_t of[MA_UNSURE + 1]; /* by verdict */
    bool ended;               /* what ended a part of the test was told */
};

/* --- what is told ----------------------------------------------------------------- */

static const char *const verdicts[] = {
    [MA_ALLOWED] = "ok", [MA_REFUSED] = "failed", [MA_UNSURE] = "warning"};

static void print_finding(const struct testing *t, const struct ma_finding *f)
{
    struct arena *arena = t->call->arena;
    const char *of = f->attribute != NULL ? f->attribute : f->dn;

    printf("  %-7s  %-10s", verdicts[f->verdict], f->code == NULL ? "" : f->code);
    if (of != NULL)
        printf("  %s", render_clean(arena, of));
    if (f->cause != NULL)
        printf("%s %s", of == NULL ? " " : ":", render_clean(arena, f->cause));
    putchar('\n');
    if (f->remedy != NULL)
        printf("           remedy: %s\n", render_clean(arena, f->remedy));
}

static enum ma_status take(void *context, const struct ma_finding *f,
                           struct ma_error *err)
{
    struct testing *t = context;

    if (f->verdict > MA_UNSURE)
        return ma_fail(err, MA_BROKEN, "a verdict that does not exist");
    t->of[f->verdict]++;
    json_array_append_new(
        t->findings,
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "verdict", verdicts[f->verdict],
                  "tried", render_text(f->code), "dn", render_text(f->dn), "attribute",
                  render_text(f->attribute), "cause", render_text(f->cause), "remedy",
                  render_text(f->remedy)));
    if (t->call->output != OUTPUT_JSON)
        print_finding(t, f);
    return MA_OK;
}

/* Who it is, or that nobody is there, ends the test; of this partition, or of all. */
static void take_end(struct testing *t, const char *partition, const struct ma_error *err)
{
    static const struct {
        enum ma_status status;
        const char *tried;
        const char *remedy;
    } ends[] = {
        {MA_DENIED, "account", "look at the account, its secret or keytab, its rights"},
        {MA_UNREACHABLE, "connection",
         "look at the servers, the network, the certificates"},
        {MA_INVALID, "parameters", "look at mactl.xml and the configuration"},
    };
    struct ma_finding f = {.size = sizeof f,
                           .verdict = MA_REFUSED,
                           .code = "system",
                           .dn = partition,
                           .cause = err->text};
    struct ma_error ignored;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends[i].status == err->status) {
            f.code = ends[i].tried;
            f.remedy = ends[i].remedy;
        }
    (void)take(t, &f, &ignored); /* of a verdict that exists */
    t->ended = true;
}

/* --- the test --------------------------------------------------------------------- */

static const char *const *or_null(const char *const *list)
{
    return list == NULL || list[0] == NULL ? NULL : list;
}

static enum ma_status test_partition(struct testing *t, const struct ma_agent *agent,
                                     void *session, const struct partition *partition,
                                     struct ma_error *err)
{
    const struct ma_import request = {
        .size = sizeof request,
        .full = true,
        .partition = partition == NULL ? NULL : partition->name,
        .object_types = partition == NULL ? NULL : or_null(partition->object_types),
        .attributes = or_null(t->agent->attributes),
        .included = partition == NULL ? NULL : or_null(partition->inclusions),
        .excluded = partition == NULL ? NULL : or_null(partition->exclusions),
    };

    return agent->test(session, &request, err);
}

/* Each has a server of its own, perhaps; but an account that was refused once is not
 * tried again: it might be locked. */
static enum ma_status test_selected(struct testing *t, const struct ma_agent *agent,
                                    void *session, struct ma_error *err)
{
    enum ma_status worst = MA_OK;

    for (size_t i = 0; i < t->agent->partition_count && worst != MA_DENIED; i++) {
        const struct partition *p = &t->agent->partitions[i];
        enum ma_status status =
            p->selected ? test_partition(t, agent, session, p, err) : MA_OK;

        if (status == MA_OK)
            continue;
        take_end(t, p->name, err);
        worst = status;
    }
    return worst;
}

static enum ma_status test_all(struct testing *t, const struct ma_agent *agent,
                               void *session, struct ma_error *err)
{
    const struct ma_finding opened = {.size = sizeof opened,
                                      .verdict = MA_ALLOWED,
                                      .code = "session",
                                      .cause = "it opens; the plugin tries no more"};

    if (agent->test == NULL)
        return take(t, &opened, err);
    return agent_partitions_selected(t->agent) > 0
               ? test_selected(t, agent, session, err)
               : test_partition(t, agent, session, NULL, err);
}

static enum ma_status test_session(struct testing *t, struct plugin *plugin,
                                   struct ma_error *err)
{
    const struct ma_agent *agent = plugin_description(plugin)->agent;
    const struct host_request request = {
        .agent = t->agent,
        .binding = instance_binding(t->instance, t->agent),
        .plugin = plugin_description(plugin),
        .madata = instance_madata(t->instance, t->agent->name),
        .instance = t->instance->folder,
        .sink = {.context = t, .finding = take},
    };
    struct ma_host *host;
    void *session = NULL;
    enum ma_status status;

    if (agent == NULL)
        return ma_fail(err, MA_INVALID, "plugin '%s' is no management agent",
                       plugin_description(plugin)->name);
    host = host_new(&request);
    status = agent->open(host, &session, err);
    if (status == MA_OK)
        status = test_all(t, agent, session, err);
    if (session != NULL)
        agent->close(session);
    host_free(host);
    return status;
}

static enum exit_code code_of(const struct testing *t, enum ma_status status)
{
    if (status == MA_DENIED || status == MA_UNREACHABLE)
        return EXIT_UNREACHABLE;
    if (status != MA_OK || t->of[MA_REFUSED] > 0)
        return EXIT_CONFIGURATION;
    return t->of[MA_UNSURE] > 0 ? EXIT_WARNINGS : EXIT_OK;
}

static enum exit_code test_agent(struct testing *t)
{
    const char *name = instance_plugin(t->instance, t->agent);
    struct plugin *plugin = NULL;
    struct ma_error err = {0};
    enum ma_status status;

    if (name == NULL ||
        plugin_load(&plugin, name, plugin_folders(t->call->arena, t->instance->folder),
                    &err) != MA_OK) {
        fprintf(stderr, "error: %s\n",
                name == NULL ? "no plugin serves the agent" : err.text);
        return EXIT_PLUGIN;
    }
    if (t->call->output != OUTPUT_JSON)
        printf("%s  %s\n", render_clean(t->call->arena, t->agent->name), name);
    status = test_session(t, plugin, &err);
    if (status != MA_OK && !t->ended)
        take_end(t, NULL, &err);
    plugin_unload(plugin);
    return code_of(t, status);
}

static enum exit_code test(const struct invocation *call, int argc, const char **argv)
{
    struct ma_view view = {0};
    struct testing t = {.call = call, .findings = json_array()};
    enum exit_code code = ma_open(&view, call);

    (void)argc;
    t.instance = view.instance;
    if (code == EXIT_OK) {
        t.agent = open_agent(view.config, argv[0]);
        code = t.agent == NULL ? EXIT_USAGE : test_agent(&t);
    }
    if (t.agent != NULL && call->output == OUTPUT_JSON)
        (void)render_json(json_pack("{s:s, s:s, s:O}", "schema", "mactl/ma-test/1",
                                    "agent", t.agent->name, "findings", t.findings));
    json_decref(t.findings);
    ma_close(&view);
    return code;
}

const struct command command_ma_test = {
    .words = "ma test",
    .arguments = "MA",
    .summary = "Whether an agent reaches its system, and what is in its way",
    .help = "Connects and tries what an import needs, and says how to mend what fails. "
            "Nothing is\nimported and nothing written.\n\n    mactl -C sync ma test "
            "fabrikam.example",
    .least = 1,
    .most = 1,
    .run = test,
};
