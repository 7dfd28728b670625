/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The rules extensions of this scenario. The metaverse's gives every person an account in
 * AD and a mailbox in Mail, in this order. The one of Mail makes the alias of a mailbox,
 * and refuses a name that has no alias.
 */

#include <mactl/ma.h>
#include <string.h>

static enum ma_status add(struct ma_connectors *connectors, const char *agent,
                          const char *type, const char *dn, struct ma_error *err)
{
    const struct ma_entry entry = {.size = sizeof entry, .dn = dn, .object_type = type};

    if (connectors->count(connectors, agent) > 0)
        return MA_OK;
    return connectors->add(connectors, agent, &entry, err);
}

static enum ma_status provision(void *state, const struct ma_entry *person,
                                struct ma_connectors *connectors, struct ma_error *err)
{
    const char *id = ma_text(person, "employeeID");
    char dn[128];
    enum ma_status status;

    (void)state;
    snprintf(dn, sizeof dn, "CN=%s,DC=corp", id);
    status = add(connectors, "AD", "user", dn, err);
    snprintf(dn, sizeof dn, "CN=%s,DC=mail", id);
    return status != MA_OK ? status : add(connectors, "Mail", "mailbox", dn, err);
}

static enum ma_status alias(const struct ma_entry *person, struct ma_draft *mailbox,
                            struct ma_error *err)
{
    const char *name = ma_text(person, "displayName");
    const struct ma_value value = {name, strcspn(name, " ")};

    if (strchr(name, '&') != NULL)
        return ma_fail(err, MA_INVALID, "'%s' is not the name of a person", name);
    return mailbox->set(mailbox, "alias", &value, 1, err);
}

static const struct ma_flow flows[] = {{"mailbox.alias", alias}, {NULL, NULL}};

static const struct ma_rules rules = {
    .size = sizeof rules,
    .flows = flows,
    .provision = provision,
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "accounts_rules",
    .version = "1.0",
    .rules = &rules,
};

MA_PLUGIN(plugin)
