/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A reference is written as the name that its target has in the system. Where the target
 * is not there yet, the rest of the object goes first and the reference follows in a
 * later pass, so two new objects may refer to one another. What is in hand changes names:
 * who depends on it waits for its outcome.
 */

#include "export/state.h"
#include "model/dn.h"
#include "store/look.h"

/* The object under examination. */
struct check {
    struct export_step *step;
    const struct cs_object *object;
    bool hold_references; /* of an add: the system takes them afterwards */
    enum readiness worst; /* READY, FLUSH_FIRST or NOT_YET of the object as a whole */
    struct ma_error *err;
};

enum target { TARGET_THERE, TARGET_IN_HAND, TARGET_MISSING };

static bool changes_name(const struct delta *delta)
{
    return delta->op == DELTA_ADD || delta->op == DELTA_DELETE_ADD || delta->dn != NULL;
}

static enum target state_of(const struct export_step *step,
                            const struct cs_object *object)
{
    const char *dn;

    if (object->placeholder != PLACEHOLDER_NOT)
        return TARGET_THERE; /* the system named it so */
    if (changes_name(&object->escrowed))
        return TARGET_IN_HAND;
    if (!object_place(object, LAYER_UNCONFIRMED, &dn) || dn == NULL || object->transient)
        return TARGET_MISSING;
    return hand_moves(step, dn) ? TARGET_IN_HAND : TARGET_THERE;
}

static enum ma_status target_state(struct check *c, uint64_t id, enum target *out)
{
    struct cs_object target;
    enum ma_status status;

    *out = TARGET_MISSING;
    if (id == c->object->id)
        *out = c->object->unapplied.op == DELTA_ADD ? TARGET_MISSING : TARGET_THERE;
    if (id == c->object->id)
        return MA_OK;
    status = look_at(c->step->batch, c->step->agent, id, &target, c->err);
    if (status == MA_OK)
        *out = state_of(c->step, &target);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* --- references ------------------------------------------------------------------- */

struct sorted_out {
    struct slice *go;
    uint32_t go_count;
    struct slice *stay;
    uint32_t stay_count;
};

static enum ma_status sort_out(struct check *c, const struct attr_delta *a,
                               struct sorted_out *out)
{
    struct arena *arena = &c->step->packing->arena;

    *out = (struct sorted_out){.go = ARENA_ARRAY(arena, struct slice, a->add_count),
                               .stay = ARENA_ARRAY(arena, struct slice, a->add_count)};
    for (uint32_t i = 0; i < a->add_count; i++) {
        enum target target = TARGET_MISSING;

        if (!c->hold_references &&
            target_state(c, value_id(a->adds[i]), &target) != MA_OK)
            return c->err->status;
        if (target == TARGET_IN_HAND)
            c->worst = FLUSH_FIRST;
        if (target == TARGET_MISSING)
            out->stay[out->stay_count++] = a->adds[i];
        else
            out->go[out->go_count++] = a->adds[i];
    }
    return MA_OK;
}

static void put(struct delta *delta, struct attr_delta attr)
{
    ((struct attr_delta *)(uintptr_t)delta->attrs)[delta->count++] = attr;
}

/* A set of which nothing can go waits as a whole; else what can go is set, and the rest
 * added later. */
static void split_set(const struct attr_delta *a, const struct sorted_out *s,
                      struct parcel *out)
{
    struct attr_delta rest = *a;
    struct attr_delta send = *a;

    rest.op = a->op == DELTA_SET && s->go_count == 0 ? DELTA_SET : DELTA_VALUES;
    rest.adds = s->stay;
    rest.add_count = s->stay_count;
    rest.dels = NULL;
    rest.del_count = 0;
    put(&out->rest, rest);
    send.adds = s->go;
    send.add_count = s->go_count;
    if (send.add_count + send.del_count > 0)
        put(&out->send, send);
}

static enum ma_status split(struct check *c, const struct attr_delta *a,
                            struct parcel *out)
{
    struct sorted_out s;

    if (a->type != VALUE_REFERENCE || a->add_count == 0) {
        put(&out->send, *a);
        return MA_OK;
    }
    if (sort_out(c, a, &s) != MA_OK)
        return c->err->status;
    if (s.stay_count == 0)
        put(&out->send, *a);
    else
        split_set(a, &s, out);
    return MA_OK;
}

static enum ma_status check_references(struct check *c, struct parcel *out)
{
    const struct delta *pending = &c->object->unapplied;
    struct arena *arena = &c->step->packing->arena;

    out->send = *pending;
    out->send.count = 0;
    out->send.attrs = ARENA_ARRAY(arena, struct attr_delta, pending->count);
    out->rest = (struct delta){.op = DELTA_UPDATE};
    out->rest.attrs = ARENA_ARRAY(arena, struct attr_delta, pending->count);
    for (uint32_t i = 0; i < pending->count && c->worst != FLUSH_FIRST; i++)
        if (split(c, &pending->attrs[i], out) != MA_OK)
            return c->err->status;
    if (out->rest.count == 0)
        out->rest = (struct delta){.op = DELTA_NONE};
    return MA_OK;
}

/* --- places ----------------------------------------------------------------------- */

/* Where the object is to be put: its parent must be there. */
static enum ma_status check_parent(struct check *c)
{
    const struct delta *pending = &c->object->unapplied;
    struct slice parent = dn_parent(slice_text(pending->dn == NULL ? "" : pending->dn));
    enum ma_status status;
    enum target target;
    uint64_t id;

    if (!changes_name(pending) || parent.length == 0)
        return MA_OK;
    status = cs_find_dn(c->step->batch, c->step->agent,
                        arena_textn(&c->step->packing->arena, parent.at, parent.length),
                        &id, c->err);
    if (status == MA_OK)
        status = target_state(c, id, &target);
    if (status == MA_NOT_FOUND)
        return MA_OK; /* the system knows */
    if (status == MA_OK && target == TARGET_IN_HAND)
        c->worst = FLUSH_FIRST;
    if (status == MA_OK && target == TARGET_MISSING)
        c->worst = NOT_YET;
    return status;
}

static enum ma_status check_child(struct check *c, uint64_t id)
{
    struct cs_object child;
    enum ma_status status = look_at(c->step->batch, c->step->agent, id, &child, c->err);

    if (status == MA_OK && child.escrowed.op != DELTA_NONE)
        c->worst = FLUSH_FIRST;
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* A container goes when what was below it is gone. */
static enum ma_status check_children(struct check *c, const char *dn)
{
    id_list children = {0};
    enum ma_status status =
        cs_children(c->step->batch, c->step->agent, dn, &children, c->err);

    for (size_t i = 0; i < children.count && status == MA_OK && c->worst == READY; i++)
        status = check_child(c, children.items[i]);
    VEC_FREE(&children);
    return status;
}

/* --- all of it -------------------------------------------------------------------- */

static bool is_nothing(const struct delta *delta)
{
    return delta->op == DELTA_NONE ||
           (delta->op == DELTA_UPDATE && delta->count == 0 && delta->dn == NULL &&
            delta->object_type == NAME_NONE);
}

static enum readiness verdict(const struct check *c, const struct parcel *parcel)
{
    if (c->worst != READY)
        return c->worst;
    if (is_nothing(&parcel->send))
        return NOT_YET;
    return parcel->rest.op == DELTA_NONE ? READY : READY_IN_PART;
}

static bool holds_references(const struct export_step *step, const struct item *item,
                             const struct cs_object *object)
{
    return (step->req.capabilities & MA_CAN_NO_REFERENCES_FIRST) != 0 &&
           object->unapplied.op == DELTA_ADD && item->form == FORM_OWN;
}

enum ma_status wait_check(struct export_step *step, const struct item *item,
                          const struct cs_object *object, struct parcel *parcel,
                          enum readiness *out, struct ma_error *err)
{
    struct check c = {.step = step,
                      .object = object,
                      .hold_references = holds_references(step, item, object),
                      .worst = READY,
                      .err = err};
    const char *dn = object_dn(&step->packing->arena, object);
    enum ma_status status = check_parent(&c);

    if (status == MA_OK)
        status = check_references(&c, parcel);
    if (status == MA_OK && item->removal && dn != NULL && hand_has_any(step))
        status = check_children(&c, dn);
    if (hand_moves(step, dn))
        c.worst = FLUSH_FIRST;
    *out = verdict(&c, parcel);
    return status;
}
