/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include "support/dn.h"
#include "support/sid.h"

/* A domain, as the forest lists it (crossRef) or a dump has it. */
struct domain {
    const char *dn;
    const char *dns;
    const char *short_name; /* NULL: nobody told */
};

enum form { NAME, WITH_DOMAIN, PRINCIPAL, DN, SID };

struct finding {
    const struct login_request *request;
    enum form form;
    const char *name; /* sAMAccountName */
    const char *of;   /* behind the @, before the backslash; NULL: neither */
    unsigned char sid[SID_MOST];
    struct domain *domains;
    size_t count;
    size_t capacity;
    struct place *asked; /* that is being asked */
    struct login_account account;
    const char *twin;    /* a second one of that name */
    struct bytes places; /* where it was looked for */
    struct bytes missed; /* and where it could not */
};

/* --- what the login is ------------------------------------------------------------ */

static void take_apart(struct finding *in)
{
    const char *login = in->request->login;
    const char *slash = strchr(login, '\\');
    const char *at = strrchr(login, '@');
    size_t length = strlen(login);

    in->name = login;
    if (dn_is_ldap(login)) {
        in->form = DN;
    } else if (length > 0 && sid_parse(login, length, in->sid) == length) {
        in->form = SID;
    } else if (slash != NULL) {
        in->form = WITH_DOMAIN;
        in->name = slash + 1;
        in->of = pool_text(in->request->pool, login, (size_t)(slash - login));
    } else if (at != NULL && at > login) {
        in->form = at[1] == '\0' ? NAME : PRINCIPAL;
        in->name = pool_text(in->request->pool, login, (size_t)(at - login));
        in->of = at[1] == '\0' ? NULL : at + 1;
    }
}

/* --- the domains ------------------------------------------------------------------ */

static bool add_domain(struct finding *in, const char *dn, const char *short_name)
{
    struct pool *pool = in->request->pool;
    const char *dns = directory_domain(pool, dn);
    struct domain *grown;

    for (size_t i = 0; dns != NULL && i < in->count; i++)
        if (strcasecmp(in->domains[i].dns, dns) == 0) {
            if (short_name != NULL)
                in->domains[i].short_name = short_name;
            return true;
        }
    if (dns == NULL)
        return true;
    grown = pool_grow(pool, in->domains, in->count, &in->capacity, sizeof *grown);
    if (grown == NULL)
        return false;
    in->domains = grown;
    grown[in->count++] = (struct domain){dn, dns, short_name};
    return true;
}

/* Partitions that are no domains have no short name. */
static enum ma_status take_crossing(void *context, size_t index,
                                    const struct answer *entry, struct ma_error *err)
{
    struct finding *in = context;
    const char *dn = origin_text(entry, "nCName", in->request->pool);
    const char *short_name = origin_text(entry, "nETBIOSName", in->request->pool);

    (void)index;
    if (dn[0] == '\0' || short_name[0] == '\0' || add_domain(in, dn, short_name))
        return MA_OK;
    return ma_fail(err, MA_NO_MEMORY, "no memory for the domains of the forest");
}

static enum ma_status read_crossings(struct finding *in, struct ma_error *err)
{
    static const char *const classes[] = {"crossRef", NULL};
    static const char *const attributes[] = {"nCName", "nETBIOSName", NULL};
    const struct origin_taker taker = {.entry = take_crossing, .context = in};
    struct origin *origin = in->request->here->origin;
    char base[1024] = "";
    const struct origin_query query = {
        .base = base, .one_level = true, .classes = classes, .attributes = attributes};

    if (!origin->offline)
        (void)snprintf(base, sizeof base, "CN=Partitions,%s", in->request->configuration);
    return origin->search(origin, &query, &taker, err);
}

/* That of the objects first: all others are in the forest's list, or in the dump. */
static enum ma_status list_domains(struct finding *in, struct ma_error *err)
{
    const struct dump *dump = in->request->places->dump;
    bool good = add_domain(in, in->request->here->domain, NULL);

    for (size_t i = 0; dump != NULL && good && i < dump->count; i++) {
        const char *dn = dump->entries[i]->dn;

        if (dump_is_domain(dump, dn))
            good = add_domain(in, dn, NULL);
    }
    return good ? read_crossings(in, err)
                : ma_fail(err, MA_NO_MEMORY, "no memory for the domains of the forest");
}

/* A short name that nobody told is, as a rule, the first label of the DNS name. */
static bool is_called(const struct domain *domain, const char *name)
{
    size_t length = strcspn(domain->dns, ".");

    if (strcasecmp(domain->dns, name) == 0)
        return true;
    if (domain->short_name != NULL)
        return strcasecmp(domain->short_name, name) == 0;
    return strncasecmp(domain->dns, name, length) == 0 && name[length] == '\0';
}

static const struct domain *called(const struct finding *in, const char *name)
{
    for (size_t i = 0; i < in->count; i++)
        if (is_called(&in->domains[i], name))
            return &in->domains[i];
    return NULL;
}

/* --- looking ---------------------------------------------------------------------- */

static enum ma_status take_account(void *context, size_t index,
                                   const struct answer *entry, struct ma_error *err)
{
    struct finding *in = context;
    struct login_account *account = &in->account;

    (void)index;
    (void)err;
    if (account->dn == NULL) {
        account->dn = pool_text(in->request->pool, entry->dn, strlen(entry->dn));
        account->place = in->asked;
    } else if (strcasecmp(account->dn, entry->dn) != 0) {
        in->twin = pool_text(in->request->pool, entry->dn, strlen(entry->dn));
    }
    return MA_OK;
}

static void note(struct bytes *list, const char *domain)
{
    if (list->length > 0)
        bytes_text(list, ", ");
    bytes_text(list, domain);
}

/* `by_name`: the domain is the one that the login means, so it may tell the name alone.
 */
static enum ma_status look_in(struct finding *in, struct place *place, bool by_name,
                              struct ma_error *err)
{
    static const char *const attributes[] = {"objectSid", NULL};
    const char *login = in->request->login;
    const struct origin_term name = {"sAMAccountName", in->name, strlen(in->name)};
    const struct origin_term terms[][2] = {
        [NAME] = {name},
        [WITH_DOMAIN] = {name},
        [PRINCIPAL] = {{"userPrincipalName", login, strlen(login)}, name},
        [DN] = {{"distinguishedName", login, strlen(login)}},
        [SID] = {{"objectSid", (const char *)in->sid, sid_size(in->sid)}},
    };
    const struct origin_query query = {.base = place->domain,
                                       .terms = terms[in->form],
                                       .count = in->form == PRINCIPAL && by_name ? 2 : 1,
                                       .attributes = attributes};
    const struct origin_taker taker = {.entry = take_account, .context = in};

    in->asked = place;
    note(&in->places, place->domain);
    return place->origin->search(place->origin, &query, &taker, err);
}

static enum ma_status look_below(struct finding *in, const char *dn, struct ma_error *err)
{
    struct place *place;
    enum ma_status status = places_of(in->request->places, dn, &place, err);

    return status == MA_OK ? look_in(in, place, true, err) : status;
}

/* What cannot be asked is told only where nobody else knows the account. */
static enum ma_status look_everywhere(struct finding *in, struct ma_error *err)
{
    bool by_name = in->form != PRINCIPAL;
    enum ma_status status = MA_OK;

    bytes_clear(&in->places);
    for (size_t i = 0; i < in->count && status == MA_OK; i++) {
        struct place *place;

        status = places_of(in->request->places, in->domains[i].dn, &place, err);
        if (status == MA_OK) {
            status = look_in(in, place, by_name, err);
        } else if (status != MA_CANCELLED && status != MA_NO_MEMORY) {
            note(&in->missed, in->domains[i].dn);
            status = MA_OK;
        }
    }
    return status;
}

/* Of another forest, if DNS knows it. */
static enum ma_status look_abroad(struct finding *in, struct ma_error *err)
{
    struct ma_error nobody = {0};
    struct place *place;

    if (in->request->places->dump != NULL ||
        places_named(in->request->places, in->of, &place, &nobody) != MA_OK)
        return MA_OK;
    return look_in(in, place, true, err);
}

/* name@dns.domain is of that domain; an alternative suffix, and another domain's name
 * used as one, tell the forest only. */
static enum ma_status look_for_principal(struct finding *in, struct ma_error *err)
{
    const struct domain *domain = called(in, in->of);
    enum ma_status status = MA_OK;

    if (domain != NULL)
        status = look_below(in, domain->dn, err);
    if (status == MA_OK && in->account.dn == NULL)
        status = look_everywhere(in, err);
    if (status == MA_OK && in->account.dn == NULL && domain == NULL)
        status = look_abroad(in, err);
    return status;
}

static enum ma_status no_domain(struct finding *in, const char *name,
                                struct ma_error *err)
{
    struct bytes known = {0};

    for (size_t i = 0; i < in->count; i++)
        note(&known, in->domains[i].short_name != NULL ? in->domains[i].short_name
                                                       : in->domains[i].dns);
    (void)ma_fail(err, MA_INVALID, "the account '%s': no domain is called '%s', but %s",
                  in->request->login, name, known.at == NULL ? "?" : known.at);
    bytes_free(&known);
    return err->status;
}

/* Somebody told it beside the login: of another forest, too. */
static enum ma_status look_in_domain(struct finding *in, const char *name,
                                     struct ma_error *err)
{
    const struct domain *domain = called(in, name);
    struct place *place;

    if (domain != NULL)
        return look_below(in, domain->dn, err);
    if (in->request->places->dump != NULL || in->form == WITH_DOMAIN)
        return no_domain(in, name, err);
    if (places_named(in->request->places, name, &place, err) != MA_OK)
        return err->status;
    return look_in(in, place, true, err);
}

static enum ma_status look(struct finding *in, struct ma_error *err)
{
    if (in->form == DN)
        return look_below(in, in->request->login, err);
    if (list_domains(in, err) != MA_OK)
        return err->status;
    if (in->request->domain[0] != '\0')
        return look_in_domain(in, in->request->domain, err);
    if (in->form == WITH_DOMAIN)
        return look_in_domain(in, in->of, err);
    return in->form == PRINCIPAL ? look_for_principal(in, err) : look_everywhere(in, err);
}

/* --- the answer ------------------------------------------------------------------- */

static enum ma_status judge(struct finding *in, struct ma_error *err)
{
    const char *login = in->request->login;

    if (in->twin != NULL)
        return ma_fail(err, MA_INVALID,
                       "the account '%s' may be %s or %s: name it as DOMAIN\\name, or by "
                       "its DN or SID",
                       login, in->account.dn, in->twin);
    if (in->account.dn != NULL)
        return MA_OK;
    if (in->missed.length > 0)
        return ma_fail(err, MA_NOT_FOUND,
                       "the account '%s' is not in %s, and %s cannot be asked: name it "
                       "with the parameter 'audit-account'",
                       login, in->places.at, in->missed.at);
    return ma_fail(err, MA_NOT_FOUND,
                   "the account '%s' is not in %s: name it with the parameter "
                   "'audit-account'",
                   login, in->places.at);
}

enum ma_status login_find(const struct login_request *request, struct login_account *out,
                          struct ma_error *err)
{
    struct finding in = {.request = request};
    enum ma_status status;

    take_apart(&in);
    status = look(&in, err);
    if (status == MA_OK)
        status = judge(&in, err);
    if (status == MA_OK)
        *out = in.account;
    bytes_free(&in.places);
    bytes_free(&in.missed);
    return status;
}
