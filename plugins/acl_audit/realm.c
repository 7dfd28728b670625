/* SPDX-License-Identifier: Apache-2.0 */
#include "realm.h"

#include "support/dn.h"
#include "support/sid.h"

enum { PLACES_MOST = 64 };

/* --- where the account is --------------------------------------------------------------
 */

struct crossing {
    const char *short_name; /* that is looked for */
    const char *domain;     /* DN, found; NULL: not */
    struct pool *pool;
};

static enum ma_status take_crossing(void *context, size_t index,
                                    const struct answer *entry, struct ma_error *err)
{
    struct crossing *in = context;

    (void)index;
    (void)err;
    in->domain = origin_text(entry, "nCName", in->pool);
    return MA_OK;
}

/* CORP\user: which domain of the forest has the short name. */
static enum ma_status domain_of_short(const struct realm *realm,
                                      const struct realm_request *request,
                                      const char *name, size_t length, const char **out,
                                      struct ma_error *err)
{
    static const char *const classes[] = {"crossRef", NULL};
    static const char *const attributes[] = {"nCName", NULL};
    struct crossing in = {.pool = request->pool};
    const struct origin_taker taker = {.entry = take_crossing, .context = &in};
    const struct origin_term term = {"nETBIOSName", name, length};
    char base[1024];
    const struct origin_query query = {.base = base,
                                       .one_level = true,
                                       .classes = classes,
                                       .terms = &term,
                                       .count = 1,
                                       .attributes = attributes};
    struct origin *origin = realm->place->origin;
    enum ma_status status;

    (void)snprintf(base, sizeof base, "CN=Partitions,%s", request->configuration);
    status = origin->search(origin, &query, &taker, err);
    *out = in.domain == NULL ? NULL : directory_domain(request->pool, in.domain);
    return status;
}

/* The DNS name of the account's domain; NULL: nobody says. */
static enum ma_status home_domain(const struct realm *realm,
                                  const struct realm_request *request, const char **out,
                                  struct ma_error *err)
{
    const char *login = realm->login;
    const char *slash = strchr(login, '\\');
    const char *at = strrchr(login, '@');

    *out = request->home;
    if (request->home[0] != '\0')
        return MA_OK;
    *out = at == NULL ? NULL : at + 1;
    if (dn_is_ldap(login))
        *out = directory_domain(request->pool, places_domain_part(login));
    else if (slash != NULL)
        return domain_of_short(realm, request, login, (size_t)(slash - login), out, err);
    return MA_OK;
}

/* --- the account ---------------------------------------------------------------------
 */

static enum ma_status read_from(struct realm *realm, const struct realm_request *request,
                                const struct place *const *others, size_t count,
                                struct ma_error *err)
{
    struct membership_place asked[PLACES_MOST];
    struct principal_request wanted = {.places = asked,
                                       .login = realm->login,
                                       .group = request->group,
                                       .check = request->check,
                                       .is_us =
                                           request->is_us && !realm->asked_by_another};
    size_t i;

    asked[wanted.place_count++] =
        (struct membership_place){realm->place->origin, realm->place->domain};
    for (i = 0; i < count && wanted.place_count < PLACES_MOST; i++)
        if (others[i] != realm->place)
            asked[wanted.place_count++] =
                (struct membership_place){others[i]->origin, others[i]->domain};
    principal_free(&realm->principal);
    return principal_read(&wanted, &realm->principal, err);
}

/* The account is in another domain: that one is asked, too. */
static enum ma_status read_with_home(struct realm *realm,
                                     const struct realm_request *request,
                                     struct ma_error *err)
{
    const struct ma_error here = *err;
    const struct place *place;
    struct place *home = NULL;
    const char *domain = NULL;

    if (home_domain(realm, request, &domain, err) != MA_OK)
        return err->status;
    if (domain == NULL || places_named(request->places, domain, &home, err) != MA_OK ||
        home == realm->place) {
        *err = here;
        return err->status;
    }
    place = home;
    return read_from(realm, request, &place, 1, err);
}

/* All that the dump has. */
static enum ma_status read_from_dump(struct realm *realm,
                                     const struct realm_request *request,
                                     struct ma_error *err)
{
    struct places *places = request->places;
    const struct dump *dump = places->dump;
    size_t i;

    for (i = 0; i < dump->count; i++) {
        const char *dn = dump->entries[i]->dn;
        struct place *place;

        if (strncasecmp(dn, "DC=", 3) == 0 && dump_domain(dump, dn) == dn &&
            places_of(places, dn, &place, err) != MA_OK)
            return err->status;
    }
    return read_from(realm, request, (const struct place *const *)places->items,
                     places->count, err);
}

enum ma_status realm_read_principal(struct realm *realm,
                                    const struct realm_request *request,
                                    struct ma_error *err)
{
    enum ma_status status;

    if (realm->login[0] == '\0')
        return ma_fail(err, MA_INVALID,
                       "the account is not known: name it with the parameter 'login' or "
                       "'audit-account'");
    if (request->places->dump != NULL)
        return read_from_dump(realm, request, err);
    status = read_from(realm, request, NULL, 0, err);
    return status == MA_NOT_FOUND ? read_with_home(realm, request, err) : status;
}

/* --- the domain --------------------------------------------------------------------- */

static enum ma_status read_head(struct realm *realm, const struct realm_request *request,
                                struct ma_error *err)
{
    struct object_state *head = &realm->head;
    enum ma_status status;

    head->dn = realm->place->domain;
    status = objects_read(realm->place->origin, request->pool, head, 1, false, NULL, err);
    if (status == MA_OK && head->sid == NULL)
        status = ma_fail(err, MA_INVALID,
                         "%s has no objectSid: it is no domain of Active "
                         "Directory",
                         head->dn);
    if (status != MA_OK)
        return status;
    memcpy(realm->domain_sid, head->sid, sid_size(head->sid));
    realm->domains = (struct sddl_domains){realm->domain_sid, NULL};
    return MA_OK;
}

static enum ma_status read_guarded(struct realm *realm,
                                   const struct realm_request *request,
                                   struct ma_error *err)
{
    struct origin *origin = realm->place->origin;
    const struct guarded_request wanted = {realm->place->domain, request->configuration,
                                           realm->domain_sid};
    char dn[1024];

    (void)snprintf(dn, sizeof dn, "CN=AdminSDHolder,CN=System,%s", realm->place->domain);
    realm->holder.dn = pool_text(request->pool, dn, strlen(dn));
    if (objects_read(origin, request->pool, &realm->holder, 1, false, NULL, err) != MA_OK)
        return err->status;
    return guarded_read(origin, &wanted, &realm->guarded, err);
}

static enum ma_status read_account(struct realm *realm,
                                   const struct realm_request *request,
                                   struct ma_error *err)
{
    realm->account.dn = realm->principal.dn;
    return objects_read(realm->principal.origin, request->pool, &realm->account, 1, false,
                        NULL, err);
}

enum ma_status realm_read(struct realm *realm, const struct realm_request *request,
                          struct ma_error *err)
{
    enum ma_status status = read_head(realm, request, err);

    if (status == MA_OK)
        status = realm_read_principal(realm, request, err);
    if (status == MA_OK)
        status = read_account(realm, request, err);
    return status == MA_OK ? read_guarded(realm, request, err) : status;
}

void realm_free(struct realm *realm)
{
    principal_free(&realm->principal);
    guarded_free(&realm->guarded);
    containers_free(&realm->containers);
    replicas_close(&realm->replicas);
}
