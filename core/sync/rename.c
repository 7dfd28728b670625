/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/rename.h"

#include "model/dn.h"
#include "store/tree.h"

static enum ma_status check_is_free(struct unit *unit, struct connector *connector,
                                    const char *dn, struct ma_error *err)
{
    uint32_t agent = connector->object.agent;
    struct connector *holder;
    uint64_t id;
    enum ma_status status = cs_find_dn(unit->sync->batch, agent, dn, &id, err);

    if (status == MA_NOT_FOUND || (status == MA_OK && id == connector->object.id))
        return MA_OK;
    if (status == MA_OK)
        status = unit_connector(unit, agent, id, &holder, err);
    if (status != MA_OK || holder->gone || holder->object.placeholder != PLACEHOLDER_NOT)
        return status;
    return unit_fail(unit, err, "sync-rule-flow-provisioning-failed", "provisioning",
                     NULL, "'%s' is to be renamed to '%s', which exists",
                     unit_dn(unit, connector), dn);
}

static enum ma_status refuse(struct unit *unit, struct connector *connector,
                             const char *child, struct ma_error *err)
{
    return unit_fail(unit, err, "unexported-container-rename", "provisioning", NULL,
                     "'%s' was not exported yet and cannot be renamed while '%s' lies "
                     "below it; export first",
                     unit_dn(unit, connector), child == NULL ? "another object" : child);
}

/* The system has them there: under another name they would have no container. */
static enum ma_status check_below(struct unit *unit, struct connector *connector,
                                  struct ma_error *err)
{
    uint32_t agent = connector->object.agent;
    struct batch *batch = unit->sync->batch;
    id_list ids = {0};
    enum ma_status status =
        cs_children(batch, agent, unit_dn(unit, connector), &ids, err);

    for (size_t i = 0; status == MA_OK && i < ids.count; i++) {
        struct cs_object child;

        status = cs_get(batch, unit->arena, agent, ids.items[i], &child, err);
        if (status == MA_OK && object_was_imported(&child))
            status = refuse(unit, connector, object_dn(unit->arena, &child), err);
    }
    VEC_FREE(&ids);
    return status;
}

enum ma_status rename_check(struct unit *unit, struct connector *connector,
                            const char *dn, struct ma_error *err)
{
    const struct cs_object *object = &connector->object;
    bool is_there = object_was_imported(object) || tree_was_sent(object);
    enum ma_status status = MA_OK;

    if (dn_equal(slice_text(dn), slice_text(unit_dn(unit, connector))))
        return MA_OK;
    status = check_is_free(unit, connector, dn, err);
    return status == MA_OK && !is_there ? check_below(unit, connector, err) : status;
}
