/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One entry of the agent. It is matched by its anchor, then by its DN; what it shows is
 * an event for the object it belongs to, and the transition is that of space/tower.h.
 */

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "model/dn.h"
#include "space/tower.h"
#include "stage/take.h"

enum { LONGEST_ANCHOR = 800 };

static uint32_t capabilities(const struct stage *stage)
{
    return stage->req.capabilities;
}

/* --- names ----------------------------------------------------------------------------
 */

static enum ma_status check_dn(struct take *t, const char *dn)
{
    if (dn == NULL || dn[0] == '\0')
        return problem_set(t->problem, "missing-dn", NULL,
                           "the entry has neither a DN nor an anchor");
    if (!text_is_utf8(slice_text(dn)))
        return problem_set(t->problem, "invalid-dn", NULL, "the DN is not UTF-8");
    if ((capabilities(t->stage) & MA_CAN_LDAP_DN) != 0 && !dn_is_ldap(slice_text(dn)))
        return problem_set(t->problem, "dn-not-ldap-conformant", NULL,
                           "'%.100s' is no LDAP name", dn);
    return MA_OK;
}

const char *entry_name(struct arena *arena, const struct ma_entry *entry)
{
    struct slice anchor = slice_of(entry->anchor.data, entry->anchor.length);

    if ((entry->dn != NULL && entry->dn[0] != '\0') || anchor.length == 0 ||
        anchor.length > LONGEST_ANCHOR)
        return entry->dn;
    if (text_is_utf8(anchor) && memchr(anchor.at, 0, anchor.length) == NULL)
        return arena_textn(arena, anchor.at, anchor.length);
    return text_hex(arena, anchor).at;
}

static enum ma_status read_names(struct take *t)
{
    const struct ma_entry *e = t->entry;

    t->anchor = slice_of(e->anchor.data, e->anchor.length);
    if (t->anchor.length > LONGEST_ANCHOR)
        return problem_set(t->problem, "anchor-too-long", NULL,
                           "the anchor has %zu bytes, %d are the most", t->anchor.length,
                           LONGEST_ANCHOR);
    t->dn = entry_name(take_arena(t), e);
    t->target = e->new_dn != NULL && e->new_dn[0] != '\0' ? e->new_dn : t->dn;
    if (check_dn(t, t->dn) != MA_OK)
        return MA_INVALID;
    if (t->target != t->dn && check_dn(t, t->target) != MA_OK)
        return MA_INVALID;
    if (t->anchor.length == 0 && (capabilities(t->stage) & MA_CAN_DN_IS_ANCHOR) != 0)
        t->anchor = dn_key(take_arena(t), slice_text(t->dn));
    return MA_OK;
}

/* --- matching -------------------------------------------------------------------------
 */

/* A change speaks of some values. Whoever shows the object as a whole needs all. */
enum ma_status take_load(struct take *t, uint64_t id)
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

enum ma_status take_duplicate(struct take *t, const char *what)
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
    return take_load(t, id);
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

static enum ma_status match(struct take *t)
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

/* --- afterwards -----------------------------------------------------------------------
 */

static const enum counter counters[] = {
    [STAGE_NO_CHANGE] = COUNTER_STAGE_NO_CHANGE,
    [STAGE_ADD] = COUNTER_STAGE_ADD,
    [STAGE_UPDATE] = COUNTER_STAGE_UPDATE,
    [STAGE_RENAME] = COUNTER_STAGE_RENAME,
    [STAGE_DELETE] = COUNTER_STAGE_DELETE,
    [STAGE_DELETE_ADD] = COUNTER_STAGE_DELETE_ADD,
    [STAGE_FAILURE] = COUNTER_STAGE_FAILURE,
};

static void warn(struct stage *stage, const struct cs_object *object, const char *dn,
                 const struct not_reimported *warning)
{
    struct history *history = stage->req.history;
    int64_t now = clock_now();
    const struct object_error error = {
        .count = 1,
        .first = now,
        .last = now,
        .type = "exported-change-not-reimported",
        .text = "the system does not show what it accepted; it is offered again",
        .step = "staging",
    };
    struct image seen = warning->seen;

    stage->warnings++;
    seen.entry = cs_known(&stage->scratch, &seen.entry);
    history->sync_error(history, stage->agent, object->id, dn, &error, &warning->lost,
                        &seen);
}

static enum ma_status count(struct stage *stage, const struct cs_object *object,
                            enum stage_outcome outcome, const char *dn,
                            struct ma_error *err)
{
    struct history *history = stage->req.history;
    uint64_t limit = stage->req.step == NULL ? 0 : stage->req.step->delete_limit;

    if (outcome == STAGE_DELETE && limit > 0 && stage->deletes >= limit) {
        stage->stopped = "stopped-deletion-limit";
        return ma_fail(err, MA_LIMIT,
                       "the step may stage %llu deletes, and there are more: raise "
                       "<delete> of the run profile if they are meant",
                       (unsigned long long)limit);
    }
    stage->deletes += outcome == STAGE_DELETE;
    history->count(history, counters[outcome], stage->agent, object->id, dn);
    return MA_OK;
}

/* After a transition: stores the object, or what is left of it, counts and warns. `dn`:
 * by which it was known. */
static enum ma_status store_result(struct stage *stage, struct cs_object *object,
                                   const struct stage_result *result, const char *dn,
                                   struct ma_error *err)
{
    enum ma_status status = result->gone ? tree_drop(stage->batch, object, err)
                                         : cs_put(stage->batch, object, err);

    if (status == MA_OK)
        status = count(stage, object, result->outcome, dn == NULL ? "" : dn, err);
    if (status == MA_OK && result->warning.happened)
        warn(stage, object, dn, &result->warning);
    return status;
}

enum ma_status entry_leave(struct stage *stage, struct cs_object *object, bool obsolete,
                           const char *dn, struct ma_error *err)
{
    bool displaced = object->transient;
    struct stage_result result = tower_gone(&stage->scratch, object, obsolete);

    if (!displaced || !tree_never_left(object))
        return store_result(stage, object, &result, dn, err);
    if (tree_drop_unexported(stage->batch, object, err) != MA_OK)
        return err->status;
    return count(stage, object, result.outcome, dn == NULL ? "" : dn, err);
}

static enum ma_status settle_place(struct take *t, const struct stage_result *result)
{
    struct stage *stage = t->stage;

    if (!t->before.exists &&
        tree_parents(stage->batch, stage->agent, t->target, t->err) != MA_OK)
        return t->err->status;
    if (result->outcome == STAGE_NO_CHANGE)
        return MA_OK;
    return sid_settle(stage, &t->object, t->err);
}

static bool at_peace(const struct cs_object *o)
{
    return o->id != 0 && !o->transient && o->pending_import.op == DELTA_NONE &&
           o->unconfirmed.op == DELTA_NONE && o->escrowed.op == DELTA_NONE &&
           o->unapplied.op == DELTA_NONE;
}

/* A rename and what came with it are one event. */
static void add_rename(struct take *t, struct stage_result *result)
{
    bool small = result->outcome == STAGE_NO_CHANGE || result->outcome == STAGE_UPDATE;

    if (!t->renamed)
        return;
    if (small)
        result->outcome = STAGE_RENAME;
    t->object.import_modifications = t->modifications + 1;
    if (t->rename_warning.happened)
        warn(t->stage, &t->object, t->target, &t->rename_warning);
}

static enum ma_status settle(struct take *t, struct stage_result *result,
                             bool was_at_peace)
{
    struct stage *stage = t->stage;

    if (was_at_peace && !t->renamed && result->outcome == STAGE_NO_CHANGE) {
        /* Nothing to write: the common case of a full import. */
        stage->req.history->count(stage->req.history, COUNTER_STAGE_NO_CHANGE,
                                  stage->agent, t->object.id, t->target);
        readers_note(stage, t->object.id, take_says_where(t));
        return MA_OK;
    }
    add_rename(t, result);
    if (store_result(stage, &t->object, result, t->target, t->err) != MA_OK)
        return t->err->status;
    readers_note(stage, t->object.id, take_says_where(t));
    return result->gone ? MA_OK : settle_place(t, result);
}

/* --- the object as a whole ------------------------------------------------------------
 */

/* Attributes that no import shows, of those that were there or accepted before. */
static size_t kept(struct take *t, uint32_t **out)
{
    const struct selection *select = &t->stage->select;
    const struct entry *entry = &t->before.entry;
    const struct delta *accepted = &t->object.unconfirmed;
    size_t count = 0;

    *out = ARENA_ARRAY(take_arena(t), uint32_t, entry->count + accepted->count);
    for (uint32_t i = 0; i < entry->count; i++)
        if (select_keeps(select, entry->attrs[i].name))
            (*out)[count++] = entry->attrs[i].name;
    for (uint32_t i = 0; i < accepted->count; i++)
        if (select_keeps(select, accepted->attrs[i].name))
            (*out)[count++] = accepted->attrs[i].name;
    return count;
}

static enum ma_status see(struct take *t, struct image *seen)
{
    struct cs_object *o = &t->object;
    bool peace = t->found && at_peace(o) && o->anchor.length > 0 &&
                 o->partition == t->stage->partition;
    struct stage_result result;
    uint32_t *keep;
    size_t keep_count = kept(t, &keep);

    o->agent = t->stage->agent;
    o->partition = t->stage->partition;
    if (t->anchor.length > 0)
        o->anchor = t->anchor;
    seen->dn = t->target;
    result = tower_seen(take_arena(t), o, seen, keep, keep_count);
    if (t->stage->req.full && result.outcome != STAGE_NO_CHANGE)
        o->seen_run = t->stage->seen.epoch;
    return settle(t, &result, peace);
}

static enum ma_status read_whole(struct take *t, struct image *seen)
{
    if (t->shown != NULL) {
        *seen = *t->shown;
        return MA_OK;
    }
    return read_image(t->stage, t->entry, seen, t->problem, t->err);
}

static enum ma_status take_whole(struct take *t, struct image *seen)
{
    struct stage *stage = t->stage;
    enum ma_status status;

    if (t->anchor.length == 0 && t->object.anchor.length == 0)
        return problem_set(t->problem, "missing-anchor-component", NULL,
                           "the entry has no anchor");
    if (stage->req.full && t->found && seen_now(&stage->seen, t->object.id))
        return take_duplicate(t, "anchor");
    status = place_take(t);
    if (status == MA_OK)
        status = read_whole(t, seen);
    if (status == MA_OK)
        status = place_heir(t);
    return status == MA_OK ? see(t, seen) : status;
}

/* --- gone, or out of sight ------------------------------------------------------------
 */

static enum ma_status leave(struct take *t)
{
    return entry_leave(t->stage, &t->object, false, t->known, t->err);
}

static void count_discovery(struct take *t, enum counter counter)
{
    struct history *history = t->stage->req.history;

    history->count(history, counter, t->stage->agent, t->object.id, t->dn);
}

/* Not selected. A full import lets it go at its end, with all it did not see. */
static enum ma_status take_filtered(struct take *t)
{
    count_discovery(t, COUNTER_FILTERED_OBJECTS);
    return t->stage->req.full || !t->found ? MA_OK : leave(t);
}

static enum ma_status take_delete(struct take *t)
{
    if (t->stage->req.full)
        return problem_set(t->problem, "invalid-change-type", NULL,
                           "a full import shows what is there, and this is a delete");
    if (t->found)
        return leave(t);
    count_discovery(t, COUNTER_FILTERED_DELETIONS);
    return MA_OK;
}

/* --- a change of what is known --------------------------------------------------------
 */

static enum ma_status want_whole(struct take *t)
{
    struct stage *stage = t->stage;
    struct ma_value anchor;

    if (stage->req.read == NULL || t->anchor.length == 0 || stage->reading_wanted)
        return problem_set(t->problem, "need-full-object", NULL,
                           "a change of an object that was never imported: a full import "
                           "is needed");
    anchor.length = t->anchor.length;
    anchor.data = arena_slice(&stage->arena, t->anchor).at;
    VEC_ADD(&stage->wanted, anchor);
    return MA_OK;
}

/* An anchor that was made of the DN goes with it. */
static void take_anchor(struct take *t)
{
    if (t->object.anchor.length == 0)
        t->object.anchor = t->anchor;
    if (t->renamed && t->entry->anchor.length == 0 &&
        (capabilities(t->stage) & MA_CAN_DN_IS_ANCHOR) != 0 &&
        slice_equal(t->object.anchor, t->anchor))
        t->object.anchor = dn_key(take_arena(t), slice_text(t->target));
}

/* With the values that the change speaks of, or with all if it says what there is. */
static enum ma_status load_values(struct take *t, const struct delta *delta)
{
    struct value_set *sets =
        ARENA_ARRAY(take_arena(t), struct value_set, 2 * (size_t)delta->count);
    const struct cs_object *o = &t->object;

    t->wanted = sets;
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];

        if (!names_have(o->partial, o->partial_count, attr->name))
            continue;
        t->by_value = t->by_value && attr->op == DELTA_VALUES;
        sets[t->wanted_count++] =
            (struct value_set){attr->name, attr->adds, attr->add_count};
        sets[t->wanted_count++] =
            (struct value_set){attr->name, attr->dels, attr->del_count};
    }
    return t->wanted_count == 0 ? MA_OK : take_load(t, o->id);
}

static enum ma_status change(struct take *t)
{
    struct stage_result result;
    struct delta delta;
    bool peace = at_peace(&t->object);
    uint32_t *keep;
    size_t keep_count;
    enum ma_status status = place_take(t);

    if (status == MA_OK)
        status = read_change(t->stage, t->entry, &t->before, &delta, t->problem, t->err);
    if (status == MA_OK)
        status = load_values(t, &delta);
    if (status != MA_OK)
        return status;
    keep_count = kept(t, &keep);
    take_anchor(t);
    tower_settle(take_arena(t), &t->object, keep, keep_count);
    result = tower_changed(take_arena(t), &t->object, &delta);
    return settle(t, &result, peace);
}

static enum ma_status take_change(struct take *t)
{
    if (t->stage->req.full)
        return problem_set(t->problem, "invalid-change-type", NULL,
                           "a full import shows whole objects, and this is a change");
    if (!t->found || !t->before.exists)
        return want_whole(t);
    return change(t);
}

/* --- which of them --------------------------------------------------------------------
 */

static enum ma_status take_present(struct take *t)
{
    const struct selection *select = &t->stage->select;
    struct image seen = {0};
    const char *error;
    const char *type = select_type(select, t->entry, &error);

    if (type == NULL)
        return problem_set(t->problem, error, "objectClass",
                           "the schema has no object type for this entry");
    if (!select_has_type(select, type))
        return take_filtered(t);
    seen.object_type = names_intern_text(select->names, type);
    return take_whole(t, &seen);
}

enum ma_status entry_take(struct stage *stage, const struct ma_entry *entry,
                          struct problem *problem, struct ma_error *err)
{
    struct take t = {.stage = stage, .entry = entry, .problem = problem, .err = err};
    enum ma_status status = read_names(&t);
    bool done = false;

    t.by_value = entry->change == MA_MODIFY || entry->change == MA_DELETE;
    t.readers = readers_of(stage, stage->req.full || t.target == t.dn);
    if (status == MA_OK)
        status = same_take(&t, &done);
    if (status == MA_OK && !done)
        status = match(&t);
    if (status != MA_OK || done)
        return status;
    if (entry->change == MA_DELETE)
        return take_delete(&t);
    /* A change that gives no DN: the object is where it was. */
    if (entry->change == MA_MODIFY && t.before.dn != NULL && entry->dn == NULL &&
        entry->new_dn == NULL)
        t.target = t.before.dn;
    if (!select_has_container(&stage->select, t.target))
        return take_filtered(&t);
    return entry->change == MA_MODIFY ? take_change(&t) : take_present(&t);
}
