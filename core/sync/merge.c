/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/merge.h"

static enum ma_status disagree(struct unit *unit, const struct flow *flow,
                               const struct flow *first, struct ma_error *err)
{
    bool inbound = flow->rule->direction == RULE_INBOUND;

    return unit_fail(unit, err,
                     inbound ? "sync-rule-inbound-flow-rules-invalid"
                             : "sync-rule-outbound-flow-rules-invalid",
                     inbound ? "import-flow" : "export-flow", flow,
                     "it merges otherwise than '%s', which writes the same attribute",
                     first->rule->name);
}

enum ma_status merge_in_scope(struct unit *unit, const struct merging *merging,
                              enum merge_type *out, struct ma_error *err)
{
    const struct flow *first = NULL;

    for (size_t i = 0; i < merging->count; i++) {
        const struct flow *flow = merging->flows[i];

        if (!merging->holds(merging->context, flow))
            continue;
        if (first != NULL && view_merge(flow) != view_merge(first))
            return disagree(unit, flow, first, err);
        first = first == NULL ? flow : first;
        *out = view_merge(first);
    }
    return MA_OK;
}
