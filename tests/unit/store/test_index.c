/* SPDX-License-Identifier: Apache-2.0 */

/* The two tables of the index, seen through what is found: by hash, by pair, and all of
 * it in order. Whatever was merged, and how far, the answer is the same. */

#include "objects.h"

#include <lmdb.h>

#include "store/batch.h"

enum { HASHES = 1500, IDS = 5, ROUNDS = 24, CHANGES = 400 };

static bool model[HASHES][IDS];
static uint64_t dice;

static unsigned throw_dice(unsigned sides)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice >> 33) % sides;
}

/* Spread over the whole range, the first and the last of it too. */
static uint64_t hash_of(unsigned number)
{
    return number == HASHES - 1 ? UINT64_MAX : number * 0x002bb0cf87d9c54au;
}

static void change(unsigned hash, unsigned id, bool add)
{
    if (add)
        batch_index(scratch.batch, hash_of(hash), id + 1);
    else
        batch_unindex(scratch.batch, hash_of(hash), id + 1);
    model[hash][id] = add;
}

static void change_some(void)
{
    for (unsigned i = 0; i < CHANGES; i++)
        change(throw_dice(HASHES), throw_dice(IDS), throw_dice(3) > 0);
}

static void ck_hash(unsigned hash)
{
    id_list ids = {0};
    size_t at = 0;

    ck_ok(batch_find(scratch.batch, hash_of(hash), &ids, &scratch.err));
    for (unsigned id = 0; id < IDS; id++)
        if (model[hash][id]) {
            ck_assert_uint_lt(at, ids.count);
            ck_assert_uint_eq(ids.items[at++], id + 1);
        }
    ck_assert_uint_eq(at, ids.count);
    VEC_FREE(&ids);
}

static void ck_pair(unsigned hash, unsigned id)
{
    bool found;

    ck_ok(snapshot_has(scratch.batch->snapshot, hash_of(hash), id + 1, &found,
                       &scratch.err));
    ck_assert(found == model[hash][id]);
}

/* Page by page; hash_of is in the order of its numbers. */
static void ck_all(void)
{
    index_pairs pairs = {0};
    struct index_pair after;
    size_t at = 0;

    ck_ok(snapshot_index(scratch.batch->snapshot, NULL, 7, &pairs, &scratch.err));
    for (unsigned hash = 0; hash < HASHES; hash++)
        for (unsigned id = 0; id < IDS; id++) {
            if (!model[hash][id])
                continue;
            if (at == pairs.count) {
                after = pairs.items[at - 1];
                ck_ok(snapshot_index(scratch.batch->snapshot, &after, 7, &pairs,
                                     &scratch.err));
                at = 0;
            }
            ck_assert_uint_lt(at, pairs.count);
            ck_assert_uint_eq(pairs.items[at].hash, hash_of(hash));
            ck_assert_uint_eq(pairs.items[at++].id, id + 1);
        }
    ck_assert_uint_eq(at, pairs.count);
    VEC_FREE(&pairs);
}

/* Begun anew by each commit, and cut off after none, one or two transactions. */
START_TEST(what_is_found_does_not_depend_on_what_was_merged)
{
    memset(model, 0, sizeof model);
    dice = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const struct store_options options = {.merge_pages = 1 + round % 3 * 4,
                                              .merge_steps = round % 4};

        scratch_open_with(&options);
        for (unsigned i = 0; i < 3; i++) {
            change_some();
            ck_hash(throw_dice(HASHES)); /* the batch's own word comes first */
            scratch_commit();
        }
        for (unsigned hash = 0; hash < HASHES; hash++)
            ck_hash(hash);
        for (unsigned i = 0; i < CHANGES; i++)
            ck_pair(throw_dice(HASHES), throw_dice(IDS));
        ck_all();
        scratch_close();
    }
    scratch_open();
}
END_TEST

/* All objects of a directory are below one container: one hash has them all. */
START_TEST(a_hash_with_many_ids_is_merged_in_pieces)
{
    static const struct store_options options = {.merge_pages = 1, .merge_steps = 1};
    enum { MANY = 20000, AT_ONCE = 2000 };
    id_list ids = {0};

    scratch_open_with(&options);
    for (uint64_t id = 1; id <= MANY; id++) {
        batch_index(scratch.batch, 77, id);
        if (id % AT_ONCE == 0)
            scratch_commit();
    }
    for (uint64_t id = 1; id <= MANY; id += 2)
        batch_unindex(scratch.batch, 77, id);
    scratch_commit();

    ck_ok(batch_find(scratch.batch, 77, &ids, &scratch.err));
    ck_assert_uint_eq(ids.count, MANY / 2);
    for (size_t i = 0; i < ids.count; i++)
        ck_assert_uint_eq(ids.items[i], 2 * (i + 1));
    VEC_FREE(&ids);
}
END_TEST

enum { CHILDREN = 400, HERDS = 60 };

/* Behind all that are there, between them, or some of them again. */
static void add_some(bool *there)
{
    unsigned from = throw_dice(CHILDREN);
    unsigned to = from + throw_dice(CHILDREN - from) + 1;
    unsigned step = 1 + throw_dice(3);

    for (unsigned id = from; id < to; id += step) {
        batch_index(scratch.batch, 77, id + 1);
        there[id] = true;
    }
}

static void ck_children(const bool *there)
{
    id_list ids = {0};
    size_t at = 0;

    ck_ok(batch_find(scratch.batch, 77, &ids, &scratch.err));
    for (unsigned id = 0; id < CHILDREN; id++)
        if (there[id]) {
            ck_assert_uint_lt(at, ids.count);
            ck_assert_uint_eq(ids.items[at++], id + 1);
        }
    ck_assert_uint_eq(at, ids.count);
    VEC_FREE(&ids);
}

START_TEST(ids_of_one_hash_go_in_together_whatever_is_there)
{
    dice = 1;
    for (unsigned herd = 0; herd < HERDS; herd++) {
        const struct store_options options = {.merge_pages = herd % 2 == 0 ? 1 : 1000};
        bool there[CHILDREN] = {false};

        scratch_open_with(&options);
        for (unsigned i = 0; i < 4; i++) {
            add_some(there);
            scratch_commit();
            ck_children(there);
        }
        for (unsigned id = 0; id < CHILDREN; id++)
            batch_unindex(scratch.batch, 77, id + 1);
        scratch_commit();
        ck_children((bool[CHILDREN]){false});
        scratch_close();
    }
    scratch_open();
}
END_TEST

/* However large the index is: that is memory until the commit. */
START_TEST(a_commit_writes_to_few_pages_of_a_large_index)
{
    enum { COMMITS = 30, ENTRIES = 8000, FEW = 2 << 20 };
    struct store_stats stats;

    scratch_open();
    for (unsigned i = 0; i < COMMITS; i++) {
        for (uint64_t j = 0; j < ENTRIES; j++)
            batch_index(scratch.batch, (i * ENTRIES + j) * 0x9e3779b97f4a7c15u, j + 1);
        scratch_commit();
        ck_assert_uint_lt(snapshot_recent_bytes(scratch.batch->snapshot), FEW);
    }
    ck_ok(store_statistics(scratch.store, &stats, &scratch.err));
    ck_assert_uint_gt(stats.index_bytes, 3 * FEW);
}
END_TEST

/* --- format 1 --------------------------------------------------------------------- */

/* As an older mactl left it: one table less, and another number. */
static void make_old(void)
{
    unsigned char old[] = {0, 0, 0, 0, 0, 0, 0, 1};
    MDB_val key = {6, (void *)(uintptr_t) "format"};
    MDB_val value = {sizeof old, old};
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;
    MDB_dbi recent;

    ck_assert_int_eq(mdb_env_create(&env), 0);
    ck_assert_int_eq(mdb_env_set_maxdbs(env, 4), 0);
    ck_assert_int_eq(mdb_env_open(env, scratch.folder, 0, 0600), 0);
    ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
    ck_assert_int_eq(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    ck_assert_int_eq(mdb_dbi_open(txn, "recent", 0, &recent), 0);
    ck_assert_int_eq(mdb_put(txn, meta, &key, &value, 0), 0);
    ck_assert_int_eq(mdb_drop(txn, recent, 1), 0);
    ck_assert_int_eq(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static size_t found_of(uint64_t hash)
{
    id_list ids = {0};
    size_t count;

    ck_ok(batch_find(scratch.batch, hash, &ids, &scratch.err));
    count = ids.count;
    VEC_FREE(&ids);
    return count;
}

START_TEST(a_store_of_format_1_is_read_and_raised_by_who_writes)
{
    static const struct store_options merging = {.merge_pages = 1};
    static const struct store_options reading = {.read_only = true};

    scratch_open_with(&merging);
    batch_index(scratch.batch, 5, 1);
    scratch_commit();
    scratch_close();
    make_old();

    scratch_open_with(&reading);
    ck_assert_uint_eq(found_of(5), 1);
    scratch_close();
    scratch_open();
    batch_index(scratch.batch, 5, 2);
    scratch_commit();
    ck_assert_uint_eq(found_of(5), 2);
    scratch_close();
    scratch_open_with(&reading);
    ck_assert_uint_eq(found_of(5), 2);
}
END_TEST

/* --- a guess ----------------------------------------------------------------------- */

START_TEST(a_guess_is_of_some_of_many)
{
    static const struct store_options merging = {.merge_pages = 1};
    enum { MANY = 1000, MOST = 4 };
    id_list ids = {0};

    scratch_open_with(&merging);
    for (uint64_t id = 1; id <= MANY; id++)
        batch_index(scratch.batch, 77, id);
    scratch_commit();
    ck_ok(batch_look(scratch.batch, &scratch.err));

    ck_ok(snapshot_guess(scratch.batch->snapshot, 77, MOST, &ids, &scratch.err));
    ck_assert_uint_eq(ids.count, MOST);
    for (size_t i = 0; i < ids.count; i++)
        ck_assert_uint_eq(ids.items[i], i + 1);
    ids.count = 0;
    ck_ok(snapshot_guess(scratch.batch->snapshot, 78, MOST, &ids, &scratch.err));
    ck_assert_uint_eq(ids.count, 0);
    VEC_FREE(&ids);
}
END_TEST

static bool has_child(uint64_t besides)
{
    bool any;

    ck_ok(cs_has_child(scratch.batch, AGENT, "OU=a,DC=x", besides, &any, &scratch.err));
    return any;
}

/* Merged, so the guess has all of them to the end; the rows say otherwise. */
START_TEST(a_child_is_guessed_and_believed_by_its_row_only)
{
    static const struct store_options merging = {.merge_pages = 1};
    enum { MANY = 12 };
    uint64_t ids[MANY];
    char dn[32];

    scratch_open_with(&merging);
    name_attributes();
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(dn, sizeof dn, "CN=%u,OU=a,DC=x", i);
        ids[i] = store_object(settled(dn, no_entry()));
    }
    scratch_commit();
    ck_assert(has_child(0));

    for (unsigned i = 0; i < MANY - 1; i++) {
        ck_ok(cs_remove(scratch.batch, AGENT, ids[i], &scratch.err));
        ck_assert(has_child(0));
        ck_assert(has_child(ids[i]));
    }
    ck_assert(!has_child(ids[MANY - 1])); /* the last one is beyond the guess */
    ck_ok(cs_remove(scratch.batch, AGENT, ids[MANY - 1], &scratch.err));
    ck_assert(!has_child(0));
}
END_TEST

SUITE_WITH("store/index", scratch_begin, scratch_end,
           what_is_found_does_not_depend_on_what_was_merged,
           a_hash_with_many_ids_is_merged_in_pieces,
           ids_of_one_hash_go_in_together_whatever_is_there,
           a_commit_writes_to_few_pages_of_a_large_index,
           a_store_of_format_1_is_read_and_raised_by_who_writes,
           a_guess_is_of_some_of_many, a_child_is_guessed_and_believed_by_its_row_only)
