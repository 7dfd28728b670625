/* SPDX-License-Identifier: Apache-2.0 */
#include "realm.h"

#include "login.h"
#include "support/sid.h"

enum { PLACES_MOST = 64 };

/* --- the account ------------------------------------------------------------------ */

struct asking {
    struct membership_place places[PLACES_MOST];
    size_t count;
};

/* Its number among them. */
static size_t add_place(struct asking *asking, const struct place *place)
{
    size_t i = 0;

    while (i < asking->count && asking->places[i].domain != place->domain)
        i++;
    if (i == asking->count && i < PLACES_MOST)
        asking->places[asking->count++] =
            (struct membership_place){place->origin, place->domain};
    return i;
}

/* Groups of all domains that a dump has. */
static enum ma_status add_dumped(struct asking *asking, struct places *places,
                                 struct ma_error *err)
{
    const struct dump *dump = places->dump;
    size_t i;

    for (i = 0; dump != NULL && i < dump->count; i++) {
        const char *dn = dump->entries[i]->dn;
        struct place *place;

        if (!dump_is_domain(dump, dn))
            continue;
        if (places_of(places, dn, &place, err) != MA_OK)
            return err->status;
        (void)add_place(asking, place);
    }
    return MA_OK;
}

static enum ma_status read_principal(struct realm *realm,
                                     const struct realm_request *request,
                                     const struct login_account *account,
                                     struct ma_error *err)
{
    struct asking asking = {.count = 0};
    struct principal_request wanted = {.places = asking.places,
                                       .account = account->dn,
                                       .group = request->group,
                                       .check = request->check,
                                       .is_us =
                                           request->is_us && !realm->asked_by_another};

    (void)add_place(&asking, realm->place);
    wanted.home = add_place(&asking, account->place);
    if (add_dumped(&asking, request->places, err) != MA_OK)
        return err->status;
    wanted.place_count = asking.count;
    return principal_read(&wanted, &realm->principal, err);
}

enum ma_status realm_read_principal(struct realm *realm,
                                    const struct realm_request *request,
                                    struct ma_error *err)
{
    const struct login_request wanted = {.places = request->places,
                                         .here = realm->place,
                                         .login = realm->login,
                                         .domain = request->home,
                                         .configuration = request->configuration,
                                         .pool = request->pool};
    struct login_account account;

    if (realm->login[0] == '\0')
        return ma_fail(err, MA_INVALID,
                       "the account is not known: name it with the parameter 'login' or "
                       "'audit-account'");
    if (login_find(&wanted, &account, err) != MA_OK)
        return err->status;
    return read_principal(realm, request, &account, err);
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
