/* SPDX-License-Identifier: Apache-2.0 */

/* Who an entry is: matched by its anchor, then by its DN. */

#include "base/error.h"
#include "base/text.h"
#include "stage/take.h"

enum { LONGEST_ANCHOR = 800 };

/* --- names ------------------------------------------------------------------------ */

static enum ma_status check_dn(struct take *t, const char *dn)
{
    if (dn == NULL || dn[0] == '\0')
        return problem_set(t->problem, "missing-dn", NULL,
                           "the entry has neither a DN nor an anchor");
    if (!text_is_utf8(slice_text(dn)))
        return problem_set(t->problem, "invalid-dn", NULL, "the DN is not UTF-8");
    if ((t->stage->req.capabilities & MA_CAN_LDAP_DN) != 0 && !dn_is_ldap(slice_text(dn)))
        return problem_set(t->problem, "dn-not-ldap-conformant", NULL,
                           "'%.100s' is no LDAP name", dn);
    return MA_OK;
}

const char *match_name(struct arena *arena, const struct ma_entry *entry)
{
    struct slice anchor = slice_of(entry->anchor.data, entry->anchor.length);

    if ((entry->dn != NULL && entry->dn[0] != '\0') || anchor.length == 0 ||
        anchor.length > LONGEST_ANCHOR)
        return entry->dn;
    if (text_is_utf8(anchor) && memchr(anchor.at, 0, anchor.length) == NULL)
        return arena_textn(arena, anchor.at, anchor.length);
    return text_hex(arena, anchor).at;
}

enum ma_status match_names(struct take *t)
{
    const struct ma_entry *e = t->entry;

    t->anchor = slice_of(e->anchor.data, e->anchor.length);
    if (t->anchor.length > LONGEST_ANCHOR)
        return problem_set(t->problem, "anchor-too-long", NULL,
                           "the anchor has %zu bytes, %d are the most", t->anchor.length,
                           LONGEST_ANCHOR);
    t->dn = match_name(take_arena(t), e);
    t->target = e->new_dn != NULL && e->new_dn[0] != '\0' ? e->new_dn : t->dn;
    if (check_dn(t, t->dn) != MA_OK)
        return MA_INVALID;
    if (t->target != t->dn && check_dn(t, t->target) != MA_OK)
        return MA_INVALID;
    if (t->anchor.length == 0 && (t->stage->req.capabilities & MA_CAN_DN_IS_ANCHOR) != 0)
        t->anchor = dn_key(take_arena(t), slice_text(t->dn));
    return MA_OK;
}

/* --- matching --------------------------------------------------------------------- */

/* A change speaks of some values. Whoever shows the object as a whole needs all. */
enum ma_status match_load(struct take *t, uint64_t id)
{
    struct batch *batch = t->stage->batch;
    uint32_t agent = t->stage->agent;
    enum ma_status status =
        t->by_value ? cs_get_values(batch, take_arena(t), agent, id, t->wanted,
                                    t->wanted_count, &t->object, t->err)
                    : cs_get(batch, take_arena(t), agent, id, &t->object, t->err);

    if (status == MA_OK)
        t->before = object_image(take_arena(t), &t->object, LAYER_IMPORT);
    return status;
}

enum ma_status match_duplicate(struct take *t, const char *what)
{
    return problem_set(t->problem, "duplicate-object", NULL,
                       "another entry of this import has the same %s", what);
}

/* An add was under way when a run died: the system may have made the object, with an
 * anchor that nobody was told. The one that it has here is of one that went before. */
static bool may_have_been_made(const struct take *t)
{
    const struct cs_object *o = &t->object;
    bool taken_back = o->rebuild && o->unapplied.op == DELTA_ADD;

    if (t->entry->change == MA_DELETE)
        return false;
    return o->escrowed.op == DELTA_ADD || (taken_back && o->export_error.count == 0);
}

/* Whether the object that has the entry's DN is the entry's: it has no anchor yet, or the
 * entry gives none. One that was made of the DN was not given. */
static bool is_ours(const struct take *t)
{
    const struct cs_object *o = &t->object;

    if (o->placeholder != PLACEHOLDER_NOT)
        return false;
    if (t->entry->anchor.length > 0 && o->anchor.length > 0)
        return may_have_been_made(t);
    return o->has_hologram || o->pending_import.op != DELTA_NONE || tree_was_sent(o);
}

/* Who is in hand has all that is said of it, and says nothing that is not so any more. */
static enum ma_status load_settled(struct take *t, uint64_t id)
{
    struct tree_heirs *heirs = t->stage->heirs;

    if ((tree_heirs_has(heirs, id) || tree_heirs_concern(heirs, id)) &&
        tree_heirs_settle(heirs, t->err) != MA_OK)
        return t->err->status;
    return match_load(t, id);
}

static enum ma_status find(struct take *t)
{
    struct stage *stage = t->stage;
    enum ma_status status = MA_NOT_FOUND;
    uint64_t id;

    if (t->anchor.length > 0 && !t->new_anchor)
        status = cs_find_anchor(stage->batch, stage->agent, t->anchor, &id, t->err);
    if (status == MA_OK) {
        t->found = true;
        return load_settled(t, id);
    }
    if (status == MA_NOT_FOUND)
        status = cs_find_dn(stage->batch, stage->agent, t->dn, &id, t->err);
    t->new_dn = status == MA_NOT_FOUND && t->target == t->dn;
    if (status == MA_OK)
        status = load_settled(t, id);
    if (status == MA_NOT_FOUND)
        return MA_OK;
    t->found = status == MA_OK && is_ours(t);
    return status;
}

/* It was deleted by an export, and is there with another anchor: the delete came true,
 * and the add behind it, which stays to be confirmed. */
static enum ma_status follow_itself(struct take *t)
{
    if (t->object.unconfirmed.op != DELTA_DELETE || t->anchor.length == 0 ||
        slice_equal(t->object.anchor, t->anchor))
        return MA_OK;
    (void)tower_gone(take_arena(t), &t->object, false);
    t->before = object_image(take_arena(t), &t->object, LAYER_IMPORT);
    return cs_put(t->stage->batch, &t->object, t->err);
}

enum ma_status match_object(struct take *t)
{
    enum ma_status status = find(t);

    if (status != MA_OK || !t->found) {
        t->object = (struct cs_object){.guid = guid_new()};
        t->before = (struct image){0};
        return status;
    }
    t->known = object_dn(take_arena(t), &t->object);
    t->modifications = t->object.import_modifications;
    return follow_itself(t);
}
