/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "store/batch.h"

enum { FORMAT = 2, OLDEST_FORMAT = 1, NAMES_AT_ONCE = 1000, CLAIMS = 1000 };

/* --- format and seed --------------------------------------------------------------- */

static void put_number(struct batch *batch, const char *key, uint64_t number)
{
    BUF_AUTO row = {0};

    buf_u64(&row, number);
    batch_put(batch, TABLE_META, slice_text(key), buf_view(&row));
}

static enum ma_status get_number(struct batch *batch, const char *key, uint64_t *out)
{
    struct slice row;
    enum ma_status status = batch_get(batch, TABLE_META, slice_text(key), &row);
    struct reader reader;

    if (status != MA_OK)
        return status;
    reader = reader_of(row);
    *out = reader_u64(&reader);
    return MA_OK;
}

/* XXH3 is no cryptographic hash: a seed that nobody knows keeps chosen values from
 * falling together. */
static enum ma_status begin_store(struct store *store, struct batch *batch,
                                  struct ma_error *err)
{
    if (store->read_only) /* its writer died before its first commit */
        return ma_fail(err, MA_NOT_FOUND, "there is no store in '%s' yet",
                       backend_folder(store->backend));
    randombytes_buf(&store->seed, sizeof store->seed);
    put_number(batch, "format", FORMAT);
    put_number(batch, "seed", store->seed);
    return backend_apply(store->backend, &batch->overlay, batch->snapshot, err);
}

/* From 1 to 2 there is one table more, of which an older mactl would not know. */
static enum ma_status raise_format(const struct store *store, struct batch *batch,
                                   struct ma_error *err)
{
    put_number(batch, "format", FORMAT);
    return backend_apply(store->backend, &batch->overlay, batch->snapshot, err);
}

static enum ma_status read_meta(struct store *store, struct batch *batch,
                                struct ma_error *err)
{
    uint64_t format = 0;
    enum ma_status status = get_number(batch, "format", &format);

    if (status == MA_NOT_FOUND)
        return begin_store(store, batch, err);
    if (status == MA_OK && (format < OLDEST_FORMAT || format > FORMAT))
        return ma_fail(err, MA_INVALID,
                       "store '%s': it has format %llu and this mactl knows %d: use the "
                       "version that wrote it, or import into a new folder",
                       backend_folder(store->backend), (unsigned long long)format,
                       FORMAT);
    if (status == MA_OK)
        status = get_number(batch, "seed", &store->seed);
    if (status != MA_OK)
        return batch_failure(batch, err);
    return format == FORMAT || store->read_only ? MA_OK : raise_format(store, batch, err);
}

/* --- names ------------------------------------------------------------------------- */

static enum ma_status take_name(struct store *store, const struct store_row *row,
                                struct ma_error *err)
{
    uint32_t number = store->names_saved + 1;
    struct store_key key = store_key_u32((struct store_key){0}, number);

    if (!slice_equal(row->key, store_key_view(&key)) ||
        names_add(store->names, row->value) != number)
        return ma_fail(err, MA_CONFLICT,
                       "store '%s': the name '%.*s' has another number here; open the "
                       "store again",
                       backend_folder(store->backend), (int)row->value.length,
                       row->value.at);
    store->names_saved = number;
    return MA_OK;
}

enum ma_status store_load_names(struct store *store, struct batch *batch,
                                struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more) {
        struct store_key after = store_key_u32((struct store_key){0}, store->names_saved);

        arena_reset(&arena);
        status = batch_scan(batch, TABLE_NAMES, slice_of("", 0), store_key_view(&after),
                            NAMES_AT_ONCE, &arena, &rows, err);
        for (size_t i = 0; i < rows.count && status == MA_OK; i++)
            status = take_name(store, &rows.items[i], err);
        more = rows.count == NAMES_AT_ONCE;
    }
    VEC_FREE(&rows);
    return status;
}

void store_save_names(struct batch *batch)
{
    struct store *store = batch->store;

    for (uint32_t n = store->names_saved + 1; n <= names_count(store->names); n++) {
        struct store_key key = store_key_u32((struct store_key){0}, n);

        batch_put(batch, TABLE_NAMES, store_key_view(&key),
                  slice_text(names_text(store->names, n)));
    }
}

/* Those of the list that nobody has numbered, each once. */
static struct names *unknown_of(const struct store *store, const struct slice *list,
                                size_t count)
{
    struct names *unknown = names_new();

    for (size_t i = 0; i < count; i++)
        if (names_find(store->names, list[i]) == NAME_NONE)
            (void)names_add(unknown, list[i]);
    return unknown;
}

/* Behind those that are there. */
static void put_names(struct batch *batch, const struct names *fresh)
{
    uint32_t last = names_count(batch->store->names);

    for (uint32_t i = 1; i <= names_count(fresh); i++) {
        struct store_key key = store_key_u32((struct store_key){0}, last + i);

        batch_put(batch, TABLE_NAMES, store_key_view(&key),
                  slice_text(names_text(fresh, i)));
    }
}

static enum ma_status number_names(struct batch *batch, const struct names *fresh,
                                   struct ma_error *err)
{
    struct store *store = batch->store;
    enum ma_status status;

    if (names_count(fresh) == 0)
        return MA_OK;
    put_names(batch, fresh);
    status =
        backend_apply_in_place(store->backend, &batch->overlay, batch->snapshot, err);
    for (uint32_t i = 1; i <= names_count(fresh) && status == MA_OK; i++)
        (void)names_add(store->names, slice_text(names_text(fresh, i)));
    if (status == MA_OK)
        store->names_saved = names_count(store->names);
    return status;
}

/* What others numbered meanwhile, and these names behind it. */
static enum ma_status try_claim(struct store *store, const struct slice *list,
                                size_t count, struct ma_error *err)
{
    struct batch *batch = batch_begin(store);
    enum ma_status status = names_count(store->names) == store->names_saved
                                ? store_load_names(store, batch, err)
                                : MA_BROKEN;

    if (status == MA_OK) {
        struct names *fresh = unknown_of(store, list, count);

        status = number_names(batch, fresh, err);
        names_free(fresh);
    }
    batch_end(batch);
    return status;
}

/* Where it fails, the names get numbers of our own, and the commit that wants to save
 * them says what is wrong. */
static void claim(void *context, const struct slice *list, size_t count)
{
    struct ma_error ignored = {0};

    for (int tries = 0;
         tries < CLAIMS && try_claim(context, list, count, &ignored) == MA_CONFLICT;
         tries++)
        ;
}

void store_share_names(struct store *store)
{
    if (!store->read_only)
        names_ask(store->names, claim, store);
}

/* --- open and close ---------------------------------------------------------------- */

static void read_death(struct store *store)
{
    const char *text = getenv("MACTL_DIE_AT");
    int64_t nth;

    if (text != NULL && text_to_number(slice_text(text), &nth) && nth > 0)
        store_die_at(store, (uint64_t)nth);
}

static enum ma_status try_fill(struct store *store, struct ma_error *err)
{
    struct batch *batch = batch_begin(store);
    enum ma_status status = read_meta(store, batch, err);

    if (status == MA_OK)
        status = store_load_names(store, batch, err);
    batch_end(batch);
    return status;
}

/* Of two that make the store at once, one finds that of the other. */
static enum ma_status fill(struct store *store, struct ma_error *err)
{
    enum ma_status status = try_fill(store, err);

    return status == MA_CONFLICT ? try_fill(store, err) : status;
}

enum ma_status store_open(struct store **out, const char *folder,
                          const struct store_options *options, struct ma_error *err)
{
    struct store *store = mem_zero(sizeof *store);
    enum ma_status status = backend_open(&store->backend, folder, options, err);

    store->names = names_new();
    store->read_only = options != NULL && options->read_only;
    if (status == MA_OK)
        status = fill(store, err);
    if (status != MA_OK) {
        store_close(store);
        return status;
    }
    read_death(store);
    *out = store;
    return MA_OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    backend_close(store->backend);
    names_free(store->names);
    free(store);
}

struct names *store_names(struct store *store)
{
    return store->names;
}

struct store_work store_work(const struct store *store)
{
    return store->work;
}

uint64_t store_seed(const struct store *store)
{
    return store->seed;
}

enum store_trouble store_trouble(const struct store *store)
{
    return backend_trouble(store->backend);
}

enum ma_status store_statistics(struct store *store, struct store_stats *out,
                                struct ma_error *err)
{
    return backend_statistics(store->backend, out, err);
}

const char *store_folder(const struct store *store)
{
    return backend_folder(store->backend);
}

enum ma_status store_backup(struct store *store, const char *folder, struct ma_error *err)
{
    return backend_backup(store->backend, folder, err);
}
