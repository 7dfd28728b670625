/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/task.h"

#include "base/error.h"
#include "space/tower.h"

/* The unit is taken back; the object remembers why. */
static enum ma_status record_failure(struct sync *sync, uint32_t agent, uint64_t id,
                                     const struct object_error *why, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status =
        cs_get_outline(sync->batch, &sync->arena, agent, id, &object, err);
    const char *dn;

    if (status != MA_OK)
        return status;
    tower_sync_failed(&object, why);
    sync->failures++;
    dn = object_dn(&sync->arena, &object);
    sync->history->count(sync->history, COUNTER_FLOW_FAILURE, agent, id, dn);
    sync->history->sync_error(sync->history, agent, id, dn, &object.import_error, NULL,
                              NULL);
    return cs_put(sync->batch, &object, err);
}

enum ma_status task_settle(struct unit *unit, uint32_t agent, uint64_t id,
                           enum ma_status status, struct ma_error *err)
{
    struct object_error why = unit->error;

    if (unit->wants_whole)
        return MA_OK; /* it is done again */
    if (status == MA_OK)
        return unit_keep(unit, err);
    if (why.type == NULL)
        return status;
    unit_drop(unit);
    return record_failure(unit->sync, agent, id, &why, err);
}

enum ma_status task_do(struct sync *sync, const struct task *task, struct ma_error *err)
{
    bool by_value = !task->whole && !sync->request->full && sync->request->only == 0 &&
                    !sync->request->whole_objects;
    enum ma_status status;
    struct unit unit;
    bool again;

    do {
        unit_begin(&unit, sync);
        unit.by_value = by_value;
        status = task->run(&unit, task, err);
        again = by_value && unit.wants_whole;
        if (again)
            unit_drop(&unit);
        unit_end(&unit);
        by_value = false;
    } while (again);
    return status;
}
