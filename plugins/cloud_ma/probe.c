/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <stdlib.h>

#include "reply.h"
#include "url.h"

enum { MANY = 1000 };

/* What is known of the server by now. */
struct probe {
    struct session *s;
    const struct mapped_class *class;
    json_t *first;  /* resources from the first on */
    int64_t total;  /* as the server said; -1: nothing */
    json_t *second; /* from behind those */
};

static enum ma_status tell(struct probe *p, const char *param, const char *value,
                           const char *cause, struct ma_error *err)
{
    char line[160];
    const struct ma_finding finding = {.size = sizeof finding,
                                       .verdict = value == NULL ? MA_ALLOWED : MA_UNSURE,
                                       .code = "quirk",
                                       .dn = value,
                                       .attribute = param,
                                       .cause = cause,
                                       .remedy = value == NULL ? NULL : line};

    snprintf(line, sizeof line, "<parameter name=\"%s\">%s</parameter>", param,
             value == NULL ? "" : value);
    return p->s->host->finding(p->s->host, &finding, err);
}

/* A refusal is an answer: no resources. Only what ends all is a failure. */
static enum ma_status ask(struct probe *p, const char *query, json_t **items,
                          int64_t *total, struct ma_error *err)
{
    struct http_call call = {.accept = "application/scim+json, application/json",
                             .probe = true};
    char *url = session_url(p->s, p->class, NULL, query);
    struct ma_error ignored = {0};
    json_t *page = NULL;
    enum ma_status status;

    if (url == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    call.url = url;
    status = http_do(p->s->http, &call, err);
    if (status == MA_OK && (call.code == 401 || call.code == 403))
        status = session_refused(&call, err);
    else if (status == MA_OK && call.code == 200)
        (void)reply_json(&call, &page, &ignored); /* no JSON is no list either */
    *items = json_incref(member(page, "Resources"));
    if (total != NULL)
        *total = json_is_integer(member(page, "totalResults"))
                     ? json_integer_value(member(page, "totalResults"))
                     : -1;
    json_decref(page);
    http_release(p->s->http, &call);
    free(url);
    return status;
}

static const char *id_of(const json_t *items, size_t number)
{
    return member_text(json_array_get(items, number), "id");
}

/* --- pages ------------------------------------------------------------------------ */

static enum ma_status try_pages(struct probe *p, struct ma_error *err)
{
    char query[80];

    snprintf(query, sizeof query, "?startIndex=1&count=%d", MANY);
    if (ask(p, query, &p->first, &p->total, err) != MA_OK)
        return err->status;
    snprintf(query, sizeof query, "?startIndex=%zu&count=%d",
             json_array_size(p->first) + 1, MANY);
    return ask(p, query, &p->second, NULL, err);
}

static enum ma_status tell_pages(struct probe *p, struct ma_error *err)
{
    size_t came = json_array_size(p->first);
    bool again = id_of(p->second, 0) != NULL &&
                 strcmp(id_of(p->second, 0), id_of(p->first, 0)) == 0;
    bool more = id_of(p->second, 0) != NULL && !again;
    char number[24], cause[160];

    if (p->s->server.cursor && !p->s->server.index)
        return tell(p, "paging", "cursor", "the server pages by cursor only", err);
    if (again)
        return tell(p, "paging", "none", "every page is the first: it ignores startIndex",
                    err);
    if (tell(p, "paging", NULL, "by index", err) != MA_OK)
        return err->status;
    if (more && p->total >= 0 && p->total <= (int64_t)came) {
        snprintf(cause, sizeof cause,
                 "it says that it has %lld, and there are more: it counts the page",
                 (long long)p->total);
        if (tell(p, "total-results", "ignored", cause, err) != MA_OK)
            return err->status;
    }
    if (!more || came >= MANY)
        return MA_OK;
    snprintf(number, sizeof number, "%zu", came);
    snprintf(cause, sizeof cause, "no page has more than %zu", came);
    return tell(p, "page-size", number, cause, err);
}

/* --- filters ---------------------------------------------------------------------- */

static enum ma_status finds(struct probe *p, const char *filter, bool *found,
                            struct ma_error *err)
{
    struct bytes query = {0};
    json_t *items = NULL;
    enum ma_status status;

    bytes_text(&query, "?filter=");
    url_escape(&query, filter, strlen(filter));
    bytes_text(&query, "&startIndex=1&count=1");
    status = query.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                          : ask(p, query.at, &items, NULL, err);
    *found = json_array_size(items) > 0;
    json_decref(items);
    bytes_free(&query);
    return status;
}

static enum ma_status tell_filters(struct probe *p, struct ma_error *err)
{
    const char *name = member_text(json_array_get(p->first, 0), "userName");
    char filter[400];
    bool found = true;

    snprintf(filter, sizeof filter, "userName eq \"%s\"", name == NULL ? "" : name);
    if (name != NULL && strpbrk(name, "\"\\") == NULL &&
        finds(p, filter, &found, err) != MA_OK)
        return err->status;
    if (tell(p, "filters", found ? NULL : "no",
             found ? "it finds by userName" : "it does not find who is there by userName",
             err) != MA_OK ||
        finds(p, "meta.lastModified ge \"1990-01-01T00:00:00Z\"", &found, err) != MA_OK)
        return err->status;
    return tell(p, "delta", found ? NULL : "none",
                found ? "changes are found by meta.lastModified"
                      : "it does not find by meta.lastModified: all is read",
                err);
}

static enum ma_status tell_all(struct probe *p, struct ma_error *err)
{
    if (!p->s->server.patch &&
        tell(p, "write", "put", "it says that it has no PATCH", err) != MA_OK)
        return err->status;
    if (try_pages(p, err) != MA_OK)
        return err->status;
    if (json_array_size(p->first) == 0)
        return tell(p, "paging", NULL, "nobody is there to be listed: nothing more tried",
                    err);
    if (tell_pages(p, err) != MA_OK)
        return err->status;
    return tell_filters(p, err);
}

enum ma_status probe_quirks(struct session *s, const struct mapped_class *class,
                            struct ma_error *err)
{
    struct probe p = {.s = s, .class = class, .total = -1};
    enum ma_status status = tell_all(&p, err);

    json_decref(p.first);
    json_decref(p.second);
    return status;
}
