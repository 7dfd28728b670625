/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>

#include "reply.h"
#include "url.h"

/* --- parameters ------------------------------------------------------------------- */

static const char *param(const struct ma_host *host, const char *name)
{
    return host->param(host, name);
}

static enum ma_status number(const struct ma_host *host, const char *name, double most,
                             double *out, struct ma_error *err)
{
    const char *text = param(host, name);
    char *end;

    *out = text == NULL ? 0 : strtod(text, &end);
    if (text == NULL || (end != text && *end == '\0' && *out > 0 && *out <= most))
        return MA_OK;
    return ma_fail(err, MA_INVALID,
                   "parameter '%s': '%s' is no number above 0 and up to %g", name, text,
                   most);
}

static const struct {
    const char *name;
    size_t offset;
    double most;
} limits[] = {
    {"connect-timeout", offsetof(struct http_settings, connect_timeout), 600},
    {"call-timeout", offsetof(struct http_settings, call_timeout), 3600},
    {"patience", offsetof(struct http_settings, patience), 86400},
    {"attempts", offsetof(struct http_settings, attempts), 100},
    {"requests-at-once", offsetof(struct http_settings, window), 256},
};

static enum ma_status read_http(struct session *s, struct http_settings *set,
                                struct ma_error *err)
{
    double value;

    *set = (struct http_settings){.base = s->base,
                                  .ca_file = param(s->host, "ca-file"),
                                  .proxy = param(s->host, "proxy"),
                                  .no_proxy = param(s->host, "no-proxy"),
                                  .proxy_user = s->proxy_user};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (number(s->host, limits[i].name, limits[i].most, &value, err) != MA_OK)
            return err->status;
        *(unsigned *)(void *)((char *)set + limits[i].offset) = (unsigned)value;
    }
    if (number(s->host, "page-limit", 1e9, &value, err) != MA_OK)
        return err->status;
    set->page_limit = (size_t)value;
    set->batch = (unsigned)s->quirks.batch;
    if (s->mapping.graph) /* people who wait come first */
        set->header = "x-ms-throttle-priority: low";
    return number(s->host, "requests-per-second", 1e6, &set->rate, err);
}

/* --- opening ---------------------------------------------------------------------- */

/* Microsoft's clouds. Others have a url and a token-url. */
static const struct {
    const char *name;
    const char *login;
    const char *graph;
} clouds[] = {
    {"global", "login.microsoftonline.com", "graph.microsoft.com"},
    {"us-gov-l4", "login.microsoftonline.us", "graph.microsoft.us"},
    {"us-gov-l5", "login.microsoftonline.us", "dod-graph.microsoft.us"},
    {"china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"},
};

/* Of a tenant, what was not given otherwise. */
static enum ma_status read_tenant(struct session *s, struct ma_error *err)
{
    const char *tenant = param(s->host, "tenant");
    const char *cloud = param(s->host, "cloud");
    size_t i = 0;

    if (tenant == NULL)
        return MA_OK;
    while (cloud != NULL && i < sizeof clouds / sizeof clouds[0] &&
           strcmp(clouds[i].name, cloud) != 0)
        i++;
    if (i == sizeof clouds / sizeof clouds[0])
        return ma_fail(
            err, MA_INVALID,
            "parameter 'cloud': '%s' is none of: global, us-gov-l4, us-gov-l5, "
            "china",
            cloud);
    if (asprintf(&s->graph_url, "https://%s/v1.0", clouds[i].graph) < 0 ||
        asprintf(&s->token_url, "https://%s/%s/oauth2/v2.0/token", clouds[i].login,
                 tenant) < 0)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return MA_OK;
}

static enum ma_status read_base(struct session *s, struct ma_error *err)
{
    const char *url = param(s->host, "url");
    size_t length;

    if (read_tenant(s, err) != MA_OK)
        return err->status;
    if (url == NULL)
        url = s->graph_url;

    if (url == NULL)
        return ma_fail(err, MA_INVALID,
                       "nothing says where the service is: give the agent the parameter "
                       "'url' in mactl.xml, as https://host/scim/v2");
    s->base = strdup(url);
    if (s->base == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    for (length = strlen(s->base); length > 0 && s->base[length - 1] == '/';)
        s->base[--length] = '\0';
    return MA_OK;
}

enum { SECRET_SIZE = 1024 };

static enum ma_status read_proxy_user(struct session *s, struct ma_error *err)
{
    const char *user = param(s->host, "proxy-user");
    char secret[SECRET_SIZE];
    enum ma_status status;
    int length;

    if (user == NULL)
        return MA_OK;
    status = s->host->secret(s->host, "proxy-password", secret, sizeof secret, err);
    if (status != MA_OK)
        return status;
    length = asprintf(&s->proxy_user, "%s:%s", user, secret);
    explicit_bzero(secret, sizeof secret);
    return length < 0 ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* Graph: everything that the application was granted. */
static enum ma_status graph_scope(struct session *s, struct ma_error *err)
{
    const char *path = strstr(s->base, "://");
    size_t length;

    if (path == NULL)
        return MA_OK;
    length = (size_t)(path - s->base) + 3;
    length += strcspn(s->base + length, "/");
    if (asprintf(&s->scope, "%.*s/.default", (int)length, s->base) < 0)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return MA_OK;
}

static enum ma_status open_token(struct session *s, struct ma_error *err)
{
    struct token_settings set = {.url = param(s->host, "token-url"),
                                 .client_id = param(s->host, "client-id"),
                                 .scope = param(s->host, "scope"),
                                 .federated_file = param(s->host, "federated-token-file"),
                                 .certificate_file = param(s->host, "certificate"),
                                 .algorithm = param(s->host, "certificate-algorithm")};
    enum ma_status status = MA_OK;

    if (set.url == NULL)
        set.url = s->token_url;
    if (set.scope == NULL && s->mapping.graph) {
        status = graph_scope(s, err);
        set.scope = s->scope;
    }
    if (status == MA_OK)
        status = token_open(&s->token, s->host, s->http, &set, err);
    if (status == MA_OK)
        http_authorize(s->http, token_bearer, s->token);
    return status;
}

static enum ma_status open_all(struct session *s, struct ma_error *err)
{
    struct http_settings set;
    enum ma_status status = read_base(s, err);

    if (status == MA_OK)
        status = read_proxy_user(s, err);
    if (status == MA_OK)
        status = mapping_read(&s->mapping, s->host, param(s->host, "mapping"), err);
    if (status == MA_OK)
        status =
            quirks_read(&s->quirks, s->host, s->mapping.graph ? "graph" : "generic", err);
    if (status == MA_OK)
        status = read_http(s, &set, err);
    if (status == MA_OK)
        status = http_open(&s->http, s->host, &set, err);
    return status == MA_OK ? open_token(s, err) : status;
}

enum ma_status session_open(const struct ma_host *host, void **out, struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    s->host = host;
    ids_begin(&s->ids, host->folder(host));
    s->parser = parser_new();
    if (s->parser == NULL)
        (void)ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (s->parser == NULL || open_all(s, err) != MA_OK) {
        session_close(s);
        return err->status;
    }
    *out = s;
    return MA_OK;
}

void session_close(void *session)
{
    struct session *s = session;

    if (s == NULL)
        return;
    http_close(s->http);
    parser_free(s->parser);
    token_close(s->token);
    mapping_free(&s->mapping);
    ids_free(&s->ids);
    json_decref(s->server.types);
    json_decref(s->deleted);
    if (s->proxy_user != NULL)
        explicit_bzero(s->proxy_user, strlen(s->proxy_user));
    free(s->proxy_user);
    free(s->scope);
    free(s->graph_url);
    free(s->token_url);
    free(s->base);
    free(s);
}

/* --- requests that concern all ---------------------------------------------------- */

char *session_url(const struct session *s, const struct mapped_class *class,
                  const char *id, const char *rest)
{
    struct bytes url = {0};

    bytes_text(&url, s->base);
    if (class != NULL)
        bytes_text(&url, class->endpoint);
    if (id != NULL) {
        bytes_char(&url, '/');
        url_escape(&url, id, strlen(id));
    }
    bytes_text(&url, rest == NULL ? "" : rest);
    if (url.failed) {
        bytes_free(&url);
        return NULL;
    }
    return url.at;
}

char *session_object_url(const struct session *s, const struct mapped_class *class,
                         const char *id)
{
    struct bytes query = {0};
    char *url;

    if (!s->mapping.graph)
        return session_url(s, class, id, NULL);
    bytes_text(&query, "?$select=");
    url_escape(&query, class->select, strlen(class->select));
    if (class->expand != NULL) {
        bytes_text(&query, "&$expand=");
        url_escape(&query, class->expand, strlen(class->expand));
    }
    url = query.failed ? NULL : session_url(s, class, id, query.at);
    bytes_free(&query);
    return url;
}

enum ma_status session_refused(const struct http_call *call, struct ma_error *err)
{
    struct refusal why;
    enum ma_status status = MA_INVALID;

    reply_refusal(call, &why);
    if (call->code == 401 || call->code == 403)
        status = MA_DENIED;
    else if (call->code == 404 || call->code == 410)
        status = MA_NOT_FOUND;
    else if (call->code >= 500 || call->code == 429 || call->code == 408)
        status = MA_UNREACHABLE;
    return ma_fail(err, status, "%.*s: the server answered %s%s%s%s",
                   (int)strcspn(call->url, "?"), call->url, why.code,
                   call->code >= 300 && call->code < 400
                       ? ", a redirect, which is not followed: give the URL it leads to"
                       : "",
                   why.literal[0] == '\0' ? "" : ": ", why.literal);
}

bool session_lacks(enum ma_status status)
{
    return status == MA_NOT_FOUND || status == MA_INVALID || status == MA_UNEXPECTED;
}

enum ma_status session_get_url(struct session *s, char *url, json_t **out, char *etag,
                               struct ma_error *err)
{
    struct http_call call = {.method = HTTP_GET,
                             .url = url,
                             .accept = "application/scim+json, application/json"};
    enum ma_status status;

    if (url == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    status = http_do(s->http, &call, err);
    if (status == MA_OK)
        status =
            call.code == 200 ? reply_json(&call, out, err) : session_refused(&call, err);
    if (status == MA_OK && etag != NULL)
        snprintf(etag, sizeof call.etag, "%s", call.etag);
    http_release(s->http, &call);
    free(url);
    return status;
}

enum ma_status session_get(struct session *s, const struct mapped_class *class,
                           const char *id, json_t **out, char *etag, struct ma_error *err)
{
    return session_get_url(s, session_object_url(s, class, id), out, etag, err);
}
