/* SPDX-License-Identifier: Apache-2.0 */

/* The second part of a verification: rows that follow from nothing. A table is looked
 * through only where it holds another number of rows than was found to belong there. */

#include "store/verifier.h"

enum { ROWS_AT_ONCE = 2000 };

static uint64_t number(struct reader *reader, int bytes)
{
    uint64_t all = 0;

    for (int i = 0; i < bytes; i++)
        all = all << 8 | reader_byte(reader);
    return all;
}

/* Whose a row is, and whether the object, which is loaded, accounts for it. */
struct stray_table {
    enum store_table table;
    struct whose (*owner)(struct slice key);
    bool (*belongs)(const struct verifier *v, const struct large_list *large,
                    struct slice key);
};

/* --- tower ------------------------------------------------------------------------- */

static struct whose owner_first(struct slice key)
{
    struct reader reader = reader_of(key);
    uint32_t space = (uint32_t)number(&reader, 4);

    return (struct whose){space, reader_u64(&reader)};
}

static bool tower_belongs(const struct verifier *v, const struct large_list *large,
                          struct slice key)
{
    (void)v;
    (void)large;
    return key.length == 12;
}

/* --- values ------------------------------------------------------------------------ */

static bool value_belongs(const struct verifier *v, const struct large_list *large,
                          struct slice key)
{
    struct reader reader = reader_of(key);
    uint32_t attribute;

    (void)v;
    reader_bytes(&reader, 12);
    attribute = (uint32_t)number(&reader, 4);
    for (size_t i = 0; i < large->count; i++)
        if (large->items[i].attribute == attribute)
            return true;
    return false;
}

/* --- links: mv, agent, id ---------------------------------------------------------- */

static struct whose link_owner(struct slice key)
{
    struct reader reader = reader_of(key);

    reader_bytes(&reader, 8);
    return owner_first(slice_of(reader.at, reader_left(&reader)));
}

static bool link_belongs(const struct verifier *v, const struct large_list *large,
                         struct slice key)
{
    struct reader reader = reader_of(key);

    (void)large;
    return key.length == 20 && v->derived.link == reader_u64(&reader);
}

/* --- references: space, target, from, attribute ------------------------------------ */

static struct whose ref_owner(struct slice key)
{
    struct reader reader = reader_of(key);
    uint32_t space = (uint32_t)number(&reader, 4);

    reader_bytes(&reader, 8);
    return (struct whose){space, reader_u64(&reader)};
}

static bool ref_belongs(const struct verifier *v, const struct large_list *large,
                        struct slice key)
{
    struct reader reader = reader_of(key);
    uint64_t target;

    (void)large;
    reader_bytes(&reader, 4);
    target = reader_u64(&reader);
    reader_bytes(&reader, 8);
    return key.length == 24 && verifier_has_ref(v, target, (uint32_t)number(&reader, 4));
}

/* --- queue: queue, space, id ------------------------------------------------------- */

static struct whose queue_owner(struct slice key)
{
    return owner_first(key.length == 0 ? key : slice_of(key.at + 1, key.length - 1));
}

/* Queues from 64 on are wishes of synchronisation: they follow from no object, and one
 * may be left of an object that went. */
static bool is_wish(struct slice key)
{
    return key.length == 13 && (unsigned char)key.at[0] >= 64;
}

static bool queue_belongs(const struct verifier *v, const struct large_list *large,
                          struct slice key)
{
    unsigned char queue = (unsigned char)key.at[0];

    (void)large;
    return key.length == 13 && (v->derived.queues >> queue & 1) != 0;
}

static const struct stray_table tables[] = {
    {TABLE_TOWER, owner_first, tower_belongs}, {TABLE_VALUES, owner_first, value_belongs},
    {TABLE_LINKS, link_owner, link_belongs},   {TABLE_REFS, ref_owner, ref_belongs},
    {TABLE_QUEUE, queue_owner, queue_belongs},
};

/* --- tables ------------------------------------------------------------------------ */

typedef enum ma_status (*row_fn)(struct verifier *v, const struct stray_table *table,
                                 struct slice key, struct ma_error *err);

static enum ma_status each_row(struct verifier *v, const struct stray_table *table,
                               row_fn visit, uint64_t *count, struct ma_error *err)
{
    ARENA_AUTO pages = {0};
    store_rows rows = {0};
    struct store_key from = {0};
    enum ma_status status;

    do {
        arena_reset(&pages);
        status = batch_scan_keys(v->batch, table->table, slice_of("", 0),
                                 store_key_view(&from), ROWS_AT_ONCE, &pages, &rows, err);
        for (size_t i = 0; i < rows.count && status == MA_OK && visit != NULL; i++)
            status = visit(v, table, rows.items[i].key, err);
        *count += rows.count;
        if (rows.count > 0)
            from = store_key_bytes((struct store_key){0}, rows.items[rows.count - 1].key);
    } while (status == MA_OK && rows.count == ROWS_AT_ONCE);
    VEC_FREE(&rows);
    return status;
}

/* An object that cannot be read was reported: nothing is said about its rows. */
static enum ma_status check_row(struct verifier *v, const struct stray_table *table,
                                struct slice key, struct ma_error *err)
{
    const struct whose whose = table->owner(key);
    struct large_list large = {0};
    enum ma_status status;

    if (table->table == TABLE_QUEUE && is_wish(key))
        return MA_OK;
    status = verifier_load(v, &whose, &large, err);
    if (status == MA_NOT_FOUND || (status == MA_OK && !table->belongs(v, &large, key)))
        verifier_defect(v, &whose, "there is a row in %s that does not follow from it",
                        store_table_name(table->table));
    return status == MA_NOT_FOUND || status == MA_INVALID ? MA_OK : status;
}

static enum ma_status check_table(struct verifier *v, const struct stray_table *table,
                                  struct ma_error *err)
{
    uint64_t count = 0;
    enum ma_status status = each_row(v, table, NULL, &count, err);

    if (status != MA_OK || count == v->expected[table->table])
        return status;
    return each_row(v, table, check_row, &count, err);
}

/* --- the index --------------------------------------------------------------------- */

/* An entry does not say of which space it is: any object of this number may own it. */
static enum ma_status has_owner(struct verifier *v, const struct index_pair *pair,
                                bool *owned, struct ma_error *err)
{
    *owned = false;
    for (size_t i = 0; i <= v->spaces.count && !*owned; i++) {
        struct whose whose = {i == 0 ? 0 : v->spaces.items[i - 1], pair->id};
        struct large_list large = {0};
        enum ma_status status = verifier_load(v, &whose, &large, err);

        if (status != MA_OK && status != MA_NOT_FOUND && status != MA_INVALID)
            return status;
        *owned =
            status == MA_INVALID || (status == MA_OK && verifier_has_hash(v, pair->hash));
    }
    return MA_OK;
}

static enum ma_status check_pair(struct verifier *v, const struct index_pair *pair,
                                 struct ma_error *err)
{
    bool owned;
    enum ma_status status = has_owner(v, pair, &owned, err);

    if (status == MA_OK && !owned)
        verifier_defect(v, NULL, "index: entry %016llx of object %llu follows from none",
                        (unsigned long long)pair->hash, (unsigned long long)pair->id);
    return status;
}

static enum ma_status each_pair(struct verifier *v, bool check, uint64_t *count,
                                struct ma_error *err)
{
    index_pairs pairs = {0};
    struct index_pair after;
    enum ma_status status;

    do {
        if (pairs.count > 0)
            after = pairs.items[pairs.count - 1];
        status = snapshot_index(v->batch->snapshot, pairs.count == 0 ? NULL : &after,
                                ROWS_AT_ONCE, &pairs, err);
        for (size_t i = 0; i < pairs.count && status == MA_OK && check; i++)
            status = check_pair(v, &pairs.items[i], err);
        *count += pairs.count;
    } while (status == MA_OK && pairs.count == ROWS_AT_ONCE);
    VEC_FREE(&pairs);
    return status;
}

static enum ma_status check_index(struct verifier *v, struct ma_error *err)
{
    uint64_t again = 0;
    enum ma_status status = each_pair(v, false, &v->out->index_entries, err);

    if (status != MA_OK || v->out->index_entries == v->expected_index)
        return status;
    return each_pair(v, true, &again, err);
}

enum ma_status verifier_strays(struct verifier *v, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == MA_OK; i++)
        status = check_table(v, &tables[i], err);
    return status == MA_OK ? check_index(v, err) : status;
}
