/* SPDX-License-Identifier: Apache-2.0 */
#include "export/approval.h"

#include "base/buf.h"
#include "store/agent.h"

static const char name[] = "approval";

void approval_put(struct batch *batch, uint32_t agent,
                  const struct export_approval *approval)
{
    BUF_AUTO row = {0};

    buf_varint(&row, approval->most);
    buf_varint(&row, approval->run);
    buf_u64(&row, (uint64_t)approval->time);
    buf_string(&row, approval->set);
    buf_string(&row, approval->user);
    buf_string(&row, approval->reason);
    agent_set(batch, agent, NULL, name, buf_view(&row));
}

static const char *kept(struct reader *reader, struct arena *arena)
{
    const char *text = reader_string(reader);

    return arena_text(arena, text == NULL ? "" : text);
}

bool approval_get(struct batch *batch, struct arena *arena, uint32_t agent,
                  struct export_approval *out)
{
    struct slice row;
    struct reader reader;

    if (agent_get(batch, agent, NULL, name, &row) != MA_OK)
        return false;
    reader = reader_of(row);
    out->most = reader_varint(&reader);
    out->run = reader_varint(&reader);
    out->time = (int64_t)reader_u64(&reader);
    out->set = kept(&reader, arena);
    out->user = kept(&reader, arena);
    out->reason = kept(&reader, arena);
    return !reader.bad;
}

void approval_clear(struct batch *batch, uint32_t agent)
{
    agent_clear(batch, agent, NULL, name);
}
