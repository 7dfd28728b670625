/* SPDX-License-Identifier: Apache-2.0 */
#include "store/large.h"

#include "base/error.h"
#include "base/text.h"
#include "model/set.h"
#include "store/batch.h"

/* --- stubs ------------------------------------------------------------------------- */

void large_encode(const struct large_list *list, struct buf *out)
{
    buf_varint(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct large *large = &list->items[i];

        buf_varint(out, large->attribute);
        buf_char(out, (char)large->type);
        buf_varint(out, large->count);
        buf_u64(out, large->sum);
    }
}

static bool decode_stub(struct reader *reader, uint32_t above, struct large *out)
{
    uint64_t attribute = reader_varint(reader);
    uint8_t type = reader_byte(reader);

    *out = (struct large){.attribute = (uint32_t)attribute,
                          .type = (enum value_type)type,
                          .count = reader_varint(reader),
                          .sum = reader_u64(reader)};
    return !reader->bad && attribute > above && attribute <= INT32_MAX &&
           type >= VALUE_STRING && type <= VALUE_REFERENCE && out->count > LARGEST_INLINE;
}

bool large_decode(struct arena *arena, struct slice row, struct large_list *out,
                  struct slice *rest)
{
    struct reader reader = reader_of(row);
    uint64_t count = reader_varint(&reader);

    if (reader.bad || count > reader_left(&reader))
        return false;
    *out = (struct large_list){NULL, (size_t)count};
    if (count > 0)
        out->items = arena_alloc(arena, sizeof *out->items * (size_t)count);
    for (size_t i = 0; i < count; i++)
        if (!decode_stub(&reader, i == 0 ? 0 : out->items[i - 1].attribute,
                         &out->items[i]))
            return false;
    *rest = slice_of(reader.at, reader_left(&reader));
    return true;
}

bool large_skip(struct slice row, struct slice *rest)
{
    struct reader reader = reader_of(row);
    uint64_t count = reader_varint(&reader);
    struct large stub = {0};

    for (uint64_t i = 0; i < count && !reader.bad; i++)
        if (!decode_stub(&reader, stub.attribute, &stub))
            return false;
    *rest = slice_of(reader.at, reader_left(&reader));
    return !reader.bad;
}

bool large_is_in(struct slice row)
{
    return row.length == 0 || row.at[0] != 0;
}

bool large_entry(const struct entry *entry)
{
    for (uint32_t i = 0; i < entry->count; i++)
        if (entry->attrs[i].count > LARGEST_INLINE)
            return true;
    return false;
}

const struct large *large_stub(const struct large_list *list, uint32_t attribute)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].attribute == attribute)
            return &list->items[i];
    return NULL;
}

static uint64_t value_sum(const struct store *store, const struct attr *attr,
                          struct slice value)
{
    return text_hash(value, store->seed ^ attr->name);
}

uint64_t large_sum(const struct store *store, const struct attr *attr)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < attr->count; i++)
        sum += value_sum(store, attr, attr->values[i]);
    return sum;
}

/* --- keys -------------------------------------------------------------------------- */

struct store_key large_prefix(uint32_t space, uint64_t id, uint32_t attribute)
{
    struct store_key key = store_key_u32((struct store_key){0}, space);

    return store_key_u32(store_key_u64(key, id), attribute);
}

/* Text stands behind the hash of its folded form: spellings are neighbours. */
static struct store_key fold_key(const struct large_place *place, uint32_t attribute,
                                 struct slice value)
{
    struct arena *scratch = &place->batch->scratch;
    struct arena_mark mark = arena_mark(scratch);
    struct store_key key = large_prefix(place->space, place->id, attribute);

    key = store_key_u64(key, text_hash(text_fold(scratch, value), 0));
    arena_rewind(scratch, mark);
    return key;
}

static struct store_key neighbourhood(const struct large_place *place, uint32_t attribute,
                                      enum value_type type, struct slice value)
{
    if (type == VALUE_STRING)
        return fold_key(place, attribute, value);
    return store_key_bytes(large_prefix(place->space, place->id, attribute), value);
}

static struct store_key value_key(const struct large_place *place, uint32_t attribute,
                                  enum value_type type, struct slice value)
{
    struct store_key key = neighbourhood(place, attribute, type, value);

    return type == VALUE_STRING ? store_key_bytes(key, value) : key;
}

static size_t key_head(enum value_type type)
{
    return sizeof(uint32_t) * 2 + sizeof(uint64_t) * (type == VALUE_STRING ? 2 : 1);
}

/* A value that does not fit into its key is the row. */
static struct slice value_of_row(const struct store_row *row, enum value_type type)
{
    size_t head = key_head(type);

    if (row->value.length > 0)
        return row->value;
    return slice_of(row->key.at + head, row->key.length - head);
}

typedef VEC_OF(struct slice) value_list;

/* --- sets as attributes ------------------------------------------------------------ */

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void sort_values(struct slice *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof *values, by_bytes);
}

/* Sorted and unique, moved into the arena. */
static struct attr make_attr(struct arena *arena, const struct large *large,
                             value_list *values)
{
    struct slice *kept = arena_alloc(arena, sizeof *kept * (values->count + 1));
    uint32_t count = 0;

    sort_values(values->items, values->count);
    for (size_t i = 0; i < values->count; i++)
        if (count == 0 || !slice_equal(kept[count - 1], values->items[i]))
            kept[count++] = values->items[i];
    VEC_FREE(values);
    return (struct attr){large->attribute, large->type, count, kept};
}

static struct attr attr_of_set(const struct attr *like, struct set set)
{
    return (struct attr){like->name, like->type, set.count, set.items};
}

struct attr large_minus(struct arena *arena, const struct attr *a, const struct attr *b)
{
    return attr_of_set(a, set_minus(arena, set_of_attr(a), set_of_attr(b)));
}

struct attr large_plus(struct arena *arena, const struct attr *a, const struct attr *b)
{
    return attr_of_set(a, set_union(arena, set_of_attr(a), set_of_attr(b)));
}

struct entry large_join(struct arena *arena, const struct entry *entry,
                        const struct attr *more, size_t count)
{
    struct attr *attrs = arena_alloc(arena, sizeof *attrs * (entry->count + count + 1));
    uint32_t kept = 0;
    uint32_t at = 0;

    for (size_t i = 0; i < count; i++) {
        while (at < entry->count && entry->attrs[at].name < more[i].name)
            attrs[kept++] = entry->attrs[at++];
        if (more[i].count > 0)
            attrs[kept++] = more[i];
    }
    while (at < entry->count)
        attrs[kept++] = entry->attrs[at++];
    return (struct entry){kept, attrs};
}

/* --- reading ----------------------------------------------------------------------- */

static enum ma_status read_values(const struct large_place *place,
                                  struct store_key prefix, enum value_type type,
                                  size_t limit, struct arena *arena, struct slice **out,
                                  uint32_t *count, struct ma_error *err)
{
    store_rows rows = {0};
    enum ma_status status =
        batch_scan(place->batch, TABLE_VALUES, store_key_view(&prefix), slice_of("", 0),
                   limit, arena, &rows, err);

    *count = (uint32_t)rows.count;
    place->batch->store->work.values_read += rows.count;
    *out = arena_alloc(arena, sizeof **out * (rows.count + 1));
    for (size_t i = 0; i < rows.count && status == MA_OK; i++)
        (*out)[i] = value_of_row(&rows.items[i], type);
    VEC_FREE(&rows);
    return status;
}

enum ma_status large_read(const struct large_place *place, const struct large *large,
                          struct arena *arena, struct attr *out, struct ma_error *err)
{
    struct slice *values = NULL;
    uint32_t count = 0;
    enum ma_status status =
        read_values(place, large_prefix(place->space, place->id, large->attribute),
                    large->type, SIZE_MAX, arena, &values, &count, err);

    if (status != MA_OK)
        return status;
    if (count != large->count)
        return ma_fail(err, MA_BROKEN,
                       "object %llu of space %u has %u values of '%s' in the store and "
                       "should have %llu; mactl db verify says what else is wrong",
                       (unsigned long long)place->id, (unsigned)place->space, count,
                       names_text(place->batch->store->names, large->attribute),
                       (unsigned long long)large->count);
    sort_values(values, count);
    *out = (struct attr){large->attribute, large->type, count, values};
    return MA_OK;
}

enum ma_status large_fill(const struct large_place *place, const struct large_list *list,
                          struct arena *arena, struct entry *entry, struct ma_error *err)
{
    struct attr *attrs = ARENA_ARRAY(arena, struct attr, list->count);

    if (list->count == 0)
        return MA_OK;
    for (size_t i = 0; i < list->count; i++)
        if (large_read(place, &list->items[i], arena, &attrs[i], err) != MA_OK)
            return err->status;
    *entry = large_join(arena, entry, attrs, list->count);
    return MA_OK;
}

/* --- the values at stake ---------------------------------------------------------- */

static enum ma_status look_up(const struct large_place *place, const struct large *large,
                              struct slice value, struct arena *arena, value_list *out,
                              struct ma_error *err)
{
    struct store_key key = neighbourhood(place, large->attribute, large->type, value);
    struct slice *values = NULL;
    struct slice row;
    uint32_t count = 0;
    enum ma_status status;

    if (large->type != VALUE_STRING) {
        place->batch->store->work.values_read++;
        status = batch_get(place->batch, TABLE_VALUES, store_key_view(&key), &row);
        if (status == MA_OK)
            VEC_ADD(out, value);
        if (status != MA_NOT_FOUND || large->type != VALUE_REFERENCE)
            return status == MA_NOT_FOUND ? MA_OK : batch_failure(place->batch, err);
    } /* a reference may stand there with data behind it */
    status = read_values(place, key, large->type, SIZE_MAX, arena, &values, &count, err);
    for (uint32_t i = 0; i < count && status == MA_OK; i++)
        VEC_ADD(out, values[i]);
    return status;
}

/* NAME_NONE: a reference in whatever attribute. */
static bool speaks_of(const struct value_set *set, const struct large *large)
{
    return set->attribute == NAME_NONE ? large->type == VALUE_REFERENCE
                                       : set->attribute == large->attribute;
}

/* Which of these values are stored. */
enum ma_status large_look_up(const struct large_place *place, const struct large *large,
                             const struct value_set *sets, size_t count,
                             struct arena *arena, struct attr *out, struct ma_error *err)
{
    value_list found = {0};

    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; speaks_of(&sets[i], large) && j < sets[i].count; j++)
            if (look_up(place, large, sets[i].values[j], arena, &found, err) != MA_OK) {
                VEC_FREE(&found);
                return err->status;
            }
    *out = make_attr(arena, large, &found);
    return MA_OK;
}

struct attr large_named(struct arena *arena, const struct large *large,
                        const struct value_set *sets, size_t count)
{
    value_list values = {0};

    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; speaks_of(&sets[i], large) && j < sets[i].count; j++)
            VEC_ADD(&values, sets[i].values[j]);
    return make_attr(arena, large, &values);
}

/* Two values that stand for those nobody spoke of. With them every layer has more than
 * one value, so that differences are taken by value and not as a whole (delta_between).
 * They are the same in every layer, so no delta ever holds them; no value of the types
 * that a large attribute has is like them. */
static const struct slice witnesses[] = {{"\xff\xff mactl witness 1", 18},
                                         {"\xff\xff mactl witness 2", 18}};
enum { WITNESSES = sizeof witnesses / sizeof witnesses[0] };

bool large_is_witness(struct slice value)
{
    for (int i = 0; i < WITNESSES; i++)
        if (slice_equal(value, witnesses[i]))
            return true;
    return false;
}

struct attr large_without_witnesses(struct arena *arena, const struct attr *attr)
{
    const struct attr both = {attr->name, attr->type, WITNESSES, witnesses};

    return large_minus(arena, attr, &both);
}

static enum ma_status fill_one(const struct large_place *place, const struct large *large,
                               const struct value_set *sets, size_t count,
                               struct arena *arena, struct attr *out, bool *partial,
                               struct ma_error *err)
{
    const struct attr both = {large->attribute, large->type, WITNESSES, witnesses};

    if (large_look_up(place, large, sets, count, arena, out, err) != MA_OK)
        return err->status;
    *partial = large->count - out->count >= WITNESSES;
    if (!*partial) /* all of it is at stake */
        return large_read(place, large, arena, out, err);
    *out = large_plus(arena, out, &both);
    return MA_OK;
}

enum ma_status large_fill_some(const struct large_place *place,
                               const struct large_list *list,
                               const struct value_set *sets, size_t count,
                               struct arena *arena, struct large_some *out,
                               struct entry *entry, struct ma_error *err)
{
    struct attr *attrs = ARENA_ARRAY(arena, struct attr, list->count);
    uint32_t *names = ARENA_ARRAY(arena, uint32_t, list->count);

    *out = (struct large_some){.names = names};
    for (size_t i = 0; i < list->count; i++) {
        bool partial = false;

        if (fill_one(place, &list->items[i], sets, count, arena, &attrs[i], &partial,
                     err) != MA_OK)
            return err->status;
        if (partial)
            names[out->count++] = list->items[i].attribute;
    }
    *entry = large_join(arena, entry, attrs, list->count);
    return MA_OK;
}

struct entry large_with(struct arena *arena, const struct entry *entry,
                        const struct attr *found)
{
    const struct attr *had = entry_find(entry, found->name);
    struct attr all;

    if (found->count == 0)
        return *entry;
    all = had == NULL ? *found : large_plus(arena, had, found);
    return entry_with(arena, entry, all.name, all.type, all.values, all.count);
}

static void note_wanted(const struct large_more *more, struct arena *arena)
{
    struct value_set *sets =
        ARENA_ARRAY(arena, struct value_set, (size_t)*more->wanted_count + 1);

    if (*more->wanted_count > 0)
        memcpy(sets, *more->wanted, sizeof *sets * *more->wanted_count);
    sets[(*more->wanted_count)++] = *more->values;
    *more->wanted = sets;
}

enum ma_status large_want(const struct large_place *place, struct large_more *more,
                          struct arena *arena, struct entry *entry, struct ma_error *err)
{
    const struct large *large = large_stub(more->stored, more->values->attribute);

    more->found = (struct attr){.name = more->values->attribute};
    if (large == NULL)
        return MA_OK;
    if (large_look_up(place, large, more->values, 1, arena, &more->found, err) != MA_OK)
        return err->status;
    *entry = large_with(arena, entry, &more->found);
    note_wanted(more, arena);
    return MA_OK;
}

/* --- writing ----------------------------------------------------------------------- */

static void write_value(const struct large_place *place, const struct attr *attr,
                        struct slice value, bool add)
{
    struct store_key key = value_key(place, attr->name, attr->type, value);
    bool fits = key.length - key_head(attr->type) == value.length;

    place->batch->store->work.values_written++;
    if (!add)
        batch_remove(place->batch, TABLE_VALUES, store_key_view(&key));
    else
        batch_put(place->batch, TABLE_VALUES, store_key_view(&key),
                  fits ? slice_of("", 0) : value);
}

void large_write(const struct large_place *place, const struct large_plan *plan)
{
    for (size_t i = 0; i < plan->drop_count; i++)
        for (uint32_t j = 0; j < plan->drop[i].count; j++)
            write_value(place, &plan->drop[i], plan->drop[i].values[j], false);
    for (size_t i = 0; i < plan->add_count; i++)
        for (uint32_t j = 0; j < plan->add[i].count; j++)
            write_value(place, &plan->add[i], plan->add[i].values[j], true);
}

enum ma_status large_drop(const struct large_place *place, const struct large_list *list,
                          struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    store_rows rows = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < list->count && status == MA_OK; i++) {
        struct store_key prefix =
            large_prefix(place->space, place->id, list->items[i].attribute);

        status = batch_scan_keys(place->batch, TABLE_VALUES, store_key_view(&prefix),
                                 slice_of("", 0), SIZE_MAX, &arena, &rows, err);
        for (size_t j = 0; j < rows.count && status == MA_OK; j++)
            batch_remove(place->batch, TABLE_VALUES, rows.items[j].key);
        place->batch->store->work.values_written += rows.count;
    }
    VEC_FREE(&rows);
    return status;
}
