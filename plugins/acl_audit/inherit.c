/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit.h"

#include "access.h"
#include "assemble.h"
#include "support/sid.h"

static const unsigned char creator_owner[] = {1, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0};
static const unsigned char creator_group[] = {1, 1, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0};

/* An ACE of the parent, changed on its way down. */
struct passing {
    const struct ace *ace;
    unsigned char flags;
    uint32_t mask;
    const unsigned char *sid;
    bool without_class; /* InheritedObjectType is dropped */
};

static uint32_t object_flags(const struct passing *passing)
{
    uint32_t flags = passing->ace->object_flags;

    return passing->without_class ? flags & ~(uint32_t)ACE_HAS_INHERITED_TYPE : flags;
}

static void put_object_part(const struct passing *passing, struct bytes *out)
{
    if (ace_type(passing->ace->type)->body != ACE_OBJECT)
        return;
    assemble_u32(out, object_flags(passing));
    if (passing->ace->object_type != NULL)
        bytes_add(out, passing->ace->object_type, 16);
    if (passing->ace->inherited_type != NULL && !passing->without_class)
        bytes_add(out, passing->ace->inherited_type, 16);
}

static void put(const struct passing *passing, struct bytes *out)
{
    size_t start = out->length;
    size_t size;

    bytes_char(out, (char)passing->ace->type);
    bytes_char(out, (char)passing->flags);
    assemble_u16(out, 0);
    assemble_u32(out, passing->mask);
    put_object_part(passing, out);
    bytes_add(out, passing->sid, sid_size(passing->sid));
    if (passing->ace->data_length > 0)
        bytes_add(out, passing->ace->data, passing->ace->data_length);
    if (out->failed)
        return;
    size = out->length - start;
    out->at[start + 2] = (char)(size & 0xff);
    out->at[start + 3] = (char)(size >> 8);
}

static const unsigned char *real_sid(const unsigned char *sid,
                                     const struct inherit_child *child)
{
    if (sid_equal(sid, creator_owner))
        return child->owner != NULL ? child->owner : sid;
    if (sid_equal(sid, creator_group))
        return child->group != NULL ? child->group : sid;
    return sid;
}

static bool is_for_class(const struct ace *ace, const struct inherit_child *child)
{
    return ace->inherited_type == NULL ||
           memcmp(ace->inherited_type, child->object_class, 16) == 0;
}

/* Template and effective ACE are two where either differs in rights or in trustee. */
static bool needs_two(const struct ace *ace, const struct inherit_child *child)
{
    return access_map_generic(ace->mask) != ace->mask ||
           real_sid(ace->sid, child) != ace->sid;
}

static void pass_effective(const struct ace *ace, const struct inherit_child *child,
                           unsigned char keep, struct bytes *out)
{
    bool two = needs_two(ace, child);
    bool stops = (ace->flags & ACE_NO_PROPAGATE) != 0;
    struct passing down = {ace, ACE_INHERITED, access_map_generic(ace->mask),
                           real_sid(ace->sid, child), stops || two};

    if (!stops && !two)
        down.flags |= keep;
    put(&down, out);
    if (two && !stops) {
        struct passing template = {
            ace, (unsigned char)(keep | ACE_INHERIT_ONLY | ACE_INHERITED), ace->mask,
            ace->sid, false};

        put(&template, out);
    }
}

static void pass(const struct ace *ace, const struct inherit_child *child,
                 struct bytes *out)
{
    unsigned char keep = ace->flags & (ACE_OBJECT_INHERIT | ACE_CONTAINER_INHERIT);
    struct passing template = {ace,
                               (unsigned char)(keep | ACE_INHERIT_ONLY | ACE_INHERITED),
                               ace->mask, ace->sid, false};

    if (keep == 0 || ace->sid == NULL)
        return;
    if ((ace->flags & ACE_CONTAINER_INHERIT) && is_for_class(ace, child))
        pass_effective(ace, child, keep, out);
    else if (!(ace->flags & ACE_NO_PROPAGATE))
        put(&template, out);
}

void inherit_aces(const struct acl *parent, const struct inherit_child *child,
                  struct bytes *out)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (acl_next(parent, &walk, &ace))
        pass(&ace, child, out);
}

static void put_explicit(const struct acl *dacl, struct bytes *out)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (acl_next(dacl, &walk, &ace))
        if (!(ace.flags & ACE_INHERITED))
            bytes_add(out, ace.at, ace.size);
}

enum ma_status inherit_write(const struct acl *parent, const struct descriptor *own,
                             const unsigned char *object_class, struct bytes *out,
                             struct ma_error *error)
{
    struct inherit_child child = {object_class, own->owner, own->group};
    struct bytes aces = {0};
    size_t length;
    struct assembly parts = {.control = own->control | CONTROL_DACL_PRESENT,
                             .rm_control = own->rm_control,
                             .owner = own->owner,
                             .group = own->group,
                             .dacl = &aces};
    enum ma_status status;

    put_explicit(&own->dacl, &aces);
    length = aces.length;
    if (!(own->control & CONTROL_DACL_PROTECTED))
        inherit_aces(parent, &child, &aces);
    if (aces.length > length)
        parts.control |= CONTROL_DACL_INHERITED;
    status = assemble(&parts, out, error);
    bytes_free(&aces);
    return status;
}
