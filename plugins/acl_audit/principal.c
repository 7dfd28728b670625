/* SPDX-License-Identifier: Apache-2.0 */
#include "principal.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/sid.h"

#define SECURITY_BIT 0x80000000u /* of groupType: not a mere distribution list */
enum { DOMAIN_LOCAL_BIT = 4, DISABLED_BIT = 2 };

/* What is collected on the way to a token. */
struct collecting {
    const struct principal_request *request;
    struct principal *principal;
    struct membership membership;
    bool found;
    bool has_groups;                 /* the directory itself named them */
    unsigned char primary[SID_MOST]; /* its primary group; no sub-authorities: none */
};

static const struct membership_place *home_of(const struct collecting *in)
{
    return &in->request->places[in->request->home];
}

static void add_all(struct membership *membership, const struct answer *entry,
                    const char *attribute, bool by_sid)
{
    const struct answer_attribute *found = answer_find(entry, attribute);
    size_t i;

    for (i = 0; found != NULL && i < found->count; i++)
        membership_add(membership, NULL, found->values[i], by_sid);
}

static enum ma_status
search(struct collecting *in, size_t place, const struct origin_query *query,
       enum ma_status (*entry)(void *, size_t, const struct answer *, struct ma_error *),
       struct ma_error *err)
{
    struct origin *origin = in->request->places[place].origin;
    const struct origin_taker taker = {.entry = entry, .context = in};

    in->found = false;
    return origin->search(origin, query, &taker, err);
}

/* --- the account ------------------------------------------------------------------- */

/* The primary group, which no member attribute has. */
static void add_primary(struct collecting *in, const struct answer *entry)
{
    struct ma_value rid = origin_value(entry, "primaryGroupID");
    unsigned char domain[SID_MOST];

    if (rid.data == NULL || in->principal->sid[1] < 2)
        return;
    memcpy(domain, in->principal->sid, sizeof domain);
    domain[1]--;
    if (sid_with_rid(domain, (uint32_t)strtoul(rid.data, NULL, 10), in->primary))
        membership_add(&in->membership, NULL,
                       (struct ma_value){(char *)in->primary, sid_size(in->primary)},
                       false);
}

static enum ma_status take_account(void *context, size_t index,
                                   const struct answer *entry, struct ma_error *err)
{
    struct collecting *in = context;
    struct principal *principal = in->principal;
    struct ma_value sid = origin_value(entry, "objectSid");
    struct ma_value control = origin_value(entry, "userAccountControl");

    (void)index;
    if (sid_length((const unsigned char *)sid.data, sid.length) == 0)
        return ma_fail(err, MA_INVALID, "%s has no objectSid: it cannot be audited",
                       entry->dn);
    memcpy(principal->sid, sid.data, sid_size((const unsigned char *)sid.data));
    principal->dn = pool_text(&principal->pool, entry->dn, strlen(entry->dn));
    principal->home = home_of(in)->domain;
    principal->origin = home_of(in)->origin;
    principal->name = origin_text(entry, "sAMAccountName", &principal->pool);
    principal->disabled =
        control.data != NULL && (strtoul(control.data, NULL, 10) & DISABLED_BIT) != 0;
    membership_add(&in->membership, entry->dn, sid, false);
    add_all(&in->membership, entry, "sIDHistory", false);
    add_primary(in, entry);
    return membership_look_for_lacks(&in->membership, home_of(in)->origin, entry, err);
}

static enum ma_status read_account(struct collecting *in, struct ma_error *err)
{
    static const char *const attributes[] = {
        "objectSid",      "sAMAccountName", "sIDHistory", "userAccountControl",
        "primaryGroupID", "memberOf",       NULL};
    const struct origin_taker taker = {.entry = take_account, .context = in};
    const char *dn = in->request->account;
    struct origin *origin = home_of(in)->origin;
    enum ma_status status = origin->read(origin, &dn, 1, attributes, &taker, err);

    if (status == MA_OK && in->principal->dn == NULL)
        return ma_fail(err, MA_NOT_FOUND, "the account %s is gone", dn);
    return status;
}

/* --- its groups ------------------------------------------------------------------- */

struct listing {
    struct membership *into;
    const char *attribute;
    bool by_sid;
    bool had;
};

static enum ma_status take_listed(void *context, size_t index, const struct answer *entry,
                                  struct ma_error *err)
{
    struct listing *listing = context;

    (void)index;
    (void)err;
    listing->had = answer_find(entry, listing->attribute) != NULL;
    add_all(listing->into, entry, listing->attribute, listing->by_sid);
    return MA_OK;
}

/* SIDs that a base search of one entry gives. */
static enum ma_status list(struct origin *origin, const char *dn, struct listing *listing,
                           struct ma_error *err)
{
    const char *const attributes[] = {listing->attribute, NULL};
    const struct origin_taker taker = {.entry = take_listed, .context = listing};

    return origin->read(origin, &dn, 1, attributes, &taker, err);
}

/* What a domain controller of the account's domain says itself: all for its own objects,
 * and for those of other domains what does not depend on the place. */
static enum ma_status read_token_groups(struct collecting *in, struct ma_error *err)
{
    struct listing listing = {.into = &in->membership,
                              .attribute = in->request->home == 0
                                               ? "tokenGroups"
                                               : "tokenGroupsGlobalAndUniversal",
                              .by_sid = in->request->home != 0};
    enum ma_status status = list(home_of(in)->origin, in->principal->dn, &listing, err);

    in->has_groups = listing.had && in->request->home == 0;
    return status;
}

static enum ma_status take_primary(void *context, size_t index,
                                   const struct answer *entry, struct ma_error *err)
{
    struct collecting *in = context;
    struct membership *membership = &in->membership;
    size_t i;

    (void)index;
    (void)err;
    for (i = 0; i < membership->count; i++)
        if (sid_equal(membership->members[i].sid, in->primary))
            membership->members[i].dn =
                pool_text(&in->principal->pool, entry->dn, strlen(entry->dn));
    in->found = true;
    return MA_OK;
}

/* Its primary group is known by its SID; what that is in is asked for by its DN. */
static enum ma_status name_primary(struct collecting *in, struct ma_error *err)
{
    static const char *const groups[] = {"group", NULL};
    static const char *const attributes[] = {"objectSid", NULL};
    const struct origin_term term = {"objectSid", (const char *)in->primary,
                                     sid_size(in->primary)};
    const struct origin_query query = {.base = home_of(in)->domain,
                                       .classes = groups,
                                       .terms = &term,
                                       .count = 1,
                                       .attributes = attributes};
    enum ma_status status;

    if (in->primary[1] == 0)
        return MA_OK;
    status = search(in, in->request->home, &query, take_primary, err);
    if (status == MA_OK && !in->found)
        in->principal->doubt = "its primary group is not there to be read";
    return status;
}

/* Everyone, Authenticated Users, Network, This Organization, asserted identity: BUILTIN
 * Users has Authenticated Users, and so every account. */
static void add_everybody(struct membership *membership)
{
    static const char *const sids[] = {"S-1-1-0", "S-1-5-11", "S-1-5-2", "S-1-5-15",
                                       "S-1-18-1"};
    size_t i;

    for (i = 0; i < sizeof sids / sizeof *sids; i++) {
        unsigned char sid[SID_MOST];

        if (sid_parse(sids[i], strlen(sids[i]), sid) != 0)
            membership_add(membership, NULL,
                           (struct ma_value){(char *)sid, sid_size(sid)}, false);
    }
}

static enum ma_status climb(struct collecting *in, struct ma_error *err)
{
    struct membership *membership = &in->membership;

    return membership_close(membership, in->request->places, in->request->place_count,
                            err);
}

/* Our own way to the groups; the server's where it has one, and then of ours only what
 * everybody is in. */
static enum ma_status read_groups(struct collecting *in, struct ma_error *err)
{
    enum ma_status status = read_token_groups(in, err);

    if (status == MA_OK && !in->has_groups)
        status = name_primary(in, err);
    if (in->has_groups)
        in->membership.closed = in->membership.count;
    add_everybody(&in->membership);
    return status == MA_OK ? climb(in, err) : status;
}

/* --- the second way --------------------------------------------------------------- */

static const char *sid_name(const struct collecting *in, const unsigned char *sid)
{
    char text[SID_TEXT];

    (void)sid_format(sid, text);
    return pool_text(&in->principal->pool, text, strlen(text));
}

/* A SID of `all` that `other` lacks; NULL: none. */
static const char *lacking(const struct collecting *in, const struct membership *all,
                           const struct membership *other)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (!membership_has(other, all->members[i].sid))
            return sid_name(in, all->members[i].sid);
    return NULL;
}

/* The server named the groups: our own closure has to come to the same. */
static enum ma_status check_groups(struct collecting *in, struct ma_error *err)
{
    struct collecting ours = {.request = in->request,
                              .principal = in->principal,
                              .membership = {.pool = &in->principal->pool}};
    enum ma_status status;

    if (!in->has_groups)
        return MA_OK;
    status = read_account(&ours, err);
    if (status == MA_OK)
        status = name_primary(&ours, err);
    add_everybody(&ours.membership);
    if (status == MA_OK)
        status = climb(&ours, err);
    if (status != MA_OK)
        return status;
    in->principal->differs = lacking(in, &ours.membership, &in->membership);
    if (in->principal->differs == NULL)
        in->principal->differs = lacking(in, &in->membership, &ours.membership);
    return MA_OK;
}

/* What this logon has, as the root of the server tells it: a group that the account was
 * put into since is not in it. Where nobody says, nothing is concluded. */
static enum ma_status check_logon(struct collecting *in, struct ma_error *err)
{
    struct membership logon = {.pool = &in->principal->pool};
    struct listing listing = {.into = &logon, .attribute = "tokenGroups"};
    struct origin *origin = in->request->places[0].origin;
    enum ma_status status = list(origin, "", &listing, err);

    if (status == MA_OK && listing.had && in->principal->group_dn != NULL &&
        membership_has(&in->membership, in->principal->group_sid) &&
        !membership_has(&logon, in->principal->group_sid))
        in->principal->stale = in->principal->group_name;
    return status;
}

/* --- the group -------------------------------------------------------------------- */

static enum ma_status take_group(void *context, size_t index, const struct answer *entry,
                                 struct ma_error *err)
{
    struct collecting *in = context;
    struct principal *principal = in->principal;
    struct ma_value sid = origin_value(entry, "objectSid");
    struct ma_value text = origin_value(entry, "groupType");
    uint32_t type = text.data == NULL ? 0 : (uint32_t)strtoll(text.data, NULL, 10);

    (void)index;
    (void)err;
    if (in->found || sid_length((const unsigned char *)sid.data, sid.length) == 0)
        return MA_OK;
    in->found = true;
    memcpy(principal->group_sid, sid.data, sid_size((const unsigned char *)sid.data));
    principal->group_dn = pool_text(&principal->pool, entry->dn, strlen(entry->dn));
    principal->group_is_distribution = (type & SECURITY_BIT) == 0;
    principal->group_is_out_of_scope = (type & DOMAIN_LOCAL_BIT) != 0;
    return MA_OK;
}

static enum ma_status read_group(struct collecting *in, struct ma_error *err)
{
    static const char *const groups[] = {"group", NULL};
    static const char *const attributes[] = {"objectSid", "groupType", NULL};
    const char *name = in->request->group;
    struct origin_term term = {"sAMAccountName", name, name == NULL ? 0 : strlen(name)};
    struct origin_query query = {
        .classes = groups, .terms = &term, .count = 1, .attributes = attributes};
    enum ma_status status = MA_OK;
    size_t i;

    if (term.length == 0)
        return MA_OK;
    in->principal->group_name = pool_text(&in->principal->pool, name, term.length);
    for (i = 0; i < in->request->place_count && status == MA_OK; i++) {
        query.base = in->request->places[i].domain;
        status = search(in, i, &query, take_group, err);
        if (in->found)
            break;
    }
    in->principal->group_is_out_of_scope &= i > 0;
    return status;
}

/* --- all of it -------------------------------------------------------------------- */

static const char *doubt_of(const struct collecting *in)
{
    const struct membership *membership = &in->membership;
    char text[1024];

    if (membership->full)
        return "it is in more groups than a token can hold";
    if (membership->lacked == NULL)
        return in->principal->doubt;
    (void)snprintf(text, sizeof text, "the dump names the group %s and does not have it",
                   membership->lacked);
    return pool_text(&in->principal->pool, text, strlen(text));
}

static enum ma_status finish(struct collecting *in, struct ma_error *err)
{
    struct principal *principal = in->principal;
    size_t count = in->membership.count;
    const unsigned char **sids = pool_alloc(&principal->pool, (count + 1) * sizeof *sids);
    size_t i;

    if (sids == NULL || principal->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "no memory for the token");
    for (i = 0; i < count; i++)
        sids[i] = in->membership.members[i].sid;
    access_token_sort(sids, count);
    principal->token = (struct access_token){sids, count};
    principal->is_member = principal->group_dn != NULL &&
                           access_token_has(&principal->token, principal->group_sid);
    principal->doubt = doubt_of(in);
    return MA_OK;
}

enum ma_status principal_read(const struct principal_request *request,
                              struct principal *out, struct ma_error *err)
{
    struct collecting in = {
        .request = request, .principal = out, .membership = {.pool = &out->pool}};
    enum ma_status status = read_account(&in, err);

    if (status == MA_OK)
        status = read_groups(&in, err);
    if (status == MA_OK)
        status = read_group(&in, err);
    if (status == MA_OK && request->check)
        status = check_groups(&in, err);
    if (status == MA_OK && request->check && request->is_us)
        status = check_logon(&in, err);
    return status == MA_OK ? finish(&in, err) : status;
}

void principal_free(struct principal *principal)
{
    pool_free(&principal->pool);
    *principal = (struct principal){.dn = NULL};
}
