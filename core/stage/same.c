/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An entry that shows what is known already, which most entries of most full imports do:
 * it is compared with the bytes of the store where they lie, and nothing is decoded,
 * copied or written. Whatever is out of the ordinary is left to entry.c, which would come
 * to the same.
 */

#include "stage/take.h"

static bool may_be_same(const struct take *t)
{
    return t->entry->change != MA_MODIFY && t->entry->change != MA_DELETE &&
           t->anchor.length > 0 && t->target == t->dn;
}

/* Somebody has to say more of it first: a second entry, or whoever inherits a name. */
static bool is_busy(const struct take *t, uint64_t id)
{
    const struct stage *stage = t->stage;

    return (stage->req.full && seen_now(&stage->seen, id)) ||
           tree_heirs_has(stage->heirs, id) || tree_heirs_concern(stage->heirs, id);
}

static bool is_where_it_was(const struct take *t, const struct object_shown *known)
{
    return known->partition == t->stage->partition && known->dn != NULL &&
           strcmp(known->dn, t->target) == 0;
}

/* Whether it is one that is staged, and then its type. */
static bool is_selected(const struct take *t, struct entry_type *type)
{
    const struct selection *select = &t->stage->select;
    const char *error;

    return select_has_container(select, t->target) &&
           select_type(select, t->entry, type, &error) && type->selected;
}

static void tell(struct take *t, uint64_t id)
{
    struct history *history = t->stage->req.history;

    history->count(history, COUNTER_STAGE_NO_CHANGE, t->stage->agent, id, t->target);
    readers_note(t->stage, id, take_says_where(t));
}

enum ma_status same_take(struct take *t, bool *done)
{
    struct stage *stage = t->stage;
    struct image *seen = arena_zero(take_arena(t), sizeof *seen);
    struct cs_shown known;
    struct entry_type type;
    enum ma_status status;

    *done = false;
    if (!may_be_same(t))
        return MA_OK;
    status = cs_find_shown(stage->batch, stage->agent, t->anchor, &known, t->err);
    t->new_anchor = status == MA_NOT_FOUND && known.id == 0;
    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    if (!is_where_it_was(t, &known.shown) || is_busy(t, known.id) ||
        !is_selected(t, &type))
        return MA_OK;
    seen->object_type = type.number;
    seen->dn = t->target;
    status = read_image(stage, t->entry, seen, t->problem, t->err);
    if (status != MA_OK)
        return status;
    t->shown = seen;
    *done = cs_shows(stage->batch, &known, seen);
    if (*done)
        tell(t, known.id);
    return MA_OK;
}
