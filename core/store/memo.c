/* SPDX-License-Identifier: Apache-2.0 */
#include "store/memo.h"

#include "base/order.h"
#include "store/batch.h"

/*
 * A row: the beginning of `by`, the digest, what is told, and then the keys of rows, of
 * ranges and the hashes, each list with its length in front. A key is written as how many
 * bytes it has in common with the one before, and the rest: neighbours differ in little.
 *
 * FOLDED: what was found is digested in pieces of this size.
 */
enum { BY = 4, LONGEST_KEY = 512, FOLDED = 1 << 16, ROWS_AT_ONCE = 1000 };

/* The key before: of the object, to begin with. */
struct last_key {
    char bytes[LONGEST_KEY];
    size_t length;
};

static struct store_key key_of(const struct memo_of *of)
{
    return store_key_u64(store_key_u32((struct store_key){0}, of->space), of->id);
}

static struct last_key first_key(const struct memo_of *of)
{
    struct store_key key = key_of(of);
    struct last_key last = {.length = key.length};

    memcpy(last.bytes, key.bytes, key.length);
    return last;
}

/* --- what is there ---------------------------------------------------------------- */

struct finding {
    struct batch *batch;
    uint64_t seed;
    struct buf *found;
    store_rows rows; /* of the range in hand */
    bool failed;
};

static void fold(struct finding *finding)
{
    struct digest digest;

    if (finding->found->length < FOLDED)
        return;
    digest = digest_of(buf_view(finding->found), finding->seed);
    buf_clear(finding->found);
    buf_bytes(finding->found, digest.bytes, sizeof digest.bytes);
}

static void take_row(struct finding *finding, bool found, struct slice row)
{
    buf_char(finding->found, found);
    if (found)
        buf_counted(finding->found, row);
    fold(finding);
}

static void find_row(struct finding *finding, enum store_table table, struct slice key)
{
    struct slice row = {0};
    enum ma_status status = batch_get(finding->batch, table, key, &row);

    finding->failed = finding->failed || (status != MA_OK && status != MA_NOT_FOUND);
    take_row(finding, status == MA_OK, row);
}

/* A range, and how far it was looked at. */
struct stretch {
    enum store_table table;
    struct slice prefix;
    struct slice to; /* empty: as far as the prefix goes */
    struct store_key after;
    bool ended;
};

static bool is_beyond(const struct stretch *stretch, struct slice key)
{
    return stretch->to.length > 0 && slice_compare(key, stretch->to) > 0;
}

static void take_rows(struct finding *finding, struct stretch *stretch)
{
    const store_rows *rows = &finding->rows;

    stretch->ended = rows->count < ROWS_AT_ONCE;
    for (size_t i = 0; i < rows->count; i++) {
        if (is_beyond(stretch, rows->items[i].key)) {
            stretch->ended = true;
            return;
        }
        buf_counted(finding->found, rows->items[i].key);
        buf_counted(finding->found, rows->items[i].value);
        fold(finding);
    }
    if (!stretch->ended)
        stretch->after =
            store_key_bytes((struct store_key){0}, rows->items[rows->count - 1].key);
}

/* Some rows more. */
static void go_on(struct finding *finding, struct stretch *stretch)
{
    struct arena *arena = &finding->batch->scratch;
    struct arena_mark mark = arena_mark(arena);
    struct ma_error err;

    if (batch_scan(finding->batch, stretch->table, stretch->prefix,
                   store_key_view(&stretch->after), ROWS_AT_ONCE, arena, &finding->rows,
                   &err) == MA_OK)
        take_rows(finding, stretch);
    else
        stretch->ended = finding->failed = true;
    arena_rewind(arena, mark);
}

/* A range that begins where its prefix does leaves no row out at its beginning. */
static void find_range(struct finding *finding, const struct premise_range *range)
{
    struct stretch stretch = {.table = range->table,
                              .prefix = range->prefix,
                              .to = range->to,
                              .ended = finding->failed};

    if (!slice_equal(range->from, range->prefix))
        stretch.after = store_key_bytes((struct store_key){0}, range->from);
    while (!stretch.ended)
        go_on(finding, &stretch);
    buf_varint(finding->found, UINT64_MAX); /* no row has so long a key */
}

static void find_hash(struct finding *finding, uint64_t hash)
{
    struct ma_error err;
    id_list *ids = &finding->batch->found;

    ids->count = 0;
    finding->failed =
        finding->failed || batch_find(finding->batch, hash, ids, &err) != MA_OK;
    buf_varint(finding->found, ids->count);
    for (size_t i = 0; i < ids->count; i++)
        buf_u64(finding->found, ids->items[i]);
    fold(finding);
}

/* --- the keys, read --------------------------------------------------------------- */

static struct slice read_key(struct reader *reader, struct last_key *last)
{
    size_t common = (size_t)reader_varint(reader);
    struct slice rest = reader_counted(reader);

    if (common > last->length || rest.length > LONGEST_KEY - common)
        reader->bad = true;
    if (reader->bad)
        return slice_of("", 0);
    if (rest.length > 0)
        memcpy(last->bytes + common, rest.at, rest.length);
    last->length = common + rest.length;
    return slice_of(last->bytes, last->length);
}

static enum store_table read_table(struct reader *reader)
{
    uint8_t table = reader_byte(reader);

    if (table >= TABLE_COUNT)
        reader->bad = true;
    return reader->bad ? TABLE_META : (enum store_table)table;
}

static void find_rows(struct finding *finding, struct reader *reader,
                      struct last_key *last)
{
    for (uint64_t left = reader_varint(reader); left > 0 && !reader->bad; left--) {
        enum store_table table = read_table(reader);
        struct slice key = read_key(reader, last);

        if (!reader->bad)
            find_row(finding, table, key);
    }
}

static struct premise_range read_range(struct reader *reader, struct last_key *last,
                                       struct arena *arena)
{
    struct premise_range range = {.table = read_table(reader)};

    range.prefix = arena_slice(arena, read_key(reader, last));
    range.from = arena_slice(arena, read_key(reader, last));
    range.to = arena_slice(arena, read_key(reader, last));
    return range;
}

static void find_ranges(struct finding *finding, struct reader *reader,
                        struct last_key *last)
{
    for (uint64_t left = reader_varint(reader); left > 0 && !reader->bad; left--) {
        struct arena *arena = &finding->batch->scratch;
        struct arena_mark mark = arena_mark(arena);
        struct premise_range range = read_range(reader, last, arena);

        if (!reader->bad)
            find_range(finding, &range);
        arena_rewind(arena, mark);
    }
}

static void find_hashes(struct finding *finding, struct reader *reader)
{
    for (uint64_t left = reader_varint(reader); left > 0 && !reader->bad; left--)
        find_hash(finding, reader_u64(reader));
}

/* Who looks is part of what is found. */
static struct finding begin_finding(struct batch *batch, const struct memo_of *of)
{
    buf_clear(&batch->memo);
    buf_bytes(&batch->memo, of->by->bytes, sizeof of->by->bytes);
    return (struct finding){
        .batch = batch, .seed = batch->store->seed, .found = &batch->memo};
}

/* After the rows. False: the keys, or what they lead to, cannot be read. */
static bool end_finding(struct finding *finding, struct reader *reader,
                        struct last_key *last, struct digest *out)
{
    find_ranges(finding, reader, last);
    find_hashes(finding, reader);
    VEC_FREE(&finding->rows);
    *out = digest_of(buf_view(finding->found), finding->seed);
    return !finding->failed && !reader->bad;
}

static bool find_all(struct batch *batch, const struct memo_of *of, struct slice keys,
                     struct digest *out)
{
    struct finding finding = begin_finding(batch, of);
    struct last_key last = first_key(of);
    struct reader reader = reader_of(keys);

    find_rows(&finding, &reader, &last);
    return end_finding(&finding, &reader, &last, out);
}

bool memo_holds(struct batch *batch, const struct memo_of *of, struct slice *told)
{
    struct store_key key = key_of(of);
    struct slice row;
    struct reader reader;
    struct digest was;
    struct digest is;

    if (batch_get(batch, TABLE_MEMO, store_key_view(&key), &row) != MA_OK)
        return false;
    reader = reader_of(row);
    if (!slice_equal(reader_bytes(&reader, BY), slice_of(of->by->bytes, BY)))
        return false;
    reader_copy(&reader, was.bytes, sizeof was.bytes);
    *told = reader_counted(&reader);
    if (reader.bad)
        return false;
    return find_all(batch, of, slice_of(reader.at, reader_left(&reader)), &is) &&
           digest_equal(&was, &is);
}

/* --- the keys, written ------------------------------------------------------------ */

void memo_listen(struct batch *batch, struct arena *arena)
{
    if (batch->base == NULL) {
        premise_clear(&batch->premise);
        batch->premise.arena = arena;
    }
    batch->premise.keeps_keys = true;
    batch->memo_from = premise_mark(&batch->premise);
    batch->memo_writes = batch->overlay.wave_writes;
}

void memo_cease(struct batch *batch)
{
    batch->premise.keeps_keys = false;
}

static void write_key(struct buf *out, struct slice key, struct last_key *last)
{
    size_t common = 0;

    while (common < key.length && common < last->length &&
           key.at[common] == last->bytes[common])
        common++;
    buf_varint(out, common);
    buf_counted(out, slice_from(key, common));
    memcpy(last->bytes + common, key.at + common, key.length - common);
    last->length = key.length;
}

static int by_table_and_key(const void *a, const void *b)
{
    const struct premise_row *x = a;
    const struct premise_row *y = b;

    return x->table != y->table ? (x->table > y->table) - (x->table < y->table)
                                : slice_compare(x->key, y->key);
}

static int by_extent(const void *a, const void *b)
{
    const struct premise_range *x = a;
    const struct premise_range *y = b;
    int order = (x->table > y->table) - (x->table < y->table);

    if (order == 0)
        order = slice_compare(x->prefix, y->prefix);
    if (order == 0)
        order = slice_compare(x->from, y->from);
    return order == 0 ? slice_compare(x->to, y->to) : order;
}

typedef int compare_fn(const void *, const void *);

/* Sorted, each once, in the arena, which is one for the time of writing: where they came
 * from they stay as they are. */
static void *each_once(struct arena *arena, const void *items, size_t *count, size_t size,
                       compare_fn *compare)
{
    char *all = arena_copy(arena, items, *count * size);
    size_t kept = 0;

    qsort(all, *count, size, compare);
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || compare(all + (kept - 1) * size, all + i * size) != 0)
            memmove(all + kept++ * size, all + i * size, size);
    *count = kept;
    return all;
}

#define EACH_ONCE(arena, vec, from, count, compare)                                      \
    each_once((arena), (vec).items + (from), (count), sizeof *(vec).items, (compare))

static struct premise_row *sorted_rows(const struct batch *batch, struct arena *arena,
                                       size_t *count)
{
    const struct premise *premise = &batch->premise;
    size_t from = batch->memo_from.rows;

    *count = premise->rows.count - from;
    return EACH_ONCE(arena, premise->rows, from, count, by_table_and_key);
}

static void write_rows(const struct premise_row *rows, size_t count, struct buf *out,
                       struct last_key *last)
{
    buf_varint(out, count);
    for (size_t i = 0; i < count; i++) {
        buf_char(out, (char)rows[i].table);
        write_key(out, rows[i].key, last);
    }
}

static void write_ranges(const struct batch *batch, struct arena *arena, struct buf *out,
                         struct last_key *last)
{
    const struct premise *premise = &batch->premise;
    size_t from = batch->memo_from.ranges;
    size_t count = premise->ranges.count - from;
    const struct premise_range *ranges =
        EACH_ONCE(arena, premise->ranges, from, &count, by_extent);

    buf_varint(out, count);
    for (size_t i = 0; i < count; i++) {
        buf_char(out, (char)ranges[i].table);
        write_key(out, ranges[i].prefix, last);
        write_key(out, ranges[i].from, last);
        write_key(out, ranges[i].to, last);
    }
}

static void write_hashes(const struct batch *batch, struct arena *arena, struct buf *out)
{
    const struct premise *premise = &batch->premise;
    size_t from = batch->memo_from.hashes;
    size_t count = premise->hashes.count - from;
    const uint64_t *hashes = EACH_ONCE(arena, premise->hashes, from, &count, order_u64);

    buf_varint(out, count);
    for (size_t i = 0; i < count; i++)
        buf_u64(out, hashes[i]);
}

/* Of a batch that lies above another, numbers are kept apart. */
static bool asked_for_numbers(const struct batch *batch)
{
    const struct premise *premise = &batch->premise;

    for (size_t i = batch->memo_from.rows; i < premise->rows.count; i++)
        if (premise->rows.items[i].table == TABLE_META)
            return true;
    for (size_t i = 0; i < premise->numbers.count; i++)
        if (premise->numbers.items[i].asked)
            return true;
    return false;
}

/* The keys of all that was read, and a digest of what was there: the rows as they were
 * found, without another look at them; ranges and hashes, of which there are few, are
 * looked at again. */
static bool write_keys(struct batch *batch, const struct memo_of *of, struct buf *out,
                       struct digest *digest)
{
    struct finding finding = begin_finding(batch, of);
    struct last_key last = first_key(of);
    ARENA_AUTO arena = {0};
    size_t count;
    const struct premise_row *rows = sorted_rows(batch, &arena, &count);
    struct last_key behind;
    struct reader reader;
    size_t at;

    write_rows(rows, count, out, &last);
    for (size_t i = 0; i < count; i++)
        take_row(&finding, rows[i].found, rows[i].value);
    behind = last;
    at = out->length;
    write_ranges(batch, &arena, out, &last);
    write_hashes(batch, &arena, out);
    reader = reader_of(slice_from(buf_view(out), at));
    return end_finding(&finding, &reader, &behind, digest);
}

/* What was written and undone may have been read meanwhile. */
static bool wrote(const struct batch *batch)
{
    return batch->overlay.wave_writes != batch->memo_writes;
}

static bool is_there(struct batch *batch, const struct store_key *key, struct slice row)
{
    struct slice there;

    return batch_get(batch, TABLE_MEMO, store_key_view(key), &there) == MA_OK &&
           slice_equal(there, row);
}

bool memo_put(struct batch *batch, const struct memo_of *of, struct slice told)
{
    struct store_key key = key_of(of);
    BUF_AUTO keys = {0};
    BUF_AUTO row = {0};
    struct digest digest;

    memo_cease(batch);
    if (asked_for_numbers(batch))
        return false;
    if (!write_keys(batch, of, &keys, &digest) ||
        (wrote(batch) && !find_all(batch, of, buf_view(&keys), &digest)))
        return false;
    buf_bytes(&row, of->by->bytes, BY);
    buf_bytes(&row, digest.bytes, sizeof digest.bytes);
    buf_counted(&row, told);
    buf_bytes(&row, keys.at, keys.length);
    if (!is_there(batch, &key, buf_view(&row)))
        batch_put(batch, TABLE_MEMO, store_key_view(&key), buf_view(&row));
    return true;
}
