/* SPDX-License-Identifier: Apache-2.0 */
#include "object_parts.h"

#include <string.h>

#include "base/text.h"

static bool is_printable(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return false;
    return text_is_utf8(text);
}

const char *object_anchor(struct arena *arena, struct slice anchor)
{
    if (anchor.length == 0)
        return NULL;
    if (is_printable(anchor))
        return arena_textn(arena, anchor.at, anchor.length);
    return arena_print(arena, "0x%s", text_hex(arena, anchor).at);
}

const char *object_cause(enum link_cause cause)
{
    static const char *const texts[] = {[LINK_NONE] = "",
                                        [LINK_JOIN] = "join",
                                        [LINK_PROJECTION] = "projection",
                                        [LINK_PROVISIONING] = "provisioning",
                                        [LINK_MANUAL] = "by hand"};

    return texts[cause];
}

const char *object_rule(const struct object_style *style, const struct guid *id)
{
    const struct rule *rule =
        guid_is_zero(id) ? NULL : program_rule(style->show->program, id);

    return rule == NULL || rule->name == NULL || rule->name[0] == '\0' ? NULL
                                                                       : rule->name;
}

void object_flags(const struct cs_object *object, struct object_flag flags[OBJECT_FLAGS])
{
    const struct object_flag all[OBJECT_FLAGS] = {
        {object->transient, "transient"},
        {object->rebuild, "rebuild-in-progress"},
        {object->reference_retry, "reference-retry"},
        {object->rename_retry, "rename-retry"},
        {object->provisioning_retry, "provisioning-retry"},
        {object->full_sync, "full-sync"},
        {object->projected, "projected"},
        {object->owned_count > 0, "owns-values"},
        {object->unsettled.due && delta_is_empty(&object->pending_import), "unsettled"},
    };

    memcpy(flags, all, sizeof all);
}

struct contribution object_contribution(const struct object_style *style,
                                        const struct mv_lineage *lineage)
{
    const struct compiled_agent *agent =
        program_agent(style->show->program, lineage->agent);

    return (struct contribution){
        .agent = agent == NULL ? OBJECT_NO_AGENT : agent->config->name,
        .dn = show_dn(style->show, style->arena, lineage->agent, lineage->object),
        .rule = object_rule(style, &lineage->rule),
        .lineage = lineage,
    };
}
