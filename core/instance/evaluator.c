/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/evaluator.h"

#include "base/buf.h"
#include "base/build.h"
#include "store/agent.h"

static void put_absent(struct batch *batch, uint32_t agent, struct buf *out)
{
    ARENA_AUTO arena = {0};
    const char *const *absent = agent_absent(batch, &arena, agent);

    for (size_t i = 0; absent != NULL && absent[i] != NULL; i++)
        buf_string(out, absent[i]);
    buf_string(out, NULL);
}

static void put_agents(const struct opened *opened, struct buf *out)
{
    const struct program *program = opened->program;
    struct batch *batch = batch_begin(opened->store);

    for (size_t i = 0; i < program->agent_count; i++) {
        const struct compiled_agent *agent = &program->agents[i];

        buf_bytes(out, &agent->config->id, sizeof agent->config->id);
        buf_varint(out, agent->number);
        put_absent(batch, agent->number, out);
    }
    batch_end(batch);
}

bool evaluator_digest(const struct opened *opened, struct digest *out)
{
    BUF_AUTO bytes = {0};
    struct digest build;

    if (!build_digest(&build))
        return false;
    buf_bytes(&bytes, build.bytes, sizeof build.bytes);
    buf_u64(&bytes, opened->config->sum);
    buf_u64(&bytes, opened->instance->sum);
    buf_u64(&bytes, opened->program->fingerprint);
    put_agents(opened, &bytes);
    *out = digest_of(buf_view(&bytes), 0);
    return true;
}
