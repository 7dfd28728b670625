/* SPDX-License-Identifier: Apache-2.0 */

/* A rules extension: the attribute flows of the example company. Read from the bottom. */

#include <mactl/ma.h>

static enum ma_status display_name(const struct ma_entry *person, struct ma_draft *draft,
                                   struct ma_error *err)
{
    const char *given = ma_text(person, "givenName");
    const char *family = ma_text(person, "sn");
    char name[256];
    struct ma_value value;

    if (given == NULL || family == NULL)
        return ma_fail(err, MA_INVALID, "givenName and sn are both required");
    if ((size_t)snprintf(name, sizeof name, "%s, %s", family, given) >= sizeof name)
        return ma_fail(err, MA_INVALID, "'%s' is too long a name", family);
    value = ma_value_of(name);
    return draft->set(draft, "displayName", &value, 1, err);
}

static const struct ma_flow flows[] = {
    {"corp.displayName", display_name},
    {NULL, NULL},
};

static const struct ma_rules rules = {.size = sizeof rules, .flows = flows};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "corp_rules",
    .version = "1.0",
    .rules = &rules,
};

MA_PLUGIN(plugin)
