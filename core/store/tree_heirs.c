/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tree_heirs.h"

#include <stdlib.h>

#include "store/held.h"
#include "store/tree_swap.h"

/* --- sets of ids ------------------------------------------------------------------ */

/* Open addressing; 0 is no id. */
struct id_set {
    uint64_t *slots;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

static uint64_t *id_slot(const struct id_set *set, uint64_t id)
{
    size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 20) & (set->size - 1);

    while (set->slots[at] != 0 && set->slots[at] != id)
        at = (at + 1) & (set->size - 1);
    return &set->slots[at];
}

static bool id_set_has(const struct id_set *set, uint64_t id)
{
    return set->count > 0 && *id_slot(set, id) == id;
}

static void id_set_grow(struct id_set *set)
{
    struct id_set old = *set;

    set->size = old.size == 0 ? 64 : old.size * 2;
    set->slots = mem_zero_array(set->size, sizeof *set->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i] != 0)
            *id_slot(set, old.slots[i]) = old.slots[i];
    free(old.slots);
}

static void id_set_add(struct id_set *set, uint64_t id)
{
    uint64_t *slot;

    if ((set->count + 1) * 2 > set->size)
        id_set_grow(set);
    slot = id_slot(set, id);
    set->count += *slot == 0;
    *slot = id;
}

static void id_set_clear(struct id_set *set)
{
    free(set->slots);
    *set = (struct id_set){0};
}

/* --- what is open ----------------------------------------------------------------- */

/* A placeholder and its heir, for all who refer to it; or an object that left a DN, for
 * one referrer. */
struct passage {
    uint64_t from;
    uint64_t to;
    uint64_t referrer;
    const char *dn; /* NULL: there is an heir */
};
typedef VEC_OF(struct passage) passage_list;

static void passages_end(passage_list *list)
{
    VEC_FREE(list);
}

struct tree_heirs {
    struct batch *batch;
    uint32_t agent;
    struct arena arena;
    passage_list all;   /* since the last commit */
    size_t settled;     /* of them, from the first on */
    struct id_set ends; /* of those that are open, and of some that are not */
    struct id_set referrers;
};

struct tree_heirs *tree_heirs_new(struct batch *batch, uint32_t agent)
{
    struct tree_heirs *heirs = mem_zero(sizeof *heirs);

    heirs->batch = batch;
    heirs->agent = agent;
    return heirs;
}

void tree_heirs_free(struct tree_heirs *heirs)
{
    if (heirs == NULL)
        return;
    tree_heirs_clear(heirs);
    VEC_FREE(&heirs->all);
    arena_free(&heirs->arena);
    free(heirs);
}

static void clear_sets(struct tree_heirs *heirs)
{
    id_set_clear(&heirs->ends);
    id_set_clear(&heirs->referrers);
}

void tree_heirs_clear(struct tree_heirs *heirs)
{
    heirs->all.count = 0;
    heirs->settled = 0;
    clear_sets(heirs);
    arena_reset(&heirs->arena);
}

static void note(struct tree_heirs *heirs, const struct passage *passage)
{
    id_set_add(&heirs->ends, passage->from);
    if (passage->dn == NULL)
        id_set_add(&heirs->ends, passage->to);
    else
        id_set_add(&heirs->referrers, passage->referrer);
}

enum ma_status tree_heirs_add(struct tree_heirs *heirs, uint64_t from, uint64_t to,
                              struct ma_error *err)
{
    const struct passage passage = {.from = from, .to = to};
    LIST_AUTO referrers = {0};

    if (cs_referrers(heirs->batch, heirs->agent, from, &referrers, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++)
        id_set_add(&heirs->referrers, referrers.items[i]);
    note(heirs, &passage);
    VEC_ADD(&heirs->all, passage);
    return MA_OK;
}

void tree_heirs_leave(struct tree_heirs *heirs, uint64_t referrer,
                      const struct tree_leaver *leaver)
{
    const struct passage passage = {.from = leaver->id,
                                    .referrer = referrer,
                                    .dn = arena_text(&heirs->arena, leaver->dn)};

    note(heirs, &passage);
    VEC_ADD(&heirs->all, passage);
}

static bool is_open(const struct tree_heirs *heirs)
{
    return heirs != NULL && heirs->settled < heirs->all.count;
}

bool tree_heirs_has(const struct tree_heirs *heirs, uint64_t id)
{
    return is_open(heirs) && id_set_has(&heirs->ends, id);
}

bool tree_heirs_concern(const struct tree_heirs *heirs, uint64_t referrer)
{
    return is_open(heirs) && id_set_has(&heirs->referrers, referrer);
}

struct tree_heirs_mark tree_heirs_mark(const struct tree_heirs *heirs)
{
    return (struct tree_heirs_mark){heirs->all.count, heirs->settled};
}

/* The referrers of what is open once more are those that there are. */
static void reopen(struct tree_heirs *heirs)
{
    for (size_t i = heirs->settled; i < heirs->all.count; i++) {
        const struct passage passage = heirs->all.items[i];
        struct ma_error err;

        note(heirs, &passage);
        /* A store that fails now fails at the commit, too. */
        if (passage.dn == NULL) {
            LIST_AUTO referrers = {0};

            (void)cs_referrers(heirs->batch, heirs->agent, passage.from, &referrers,
                               &err);
            for (size_t j = 0; j < referrers.count; j++)
                id_set_add(&heirs->referrers, referrers.items[j]);
        }
    }
}

void tree_heirs_rollback(struct tree_heirs *heirs, struct tree_heirs_mark mark)
{
    bool undone = heirs->settled > mark.settled;

    heirs->all.count = mark.count;
    heirs->settled = mark.settled;
    if (undone)
        reopen(heirs);
}

/* --- settling --------------------------------------------------------------------- */

static int by_referrer(const void *a, const void *b)
{
    const struct passage *x = a;
    const struct passage *y = b;

    if (x->referrer != y->referrer)
        return x->referrer < y->referrer ? -1 : 1;
    if ((x->dn == NULL) != (y->dn == NULL)) /* who leaves before who comes */
        return x->dn == NULL ? 1 : -1;
    return (x->from > y->from) - (x->from < y->from);
}

/* For each that has to be written, one each. */
static enum ma_status spread(const struct tree_heirs *heirs,
                             const struct passage *passage, passage_list *out,
                             struct ma_error *err)
{
    LIST_AUTO referrers = {0};
    struct passage one = *passage;

    if (passage->dn != NULL)
        VEC_ADD(out, one);
    else if (cs_referrers(heirs->batch, heirs->agent, passage->from, &referrers, err) !=
             MA_OK)
        return err->status;
    for (size_t i = 0; i < referrers.count; i++) {
        one.referrer = referrers.items[i];
        VEC_ADD(out, one);
    }
    return MA_OK;
}

/* All who left, of one referrer. */
static enum ma_status refer(const struct tree_heirs *heirs, const struct passage *all,
                            size_t count, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct tree_leaver *leavers = ARENA_ARRAY(&arena, struct tree_leaver, count);

    for (size_t i = 0; i < count; i++)
        leavers[i] = (struct tree_leaver){all[i].from, all[i].dn};
    return tree_refer(heirs->batch, heirs->agent, all[0].referrer, leavers, count, err);
}

/* All heirs, of one referrer. */
static enum ma_status inherit(const struct tree_heirs *heirs, const struct passage *all,
                              size_t count, struct ma_error *err)
{
    HELD_AUTO held = {.batch = heirs->batch, .agent = heirs->agent};
    struct tree_swap swap = tree_swap_begin(&held.arena, count);

    for (size_t i = 0; i < count; i++)
        tree_swap_add(&swap, all[i].from, all[i].to);
    return tree_swap_references(&held, all[0].referrer, &swap, err);
}

static size_t alike(const passage_list *list, size_t at)
{
    const struct passage *first = &list->items[at];
    size_t end = at;

    while (end < list->count && list->items[end].referrer == first->referrer &&
           (list->items[end].dn == NULL) == (first->dn == NULL))
        end++;
    return end - at;
}

static enum ma_status write_all(const struct tree_heirs *heirs, const passage_list *list,
                                struct ma_error *err)
{
    for (size_t at = 0, count; at < list->count; at += count) {
        const struct passage *first = &list->items[at];

        count = alike(list, at);
        if ((first->dn != NULL ? refer : inherit)(heirs, first, count, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static enum ma_status prune(const struct tree_heirs *heirs, size_t end,
                            struct ma_error *err)
{
    for (size_t i = heirs->settled; i < end; i++) {
        const struct passage *passage = &heirs->all.items[i];

        if (passage->dn == NULL &&
            tree_prune(heirs->batch, heirs->agent, passage->from, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static enum ma_status settle(struct tree_heirs *heirs, struct ma_error *err)
{
    __attribute__((cleanup(passages_end))) passage_list list = {0};
    size_t end = heirs->all.count;

    for (size_t i = heirs->settled; i < end; i++)
        if (spread(heirs, &heirs->all.items[i], &list, err) != MA_OK)
            return err->status;
    if (list.count > 1)
        qsort(list.items, list.count, sizeof *list.items, by_referrer);
    if (write_all(heirs, &list, err) != MA_OK || prune(heirs, end, err) != MA_OK)
        return err->status;
    heirs->settled = end;
    clear_sets(heirs);
    return MA_OK;
}

enum ma_status tree_heirs_settle(struct tree_heirs *heirs, struct ma_error *err)
{
    return is_open(heirs) ? settle(heirs, err) : MA_OK;
}
