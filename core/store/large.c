/* SPDX-License-Identifier: Apache-2.0 */
#include "store/large.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
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

static const struct large *stub_of(const struct large_list *list, uint32_t attribute)
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

/* --- reading ----------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

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
    *out = arena_alloc(arena, sizeof **out * (rows.count + 1));
    for (size_t i = 0; i < rows.count && status == MA_OK; i++)
        (*out)[i] = value_of_row(&rows.items[i], type);
    VEC_FREE(&rows);
    return status;
}

static enum ma_status read_all(const struct large_place *place, const struct large *large,
                               struct arena *arena, struct attr *out,
                               struct ma_error *err)
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
    qsort(values, count, sizeof *values, by_bytes);
    *out = (struct attr){large->attribute, large->type, count, values};
    return MA_OK;
}

/* `entry` and some attributes that it has not, in order. */
static struct entry join(struct arena *arena, const struct entry *entry,
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

enum ma_status large_fill(const struct large_place *place, const struct large_list *list,
                          struct arena *arena, struct entry *entry, struct ma_error *err)
{
    struct attr *attrs = ARENA_ARRAY(arena, struct attr, list->count);

    if (list->count == 0)
        return MA_OK;
    for (size_t i = 0; i < list->count; i++)
        if (read_all(place, &list->items[i], arena, &attrs[i], err) != MA_OK)
            return err->status;
    *entry = join(arena, entry, attrs, list->count);
    return MA_OK;
}

/* --- the values at stake -------------------------------------------------------------
 */

typedef VEC_OF(struct slice) slices;

/* Sorted and unique, moved into the arena. */
static struct attr make_attr(struct arena *arena, const struct large *large,
                             slices *values)
{
    struct slice *kept = arena_alloc(arena, sizeof *kept * (values->count + 1));
    uint32_t count = 0;

    if (values->count > 1)
        qsort(values->items, values->count, sizeof *values->items, by_bytes);
    for (size_t i = 0; i < values->count; i++)
        if (count == 0 || !slice_equal(kept[count - 1], values->items[i]))
            kept[count++] = values->items[i];
    VEC_FREE(values);
    return (struct attr){large->attribute, large->type, count, kept};
}

/* What of `a` is not in `b`. */
static struct attr minus(struct arena *arena, const struct attr *a, const struct attr *b)
{
    struct slice *values = arena_alloc(arena, sizeof *values * (a->count + 1));
    uint32_t count = 0;
    uint32_t j = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        while (j < b->count && slice_compare(b->values[j], a->values[i]) < 0)
            j++;
        if (j == b->count || !slice_equal(b->values[j], a->values[i]))
            values[count++] = a->values[i];
    }
    return (struct attr){a->name, a->type, count, values};
}

/* Both in one; where one is in the other this is no more than a copy. */
static struct attr plus(struct arena *arena, const struct attr *a, const struct attr *b)
{
    struct large large = {.attribute = a->name, .type = a->type};
    slices values = {0};

    for (uint32_t i = 0; i < a->count; i++)
        VEC_ADD(&values, a->values[i]);
    for (uint32_t i = 0; i < b->count; i++)
        VEC_ADD(&values, b->values[i]);
    return make_attr(arena, &large, &values);
}

static enum ma_status look_up(const struct large_place *place, const struct large *large,
                              struct slice value, struct arena *arena, slices *out,
                              struct ma_error *err)
{
    struct store_key key = neighbourhood(place, large->attribute, large->type, value);
    struct slice *values = NULL;
    struct slice row;
    uint32_t count = 0;
    enum ma_status status;

    if (large->type != VALUE_STRING) {
        status = batch_get(place->batch, TABLE_VALUES, store_key_view(&key), &row);
        if (status == MA_OK)
            VEC_ADD(out, value);
        return status == MA_NOT_FOUND ? MA_OK : batch_failure(place->batch, err);
    }
    status = read_values(place, key, large->type, SIZE_MAX, arena, &values, &count, err);
    for (uint32_t i = 0; i < count && status == MA_OK; i++)
        VEC_ADD(out, values[i]);
    return status;
}

/* Which of these values are stored. */
static enum ma_status look_up_sets(const struct large_place *place,
                                   const struct large *large,
                                   const struct cs_values *sets, size_t count,
                                   struct arena *arena, struct attr *out,
                                   struct ma_error *err)
{
    slices found = {0};

    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; sets[i].attribute == large->attribute && j < sets[i].count;
             j++)
            if (look_up(place, large, sets[i].values[j], arena, &found, err) != MA_OK) {
                VEC_FREE(&found);
                return err->status;
            }
    *out = make_attr(arena, large, &found);
    return MA_OK;
}

/* Two stored values that nobody spoke of. With them every layer has more than one value,
 * so that differences are taken by value and not as a whole (delta_between). */
static enum ma_status add_witnesses(const struct large_place *place,
                                    const struct large *large, struct arena *arena,
                                    struct attr *attr, struct ma_error *err)
{
    struct store_key prefix = large_prefix(place->space, place->id, large->attribute);
    struct slice *values = NULL;
    uint32_t count = 0;
    struct attr first;

    if (read_values(place, prefix, large->type, attr->count + 2, arena, &values, &count,
                    err) != MA_OK)
        return err->status;
    qsort(values, count, sizeof *values, by_bytes);
    first = (struct attr){attr->name, attr->type, count, values};
    first = minus(arena, &first, attr);
    if (first.count > 2)
        first.count = 2;
    *attr = plus(arena, attr, &first);
    return MA_OK;
}

enum ma_status large_fill_some(const struct large_place *place,
                               const struct large_list *list,
                               const struct cs_values *sets, size_t count,
                               struct arena *arena, struct entry *entry,
                               struct ma_error *err)
{
    struct attr *attrs = ARENA_ARRAY(arena, struct attr, list->count);

    for (size_t i = 0; i < list->count; i++)
        if (look_up_sets(place, &list->items[i], sets, count, arena, &attrs[i], err) !=
                MA_OK ||
            add_witnesses(place, &list->items[i], arena, &attrs[i], err) != MA_OK)
            return err->status;
    *entry = join(arena, entry, attrs, list->count);
    return MA_OK;
}

/* --- comparing --------------------------------------------------------------------- */

struct comparison {
    const struct large_place *place;
    const struct large_put *put;
    struct arena *arena;
    struct large_plan *plan;
    VEC_OF(struct attr) before; /* at stake, of the large attributes, sorted by name */
    VEC_OF(struct attr) after;
    VEC_OF(struct large) stubs;
};

static void plan_rows(struct comparison *c, const struct attr *before,
                      const struct attr *after)
{
    struct attr drop = minus(c->arena, before, after);
    struct attr add = minus(c->arena, after, before);

    if (drop.count > 0)
        c->plan->drop[c->plan->drop_count++] = drop;
    if (add.count > 0)
        c->plan->add[c->plan->add_count++] = add;
}

static struct attr nothing_of(const struct large *large)
{
    return (struct attr){.name = large->attribute, .type = large->type};
}

/* The values of the new entry, which are all there are. */
static struct large stub_for(const struct comparison *c, const struct attr *attr)
{
    return (struct large){attr->name, attr->type, attr->count,
                          large_sum(c->place->batch->store, attr)};
}

/* A large attribute stays large, and all its new values are known. */
static enum ma_status compare_whole(struct comparison *c, const struct large *stored,
                                    const struct attr *after, struct ma_error *err)
{
    struct large stub = stub_for(c, after);
    struct attr before;

    VEC_ADD(&c->stubs, stub);
    if (stub.count == stored->count && stub.sum == stored->sum &&
        stub.type == stored->type) {
        if (look_up_sets(c->place, stored, c->put->sets, c->put->count, c->arena, &before,
                         err) != MA_OK)
            return err->status;
        VEC_ADD(&c->before, before);
        VEC_ADD(&c->after, before);
        return MA_OK;
    }
    if (read_all(c->place, stored, c->arena, &before, err) != MA_OK)
        return err->status;
    VEC_ADD(&c->before, before);
    VEC_ADD(&c->after, *after);
    plan_rows(c, &before, after);
    return MA_OK;
}

/* It is large no more: its values go into the row. */
static enum ma_status compare_shrunk(struct comparison *c, const struct large *stored,
                                     const struct attr *after, struct ma_error *err)
{
    struct attr none = nothing_of(stored);
    struct attr before;

    if (read_all(c->place, stored, c->arena, &before, err) != MA_OK)
        return err->status;
    VEC_ADD(&c->before, before);
    plan_rows(c, &before, &none);
    if (after == NULL)
        return MA_OK;
    VEC_ADD(&c->after, *after);
    return MA_OK;
}

static enum ma_status compare_stored(struct comparison *c, const struct large *stored,
                                     struct ma_error *err)
{
    const struct attr *after = entry_find(c->put->after, stored->attribute);

    if (after != NULL && after->count > LARGEST_INLINE)
        return compare_whole(c, stored, after, err);
    return compare_shrunk(c, stored, after, err);
}

/* Small before, or not there: all its values become rows. */
static void compare_grown(struct comparison *c, const struct attr *after)
{
    struct attr none = {.name = after->name, .type = after->type};

    VEC_ADD(&c->stubs, stub_for(c, after));
    VEC_ADD(&c->after, *after);
    plan_rows(c, &none, after);
}

/* --- comparing what is at stake ------------------------------------------------------
 */

/* What is stored of what is at stake, and what shall be. Spellings that nobody spoke of
 * stay as they are. */
static enum ma_status stake(struct comparison *c, const struct large *stored,
                            const struct attr *after, struct attr *was, struct attr *is,
                            struct ma_error *err)
{
    struct cs_values own = {stored->attribute, after->values, after->count};
    slices spoken = {0};
    struct attr mine;
    struct attr theirs;
    struct attr named;
    struct attr bystanders;

    if (look_up_sets(c->place, stored, &own, 1, c->arena, &mine, err) != MA_OK ||
        look_up_sets(c->place, stored, c->put->sets, c->put->count, c->arena, &theirs,
                     err) != MA_OK)
        return err->status;
    *was = plus(c->arena, &mine, &theirs);
    for (size_t i = 0; i < c->put->named; i++) {
        const struct cs_values *set = &c->put->sets[i];

        for (uint32_t j = 0; set->attribute == stored->attribute && j < set->count; j++)
            VEC_ADD(&spoken, set->values[j]);
    }
    named = make_attr(c->arena, stored, &spoken);
    bystanders = minus(c->arena, was, &named);
    *is = plus(c->arena, after, &bystanders);
    return MA_OK;
}

/* Few are left: the row takes them all. */
static enum ma_status shrink(struct comparison *c, const struct large *stored,
                             const struct attr *was, const struct attr *is,
                             struct ma_error *err)
{
    struct attr all;
    struct attr rest;

    if (read_all(c->place, stored, c->arena, &all, err) != MA_OK)
        return err->status;
    rest = minus(c->arena, &all, was);
    rest = plus(c->arena, &rest, is);
    return compare_shrunk(c, stored, arena_copy(c->arena, &rest, sizeof rest), err);
}

static enum ma_status compare_some(struct comparison *c, const struct large *stored,
                                   struct ma_error *err)
{
    const struct attr *found = entry_find(c->put->after, stored->attribute);
    struct attr after = found != NULL ? *found : nothing_of(stored);
    struct large stub = *stored;
    struct attr was;
    struct attr is;
    struct attr gone;
    struct attr come;

    if (stake(c, stored, &after, &was, &is, err) != MA_OK)
        return err->status;
    gone = minus(c->arena, &was, &is);
    come = minus(c->arena, &is, &was);
    stub.count += come.count;
    stub.count -= gone.count;
    stub.sum += large_sum(c->place->batch->store, &come);
    stub.sum -= large_sum(c->place->batch->store, &gone);
    if (stub.count <= LARGEST_INLINE)
        return shrink(c, stored, &was, &is, err);
    VEC_ADD(&c->stubs, stub);
    VEC_ADD(&c->before, was);
    VEC_ADD(&c->after, is);
    plan_rows(c, &was, &is);
    return MA_OK;
}

/* --- the plan ---------------------------------------------------------------------- */

static int by_stub(const void *a, const void *b)
{
    const struct large *x = a;
    const struct large *y = b;

    return (x->attribute > y->attribute) - (x->attribute < y->attribute);
}

static int by_attr(const void *a, const void *b)
{
    const struct attr *x = a;
    const struct attr *y = b;

    return (x->name > y->name) - (x->name < y->name);
}

/* The new entry without attributes that are large, stored or to be. */
static struct entry without_large(struct comparison *c)
{
    const struct entry *entry = c->put->after;
    struct attr *attrs = arena_alloc(c->arena, sizeof *attrs * (entry->count + 1));
    uint32_t count = 0;

    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *attr = &entry->attrs[i];

        if (stub_of(c->put->stored, attr->name) != NULL)
            continue;
        if (attr->count > LARGEST_INLINE)
            compare_grown(c, attr);
        else
            attrs[count++] = *attr;
    }
    return (struct entry){count, attrs};
}

/* Of the attributes that were compared, those that became small go into the row. */
static struct entry with_shrunk(struct comparison *c, const struct entry *entry)
{
    VEC_OF(struct attr) small = {0};
    struct entry joined;

    for (size_t i = 0; i < c->after.count; i++)
        if (stub_of(&c->plan->stubs, c->after.items[i].name) == NULL)
            VEC_ADD(&small, c->after.items[i]);
    joined = join(c->arena, entry, small.items, small.count);
    VEC_FREE(&small);
    return joined;
}

static void finish(struct comparison *c)
{
    struct large_plan *plan = c->plan;
    struct entry rest = without_large(c);

    if (c->stubs.count > 1)
        qsort(c->stubs.items, c->stubs.count, sizeof *c->stubs.items, by_stub);
    if (c->after.count > 1)
        qsort(c->after.items, c->after.count, sizeof *c->after.items, by_attr);
    plan->stubs.count = c->stubs.count;
    plan->stubs.items =
        arena_copy(c->arena, c->stubs.items, sizeof *c->stubs.items * c->stubs.count);
    plan->kept = with_shrunk(c, &rest);
    plan->before = join(c->arena, c->put->before, c->before.items, c->before.count);
    plan->after = join(c->arena, &rest, c->after.items, c->after.count);
}

enum ma_status large_compare(const struct large_place *place, const struct large_put *put,
                             struct arena *arena, struct large_plan *plan,
                             struct ma_error *err)
{
    struct comparison c = {.place = place, .put = put, .arena = arena, .plan = plan};
    size_t most = put->stored->count + put->after->count;
    enum ma_status status = MA_OK;

    *plan = (struct large_plan){.drop = ARENA_ARRAY(arena, struct attr, most),
                                .add = ARENA_ARRAY(arena, struct attr, most)};
    for (size_t i = 0; i < put->stored->count && status == MA_OK; i++)
        status = put->some ? compare_some(&c, &put->stored->items[i], err)
                           : compare_stored(&c, &put->stored->items[i], err);
    if (status == MA_OK)
        finish(&c);
    VEC_FREE(&c.before);
    VEC_FREE(&c.after);
    VEC_FREE(&c.stubs);
    return status;
}

/* --- writing ----------------------------------------------------------------------- */

static void write_value(const struct large_place *place, const struct attr *attr,
                        struct slice value, bool add)
{
    struct store_key key = value_key(place, attr->name, attr->type, value);
    bool fits = key.length - key_head(attr->type) == value.length;

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
    }
    VEC_FREE(&rows);
    return status;
}
