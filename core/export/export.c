/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "export/state.h"
#include "model/result.h"
#include "store/agent.h"

enum { DEFAULT_BATCH = 500 };

/* --- counters of the agent -------------------------------------------------------- */

void export_counters(struct batch *batch, uint32_t agent, uint64_t *current,
                     uint64_t *successful)
{
    struct slice row;
    struct reader reader;

    *current = *successful = 0;
    if (agent_get(batch, agent, NULL, "batch", &row) != MA_OK)
        return;
    reader = reader_of(row);
    *current = reader_varint(&reader);
    *successful = reader_varint(&reader);
}

void export_number(struct export_step *step, bool successful)
{
    uint64_t current;
    uint64_t last;
    BUF_AUTO row = {0};

    export_counters(step->batch, step->agent, &current, &last);
    buf_varint(&row, step->number);
    buf_varint(&row, successful ? step->number : last);
    agent_set(step->batch, step->agent, NULL, "batch", buf_view(&row));
}

/* --- begin and end ---------------------------------------------------------------- */

static size_t batch_size(const struct export_request *request)
{
    uint32_t size = request->step == NULL ? 0 : request->step->batch_size;

    if (size == 0)
        size = DEFAULT_BATCH;
    return size > request->least_batch ? size : request->least_batch;
}

enum ma_status export_begin(struct export_step **out,
                            const struct export_request *request, struct ma_error *err)
{
    struct export_step *step = mem_zero(sizeof *step);
    uint64_t successful;

    step->req = *request;
    step->batch = batch_begin(request->store);
    step->agent = request->agent->number;
    step->partition = partition_tag(request->partition);
    step->capacity = batch_size(request);
    step->pile = pile_of(sizeof(struct item), store_folder(request->store));
    hands_begin(step);
    export_counters(step->batch, step->agent, &step->number, &successful);
    step->number++;
    if (plan_make(step, err) != MA_OK) {
        export_end(step);
        return err->status;
    }
    *out = step;
    return MA_OK;
}

void export_end(struct export_step *step)
{
    if (step == NULL)
        return;
    hands_end(step);
    batch_end(step->batch);
    pile_end(&step->pile);
    arena_free(&step->arena);
    free(step);
}

const struct export_set *export_planned(const struct export_step *step)
{
    return &step->set;
}

const struct export_approval *export_approved(const struct export_step *step)
{
    return step->approved ? &step->approval : NULL;
}

enum ma_status export_check(struct export_step *step, const char **result,
                            struct ma_error *err)
{
    return guard_check(step, result, err);
}

/* --- the step --------------------------------------------------------------------- */

/* Of which some part went, and more is to come. */
static enum ma_status count_parts(struct export_step *step, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < step->count && status == MA_OK; i++)
        if (step->items[i].succeeded && !step->items[i].counted)
            status = settle_count(step, &step->items[i], err);
    return status;
}

static uint64_t expected(const struct export_step *step)
{
    uint64_t count = 0;

    for (size_t i = 0; i < step->count; i++)
        count += !step->items[i].elsewhere;
    return count;
}

static enum ma_status finish(struct export_step *step, const char **result,
                             struct ma_error *err)
{
    bool good = step->broken == MA_OK && step->errors == 0;

    if (count_parts(step, err) != MA_OK)
        return err->status;
    if (good && step->numbered)
        export_number(step, true);
    if (batch_commit(step->batch, err) != MA_OK)
        return err->status;
    *result = step->errors > 0 ? "completed-export-errors" : "success";
    if (step->broken == MA_OK)
        return MA_OK;
    *result =
        step->stopped != NULL
            ? step->stopped
            : result_of_status(step->broken, step->heard ? RESULT_DURING : RESULT_BEFORE);
    *err = step->why;
    return step->broken;
}

enum ma_status export_run(struct export_step *step, const char **result,
                          struct ma_error *err)
{
    struct history *history = step->req.history;

    *result = NULL;
    if (guard_check(step, result, err) != MA_OK)
        return err->status;
    history->expect(history, expected(step));
    if (passes_make(step, err) != MA_OK)
        return err->status;
    return finish(step, result, err);
}
