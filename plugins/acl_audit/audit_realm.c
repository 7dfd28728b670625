/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "account.h"
#include "privilege.h"
#include "schema.h"
#include "support/dn.h"

static struct realm *known(const struct audit *audit, const char *part, const char *login)
{
    size_t i;

    for (i = 0; i < audit->realm_count; i++)
        if (dn_is(part, audit->realms[i]->key) &&
            strcasecmp(login, audit->realms[i]->login) == 0)
            return audit->realms[i];
    return NULL;
}

/* Where the schema and the configuration of the forest are, from the root DSE. */
static enum ma_status take_places(void *context, size_t index, const struct answer *entry,
                                  struct ma_error *err)
{
    struct audit *audit = context;

    (void)index;
    (void)err;
    audit->schema = origin_text(entry, "schemaNamingContext", &audit->pool);
    audit->configuration = origin_text(entry, "configurationNamingContext", &audit->pool);
    return MA_OK;
}

enum ma_status audit_find_places(struct audit *audit, struct origin *origin,
                                 struct ma_error *err)
{
    static const char *const attributes[] = {"schemaNamingContext",
                                             "configurationNamingContext", NULL};
    const struct origin_taker taker = {.entry = take_places, .context = audit};
    const char *root = "";
    char dn[1024];

    audit->schema = audit->configuration = "";
    if (!origin->offline)
        return origin->read(origin, &root, 1, attributes, &taker, err);
    root = dump_root(audit->places.dump);
    (void)snprintf(dn, sizeof dn, "CN=Configuration,%s", root == NULL ? "" : root);
    audit->configuration = pool_text(&audit->pool, dn, strlen(dn));
    return MA_OK;
}

static enum ma_status no_schema(const struct audit *audit, const struct origin *origin,
                                struct ma_error *err)
{
    if (origin->offline)
        return ma_fail(err, MA_INVALID,
                       "there is no schema to be read: of a dump, the entries below "
                       "CN=Schema are wanted, from this or another forest's file");
    if (audit->schema[0] == '\0')
        return ma_fail(err, MA_INVALID,
                       "the server names no schema of its own (schemaNamingContext): "
                       "it is no domain controller, and its rights are of another kind");
    return ma_fail(err, MA_INVALID,
                   "nothing of %s can be read: let the account read the schema, as "
                   "everybody may by default",
                   audit->schema);
}

static bool has_classes(const struct forest *forest)
{
    for (size_t i = 0; i < forest->count; i++)
        if (forest->items[i].kind == FOREST_CLASS)
            return true;
    return false;
}

static enum ma_status load_forest(struct audit *audit, struct origin *origin,
                                  struct ma_error *err)
{
    struct schema_place place;
    enum ma_status status = audit_find_places(audit, origin, err);

    if (status != MA_OK)
        return status;
    if (!origin->offline && audit->schema[0] == '\0')
        return no_schema(audit, origin, err);
    place =
        (struct schema_place){audit->schema, origin->offline ? "" : audit->configuration};
    status = schema_load(origin, &place, &audit->forest, err);
    return status == MA_OK && !has_classes(&audit->forest) ? no_schema(audit, origin, err)
                                                           : status;
}

static struct realm *add_realm(struct audit *audit, const char *part, const char *login,
                               struct ma_error *err)
{
    struct realm **grown = pool_grow(&audit->pool, audit->realms, audit->realm_count,
                                     &audit->realm_capacity, sizeof(struct realm *));
    struct realm *realm = pool_alloc(&audit->pool, sizeof *realm);

    if (grown == NULL || realm == NULL) {
        (void)ma_fail(err, MA_NO_MEMORY, "no memory for a domain");
        return NULL;
    }
    *realm = (struct realm){.key = dn_fold(&audit->pool, part),
                            .login = pool_text(&audit->pool, login, strlen(login))};
    audit->realms = grown;
    grown[audit->realm_count++] = realm;
    return realm;
}

/* What is wrong with an account in all domains is told once. */
static bool is_met_first(const struct audit *audit, const struct realm *realm)
{
    size_t i = 0;

    while (strcasecmp(audit->realms[i]->login, realm->login) != 0)
        i++;
    return audit->realms[i] == realm;
}

static enum ma_status read_realm(struct audit *audit, const char *dn, struct realm *realm,
                                 struct ma_error *err)
{
    struct place *place;
    enum ma_status status = places_of(&audit->places, dn, &place, err);

    if (status == MA_OK && audit->forest.count == 0)
        status = load_forest(audit, place->origin, err);
    if (status != MA_OK)
        return status;
    realm->place = place;
    realm->asked_by_another = audit->account[0] == '\0' && place->directory != NULL &&
                              strcasecmp(place->directory->logon.user, realm->login) != 0;
    audit->request.places = &audit->places;
    audit->request.configuration = audit->configuration;
    audit->request.pool = &audit->pool;
    status = realm_read(realm, &audit->request, err);
    if (status == MA_OK)
        realm->is_administrator =
            privilege_administrator(&realm->principal.token, realm->domain_sid);
    return status;
}

const char *audit_login(struct audit *audit, const char *dn, struct ma_error *err)
{
    return audit->account[0] != '\0'
               ? audit->account
               : directory_user(audit->places.set, dn, &audit->page, err);
}

/* Without the first domain there is no audit; another that cannot be had is told of each
 * of its objects. */
enum ma_status audit_realm(struct audit *audit, const char *dn, struct realm **out,
                           struct ma_error *err)
{
    const char *part = places_domain_part(dn);
    const char *login = audit_login(audit, dn, err);
    bool first = audit->realm_count == 0;
    enum ma_status status;

    if (login == NULL)
        return err->status;
    *out = known(audit, part, login);
    if (*out != NULL)
        return MA_OK;
    *out = add_realm(audit, part, login, err);
    if (*out == NULL)
        return err->status;
    status = read_realm(audit, dn, *out, err);
    if (status == MA_OK && audit->every_controller)
        status = replicas_open(&(*out)->replicas, &audit->places, (*out)->place, err);
    if (status == MA_OK)
        return account_report(audit, *out, is_met_first(audit, *out), err);
    if (first || status == MA_CANCELLED || status == MA_NO_MEMORY) {
        audit->realm_count--;
        realm_free(*out);
        return status;
    }
    (*out)->place = NULL;
    (*out)->why = pool_text(&audit->pool, err->text, strlen(err->text));
    return MA_OK;
}
