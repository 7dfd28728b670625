/* SPDX-License-Identifier: Apache-2.0 */
#include "assemble.h"

#include "support/sid.h"

void assemble_u16(struct bytes *out, uint16_t number)
{
    bytes_char(out, (char)(number & 0xff));
    bytes_char(out, (char)(number >> 8));
}

void assemble_u32(struct bytes *out, uint32_t number)
{
    assemble_u16(out, (uint16_t)number);
    assemble_u16(out, (uint16_t)(number >> 16));
}

/* The ACEs in `bytes` as a list to be walked, counted by walking them. */
static struct acl as_list(const struct bytes *bytes)
{
    struct acl list = {(const unsigned char *)bytes->at, bytes->length, 2, UINT16_MAX};
    struct acl_walk walk = {0, 0};
    struct ace ace;

    while (walk.offset < list.size && acl_next(&list, &walk, &ace))
        if (ace_type(ace.type)->body == ACE_OBJECT)
            list.revision = 4;
    list.count = walk.index;
    return list;
}

static size_t list_size(const struct bytes *aces)
{
    return aces == NULL ? 0 : ACL_FIRST + aces->length;
}

static void add_list(struct bytes *out, const struct bytes *aces)
{
    struct acl list;

    if (aces == NULL)
        return;
    list = as_list(aces);
    bytes_char(out, (char)list.revision);
    bytes_char(out, 0);
    assemble_u16(out, (uint16_t)list_size(aces));
    assemble_u16(out, (uint16_t)list.count);
    assemble_u16(out, 0);
    bytes_add(out, aces->at, aces->length);
}

static size_t size_of(const unsigned char *sid)
{
    return sid == NULL ? 0 : sid_size(sid);
}

/* The offset of a part, and the next one moved behind it. */
static uint32_t place(size_t *next, size_t size)
{
    uint32_t at = size == 0 ? 0 : (uint32_t)*next;

    *next += size;
    return at;
}

static void add_header(struct bytes *out, const struct assembly *parts)
{
    size_t next = 20;
    uint32_t sacl = place(&next, list_size(parts->sacl));
    uint32_t dacl = place(&next, list_size(parts->dacl));
    uint32_t owner = place(&next, size_of(parts->owner));
    uint32_t group = place(&next, size_of(parts->group));

    bytes_char(out, 1);
    bytes_char(out, (char)parts->rm_control);
    assemble_u16(out, parts->control | CONTROL_SELF_RELATIVE);
    assemble_u32(out, owner);
    assemble_u32(out, group);
    assemble_u32(out, sacl);
    assemble_u32(out, dacl);
}

static bool fits(const struct bytes *aces)
{
    return list_size(aces) <= ACL_MOST;
}

enum ma_status assemble(const struct assembly *parts, struct bytes *out,
                        struct ma_error *error)
{
    if (!fits(parts->sacl) || !fits(parts->dacl))
        return ma_fail(
            error, MA_INVALID,
            "security descriptor: a list of more than %d bytes cannot be stored",
            ACL_MOST);
    add_header(out, parts);
    add_list(out, parts->sacl);
    add_list(out, parts->dacl);
    bytes_add(out, parts->owner, size_of(parts->owner));
    bytes_add(out, parts->group, size_of(parts->group));
    return out->failed ? ma_fail(error, MA_NO_MEMORY, "no memory for a descriptor")
                       : MA_OK;
}
