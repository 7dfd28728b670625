/* SPDX-License-Identifier: Apache-2.0 */
#include "replicas.h"

enum { MOST = 64 }; /* of one domain */

static bool is_another(const struct directory *a, const struct directory *b)
{
    return a->invocation[0] == '\0' || strcmp(a->invocation, b->invocation) != 0;
}

static bool is_known(const struct replicas *replicas, const struct place *place,
                     const struct directory *directory)
{
    if (!is_another(directory, place->directory))
        return true;
    for (size_t i = 0; i < replicas->count; i++)
        if (!is_another(directory, replicas->items[i]->directory))
            return true;
    return false;
}

static enum ma_status add(struct replicas *replicas, struct places *places,
                          struct directory *directory, struct ma_error *err)
{
    struct replica **grown = pool_grow(&places->pool, replicas->items, replicas->count,
                                       &replicas->capacity, sizeof(struct replica *));
    struct replica *replica = pool_alloc(&places->pool, sizeof *replica);

    if (grown == NULL || replica == NULL) {
        directory_close(directory);
        return ma_fail(err, MA_NO_MEMORY, "no memory for a domain controller");
    }
    *replica = (struct replica){.host = directory->host, .directory = directory};
    origin_live_begin(&replica->live, directory->link);
    replica->origin = &replica->live.origin;
    replicas->items = grown;
    grown[replicas->count++] = replica;
    return MA_OK;
}

/* One more, unless there is none; MA_NOT_FOUND then. */
static enum ma_status open_next(struct replicas *replicas, struct places *places,
                                const struct place *place,
                                const struct directory_wish *wish, const char **host,
                                struct ma_error *err)
{
    struct ma_error why = {0};
    struct directory *directory = NULL;
    enum ma_status status = directory_open(&directory, places->set, wish, &why);

    if (status == MA_NO_MEMORY || status == MA_CANCELLED) {
        *err = why;
        return status;
    }
    if (status != MA_OK)
        return MA_NOT_FOUND;
    *host = pool_text(&places->pool, directory->host, strlen(directory->host));
    if (!is_known(replicas, place, directory))
        return add(replicas, places, directory, err);
    directory_close(directory);
    return MA_OK;
}

enum ma_status replicas_open(struct replicas *replicas, struct places *places,
                             const struct place *place, struct ma_error *err)
{
    const char *asked[MOST] = {place->directory->host};
    struct directory_wish wish = {.dn = place->domain, .avoid = asked, .avoid_count = 1};
    enum ma_status status = MA_OK;

    while (status == MA_OK && wish.avoid_count < MOST) {
        status = open_next(replicas, places, place, &wish, &asked[wish.avoid_count], err);
        wish.avoid_count++;
    }
    return status == MA_NOT_FOUND ? MA_OK : status;
}

void replicas_close(struct replicas *replicas)
{
    for (size_t i = 0; i < replicas->count; i++)
        directory_close(replicas->items[i]->directory);
    *replicas = (struct replicas){.count = 0};
}
