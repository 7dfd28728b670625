/* SPDX-License-Identifier: Apache-2.0 */
#include "places.h"

#include "support/dn.h"

const char *places_domain_part(const char *dn)
{
    const char *part = NULL;

    for (; *dn != '\0'; dn = dn_parent(dn)) {
        const char *at = dn;

        while (*at == ' ')
            at++;
        if (strncasecmp(at, "DC=", 3) != 0)
            part = NULL;
        else if (part == NULL)
            part = at;
    }
    return part == NULL ? dn : part;
}

static struct place *known(const struct places *places, const char *key)
{
    size_t i;

    for (i = 0; i < places->count; i++)
        if (strcmp(places->items[i]->key, key) == 0)
            return places->items[i];
    return NULL;
}

static enum ma_status no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "no memory for a domain");
}

static enum ma_status add(struct places *places, const struct place *place,
                          struct place **out, struct ma_error *err)
{
    struct place **grown = pool_grow(&places->pool, places->items, places->count,
                                     &places->capacity, sizeof(struct place *));
    struct place *copy = pool_alloc(&places->pool, sizeof *copy);

    if (grown == NULL || copy == NULL) {
        directory_close(place->directory);
        return no_memory(err);
    }
    *copy = *place;
    copy->key = dn_fold(&places->pool, copy->domain);
    if (copy->directory != NULL) {
        origin_live_begin(&copy->live, copy->directory->link);
        copy->origin = &copy->live.origin;
    }
    places->items = grown;
    grown[places->count++] = copy;
    *out = copy;
    return MA_OK;
}

static enum ma_status from_dump(struct places *places, const char *dn, struct place **out,
                                struct ma_error *err)
{
    const struct place place = {.domain = dump_domain(places->dump, dn),
                                .origin = &places->dump->origin};

    if (place.domain == NULL)
        return ma_fail(err, MA_NOT_FOUND,
                       "the dump has no domain above %s: dump its head, too, with "
                       "objectClass and objectSid",
                       dn);
    *out = known(places, dn_fold(&places->pool, place.domain));
    return *out != NULL ? MA_OK : add(places, &place, out, err);
}

/* Where the parameter 'server' names domain controllers, one of them has to be of the
 * domain. */
static enum ma_status connect_to(struct places *places, const char *dn,
                                 const char *domain, struct place **out,
                                 struct ma_error *err)
{
    const struct directory_wish wish = {.dn = dn, .domain = domain};
    struct place place = {.domain = NULL};
    enum ma_status status = directory_open(&place.directory, places->set, &wish, err);

    if (status != MA_OK)
        return status;
    place.domain = place.directory->naming_context;
    if (dn != NULL && dn[0] != '\0' && !dn_is(dn, dn_fold(&places->pool, place.domain))) {
        status = ma_fail(err, MA_UNREACHABLE,
                         "%s is a domain controller of %s, and not of %s: leave the "
                         "parameter 'server' out, and DNS tells",
                         place.directory->host, place.domain, dn);
        directory_close(place.directory);
        return status;
    }
    *out = known(places, dn_fold(&places->pool, place.domain));
    if (*out == NULL)
        return add(places, &place, out, err);
    directory_close(place.directory);
    return MA_OK;
}

enum ma_status places_of(struct places *places, const char *dn, struct place **out,
                         struct ma_error *err)
{
    const char *part = places_domain_part(dn);

    if (places->dump != NULL)
        return from_dump(places, dn, out, err);
    *out = known(places, dn_fold(&places->pool, part));
    if (*out != NULL)
        return MA_OK;
    if (tried_failed(&places->early, places->set, part, err))
        return err->status;
    return connect_to(places, part, directory_domain(&places->pool, part), out, err);
}

void places_early(struct places *places, const char *dn)
{
    struct ma_error why;
    struct place *place;

    if (places_of(places, dn, &place, &why) != MA_OK)
        tried_keep(&places->early, dn, &why);
}

enum ma_status places_named(struct places *places, const char *domain, struct place **out,
                            struct ma_error *err)
{
    size_t i;

    for (i = 0; i < places->count; i++) {
        const char *known_as = directory_domain(&places->pool, places->items[i]->domain);

        *out = places->items[i];
        if (known_as != NULL && strcasecmp(known_as, domain) == 0)
            return MA_OK;
    }
    return connect_to(places, NULL, domain, out, err);
}

void places_free(struct places *places)
{
    size_t i;

    for (i = 0; i < places->count; i++)
        directory_close(places->items[i]->directory);
    pool_free(&places->pool);
    *places = (struct places){.count = 0};
}
