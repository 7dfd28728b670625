/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/evaluated.h"

#include "base/buf.h"
#include "store/agent.h"

/* The fingerprint of the rules; 0: never. */
static uint64_t rules_of(struct batch *batch, uint32_t agent)
{
    struct slice row;
    struct reader reader;

    if (agent_get(batch, agent, NULL, "rules", &row) != MA_OK)
        return 0;
    reader = reader_of(row);
    return reader_u64(&reader);
}

const char *evaluated_due(struct batch *batch, const struct program *program,
                          uint32_t agent)
{
    struct slice flag;

    if (!evaluated_never(batch, agent) && evaluated_otherwise(batch, program, agent))
        return "the rules have changed";
    return agent_get(batch, agent, NULL, "full-sync", &flag) == MA_OK
               ? "a full synchronisation was asked for"
               : NULL;
}

bool evaluated_never(struct batch *batch, uint32_t agent)
{
    return rules_of(batch, agent) == 0;
}

bool evaluated_otherwise(struct batch *batch, const struct program *program,
                         uint32_t agent)
{
    return rules_of(batch, agent) != program->fingerprint;
}

void evaluated_ask(struct batch *batch, uint32_t agent)
{
    agent_set(batch, agent, NULL, "full-sync", slice_text("1"));
}

void evaluated_remember(struct batch *batch, const struct program *program,
                        uint32_t agent)
{
    BUF_AUTO row = {0};

    buf_u64(&row, program->fingerprint);
    agent_set(batch, agent, NULL, "rules", buf_view(&row));
    agent_clear(batch, agent, NULL, "full-sync");
}
