/* SPDX-License-Identifier: Apache-2.0 */

/* The rules extension of this scenario: whose number counts. */

#include <mactl/ma.h>
#include <string.h>

static enum ma_status counts(const struct ma_entry *person, struct ma_draft *to,
                             struct ma_error *err)
{
    const struct ma_value value = ma_value_of(ma_text(person, "phone"));

    return to->set(to, "phone", &value, 1, err);
}

/* Only where nobody else gave one. */
static enum ma_status fills_in(const struct ma_entry *user, struct ma_draft *to,
                               struct ma_error *err)
{
    const struct ma_contribution *now = to->current(to, "phone");
    const struct ma_value value = ma_value_of(ma_text(user, "telephoneNumber"));

    if (now != NULL && strcmp(now->agent, "AD") != 0)
        return MA_OK;
    return to->set(to, "phone", &value, 1, err);
}

static const struct ma_flow flows[] = {
    {"phone.counts", counts},
    {"phone.fillsIn", fills_in},
    {NULL, NULL},
};

static const struct ma_rules rules = {.size = sizeof rules, .flows = flows};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "phone_rules",
    .version = "1.0",
    .rules = &rules,
};

MA_PLUGIN(plugin)
