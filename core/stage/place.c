/* SPDX-License-Identifier: Apache-2.0 */

/* Where an object is: its DN is claimed from whoever has it, and what lies below moves
 * along. */

#include "stage/take.h"

/* Two entries of one full import cannot have one DN. */
static enum ma_status check_dn_is_free(struct take *t)
{
    struct stage *stage = t->stage;
    struct cs_object holder;
    uint64_t id;
    enum ma_status status =
        cs_find_dn(stage->batch, stage->agent, t->target, &id, t->err);

    if (status != MA_OK || id == t->object.id || !seen_now(&stage->seen, id))
        return status == MA_NOT_FOUND ? MA_OK : status;
    status =
        cs_get_outline(stage->batch, take_arena(t), stage->agent, id, &holder, t->err);
    if (status != MA_OK)
        return status;
    return take_same_dn(object_imported_dn(&holder), t->target) ? match_duplicate(t, "DN")
                                                                : MA_OK;
}

/* Unless it was found by the target DN already, because it was exported. */
static enum ma_status leave_name(struct take *t)
{
    if (!t->found || t->before.dn == NULL || take_same_dn(t->known, t->target))
        return MA_OK;
    return tree_left(t->stage->batch, t->stage->agent, t->object.id, t->before.dn,
                     &t->readers, t->err);
}

/* --- a new object ----------------------------------------------------------------- */

static enum ma_status take_over(struct take *t, uint64_t heir)
{
    struct cs_object placeholder;
    enum ma_status status;

    if (heir == 0)
        return MA_OK;
    status = cs_get_outline(t->stage->batch, take_arena(t), t->stage->agent, heir,
                            &placeholder, t->err);
    if (status != MA_OK || placeholder.placeholder == PLACEHOLDER_NOT)
        return status == MA_NOT_FOUND ? MA_OK : status;
    t->object.id = placeholder.id;
    t->object.guid = placeholder.guid;
    return MA_OK;
}

enum ma_status place_heir(struct take *t)
{
    uint64_t heir = 0;
    enum ma_status status;

    if (t->found || t->object.id != 0 || t->stage->targets.count == 0)
        return MA_OK;
    status = cs_find_dn(t->stage->batch, t->stage->agent, t->target, &heir, t->err);
    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    return take_over(t, heir);
}

/* --- a known one ------------------------------------------------------------------ */

static enum ma_status rename_object(struct take *t, uint64_t heir)
{
    struct stage *stage = t->stage;
    const struct delta change = {.op = DELTA_UPDATE, .dn = t->target};
    const char *from = t->before.dn;
    struct stage_result result = tower_changed(take_arena(t), &t->object, &change);

    t->renamed = true;
    t->rename_warning = result.warning;
    if (cs_put(stage->batch, &t->object, t->err) != MA_OK ||
        tree_parents(stage->batch, stage->agent, t->target, t->err) != MA_OK ||
        tree_follow(stage->batch, stage->agent, t->object.id, from, t->target,
                    TREE_IMPORTED, &t->readers, t->err) != MA_OK)
        return t->err->status;
    if (heir != 0 && tree_prune(stage->batch, stage->agent, heir, t->err) != MA_OK)
        return t->err->status;
    return match_load(t, t->object.id);
}

enum ma_status place_take(struct take *t)
{
    struct stage *stage = t->stage;
    uint64_t heir;

    if ((t->found && take_same_dn(t->before.dn, t->target)) || t->new_dn)
        return MA_OK;
    if (stage->req.full && check_dn_is_free(t) != MA_OK)
        return t->problem->type != NULL ? MA_INVALID : t->err->status;
    if (leave_name(t) != MA_OK ||
        tree_claim(stage->batch, stage->agent, t->target, t->object.id, &t->readers,
                   &heir, t->err) != MA_OK)
        return t->err->status;
    if (!t->found)
        return take_over(t, heir);
    /* What had the DN may have been above it, or referred to by it. */
    if (match_load(t, t->object.id) != MA_OK)
        return t->err->status;
    return t->before.exists ? rename_object(t, heir) : MA_OK;
}
