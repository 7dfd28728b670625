/* SPDX-License-Identifier: Apache-2.0 */
#include "stage/due.h"

#include "base/buf.h"
#include "base/text.h"
#include "store/agent.h"

/* What is selected, one sum a list: which of them changed is worth telling. */
enum { LIST_ATTRIBUTES, LIST_TYPES, LIST_INCLUSIONS, LIST_EXCLUSIONS, LISTS };

static const char *const changed[LISTS] = {
    [LIST_ATTRIBUTES] = "the selected attributes have changed",
    [LIST_TYPES] = "the selected object types have changed",
    [LIST_INCLUSIONS] = "the selected containers have changed",
    [LIST_EXCLUSIONS] = "the excluded containers have changed",
};

struct selected {
    uint64_t sums[LISTS];
};

/* The sum of the hashes: the order of the names is no meaning. */
static void add(uint64_t *sum, const char *name)
{
    ARENA_AUTO arena = {0};

    *sum += text_hash(text_fold(&arena, slice_text(name)), 1);
}

static void add_list(uint64_t *sum, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        add(sum, *list);
}

static struct selected selected_of(const struct agent *agent,
                                   const struct partition *partition)
{
    struct selected now = {{0}};

    for (size_t i = 0; i < agent->attribute_count; i++)
        add(&now.sums[LIST_ATTRIBUTES], agent->attributes[i]);
    if (partition != NULL) {
        add_list(&now.sums[LIST_TYPES], partition->object_types);
        add_list(&now.sums[LIST_INCLUSIONS], partition->inclusions);
        add_list(&now.sums[LIST_EXCLUSIONS], partition->exclusions);
    }
    return now;
}

static const char *name_of(const struct partition *partition)
{
    return partition == NULL ? NULL : partition->name;
}

static bool is_set(struct batch *batch, uint32_t number, const char *partition,
                   const char *name)
{
    struct slice row;

    return agent_get(batch, number, partition, name, &row) == MA_OK;
}

/* Which list is another one than at the last full import; a store that does not know is
 * taken to have had the same. */
static const char *difference(struct batch *batch, uint32_t number,
                              const struct agent *agent,
                              const struct partition *partition)
{
    struct selected now = selected_of(agent, partition);
    struct slice row;
    struct reader reader;

    if (agent_get(batch, number, name_of(partition), "selection", &row) != MA_OK ||
        row.length != LISTS * sizeof(uint64_t))
        return NULL;
    reader = reader_of(row);
    for (size_t i = 0; i < LISTS; i++)
        if (reader_u64(&reader) != now.sums[i] && !reader.bad)
            return changed[i];
    return NULL;
}

const char *due_full_import(struct batch *batch, uint32_t number,
                            const struct agent *agent, const struct partition *partition)
{
    if (is_set(batch, number, NULL, "full-import") ||
        is_set(batch, number, name_of(partition), "full-import"))
        return "a full import was asked for";
    return difference(batch, number, agent, partition);
}

bool due_was_imported(struct batch *batch, uint32_t number,
                      const struct partition *partition)
{
    return is_set(batch, number, name_of(partition), "imported");
}

void due_remember(struct batch *batch, uint32_t number, const struct agent *agent,
                  const struct partition *partition)
{
    struct selected now = selected_of(agent, partition);
    BUF_AUTO row = {0};

    for (size_t i = 0; i < LISTS; i++)
        buf_u64(&row, now.sums[i]);
    agent_set(batch, number, name_of(partition), "selection", buf_view(&row));
}
