/* SPDX-License-Identifier: Apache-2.0 */

/* A rules extension that does not come back from its flow for one person: Eve. */

#include <mactl/ma.h>
#include <unistd.h>

static enum ma_status display_name(const struct ma_entry *person, struct ma_draft *draft,
                                   struct ma_error *err)
{
    const char *first = ma_text(person, "givenName");
    struct ma_value value = ma_value_of(first == NULL ? "" : first);

    while (first != NULL && strcmp(first, "Eve") == 0)
        pause();
    return draft->set(draft, "displayName", &value, 1, err);
}

static const struct ma_flow flows[] = {{"corp.displayName", display_name}, {NULL, NULL}};

static const struct ma_rules rules = {.size = sizeof rules, .flows = flows};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "stuck_rules",
    .version = "1.0",
    .rules = &rules,
};

MA_PLUGIN(plugin)
