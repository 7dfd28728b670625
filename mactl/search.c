/* SPDX-License-Identifier: Apache-2.0 */
#include "search.h"

static struct {
    int limit;
    long long after;
} given = {.limit = LIMIT_NOT_GIVEN};

enum { DEFAULT_LIMIT = 100 };

const struct poptOption search_options[] = {
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many objects; 100", "N"},
    {"after", 0, POPT_ARG_LONGLONG, &given.after, 0, "Go on behind this object", "ID"},
    POPT_TABLEEND};

static enum ma_status ask(const struct searching *s, const struct query *query,
                          size_t limit, id_list *ids, struct ma_error *err)
{
    uint64_t after = (uint64_t)given.after;

    return s->agent == NULL
               ? query_mv(query, &s->reading->show, after, limit, ids, err)
               : query_cs(query, &s->reading->show, s->agent, after, limit, ids, err);
}

static enum ma_status find(struct searching *s, const struct search *search, size_t limit,
                           int argc, const char **argv, struct listing *listing,
                           struct ma_error *err)
{
    struct query query;
    id_list ids = {0};
    enum ma_status status = search->begin(s, argc, argv, &query, err);

    if (status == MA_OK)
        status = query_check(&query, s->reading->show.program, s->agent, err);
    if (status == MA_OK)
        status = ask(s, &query, limit, &ids, err);
    for (size_t i = 0; status == MA_OK && i < ids.count; i++)
        status = search->add(s, ids.items[i], listing, err);
    if (status == MA_OK && ids.count == limit)
        listing->more = arena_print(
            s->call->arena, "cut after %zu: the rest is the same with --after=%llu",
            limit, (unsigned long long)ids.items[limit - 1]);
    VEC_FREE(&ids);
    return status;
}

/* What is wrong here was typed: the configuration was read before. */
static enum exit_code usage_of(enum ma_status status, const struct ma_error *err)
{
    if (status == MA_INVALID)
        return command_error(EXIT_USAGE, NULL, "%s", err->text);
    return status == MA_OK ? EXIT_OK : command_fail(err);
}

enum exit_code search_run(const struct invocation *call, const struct search *search,
                          int argc, const char **argv)
{
    struct listing listing = search->listing;
    struct reading reading = {0};
    struct searching s = {.call = call, .reading = &reading};
    struct ma_error err = {0};
    size_t limit;
    enum ma_status status;
    enum exit_code code = command_limit(given.limit, DEFAULT_LIMIT, &limit);

    if (code == EXIT_OK && given.after < 0)
        code = command_error(EXIT_USAGE, NULL, "--after: the number of an object");
    if (code != EXIT_OK)
        return code;
    status = reading_begin(&reading, call, &err);
    if (status == MA_OK)
        code = usage_of(find(&s, search, limit, argc, argv, &listing, &err), &err);
    else
        code = command_fail(&err);
    if (code == EXIT_OK)
        code = listing_print(call, &listing);
    listing_drop(&listing);
    reading_end(&reading);
    return code;
}
