/* SPDX-License-Identifier: Apache-2.0 */
#include "store/agent.h"

#include "base/buf.h"

/* Behind agent number 0 the numbers by GUID, behind a number its small values. */
enum agent_rows { AGENT_NUMBER = 'n', AGENT_VALUE = 'v' };

static struct store_key agent_key(uint32_t agent, enum agent_rows rows)
{
    char kind = (char)rows;

    return store_key_bytes(store_key_u32((struct store_key){0}, agent),
                           slice_of(&kind, 1));
}

/* --- numbers ----------------------------------------------------------------------- */

static struct store_key number_key(const struct guid *agent)
{
    return store_key_bytes(agent_key(0, AGENT_NUMBER),
                           slice_of(agent->bytes, sizeof agent->bytes));
}

uint32_t agent_find(struct batch *batch, const struct guid *agent)
{
    struct store_key key = number_key(agent);
    struct slice row;
    struct reader reader;

    if (batch_get(batch, TABLE_AGENT, store_key_view(&key), &row) != MA_OK)
        return 0;
    reader = reader_of(row);
    return (uint32_t)reader_varint(&reader);
}

uint32_t agent_number(struct batch *batch, const struct guid *agent)
{
    struct store_key key = number_key(agent);
    uint32_t number = agent_find(batch, agent);
    BUF_AUTO row = {0};

    if (number != 0)
        return number;
    number = (uint32_t)batch_next(batch, "agent");
    buf_varint(&row, number);
    batch_put(batch, TABLE_AGENT, store_key_view(&key), buf_view(&row));
    return number;
}

static struct known_agent known(const struct store_row *row, size_t prefix)
{
    struct known_agent agent = {0};
    struct reader reader = reader_of(row->value);

    if (row->key.length - prefix == sizeof agent.guid.bytes)
        memcpy(agent.guid.bytes, row->key.at + prefix, sizeof agent.guid.bytes);
    agent.number = (uint32_t)reader_varint(&reader);
    return agent;
}

enum ma_status agent_list(struct batch *batch, known_agents *out, struct ma_error *err)
{
    struct store_key prefix = agent_key(0, AGENT_NUMBER);
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    enum ma_status status = batch_scan(batch, TABLE_AGENT, store_key_view(&prefix),
                                       slice_of("", 0), SIZE_MAX, &arena, &rows, err);

    for (size_t i = 0; i < rows.count && status == MA_OK; i++)
        VEC_ADD(out, known(&rows.items[i], prefix.length));
    VEC_FREE(&rows);
    return status;
}

/* --- values ------------------------------------------------------------------------ */

static struct store_key value_key(uint32_t agent, const char *partition, const char *name)
{
    struct store_key key =
        store_key_bytes(agent_key(agent, AGENT_VALUE), slice_of(name, strlen(name) + 1));

    return store_key_bytes(key, slice_text(partition));
}

enum ma_status agent_get(struct batch *batch, uint32_t agent, const char *partition,
                         const char *name, struct slice *out)
{
    struct store_key key = value_key(agent, partition, name);

    return batch_get(batch, TABLE_AGENT, store_key_view(&key), out);
}

void agent_set(struct batch *batch, uint32_t agent, const char *partition,
               const char *name, struct slice value)
{
    struct store_key key = value_key(agent, partition, name);
    struct slice before;

    if (batch_get(batch, TABLE_AGENT, store_key_view(&key), &before) != MA_OK ||
        !slice_equal(before, value))
        batch_put(batch, TABLE_AGENT, store_key_view(&key), value);
}

void agent_clear(struct batch *batch, uint32_t agent, const char *partition,
                 const char *name)
{
    struct store_key key = value_key(agent, partition, name);
    struct slice before;

    if (batch_get(batch, TABLE_AGENT, store_key_view(&key), &before) == MA_OK)
        batch_remove(batch, TABLE_AGENT, store_key_view(&key));
}

/* --- what the system lacks ------------------------------------------------------- */

static const char absent[] = "absent";

const char *const *agent_absent(struct batch *batch, struct arena *arena, uint32_t agent)
{
    struct slice row = {"", 0};
    const char **names;
    struct reader reader;
    size_t count = 0;

    (void)agent_get(batch, agent, NULL, absent, &row); /* none: nothing is lacking */
    names = ARENA_ARRAY(arena, const char *, row.length / 2 + 1);
    reader = reader_of(row);
    while (reader_left(&reader) > 0 && !reader.bad) {
        struct slice name = reader_counted(&reader);

        if (name.length > 0)
            names[count++] = arena_textn(arena, name.at, name.length);
    }
    return names;
}

void agent_set_absent(struct batch *batch, uint32_t agent, const char *const *names,
                      size_t count)
{
    BUF_AUTO row = {0};

    for (size_t i = 0; i < count; i++)
        buf_counted(&row, slice_text(names[i]));
    if (count > 0)
        agent_set(batch, agent, NULL, absent, buf_view(&row));
    else
        agent_clear(batch, agent, NULL, absent);
}
