/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the agent reports of an object in hand: accepted, refused, or to be offered in
 * another form in the next pass. Written into the batch at once, so that a long call that
 * dies loses as few outcomes as possible.
 */

#include "base/clock.h"
#include "base/error.h"
#include "export/state.h"
#include "model/dn.h"
#include "store/tree.h"

enum { MOST_CONVERSIONS = 3, MOST_ERRORS = 5000 };

/* The object whose outcome is told. */
struct settled {
    struct export_step *step;
    struct item *item;
    struct arena arena;
    struct cs_object object;
    const char *dn;               /* as it was offered */
    const struct ma_entry *entry; /* as it was sent; NULL: it was not */
    struct ma_error *err;
};

static void settled_end(struct settled *s)
{
    arena_free(&s->arena);
}
#define SETTLED_AUTO __attribute__((cleanup(settled_end))) struct settled

static enum ma_status hold(struct settled *s)
{
    enum ma_status status = cs_get_outline(s->step->batch, &s->arena, s->step->agent,
                                           s->item->id, &s->object, s->err);

    if (status == MA_OK)
        s->dn = object_dn(&s->arena, &s->object);
    if (s->dn == NULL)
        s->dn = "";
    return status;
}

/* What nobody wants any more, and was not accepted, leaves nothing. */
static enum ma_status put(struct settled *s)
{
    return object_is_empty(&s->object) ? tree_drop(s->step->batch, &s->object, s->err)
                                       : cs_put(s->step->batch, &s->object, s->err);
}

/* Each object once, however many parts of it went. */
static void count(struct settled *s, const char *dn)
{
    struct history *history = s->step->req.history;
    struct item *item = s->item;

    history->count(history,
                   item->failed ? COUNTER_EXPORT_FAILURE : (enum counter)item->counter,
                   s->step->agent, item->id, dn == NULL ? "" : dn);
    item->counted = true;
}

/* --- accepted --------------------------------------------------------------------- */

enum counter export_counter(const struct delta *delta)
{
    switch (delta->op) {
    case DELTA_ADD:
        return COUNTER_EXPORT_ADD;
    case DELTA_DELETE:
        return COUNTER_EXPORT_DELETE;
    case DELTA_DELETE_ADD:
        return COUNTER_EXPORT_DELETE_ADD;
    case DELTA_NONE:
    case DELTA_UPDATE:
        break;
    }
    return delta->dn != NULL ? COUNTER_EXPORT_RENAME : COUNTER_EXPORT_UPDATE;
}

static bool is_secret(const struct settled *s, uint32_t name)
{
    return outgoing_attribute(s->step->req.program, s->step->req.agent, name).secret;
}

/* Secrets are kept no longer than need be. */
static void drop_secrets(struct settled *s)
{
    struct delta *d = &s->object.escrowed;
    struct attr_delta *kept = ARENA_ARRAY(&s->arena, struct attr_delta, d->count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < d->count; i++)
        if (!is_secret(s, d->attrs[i].name))
            kept[count++] = d->attrs[i];
    d->attrs = kept;
    d->count = count;
    if (d->op == DELTA_UPDATE && count == 0 && d->dn == NULL &&
        d->object_type == NAME_NONE)
        *d = (struct delta){.op = DELTA_NONE};
}

/* The DN by which the system has it now: what was asked for, or what it chose. */
static const char *accepted_dn(struct settled *s, const struct ma_result *outcome)
{
    struct delta *d = &s->object.escrowed;

    if (outcome->dn != NULL && outcome->dn[0] != '\0' && d->op != DELTA_DELETE &&
        (s->dn[0] == '\0' || !dn_equal(slice_text(outcome->dn), slice_text(s->dn)))) {
        d->dn = arena_text(&s->arena, outcome->dn);
        if (d->op == DELTA_NONE)
            d->op = DELTA_UPDATE;
    }
    return d->dn;
}

static bool is_other_dn(const char *a, const char *b)
{
    return a != NULL && b != NULL && !dn_equal(slice_text(a), slice_text(b));
}

/* Who had the name gives way, be it that the object moved there, or that its system chose
 * it for a new one. */
static enum ma_status follow(struct settled *s, const struct image *before,
                             const char *now)
{
    struct export_step *step = s->step;
    bool moved = before->exists && is_other_dn(before->dn, now);

    if (!moved && (s->dn[0] == '\0' || !is_other_dn(s->dn, now)))
        return MA_OK;
    if (tree_claim(step->batch, step->agent, now, s->object.id, NULL, NULL, s->err) !=
            MA_OK ||
        tree_parents(step->batch, step->agent, now, s->err) != MA_OK)
        return s->err->status;
    return moved ? tree_follow(step->batch, step->agent, s->object.id, before->dn, now,
                               TREE_EXPORTED, NULL, s->err)
                 : MA_OK;
}

static enum ma_status accepted(struct settled *s, const struct ma_result *outcome)
{
    struct export_step *step = s->step;
    bool at_once = (step->req.capabilities & MA_CAN_CONFIRM_AT_ONCE) != 0;
    struct slice anchor = slice_of(outcome->anchor.data, outcome->anchor.length);
    struct image before = object_image(&s->arena, &s->object, LAYER_UNCONFIRMED);
    enum counter counter = export_counter(&s->object.escrowed);
    const char *dn;
    bool gone;

    drop_secrets(s);
    dn = accepted_dn(s, outcome);
    gone = tower_exported(&s->arena, &s->object, anchor, at_once);
    if ((gone ? tree_drop(step->batch, &s->object, s->err)
              : cs_put(step->batch, &s->object, s->err)) != MA_OK)
        return s->err->status;
    if (!gone && follow(s, &before, dn) != MA_OK)
        return s->err->status;
    /* A second part of the object does not change what it counts as. */
    if (!s->item->succeeded)
        s->item->counter = (uint8_t)counter;
    s->item->succeeded = true;
    s->item->form = FORM_OWN;
    s->item->waits_for = MA_EXPORTED;
    s->item->done = gone || s->object.unapplied.op == DELTA_NONE;
    step->progress++;
    if (s->item->done)
        count(s, gone ? s->dn : object_dn(&s->arena, &s->object));
    return MA_OK;
}

/* --- refused ---------------------------------------------------------------------- */

static enum ma_status refused(struct settled *s, const struct ma_result *outcome)
{
    struct export_step *step = s->step;
    struct history *history = step->req.history;
    int64_t now = clock_now();
    const char *findings = s->entry == NULL || step->req.explain == NULL
                               ? NULL
                               : step->req.explain(step->req.context, s->entry, outcome);
    const struct object_error error = {
        .count = 1,
        .first = now,
        .last = now,
        .type = outcome->error_type == NULL ? "cd-error" : outcome->error_type,
        .text = outcome->error_literal == NULL ? outcome->server_detail
                                               : outcome->error_literal,
        .code = outcome->error_code,
        .literal = outcome->error_literal,
        .detail = outcome->server_detail,
        .findings = findings,
    };

    tower_export_failed(&s->arena, &s->object, &error);
    if (put(s) != MA_OK)
        return s->err->status;
    s->item->failed = true;
    s->item->done = true;
    count(s, s->dn);
    history->export_error(history, step->agent, s->object.id, s->dn,
                          &s->object.export_error);
    if (++step->errors > MOST_ERRORS && step->stopped == NULL)
        step->stopped = "stopped-error-limit";
    return MA_OK;
}

/* --- again ------------------------------------------------------------------------ */

static const struct {
    enum form form;
    bool converts;    /* progress by itself: the next pass sends something else */
    const char *twin; /* error of an object that never gets on */
    const char *text;
} specials[] = {
    [MA_UPDATE_TO_ADD] = {FORM_ADD, true, "cd-missing-object",
                          "the object to change is not in the system"},
    [MA_ADD_TO_UPDATE] = {FORM_UPDATE, true, "cd-existing-object",
                          "an object like this is in the system already"},
    [MA_RETRY_LATER] = {FORM_OWN, false, "dn-attributes-failure",
                        "an object that it refers to is not in the system"},
    [MA_PARENT_MISSING] = {FORM_OWN, false, "non-existent-parent",
                           "the container it belongs in is not in the system"},
};

static enum ma_status refused_as(struct settled *s, enum ma_outcome outcome)
{
    const struct ma_result result = {.size = sizeof result,
                                     .outcome = MA_EXPORT_FAILED,
                                     .error_type = specials[outcome].twin,
                                     .error_literal = specials[outcome].text};

    return refused(s, &result);
}

/* Pending again. `in_doubt`: the system may have it all the same. */
static void take_back(struct settled *s, bool in_doubt)
{
    bool before = s->object.rebuild;

    tower_recover(&s->arena, &s->object);
    if (!in_doubt)
        s->object.rebuild = before;
}

static enum ma_status again(struct settled *s, const struct ma_result *outcome)
{
    struct item *item = s->item;
    bool converts = specials[outcome->outcome].converts;

    if (converts && ++item->conversions > MOST_CONVERSIONS)
        return refused_as(s, outcome->outcome);
    take_back(s, converts);
    if (outcome->anchor.length > 0)
        s->object.anchor = slice_of(outcome->anchor.data, outcome->anchor.length);
    if (converts)
        item->form = (uint8_t)specials[outcome->outcome].form;
    s->step->progress += converts;
    item->waits_for = (uint8_t)outcome->outcome;
    return put(s);
}

/* --- an anchor of another --------------------------------------------------------- */

/* Two objects with one anchor would be taken for each other by every later import, and
 * one that is updated instead of added would get the values of somebody else. NULL:
 * nobody else has it, else who. */
static enum ma_status other_with(struct settled *s, struct slice anchor, const char **dn)
{
    struct cs_object other;
    uint64_t id;
    enum ma_status status;

    *dn = NULL;
    if (anchor.length == 0 || slice_equal(anchor, s->object.anchor))
        return MA_OK;
    status = cs_find_anchor(s->step->batch, s->step->agent, anchor, &id, s->err);
    if (status == MA_NOT_FOUND || (status == MA_OK && id == s->object.id))
        return MA_OK;
    if (status == MA_OK)
        status =
            cs_get_outline(s->step->batch, &s->arena, s->step->agent, id, &other, s->err);
    if (status == MA_OK)
        *dn = object_dn(&s->arena, &other);
    return status;
}

static enum ma_status refused_for(struct settled *s, const char *dn)
{
    const struct ma_result result = {
        .size = sizeof result,
        .outcome = MA_EXPORT_FAILED,
        .error_type = "duplicate-anchor",
        .error_literal = arena_print(
            &s->arena, "the system says that it is '%s', which is another object here",
            dn)};

    return refused(s, &result);
}

/* --- which ------------------------------------------------------------------------ */

typedef enum ma_status (*settle_fn)(struct settled *, const struct ma_result *);
static const settle_fn settlers[] = {
    [MA_EXPORTED] = accepted,   [MA_EXPORT_FAILED] = refused, [MA_UPDATE_TO_ADD] = again,
    [MA_ADD_TO_UPDATE] = again, [MA_RETRY_LATER] = again,     [MA_PARENT_MISSING] = again,
};

static enum ma_status settle(struct settled *s, const struct ma_result *outcome)
{
    const char *other = NULL;
    enum ma_status status = hold(s);

    if (status == MA_OK && outcome->outcome != MA_EXPORT_FAILED)
        status =
            other_with(s, slice_of(outcome->anchor.data, outcome->anchor.length), &other);
    if (status != MA_OK)
        return status;
    return other != NULL ? refused_for(s, other) : settlers[outcome->outcome](s, outcome);
}

enum ma_status settle_nonsense(size_t index, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "the agent reports on entry %zu twice, or on one that it was not "
                   "given, or with an outcome that does not exist",
                   index);
}

enum ma_status settle_result(struct export_step *step, struct hand *hand, size_t index,
                             const struct ma_result *outcome, struct ma_error *err)
{
    SETTLED_AUTO s = {.step = step, .err = err};

    if (index >= hand->count || hand->reported[index] ||
        (size_t)outcome->outcome >= sizeof settlers / sizeof settlers[0])
        return settle_nonsense(index, err);
    hand->reported[index] = step->heard = true;
    s.item = hand->items[index];
    s.entry = hand->entries[index];
    if (settle(&s, outcome) != MA_OK ||
        (batch_is_due(step->batch) && batch_commit(step->batch, err) != MA_OK)) {
        step->stopped = "stopped-server"; /* the store: no fault of the agent */
        return err->status;
    }
    step->req.history->advance(step->req.history, s.item->done);
    return MA_OK;
}

enum ma_status settle_unknown(struct export_step *step, struct hand *hand, size_t index,
                              bool sent, struct ma_error *err)
{
    SETTLED_AUTO s = {.step = step, .item = hand->items[index], .err = err};

    hand->reported[index] = true;
    if (hold(&s) != MA_OK)
        return err->status;
    take_back(&s, sent);
    return put(&s);
}

enum ma_status settle_count(struct export_step *step, struct item *item,
                            struct ma_error *err)
{
    SETTLED_AUTO s = {.step = step, .item = item, .err = err};
    enum ma_status status = hold(&s);

    if (status != MA_OK && status != MA_NOT_FOUND)
        return status;
    count(&s, s.dn);
    return MA_OK;
}

enum ma_status settle_waiting(struct export_step *step, struct item *item,
                              struct ma_error *err)
{
    SETTLED_AUTO s = {.step = step, .item = item, .err = err};

    if (hold(&s) != MA_OK)
        return err->status;
    return refused_as(&s, (enum ma_outcome)item->waits_for);
}
