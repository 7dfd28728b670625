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

/* NULL: not one that is staged. */
static const char *selected_type(const struct take *t)
{
    const struct selection *select = &t->stage->select;
    const char *error;
    const char *type = NULL;

    if (select_has_container(select, t->target))
        type = select_type(select, t->entry, &error);
    return type != NULL && select_has_type(select, type) ? type : NULL;
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
    const char *type;
    enum ma_status status;

    *done = false;
    if (!may_be_same(t))
        return MA_OK;
    status = cs_find_shown(stage->batch, stage->agent, t->anchor, &known, t->err);
    t->new_anchor = status == MA_NOT_FOUND && known.id == 0;
    if (status != MA_OK)
        return status == MA_NOT_FOUND ? MA_OK : status;
    if (!is_where_it_was(t, &known.shown) || is_busy(t, known.id) ||
        (type = selected_type(t)) == NULL)
        return MA_OK;
    seen->object_type = names_intern_text(stage->select.names, type);
    seen->dn = t->target;
    status = read_image(stage, t->entry, seen, t->problem, t->err);
    if (status != MA_OK)
        return status;
    t->shown = seen;
    *done = cs_shows(stage->batch, take_arena(t), &known, seen);
    if (*done)
        tell(t, known.id);
    return MA_OK;
}
