/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commits of an import. The checkpoint is that of the agent, in an envelope that says
 * which step it belongs to and what that step had met by then: a run that was killed is
 * resumed as one import, with its errors and its set of seen objects.
 */

#include "base/buf.h"
#include "stage/state.h"
#include "store/agent.h"

enum { ENVELOPE = 1 };

struct envelope {
    uint64_t version;
    uint64_t kind; /* full or delta, and the selection */
    uint64_t epoch;
    uint64_t errors;
    uint64_t entries;
    uint64_t warnings;
    uint64_t deletes;
    uint64_t chunks;
    struct slice where;
};

static uint64_t kind_of(const struct stage *stage)
{
    return stage->select.fingerprint << 1 | (stage->req.full ? 1 : 0);
}

static bool read_envelope(struct slice row, struct envelope *out)
{
    struct reader r = reader_of(row);

    out->version = reader_varint(&r);
    out->kind = reader_u64(&r);
    out->epoch = reader_varint(&r);
    out->errors = reader_varint(&r);
    out->entries = reader_varint(&r);
    out->warnings = reader_varint(&r);
    out->deletes = reader_varint(&r);
    out->chunks = reader_varint(&r);
    out->where = reader_counted(&r);
    return !r.bad && out->version == ENVELOPE;
}

static void write_envelope(const struct stage *stage, struct slice where, struct buf *out)
{
    buf_varint(out, ENVELOPE);
    buf_u64(out, kind_of(stage));
    buf_varint(out, stage->seen.epoch);
    buf_varint(out, stage->errors);
    buf_varint(out, stage->entries);
    buf_varint(out, stage->warnings);
    buf_varint(out, stage->deletes);
    buf_varint(out, stage->seen.chunks);
    buf_counted(out, where);
}

/* A drop file is read from its beginning, and shows another state than what a dead run
 * had begun to read: neither goes on where the other stopped. */
static void forget_checkpoint(struct stage *stage)
{
    agent_clear(stage->batch, stage->agent, stage->part, "checkpoint");
}

void page_restore(struct stage *stage)
{
    struct envelope e;
    struct slice row;

    seen_begin(&stage->seen, stage->req.history->run);
    if (stage->req.keep_watermark) {
        forget_checkpoint(stage);
        return;
    }
    if (agent_get(stage->batch, stage->agent, stage->part, "checkpoint", &row) != MA_OK ||
        !read_envelope(row, &e) || e.kind != kind_of(stage))
        return;
    stage->checkpoint = arena_slice(&stage->arena, e.where);
    stage->errors = e.errors;
    stage->entries = e.entries;
    stage->warnings = e.warnings;
    stage->deletes = e.deletes;
    seen_begin(&stage->seen, e.epoch);
    if (stage->req.full)
        seen_load(&stage->seen, stage->batch, stage->agent, stage->part,
                  (size_t)e.chunks);
}

/* With the counts of now: what comes behind the page is read again by a run that goes on
 * from here. */
void page_end(struct stage *stage, struct slice where)
{
    buf_clear(&stage->page);
    write_envelope(stage, where, &stage->page);
}

enum ma_status page_commit(struct stage *stage, struct ma_error *err)
{
    if (tree_heirs_settle(stage->heirs, err) != MA_OK)
        return err->status;
    if (stage->req.full && !stage->over)
        seen_save(&stage->seen, stage->batch, stage->agent, stage->part);
    if (stage->page.length > 0)
        agent_set(stage->batch, stage->agent, stage->part, "checkpoint",
                  buf_view(&stage->page));
    if (batch_commit(stage->batch, err) != MA_OK)
        return err->status;
    buf_clear(&stage->page);
    tree_heirs_clear(stage->heirs);
    history_settled(stage->req.history, true);
    batch_release(stage->batch);
    return MA_OK;
}

void page_forget(struct stage *stage)
{
    stage->over = true;
    buf_clear(&stage->page);
    forget_checkpoint(stage);
    if (stage->req.full)
        seen_clear(&stage->seen, stage->batch, stage->agent, stage->part);
}

/* The rows go with the marks in memory, in one commit: a run that is killed behind it
 * begins anew. */
enum ma_status page_start_over(struct stage *stage, struct ma_error *err)
{
    forget_checkpoint(stage);
    seen_clear(&stage->seen, stage->batch, stage->agent, stage->part);
    seen_end(&stage->seen);
    seen_begin(&stage->seen, stage->req.history->run);
    buf_clear(&stage->page);
    return page_commit(stage, err);
}

uint64_t page_last_complete(struct stage *stage)
{
    struct slice row;
    struct reader reader;

    if (agent_get(stage->batch, stage->agent, stage->part, "imported", &row) != MA_OK)
        return 0;
    reader = reader_of(row);
    return reader_varint(&reader);
}

void page_remember_complete(struct stage *stage)
{
    BUF_AUTO row = {0};

    buf_varint(&row, stage->seen.count);
    agent_set(stage->batch, stage->agent, stage->part, "imported", buf_view(&row));
}
