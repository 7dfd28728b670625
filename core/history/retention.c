/* SPDX-License-Identifier: Apache-2.0 */
#include "history/retention.h"

#include <string.h>

#include "base/clock.h"
#include "export/approval.h"
#include "history/result.h"
#include "store/agent.h"

enum { DAY = 24 * 3600 * 1000 };

/* --- when ------------------------------------------------------------------------- */

/* Going through the history costs what reading it costs, so the time at which the next
 * run will be too old is kept, and what it was reckoned with. */
static const char due_key[] = "history-due";

static bool is_due(struct batch *batch, int64_t days)
{
    struct slice row;
    struct reader reader;
    int64_t due;

    if (days == 0)
        return false;
    if (batch_get(batch, TABLE_META, slice_text(due_key), &row) != MA_OK)
        return true;
    reader = reader_of(row);
    due = (int64_t)reader_u64(&reader);
    return clock_now() >= due || (int64_t)reader_u64(&reader) != days;
}

static void set_due(struct batch *batch, int64_t due, int64_t days)
{
    BUF_AUTO row = {0};

    buf_u64(&row, (uint64_t)due);
    buf_u64(&row, (uint64_t)days);
    batch_put(batch, TABLE_META, slice_text(due_key), buf_view(&row));
}

static bool is_too_large(struct store *store, uint64_t bytes)
{
    struct store_stats stats;
    struct ma_error ignored; /* whoever reads next is told */

    return bytes != 0 && store_statistics(store, &stats, &ignored) == MA_OK &&
           stats.bytes[TABLE_RUNS] > bytes;
}

/* --- what is needed --------------------------------------------------------------- */

/* An agent's last run for some purpose: a kind of step in a partition, or at all. */
struct purpose {
    struct guid agent;
    const char *kind;
    const char *partition;
};

struct candidate {
    uint64_t run;
    int64_t end;
};

struct pass {
    struct arena arena;
    VEC_OF(struct purpose) served; /* by a younger run */
    VEC_OF(uint64_t) approved;
    VEC_OF(struct candidate) candidates; /* the youngest first */
};

static bool serves_first(struct pass *pass, const struct guid *agent, const char *kind,
                         const char *partition)
{
    const char *where = partition == NULL ? "" : partition;

    for (size_t i = 0; i < pass->served.count; i++) {
        const struct purpose *p = &pass->served.items[i];

        if (guid_equal(&p->agent, agent) && strcmp(p->kind, kind) == 0 &&
            strcmp(p->partition, where) == 0)
            return false;
    }
    VEC_ADD(&pass->served, (struct purpose){*agent, arena_text(&pass->arena, kind),
                                            arena_text(&pass->arena, where)});
    return true;
}

static const char *kind_of(const struct step_record *step)
{
    return strstr(step->type, "import") != NULL ? "import" : step->type;
}

static bool is_approved(const struct pass *pass, uint64_t run)
{
    for (size_t i = 0; i < pass->approved.count; i++)
        if (pass->approved.items[i] == run)
            return true;
    return false;
}

static bool is_needed(struct pass *pass, const struct run_record *record)
{
    bool needed = record->end == 0 || is_approved(pass, record->number);

    if (record->end == 0)
        return true;
    for (size_t i = 0; i < record->step_count; i++)
        needed |= serves_first(pass, &record->agent_id, kind_of(&record->steps[i]),
                               record->steps[i].partition);
    if (result_continues(record->result))
        needed |= serves_first(pass, &record->agent_id, "complete", NULL);
    return needed;
}

static enum ma_status find_approved(struct pass *pass, struct batch *batch,
                                    struct ma_error *err)
{
    known_agents agents = {0};
    enum ma_status status = agent_list(batch, &agents, err);

    for (size_t i = 0; status == MA_OK && i < agents.count; i++) {
        struct export_approval approval;

        if (approval_get(batch, &pass->arena, agents.items[i].number, &approval))
            VEC_ADD(&pass->approved, approval.run);
    }
    VEC_FREE(&agents);
    return status;
}

static enum ma_status find_candidates(struct pass *pass, struct batch *batch,
                                      struct ma_error *err)
{
    uint64_t first = record_first(batch);
    enum ma_status status = find_approved(pass, batch, err);

    for (uint64_t run = record_last(batch); status == MA_OK && run > 0 && run >= first;
         run--) {
        ARENA_AUTO arena = {0};
        struct run_record record;

        status = record_get(batch, &arena, run, &record, err);
        if (status == MA_OK && !is_needed(pass, &record))
            VEC_ADD(&pass->candidates, (struct candidate){run, record.end});
        if (status == MA_NOT_FOUND)
            status = MA_OK;
    }
    return status;
}

static void end_pass(struct pass *pass)
{
    arena_free(&pass->arena);
    VEC_FREE(&pass->served);
    VEC_FREE(&pass->approved);
    VEC_FREE(&pass->candidates);
}

/* --- forgetting ------------------------------------------------------------------- */

/* The oldest candidates, while they are too old or all are too much. */
static enum ma_status forget(struct pass *pass, struct store *store, struct batch *batch,
                             const struct retention *retention, unsigned *gone,
                             struct ma_error *err)
{
    int64_t before = retention->days == 0 || retention->days > clock_now() / DAY
                         ? 0
                         : clock_now() - retention->days * DAY;
    enum ma_status status = MA_OK;

    while (status == MA_OK && pass->candidates.count > 0) {
        const struct candidate *oldest =
            &pass->candidates.items[pass->candidates.count - 1];

        if (oldest->end >= before && !is_too_large(store, retention->bytes))
            break;
        status = record_forget(batch, oldest->run, err);
        pass->candidates.count--;
        *gone += status == MA_OK;
    }
    return status;
}

/* With nothing to forget, what is needed today may not be tomorrow. */
static enum ma_status note_due(const struct pass *pass, struct batch *batch, int64_t days,
                               struct ma_error *err)
{
    size_t count = pass->candidates.count;
    int64_t tomorrow = clock_now() + DAY;
    int64_t due =
        count == 0 ? tomorrow : pass->candidates.items[count - 1].end + days * DAY;

    set_due(batch, due < tomorrow ? due : tomorrow, days);
    return batch_commit(batch, err);
}

enum ma_status retention_apply(struct store *store, const struct retention *retention,
                               unsigned *gone, struct ma_error *err)
{
    struct batch *batch = batch_begin(store);
    struct pass pass = {0};
    enum ma_status status = MA_OK;

    *gone = 0;
    if (is_due(batch, retention->days) || is_too_large(store, retention->bytes)) {
        status = find_candidates(&pass, batch, err);
        if (status == MA_OK)
            status = forget(&pass, store, batch, retention, gone, err);
        if (status == MA_OK)
            status = note_due(&pass, batch, retention->days, err);
        end_pass(&pass);
    }
    batch_end(batch);
    return status == MA_CONFLICT ? MA_OK : status;
}
