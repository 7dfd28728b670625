/* SPDX-License-Identifier: Apache-2.0 */
#include "privilege.h"

#include "support/guid.h"
#include "support/sid.h"

/* Where one grant has several, the first of the table says it all. */
static const struct {
    const char *name;
    const char *cause;
    const char *remedy;
    uint32_t rights;     /* all of them */
    const char *right;   /* GUID that an object ACE names; NULL: only without one */
    const char *feature; /* that needs it; NULL: none does */
} codes[PRIVILEGES] = {
    [PRIVILEGE_ADMINISTRATOR] = {"IS-ADMINISTRATOR", "%s is in a group of administrators",
                                 "take it out: what it has to write is granted alone, "
                                 "see mactl acl fix",
                                 0, NULL, NULL},
    [PRIVILEGE_EVERYTHING] = {"MAY-DO-EVERYTHING", "%s has full control of the domain",
                              "take the entry away, and grant what is written alone",
                              0xf01ff, NULL, NULL},
    [PRIVILEGE_CHANGE_RIGHTS] = {"MAY-CHANGE-RIGHTS",
                                 "%s may give itself any right in the domain",
                                 "take the right to change permissions away",
                                 RIGHT_WRITE_DAC, NULL, NULL},
    [PRIVILEGE_OWNERSHIP] = {"MAY-TAKE-OWNERSHIP",
                             "%s may make itself the owner of objects of the domain",
                             "take the right to take ownership away", RIGHT_WRITE_OWNER,
                             NULL, NULL},
    [PRIVILEGE_WRITE_ALL] = {"MAY-WRITE-EVERYTHING", "%s may write every attribute",
                             "replace the entry by those of the attributes that are "
                             "written",
                             RIGHT_WRITE_PROPERTY, NULL, NULL},
    [PRIVILEGE_RESET] = {"MAY-RESET-PASSWORDS", "%s may set the passwords of others",
                         "only the write-back of passwords needs it",
                         RIGHT_CONTROL_ACCESS, "00299570-246d-11d0-a768-00aa006e0529",
                         "password-writeback"},
    [PRIVILEGE_SECRETS] = {"MAY-READ-SECRETS",
                           "%s may replicate secrets, which are everybody's passwords",
                           "only the synchronisation of password hashes needs "
                           "Replicating Directory Changes All",
                           RIGHT_CONTROL_ACCESS, "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
                           "hash-sync"},
};

const char *privilege_name(enum privilege_code code)
{
    return codes[code].name;
}

const char *privilege_cause(enum privilege_code code)
{
    return codes[code].cause;
}

const char *privilege_remedy(enum privilege_code code)
{
    return codes[code].remedy;
}

bool privilege_is_of(enum privilege_code code, const char *feature)
{
    return codes[code].feature != NULL && strcmp(codes[code].feature, feature) == 0;
}

bool privilege_administrator(const struct access_token *token,
                             const unsigned char *domain_sid)
{
    static const unsigned char builtin[] = {1, 1, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0};
    /* Domain, Schema and Enterprise Admins; then Administrators, and the operators of
     * accounts, servers and backups */
    static const uint32_t of_domain[] = {512, 518, 519};
    static const uint32_t of_builtin[] = {544, 548, 549, 551};
    unsigned char sid[SID_MOST];
    size_t i;

    for (i = 0; i < sizeof of_domain / sizeof *of_domain; i++)
        if (sid_with_rid(domain_sid, of_domain[i], sid) && access_token_has(token, sid))
            return true;
    for (i = 0; i < sizeof of_builtin / sizeof *of_builtin; i++)
        if (sid_with_rid(builtin, of_builtin[i], sid) && access_token_has(token, sid))
            return true;
    return false;
}

static bool names(const struct ace *ace, const char *right)
{
    unsigned char guid[GUID_SIZE];

    if (ace->object_type == NULL)
        return true;
    return right != NULL && guid_read(right, strlen(right), guid) &&
           memcmp(guid, ace->object_type, GUID_SIZE) == 0;
}

static enum privilege_code first_of(const struct ace *ace, enum privilege_code from)
{
    uint32_t mask = access_map_generic(ace->mask);
    int code;

    for (code = (int)from; code < PRIVILEGES; code++)
        if ((mask & codes[code].rights) == codes[code].rights &&
            names(ace, codes[code].right))
            return (enum privilege_code)code;
    return PRIVILEGES;
}

static size_t add(struct privilege *out, size_t count, enum privilege_code code, int ace)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (out[i].code == code)
            return count;
    out[count] = (struct privilege){code, ace};
    return count + 1;
}

/* Of full control nothing more has to be said. */
static size_t take(const struct ace *ace, int index, struct privilege *out, size_t count)
{
    enum privilege_code code = first_of(ace, PRIVILEGE_EVERYTHING);

    if (code == PRIVILEGE_EVERYTHING)
        return add(out, count, code, index);
    for (; code != PRIVILEGES; code = first_of(ace, code + 1))
        count = add(out, count, code, index);
    return count;
}

size_t privilege_find(const struct descriptor *sd, const struct access_token *token,
                      const unsigned char *domain_sid,
                      struct privilege out[static PRIVILEGES])
{
    struct acl_walk walk = acl_start();
    struct ace ace;
    size_t count = 0;

    if (privilege_administrator(token, domain_sid))
        return add(out, 0, PRIVILEGE_ADMINISTRATOR, -1);
    while (sd != NULL && sd->dacl.at != NULL && acl_next(&sd->dacl, &walk, &ace)) {
        const struct ace_type *type = ace_type(ace.type);

        if (ace.sid != NULL && type->effect == ACE_ALLOWS && !type->callback &&
            access_token_has(token, ace.sid))
            count = take(&ace, (int)walk.index - 1, out, count);
    }
    return count;
}
