/* SPDX-License-Identifier: Apache-2.0 */
#include "edit.h"

#include "assemble.h"
#include "support/sid.h"

enum {
    LINEAGE = ACE_OBJECT_INHERIT | ACE_CONTAINER_INHERIT | ACE_NO_PROPAGATE |
              ACE_INHERIT_ONLY | ACE_INHERITED
};

static bool same_guid(const unsigned char *a, const unsigned char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, 16) == 0);
}

/* All but the mask. An inherited twin is another ACE. */
static bool same_but_mask(const struct ace *a, const struct ace *b)
{
    return a->type == b->type && a->sid != NULL && b->sid != NULL &&
           (a->flags & LINEAGE) == (b->flags & LINEAGE) && sid_equal(a->sid, b->sid) &&
           same_guid(a->object_type, b->object_type) &&
           same_guid(a->inherited_type, b->inherited_type) &&
           a->data_length == b->data_length &&
           (a->data_length == 0 || memcmp(a->data, b->data, a->data_length) == 0);
}

struct edit_plan edit_plan(const struct acl *dacl, const struct ace *ace)
{
    struct edit_plan plan = {EDIT_INSERT, 0};
    struct acl_walk walk = acl_start();
    struct ace other;

    if (!acl_is_canonical(dacl))
        return (struct edit_plan){EDIT_NOT_CANONICAL, 0};
    while (acl_next(dacl, &walk, &other)) {
        if (same_but_mask(&other, ace))
            return (struct edit_plan){
                (other.mask & ace->mask) == ace->mask ? EDIT_PRESENT : EDIT_REPLACE,
                walk.index - 1};
        if (ace_place(&other) <= ace_place(ace))
            plan.index = walk.index;
    }
    return plan;
}

struct edit_plan edit_plan_out(const struct acl *dacl, const struct ace *ace)
{
    struct acl_walk walk = acl_start();
    struct ace other;

    while (acl_next(dacl, &walk, &other))
        if (same_but_mask(&other, ace) && (other.mask & ace->mask) != 0)
            return (struct edit_plan){(other.mask & ~ace->mask) == 0 ? EDIT_REMOVE
                                                                     : EDIT_REDUCE,
                                      walk.index - 1};
    return (struct edit_plan){EDIT_ABSENT, 0};
}

static void put_ace(struct bytes *out, const struct ace *ace, uint32_t mask)
{
    size_t start = out->length;
    int i;

    bytes_add(out, ace->at, ace->size);
    for (i = 0; i < 4 && mask != ace->mask && !out->failed; i++)
        out->at[start + 4 + (size_t)i] = (char)(mask >> (8 * i));
}

/* What an ACE of the list allows then. */
static uint32_t mask_of(const struct ace *other, unsigned index,
                        const struct edit_plan *plan, const struct ace *ace)
{
    if (plan->index != index)
        return other->mask;
    if (plan->outcome == EDIT_REPLACE)
        return other->mask | ace->mask;
    if (plan->outcome == EDIT_REMOVE || plan->outcome == EDIT_REDUCE)
        return other->mask & ~ace->mask;
    return other->mask;
}

static void put_aces(const struct acl *dacl, const struct edit_plan *plan,
                     const struct ace *ace, bool explicit_only, struct bytes *out)
{
    struct acl_walk walk = acl_start();
    struct ace other;

    for (;;) {
        unsigned index = walk.index;
        bool more = acl_next(dacl, &walk, &other);

        if (plan->outcome == EDIT_INSERT && plan->index == index)
            put_ace(out, ace, ace->mask);
        if (!more)
            return;
        if (explicit_only && (other.flags & ACE_INHERITED))
            continue;
        if (plan->outcome != EDIT_REMOVE || plan->index != index)
            put_ace(out, &other, mask_of(&other, index, plan, ace));
    }
}

enum ma_status edit_write(const struct descriptor *sd, const struct edit_plan *plan,
                          const struct ace *ace, bool explicit_only, struct bytes *out,
                          struct ma_error *error)
{
    struct bytes aces = {0};
    struct assembly parts = {
        .control = sd->control & ~(uint32_t)CONTROL_SACL_PRESENT & 0xffff,
        .rm_control = sd->rm_control,
        .dacl = &aces,
    };
    enum ma_status status;

    put_aces(&sd->dacl, plan, ace, explicit_only, &aces);
    status = assemble(&parts, out, error);
    bytes_free(&aces);
    return status;
}
