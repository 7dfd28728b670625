/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Deletes and delete-adds of all partitions are counted before anything is sent. A guard
 * holds where the count is greater than it.
 */

#include "base/error.h"
#include "export/state.h"

/* Below so many objects a share says nothing. */
enum { ENOUGH_OBJECTS = 100 };

static enum ma_status count_objects(struct export_step *step, uint64_t *count,
                                    struct ma_error *err)
{
    uint64_t placeholders;

    if (cs_count(step->batch, step->agent, count, err) != MA_OK ||
        cs_queue_length(step->batch, QUEUE_PLACEHOLDER, step->agent, &placeholders,
                        err) != MA_OK)
        return err->status;
    *count -= placeholders;
    return MA_OK;
}

static enum ma_status check_share(struct export_step *step, const char **result,
                                  struct ma_error *err)
{
    uint64_t percent = step->req.guard.export_deletes_percent;
    uint64_t objects;

    if (step->removals == 0)
        return MA_OK;
    if (count_objects(step, &objects, err) != MA_OK)
        return err->status;
    if (objects < ENOUGH_OBJECTS || step->removals * 100 <= percent * objects)
        return MA_OK;
    *result = "stopped-deletion-threshold-exceeded";
    return ma_fail(err, MA_LIMIT,
                   "%llu deletes are pending, more than %llu %% of the objects of '%s'; "
                   "nothing was exported. If they are meant, raise "
                   "export-deletes-percent in mactl.xml for this export",
                   (unsigned long long)step->removals, (unsigned long long)percent,
                   step->req.agent->config->name);
}

static enum ma_status check_number(const struct export_step *step, uint64_t limit,
                                   const char *string, const char *where,
                                   const char **result, struct ma_error *err)
{
    if (step->removals <= limit)
        return MA_OK;
    *result = string;
    return ma_fail(err, MA_LIMIT,
                   "%llu deletes are pending for '%s', %llu are allowed; nothing was "
                   "exported. If they are meant, raise %s for this export",
                   (unsigned long long)step->removals, step->req.agent->config->name,
                   (unsigned long long)limit, where);
}

enum ma_status guard_check(struct export_step *step, const char **result,
                           struct ma_error *err)
{
    uint64_t limit = step->req.step == NULL ? 0 : step->req.step->delete_limit;

    if (check_number(step, step->req.guard.export_deletes,
                     "stopped-deletion-threshold-exceeded", "export-deletes in mactl.xml",
                     result, err) != MA_OK)
        return err->status;
    if (limit > 0 && check_number(step, limit, "stopped-deletion-limit",
                                  "<delete> of the run profile", result, err) != MA_OK)
        return err->status;
    return check_share(step, result, err);
}
