/* SPDX-License-Identifier: Apache-2.0 */
#include "weakness.h"

#include "access.h"
#include "support/guid.h"
#include "support/sid.h"

#define RESET_PASSWORD "00299570-246d-11d0-a768-00aa006e0529"

static bool is_one_of(uint32_t rid, const uint32_t *list, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (list[i] == rid)
            return true;
    return false;
}

/* Whom AdminSDHolder protects is an administrator: Domain, Schema, Enterprise and Key
 * Admins; of BUILTIN the operators, too. */
static bool is_administrator(const unsigned char *sid, const unsigned char *domain)
{
    static const unsigned char builtin[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0};
    static const uint32_t of_domain[] = {500, 512, 516, 526};
    static const uint32_t of_forest[] = {498, 518, 519, 527};
    static const uint32_t of_builtin[] = {544, 548, 549, 551};
    uint32_t rid = sid_rid(sid);

    if (memcmp(sid, builtin, sizeof builtin) == 0)
        return is_one_of(rid, of_builtin, 4);
    if (sid[1] != 5 || sid[8] != 21)
        return false;
    return is_one_of(rid, of_forest, 4) ||
           (memcmp(sid + 2, domain + 2, sid_size(domain) - 2) == 0 &&
            is_one_of(rid, of_domain, 4));
}

/* The system, the account itself, and who creates what does not exist yet. */
static bool is_harmless(const unsigned char *sid, const unsigned char *account)
{
    static const char *const sids[] = {"S-1-5-18", "S-1-5-10", "S-1-5-9",
                                       "S-1-3-0",  "S-1-3-1",  "S-1-3-4"};
    unsigned char other[SID_MOST];
    size_t i;

    for (i = 0; i < sizeof sids / sizeof *sids; i++)
        if (sid_parse(sids[i], strlen(sids[i]), other) != 0 && sid_equal(sid, other))
            return true;
    return sid_equal(sid, account);
}

static const char *harm_of(const struct ace *ace)
{
    uint32_t mask = access_map_generic(ace->mask);
    unsigned char reset[GUID_SIZE];

    if (mask & RIGHT_WRITE_DAC)
        return "may change its rights";
    if (mask & RIGHT_WRITE_OWNER)
        return "may make himself its owner";
    if (!(mask & RIGHT_CONTROL_ACCESS))
        return NULL;
    (void)guid_read(RESET_PASSWORD, strlen(RESET_PASSWORD), reset);
    return ace->object_type == NULL || memcmp(ace->object_type, reset, GUID_SIZE) == 0
               ? "may set its password"
               : NULL;
}

static void add(struct weakness *out, const unsigned char *sid, int ace, const char *how,
                bool inherited)
{
    if (out->count++ > 0)
        return;
    memcpy(out->sid, sid, sid_size(sid));
    out->ace = ace;
    out->how = how;
    out->inherited = inherited;
}

bool weakness_find(const struct descriptor *sd, const unsigned char *account,
                   const unsigned char *domain, struct weakness *out)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    *out = (struct weakness){.ace = -1};
    if (sd->owner != NULL && !is_harmless(sd->owner, account) &&
        !is_administrator(sd->owner, domain))
        add(out, sd->owner, -1, "owns it", false);
    while (sd->dacl.at != NULL && acl_next(&sd->dacl, &walk, &ace)) {
        const struct ace_type *type = ace_type(ace.type);

        if (ace.sid == NULL || type->effect != ACE_ALLOWS || type->callback ||
            (ace.flags & ACE_INHERIT_ONLY) || is_harmless(ace.sid, account) ||
            is_administrator(ace.sid, domain) || harm_of(&ace) == NULL)
            continue;
        add(out, ace.sid, (int)walk.index - 1, harm_of(&ace),
            (ace.flags & ACE_INHERITED) != 0);
    }
    return out->count > 0;
}
