/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

enum ma_status asking_report(const struct asking *asking, struct ma_finding finding,
                             struct ma_error *err)
{
    finding.size = sizeof finding;
    finding.dn = asking->planned->dn;
    finding.object_type = asking->object.object_class == NULL
                              ? asking->planned->object_type
                              : asking->object.object_class->name;
    return asking->audit->host->finding(asking->audit->host, &finding, err);
}

/* The class as the directory says, else as the configuration knows it. */
static const struct forest_item *class_of(const struct asking *asking)
{
    const struct forest *forest = &asking->audit->forest;
    const struct forest_item *found =
        asking->state->object_class == NULL
            ? NULL
            : forest_named(forest, FOREST_CLASS, asking->state->object_class);

    if (found == NULL && asking->planned->object_type != NULL)
        found = forest_named(forest, FOREST_CLASS, asking->planned->object_type);
    return found;
}

void asking_prepare(struct asking *asking)
{
    const struct realm *realm = asking->realm;
    const struct principal *principal = &realm->principal;
    const struct object_state *state = asking->state;

    asking->object = (struct cause_object){
        .dn = asking->planned->dn,
        .sd = state->has_sd ? &state->sd : NULL,
        .malformed = state->malformed,
        .self = state->sid,
        .object_class = class_of(asking),
        .is_protected = guarded_has(&realm->guarded, asking->planned->dn),
        .admin_count = state->admin_count,
    };
    asking->principal = (struct cause_principal){
        .token = &principal->token,
        .group = principal->group_dn == NULL ? NULL : principal->group_sid,
        .group_is_distribution = principal->group_is_distribution,
        .group_is_out_of_scope = principal->group_is_out_of_scope,
        .is_administrator = realm->is_administrator,
        .notes = asking->audit->notes,
        .holder = realm->holder.has_sd ? &realm->holder.sd : NULL,
    };
}
