/* SPDX-License-Identifier: Apache-2.0 */
#include "run/session.h"

#include <stdio.h>

#include "base/error.h"
#include "history/result.h"

void session_calls(const struct session *session, const char *call, const char *object)
{
    char text[PULSE_CALL];

    snprintf(text, sizeof text, "%s of %s", call,
             plugin_description(session->plugin)->name);
    ledger_calls(session->ledger, text, object);
}

void session_called(const struct session *session)
{
    ledger_called(session->ledger);
}

/* In the product's words, and in ours what to do about it. */
static enum ma_status refuse_load(const char *name, enum ma_status status,
                                  const char **result, struct ma_error *err)
{
    if (status == MA_NOT_FOUND)
        *result = "stopped-extension-dll-file-not-found";
    else
        *result = "stopped-extension-dll-load";
    return error_in(err, "plugin '%s'", name);
}

static enum ma_status load(struct session *session, const struct session_request *request,
                           const char **result, struct ma_error *err)
{
    struct instance *instance = request->opened->instance;
    const struct agent *agent = request->agent->config;
    const char *name = instance_plugin(instance, agent);
    enum ma_status status;

    if (name == NULL) {
        *result = "no-start-ma";
        return ma_fail(
            err, MA_NOT_FOUND,
            "no plugin serves '%s' (category '%s'%s%s): name one in mactl.xml, "
            "<agent name=\"%s\" plugin=\"...\"/>",
            agent->name, agent->category, agent->subtype[0] == '\0' ? "" : ", ",
            agent->subtype, agent->name);
    }
    ledger_calls(session->ledger, "the loading of a plugin", name);
    status = plugin_load(&session->plugin, name,
                         plugin_folders(instance->arena, instance->folder), err);
    ledger_called(session->ledger);
    if (status != MA_OK)
        return refuse_load(name, status, result, err);
    session->agent = plugin_description(session->plugin)->agent;
    if (session->agent != NULL)
        return MA_OK;
    *result = "stopped-extension-dll-no-implementation";
    return ma_fail(err, MA_INVALID, "plugin '%s' (%s) is no management agent", name,
                   plugin_file(session->plugin));
}

/* A need, the result string of a plugin that does not have it, and our words. */
static const struct {
    uint32_t bit;
    const char *result;
    const char *text;
} needs[] = {
    {MA_CAN_FULL_IMPORT, "stopped-entry-point-not-implemented", "do a full import"},
    {MA_CAN_DELTA_IMPORT, "no-start-delta-step-type-not-configured", "do a delta import"},
    {MA_CAN_EXPORT, "stopped-entry-point-not-implemented", "export"},
};

static enum ma_status check_needs(const struct session *session, uint32_t wanted,
                                  const char **result, struct ma_error *err)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if ((wanted & needs[i].bit) == 0 ||
            (session->agent->capabilities & needs[i].bit) != 0)
            continue;
        *result = needs[i].result;
        return ma_fail(err, MA_INVALID, "plugin '%s' cannot %s",
                       plugin_description(session->plugin)->name, needs[i].text);
    }
    return MA_OK;
}

static enum ma_status open_handle(struct session *session,
                                  const struct session_request *request,
                                  const char **result, struct ma_error *err)
{
    struct instance *instance = request->opened->instance;
    const struct agent *agent = request->agent->config;
    const struct host_request host = {
        .agent = agent,
        .binding = instance_binding(instance, agent),
        .step = request->step == NULL ? NULL : request->step->parameters,
        .step_count = request->step == NULL ? 0 : request->step->parameter_count,
        .plugin = plugin_description(session->plugin),
        .madata = instance_madata(instance, agent->name),
        .instance = instance->folder,
        .sink = request->sink,
    };
    enum ma_status status;

    session->host = host_new(&host);
    session_calls(session, "open", NULL);
    status = session->agent->open(session->host, &session->handle, err);
    session_called(session);
    if (status != MA_OK)
        *result = result_of_status(status, RESULT_BEFORE);
    return status;
}

enum ma_status session_open(struct session *out, const struct session_request *request,
                            const char **result, struct ma_error *err)
{
    struct session session = {.ledger = request->ledger};
    enum ma_status status = load(&session, request, result, err);

    if (status == MA_OK)
        status = check_needs(&session, request->needs, result, err);
    if (status == MA_OK)
        status = open_handle(&session, request, result, err);
    if (status == MA_OK)
        *out = session;
    else
        session_close(&session);
    return status;
}

void session_close(struct session *session)
{
    if (session->handle != NULL) {
        session_calls(session, "close", NULL);
        session->agent->close(session->handle);
        session_called(session);
    }
    host_free(session->host);
    plugin_unload(session->plugin);
    *session = (struct session){0};
}
