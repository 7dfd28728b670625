/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include <stdlib.h>
#include <xxhash.h>

#include "ahead.h"
#include "reply.h"
#include "url.h"

void listing_begin(struct listing *l, struct session *s, const struct mapped_class *class,
                   const char *where)
{
    memset(l, 0, sizeof *l);
    l->s = s;
    l->class = class;
    l->paging = s->quirks.paging;
    if (l->paging == PAGING_AUTO && s->server.cursor && !s->server.index)
        l->paging = PAGING_CURSOR;
    l->start = 1;
    l->total = -1;
    l->count = s->quirks.page;
    if (s->server.page > 0 && s->server.page < l->count)
        l->count = s->server.page;
    if (where != NULL && where[0] == '@') {
        l->paging = PAGING_CURSOR;
        snprintf(l->cursor, sizeof l->cursor, "%s", where + 1);
    } else if (where != NULL && atoll(where) > 0 && !s->mapping.graph) {
        l->start = atoll(where);
    }
}

void listing_where(const struct listing *l, char *out, size_t capacity)
{
    if (l->s->mapping.graph)
        snprintf(out, capacity, "1"); /* its pages cannot be found again */
    else if (l->cursor[0] != '\0')
        snprintf(out, capacity, "@%s", l->cursor);
    else
        snprintf(out, capacity, "%lld", (long long)l->start);
}

/* --- the request ------------------------------------------------------------------ */

static void add(struct bytes *query, const char *name, const char *value)
{
    bytes_char(query, query->at == NULL || strchr(query->at, '?') == NULL ? '?' : '&');
    bytes_text(query, name);
    bytes_char(query, '=');
    url_escape(query, value, strlen(value));
}

static void add_number(struct bytes *query, const char *name, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)number);
    add(query, name, text);
}

/* OData */
static void put_graph_query(const struct listing *l, struct bytes *query)
{
    if (l->filter != NULL)
        add(query, "$filter", l->filter);
    add(query, "$select", l->attributes != NULL ? l->attributes : l->class->select);
    if (l->attributes == NULL && l->class->expand != NULL)
        add(query, "$expand", l->class->expand);
    add_number(query, "$top", l->count);
}

static void put_query(const struct listing *l, int64_t start, const char *cursor,
                      struct bytes *query)
{
    if (l->filter != NULL)
        add(query, "filter", l->filter);
    if (l->attributes != NULL)
        add(query, "attributes", l->attributes);
    if (l->paging == PAGING_NONE)
        return;
    if (cursor != NULL)
        add(query, "cursor", cursor);
    else
        add_number(query, "startIndex", start);
    add_number(query, "count", l->count);
}

/* Where the page is that begins there; `cursor` NULL: at an index. */
static char *url_at(const struct listing *l, int64_t start, const char *cursor)
{
    struct bytes query = {0};
    char *url;

    bytes_text(&query, l->path == NULL ? "" : l->path);
    if (l->s->mapping.graph)
        put_graph_query(l, &query);
    else
        put_query(l, start, cursor, &query);
    url = query.failed ? NULL : session_url(l->s, l->class, NULL, query.at);
    bytes_free(&query);
    return url;
}

/* Of the page that counts. */
static char *url_of_next(const struct listing *l)
{
    if (l->next != NULL)
        return strdup(l->next);
    return url_at(l, l->start, l->paging == PAGING_CURSOR ? l->cursor : NULL);
}

/* The place behind this one. */
static size_t behind(const struct listing *l, size_t place)
{
    return (place + 1) % (l->eager ? LISTING_PAGES : LISTING_PAGES - 1);
}

static struct page *current(struct listing *l)
{
    return &l->pages[l->now];
}

/* Nothing of it is wanted any more. */
static void forget(struct listing *l, struct page *page)
{
    struct ma_error ignored = {0};
    json_t *json = NULL;

    if (page->parse.begun &&
        parser_finish(l->s->parser, &page->parse, &json, &ignored) == MA_OK)
        parser_drop(l->s->parser, json);
    http_release(l->s->http, &page->call);
    free(page->url);
    memset(page, 0, sizeof *page);
}

static void arrived(struct http_call *call);

static void taken_apart(void *http)
{
    http_wake(http);
}

static void send_to(struct listing *l, struct page *page, char *url, int64_t start)
{
    forget(l, page);
    *page = (struct page){.listing = l,
                          .url = url,
                          .start = start,
                          .call = {.method = HTTP_GET,
                                   .url = url,
                                   .accept = "application/scim+json, application/json",
                                   .probe = l->probe,
                                   .done = arrived,
                                   .context = page},
                          .parse = {.ready = taken_apart, .context = l->s->http}};
    http_start(l->s->http, &page->call);
}

/* Where the page behind this one most likely is; NULL: nobody knows. */
static char *guess(const struct listing *l, const struct page *page)
{
    const struct bytes *text = &page->call.answer;
    char *cursor, *url = NULL;

    if (l->s->mapping.graph)
        return ahead_text(text, "@odata.nextLink");
    cursor = l->paging == PAGING_INDEX || l->paging == PAGING_NONE
                 ? NULL
                 : ahead_text(text, "nextCursor");
    if (cursor != NULL && cursor[0] != '\0')
        url = url_at(l, 0, cursor);
    else if (cursor == NULL && l->paging != PAGING_CURSOR && l->paging != PAGING_NONE &&
             l->received > 0 && page->start + l->count <= l->total)
        url = url_at(l, page->start + l->count, NULL);
    free(cursor);
    return url;
}

/* The page is there: the one behind it can come. */
static void look_ahead(struct listing *l, const struct page *page)
{
    struct page *next = &l->pages[behind(l, (size_t)(page - l->pages))];
    char *url;

    if (l->alone || next->url != NULL || !page->parse.begun)
        return;
    url = guess(l, page);
    if (url == NULL || strcmp(url, page->url) == 0 || !url_same_host(url, l->s->base))
        free(url); /* whoever reads the page says what is wrong with it */
    else
        send_to(l, next, url, page->start + l->count);
}

/* The page is complete: it is taken apart while the last one is still read. */
static void arrived(struct http_call *call)
{
    struct page *page = call->context;

    if (call->status != MA_OK || call->code != 200)
        return;
    parser_start(page->listing->s->parser, &page->parse, call);
    look_ahead(page->listing, page);
}

static void forget_all(struct listing *l)
{
    for (size_t i = 0; i < LISTING_PAGES; i++)
        forget(l, &l->pages[i]);
}

/* The next page is under way, or gets there, and is the current one. What was asked for
 * behind a wrong place is at a wrong place, too. */
static enum ma_status ask(struct listing *l, struct ma_error *err)
{
    char *url = url_of_next(l);

    if (url == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (current(l)->url != NULL && strcmp(current(l)->url, url) == 0) {
        free(url);
        return MA_OK;
    }
    forget_all(l);
    send_to(l, current(l), url, l->start);
    return MA_OK;
}

void listing_end(struct listing *l)
{
    if (l->s != NULL)
        forget_all(l);
    free(l->next);
    bytes_free(&l->links);
    memset(l, 0, sizeof *l);
}

long listing_code(const struct listing *l)
{
    return l->pages[l->now].call.code;
}

/* --- the answer ------------------------------------------------------------------- */

static enum ma_status take_cursor(struct listing *l, const char *next,
                                  struct ma_error *err)
{
    if (next == NULL || next[0] == '\0') {
        l->ended = true;
        l->cursor[0] = '\0';
        return MA_OK;
    }
    if (strcmp(next, l->cursor) == 0)
        return ma_fail(err, MA_UNEXPECTED,
                       "%s: the next cursor is the one that was just used: the listing "
                       "would never end",
                       l->url);
    if (strlen(next) >= sizeof l->cursor)
        return ma_fail(err, MA_UNEXPECTED, "%s: the cursor is longer than %zu bytes",
                       l->url, sizeof l->cursor - 1);
    snprintf(l->cursor, sizeof l->cursor, "%s", next);
    l->paging = PAGING_CURSOR;
    return MA_OK;
}

/* By index: on by what came, whatever was asked for. A first page that is shorter shows
 * what the server gives at most. */
static void take_index(struct listing *l, size_t came)
{
    if (came == 0 || l->paging == PAGING_NONE)
        l->ended = true;
    if (came > 0 && l->received == 0 && (int64_t)came < l->count)
        l->count = (int)came;
    l->start += (int64_t)came;
}

static enum ma_status take_page(struct listing *l, json_t *page, struct ma_error *err)
{
    json_t *resources = member(page, "Resources");
    json_t *total = member(page, "totalResults");
    const char *next = member_text(page, "nextCursor");
    size_t came = json_array_size(resources);
    enum ma_status status = MA_OK;

    if (resources == NULL && total == NULL)
        return ma_fail(err, MA_UNEXPECTED,
                       "%s: the answer is no list: it has neither Resources nor "
                       "totalResults",
                       l->url);
    if (resources == NULL && json_integer_value(total) > 0)
        return ma_fail(err, MA_UNEXPECTED,
                       "%s: %lld resources are said to be there, and the "
                       "answer has none",
                       l->url, (long long)json_integer_value(total));
    if (json_is_integer(total))
        l->total = json_integer_value(total);
    if (l->paging == PAGING_CURSOR || (l->paging == PAGING_AUTO && next != NULL))
        status = take_cursor(l, next, err);
    else
        take_index(l, came);
    l->received += (int64_t)came;
    return status;
}

static bool was_followed(const struct bytes *links, XXH64_hash_t hash)
{
    for (size_t at = 0; at < links->length; at += sizeof hash)
        if (memcmp(links->at + at, &hash, sizeof hash) == 0)
            return true;
    return false;
}

enum ma_status listing_follow(struct bytes *links, const char *base, const char *url,
                              const char *next, struct ma_error *err)
{
    XXH64_hash_t hash = XXH3_64bits(next, strlen(next));

    if (!url_same_host(next, base))
        return ma_fail(err, MA_UNEXPECTED, "%s: the next page is on another host: %s",
                       url, next);
    if (strcmp(next, url) == 0 || was_followed(links, hash))
        return ma_fail(err, MA_UNEXPECTED,
                       "%s: the next page is one that was read: the listing would never "
                       "end",
                       url);
    bytes_add(links, &hash, sizeof hash);
    return links->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* Graph: the next page is where it says, if that is where it was. */
static enum ma_status take_graph_page(struct listing *l, json_t *page,
                                      struct ma_error *err)
{
    const char *next = member_text(page, "@odata.nextLink");

    if (!json_is_array(member(page, "value")))
        return ma_fail(err, MA_UNEXPECTED, "%s: the answer is no list: it has no 'value'",
                       l->url);
    l->ended = next == NULL;
    l->received += (int64_t)json_array_size(member(page, "value"));
    if (next == NULL)
        return MA_OK;
    if (listing_follow(&l->links, l->s->base, l->url, next, err) != MA_OK)
        return err->status;
    free(l->next);
    l->next = strdup(next);
    return l->next == NULL ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

json_t *listing_items(const struct listing *l, const json_t *page)
{
    return member(page, l->s->mapping.graph ? "value" : "Resources");
}

static enum ma_status answer(struct listing *l, struct page *page, json_t **json,
                             struct ma_error *err)
{
    l->url = page->url;
    if (http_finish(l->s->http, &page->call, err) != MA_OK)
        return err->status;
    if (page->call.status != MA_OK)
        return ma_fail(err, page->call.status, "%s", page->call.text);
    if (page->call.code != 200)
        return session_refused(&page->call, err);
    if (l->date == 0)
        l->date = page->call.date;
    while (!parser_is_done(l->s->parser, &page->parse)) /* the next one comes in */
        if (!(l->eager && parser_help(l->s->parser)) &&
            http_wait(l->s->http, err) != MA_OK)
            return err->status;
    return parser_finish(l->s->parser, &page->parse, json, err);
}

static enum ma_status read_page(struct listing *l, json_t **json, struct ma_error *err)
{
    if ((current(l)->url == NULL && ask(l, err) != MA_OK) ||
        answer(l, current(l), json, err) != MA_OK)
        return err->status;
    if ((l->s->mapping.graph ? take_graph_page : take_page)(l, *json, err) == MA_OK)
        return MA_OK;
    json_decref(*json);
    *json = NULL;
    return err->status;
}

/* On to the page behind: it becomes the current one, and the place of this one is free
 * for another. */
static enum ma_status go_on(struct listing *l, struct ma_error *err)
{
    forget(l, current(l));
    l->url = NULL;
    l->now = behind(l, l->now);
    if (l->ended)
        return MA_OK;
    if (ask(l, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < LISTING_PAGES; i++)
        look_ahead(l, &l->pages[i]);
    if (l->eager)
        http_pump(l->s->http); /* what came while this thread took a page apart */
    return MA_OK;
}

void listing_drop(const struct listing *l, json_t *page)
{
    parser_drop(l->s->parser, page);
}

enum ma_status listing_next(struct listing *l, json_t **out, struct ma_error *err)
{
    json_t *page = NULL;

    *out = NULL;
    if (l->ended)
        return MA_OK;
    if (read_page(l, &page, err) != MA_OK)
        return err->status;
    if (go_on(l, err) != MA_OK) {
        json_decref(page);
        return err->status;
    }
    if (json_array_size(listing_items(l, page)) > 0) {
        *out = page;
        return MA_OK;
    }
    json_decref(page);
    return l->ended ? MA_OK : listing_next(l, out, err); /* empty, and yet not the end */
}

enum ma_status listing_first(struct listing *l, json_t **out, struct ma_error *err)
{
    l->alone = true;
    return read_page(l, out, err);
}

void listing_stuck(struct listing *l)
{
    if (l->s->mapping.graph) /* it ends where there is no link */
        return;
    l->ended = true;
    l->s->host->log(l->s->host, MA_LOG_DEBUG,
                    "%s: a page brought nothing new; does the server know startIndex?",
                    l->class->endpoint);
}

enum ma_status listing_check(const struct listing *l, size_t distinct,
                             struct ma_error *err)
{
    if (l->s->quirks.totals == TOTAL_IGNORED || l->total < 0 ||
        (uint64_t)l->total <= distinct)
        return MA_OK;
    return ma_fail(err, MA_UNEXPECTED,
                   "%s%s: the server says it has %lld, and listed %zu: the listing is "
                   "not complete, and nothing is taken as deleted (if the server counts "
                   "what it does not show: parameter total-results, ignored)",
                   l->s->base, l->class->endpoint, (long long)l->total, distinct);
}
