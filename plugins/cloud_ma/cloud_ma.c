/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The management agent for services in the cloud that speak SCIM 2.0 or Microsoft Graph.
 * Read from the bottom; the parameters are the manual.
 */

#include "session.h"

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities = MA_CAN_NO_REFERENCES_FIRST | MA_CAN_RENAME | MA_CAN_FULL_IMPORT |
                    MA_CAN_DELTA_IMPORT | MA_CAN_READ_ALL_INSTEAD | MA_DELTA_MAY_MISS |
                    MA_CAN_EXPORT,
    .open = session_open,
    .close = session_close,
    .import_entries = import_entries,
    .export_entries = export_entries,
    .read_entries = read_entries,
    .test = test_import,
    .foresee = foresee_exports,
    .least_batch = 160, /* 20 requests in one, 8 at once */
};

static const struct ma_param params[] = {
    {"url", MA_STRING, NULL, "Where the service is: https://host/scim/v2."},
    {"profile", MA_STRING, NULL,
     "What kind of server, a file of settings or an installed one: generic, entra, okta, "
     "aws, graph."},
    {"mapping", MA_STRING, NULL,
     "File, or name of an installed one, that says what the service calls the "
     "attributes: scim, aadconnect-scim."},
    {"password", MA_SECRET, NULL,
     "The bearer; with a token-url, the secret of the client; with a certificate, its "
     "private key in PEM, unless certificate-key is that."},
    {"certificate-key", MA_SECRET, "", "The private key of the certificate, in PEM."},
    {"token-url", MA_STRING, NULL, "Endpoint that gives a bearer to a client."},
    {"tenant", MA_STRING, NULL, "Graph: the tenant; it gives url and token-url."},
    {"cloud", MA_STRING, NULL, "Graph: global, us-gov-l4, us-gov-l5 or china."},
    {"extension-app", MA_STRING, NULL,
     "Graph: application of the directory extensions, else client-id."},
    {"client-id", MA_STRING, NULL, "The client, for token-url."},
    {"scope", MA_STRING, NULL, "What the bearer is to be good for."},
    {"federated-token-file", MA_STRING, NULL,
     "Token of a platform that stands for the client's secret."},
    {"certificate", MA_STRING, NULL,
     "PEM: the client shows no secret, but signs with the key of this certificate."},
    {"certificate-algorithm", MA_STRING, NULL, "What it signs by: PS256 or RS256."},
    {"ca-file", MA_STRING, NULL, "Certificates to trust instead of the system's."},
    {"proxy", MA_STRING, NULL, "Proxy, else that of the environment."},
    {"no-proxy", MA_STRING, NULL, "Hosts that are reached without it."},
    {"proxy-user", MA_STRING, NULL, "User of the proxy; secret proxy-password."},
    {"proxy-password", MA_SECRET, "", "Password of the proxy's user."},
    {"connect-timeout", MA_NUMBER, NULL, "Seconds to connect: 10."},
    {"call-timeout", MA_NUMBER, NULL, "Seconds of one request: 120."},
    {"patience", MA_NUMBER, NULL, "Seconds of a request and its repetitions: 900."},
    {"attempts", MA_NUMBER, NULL, "How often a request is sent: 8."},
    {"requests-at-once", MA_NUMBER, NULL, "Requests under way together: 8."},
    {"requests-per-second", MA_NUMBER, NULL, "No more than so many; none: no limit."},
    {"page-limit", MA_NUMBER, NULL, "Most bytes of an answer: 67108864."},
    {"page-size", MA_NUMBER, NULL, "Resources asked for at once: 500."},
    {"paging", MA_STRING, NULL, "auto, index, cursor or none."},
    {"write", MA_STRING, NULL, "Changes by patch or put; auto: as the server says."},
    {"delta", MA_STRING, NULL,
     "Changes are found by last-modified; none: everything is read; auto: it is tried."},
    {"total-results", MA_STRING, NULL,
     "checked: a listing with fewer than the server counts is not believed; ignored."},
    {"delete", MA_STRING, NULL, "A deleted user is really deleted, or disabled."},
    {"booleans", MA_STRING, NULL, "Sent as json, or as text (\"True\")."},
    {"references", MA_STRING, NULL, "A manager is sent as object, or as text."},
    {"operation-words", MA_STRING, NULL,
     "Operations of a PATCH: lower (\"replace\") or capital."},
    {"operation-paths", MA_STRING, NULL,
     "given, or none: a PATCH says in the value what it replaces."},
    {"cleared", MA_STRING, NULL, "omitted, or null: how a PUT says that a value goes."},
    {"operations", MA_NUMBER, NULL, "Most operations of one PATCH; none: any number."},
    {"member-removal", MA_STRING, NULL,
     "Members are removed by a filter in the path, or by values."},
    {"filters", MA_STRING, NULL, "yes, no or auto: objects are looked up by filters."},
    {"etags", MA_STRING, NULL, "yes, no or auto: a change names the version it is of."},
    {"members-added", MA_NUMBER, NULL, "Members added by one request: 100."},
    {"members-removed", MA_NUMBER, NULL, "Members removed by one request: 20."},
    {"batch", MA_NUMBER, NULL, "Graph: requests sent in one: 20; 1: none."},
    {"bulk", MA_STRING, NULL,
     "SCIM: yes, no or auto: several changes go in one request, as the server says."},
    {"bulk-operations", MA_NUMBER, NULL, "SCIM: changes in one request, at most: 50."},
    {"restore", MA_STRING, NULL,
     "Graph: yes: a deleted object is restored; no: it is made anew; fail: it is an "
     "error."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "cloud_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
