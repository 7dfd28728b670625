/* SPDX-License-Identifier: Apache-2.0 */

/* What a put does about large attributes: compares what is stored with what shall be, as
 * a whole by the stubs, or by the values at stake. */

#include "store/batch.h"
#include "store/large.h"

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
    struct attr drop = large_minus(c->arena, before, after);
    struct attr add = large_minus(c->arena, after, before);

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
        if (large_look_up(c->place, stored, c->put->sets, c->put->count, c->arena,
                          &before, err) != MA_OK)
            return err->status;
        VEC_ADD(&c->before, before);
        VEC_ADD(&c->after, before);
        return MA_OK;
    }
    if (large_read(c->place, stored, c->arena, &before, err) != MA_OK)
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

    if (large_read(c->place, stored, c->arena, &before, err) != MA_OK)
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

/* --- comparing what is at stake --------------------------------------------------- */

/* What is stored of what is at stake, and what shall be. Spellings that nobody spoke of
 * stay as they are. */
static enum ma_status stake(struct comparison *c, const struct large *stored,
                            const struct attr *after, struct attr *was, struct attr *is,
                            struct ma_error *err)
{
    struct attr said = large_named(c->arena, stored, c->put->sets, c->put->count);
    struct attr all = large_plus(c->arena, after, &said);
    const struct value_set each = {stored->attribute, all.values, all.count};
    struct attr named;
    struct attr bystanders;

    if (large_look_up(c->place, stored, &each, 1, c->arena, was, err) != MA_OK)
        return err->status;
    named = large_named(c->arena, stored, c->put->sets, c->put->named);
    bystanders = large_minus(c->arena, was, &named);
    *is = large_plus(c->arena, after, &bystanders);
    return MA_OK;
}

/* Few are left: the row takes them all. */
static enum ma_status shrink(struct comparison *c, const struct large *stored,
                             const struct attr *was, const struct attr *is,
                             struct ma_error *err)
{
    struct attr all;
    struct attr rest;

    if (large_read(c->place, stored, c->arena, &all, err) != MA_OK)
        return err->status;
    rest = large_minus(c->arena, &all, was);
    rest = large_plus(c->arena, &rest, is);
    return compare_shrunk(c, stored, arena_copy(c->arena, &rest, sizeof rest), err);
}

static enum ma_status compare_some(struct comparison *c, const struct large *stored,
                                   struct ma_error *err)
{
    const struct attr *found = entry_find(c->put->after, stored->attribute);
    struct attr after =
        found != NULL ? large_without_witnesses(c->arena, found) : nothing_of(stored);
    struct large stub = *stored;
    struct attr was;
    struct attr is;
    struct attr gone;
    struct attr come;

    if (stake(c, stored, &after, &was, &is, err) != MA_OK)
        return err->status;
    gone = large_minus(c->arena, &was, &is);
    come = large_minus(c->arena, &is, &was);
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

        if (large_stub(c->put->stored, attr->name) != NULL)
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
        if (large_stub(&c->plan->stubs, c->after.items[i].name) == NULL)
            VEC_ADD(&small, c->after.items[i]);
    joined = large_join(c->arena, entry, small.items, small.count);
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
    plan->before = large_join(c->arena, c->put->before, c->before.items, c->before.count);
    plan->after = large_join(c->arena, &rest, c->after.items, c->after.count);
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
        status =
            names_have(put->partial, put->partial_count, put->stored->items[i].attribute)
                ? compare_some(&c, &put->stored->items[i], err)
                : compare_stored(&c, &put->stored->items[i], err);
    if (status == MA_OK)
        finish(&c);
    VEC_FREE(&c.before);
    VEC_FREE(&c.after);
    VEC_FREE(&c.stubs);
    return status;
}
