/* SPDX-License-Identifier: Apache-2.0 */
#include "membership.h"

#include <stdlib.h>

#include "support/sid.h"

#define SECURITY_BIT 0x80000000u /* of groupType: not a mere distribution list */
enum { DOMAIN_LOCAL_BIT = 4 };

bool membership_has(const struct membership *membership, const unsigned char *sid)
{
    size_t i;

    for (i = 0; i < membership->count; i++)
        if (sid_equal(membership->members[i].sid, sid))
            return true;
    return false;
}

void membership_add(struct membership *membership, const char *dn, struct ma_value sid,
                    bool by_sid)
{
    struct pool *pool = membership->pool;
    size_t size = sid_length((const unsigned char *)sid.data, sid.length);
    struct member *grown;

    if (size == 0 || membership_has(membership, (const unsigned char *)sid.data))
        return;
    membership->full |= membership->count >= MEMBERS_MOST;
    if (membership->full)
        return;
    grown = pool_grow(pool, membership->members, membership->count, &membership->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return;
    membership->members = grown;
    grown[membership->count++] = (struct member){
        .dn = dn == NULL ? NULL : pool_text(pool, dn, strlen(dn)),
        .sid = (const unsigned char *)pool_value(pool, sid.data, size).data,
        .by_sid = by_sid,
    };
}

/* --- one step up ------------------------------------------------------------------ */

struct climbing {
    struct membership *membership;
    struct origin *origin;
    bool local; /* domain-local groups of this place count */
};

static enum ma_status take_found(void *context, size_t index, const struct answer *entry,
                                 struct ma_error *err)
{
    (void)index;
    (void)entry;
    (void)err;
    *(bool *)context = true;
    return MA_OK;
}

enum ma_status membership_look_for_lacks(struct membership *membership,
                                         struct origin *origin,
                                         const struct answer *entry, struct ma_error *err)
{
    static const char *const none[] = {"1.1", NULL};
    const struct answer_attribute *names = answer_find(entry, "memberOf");
    enum ma_status status = MA_OK;
    size_t i;

    for (i = 0; origin->offline && names != NULL && i < names->count && status == MA_OK;
         i++) {
        bool is_there = false;
        const struct origin_taker taker = {.entry = take_found, .context = &is_there};
        const char *dn = names->values[i].data;

        status = origin->read(origin, &dn, 1, none, &taker, err);
        if (!is_there)
            membership->lacked = pool_text(membership->pool, dn, strlen(dn));
    }
    return status;
}

static enum ma_status take(void *context, size_t index, const struct answer *entry,
                           struct ma_error *err)
{
    struct climbing *in = context;
    const struct answer_attribute *history = answer_find(entry, "sIDHistory");
    struct ma_value text = origin_value(entry, "groupType");
    uint32_t type = text.data == NULL ? 0 : (uint32_t)strtoll(text.data, NULL, 10);
    size_t i;

    (void)index;
    if (!(type & SECURITY_BIT) || ((type & DOMAIN_LOCAL_BIT) && !in->local))
        return MA_OK;
    membership_add(in->membership, entry->dn, origin_value(entry, "objectSid"), false);
    for (i = 0; history != NULL && i < history->count; i++)
        membership_add(in->membership, NULL, history->values[i], false);
    return membership_look_for_lacks(in->membership, in->origin, entry, err);
}

/* By its DN, and by the object that stands for its SID. */
static size_t terms_of(const struct member *member, const char *domain, struct pool *pool,
                       struct origin_term out[static 3])
{
    char sid[SID_TEXT];
    char text[2048];
    size_t count = 0;

    if (member->dn != NULL)
        out[count++] = (struct origin_term){"member", member->dn, strlen(member->dn)};
    (void)sid_format(member->sid, sid);
    (void)snprintf(text, sizeof text, "CN=%s,CN=ForeignSecurityPrincipals,%s", sid,
                   domain);
    out[count++] =
        (struct origin_term){"member", pool_text(pool, text, strlen(text)), strlen(text)};
    if (!member->by_sid)
        return count;
    (void)snprintf(text, sizeof text, "<SID=%s>", sid);
    out[count++] =
        (struct origin_term){"member", pool_text(pool, text, strlen(text)), strlen(text)};
    return count;
}

static enum ma_status climb(struct climbing *in, const struct member *member,
                            const char *domain, struct ma_error *err)
{
    static const char *const groups[] = {"group", NULL};
    static const char *const attributes[] = {"objectSid", "groupType", "sIDHistory",
                                             "memberOf", NULL};
    const struct origin_taker taker = {.entry = take, .context = in};
    struct origin_term terms[3];
    struct pool pool = {0};
    const struct origin_query query = {.base = domain,
                                       .classes = groups,
                                       .terms = terms,
                                       .count = terms_of(member, domain, &pool, terms),
                                       .attributes = attributes};
    enum ma_status status = pool.failed
                                ? ma_fail(err, MA_NO_MEMORY, "no memory for the token")
                                : in->origin->search(in->origin, &query, &taker, err);

    pool_free(&pool);
    return status;
}

/* The list grows while it is walked; each of it is asked about once. */
enum ma_status membership_close(struct membership *membership,
                                const struct membership_place *places, size_t count,
                                struct ma_error *err)
{
    size_t i;
    size_t j;

    for (i = membership->closed; i < membership->count; i++)
        for (j = 0; j < count; j++) {
            struct climbing in = {membership, places[j].origin, j == 0};
            const struct member member = membership->members[i];

            if (climb(&in, &member, places[j].domain, err) != MA_OK)
                return err->status;
        }
    membership->closed = membership->count;
    return membership->pool->failed
               ? ma_fail(err, MA_NO_MEMORY, "no memory for the token")
               : MA_OK;
}
