/* SPDX-License-Identifier: Apache-2.0 */
#include "descriptor.h"

#include "support/sid.h"

static const struct ace_type types[] = {
    [0x00] = {ACE_PLAIN, ACE_ALLOWS, false, "A"},
    [0x01] = {ACE_PLAIN, ACE_DENIES, false, "D"},
    [0x02] = {ACE_PLAIN, ACE_AUDITS, false, "AU"},
    [0x03] = {ACE_OPAQUE, ACE_NOTHING, false, NULL}, /* alarm, reserved */
    [0x04] = {ACE_OPAQUE, ACE_NOTHING, false, NULL}, /* compound, reserved */
    [0x05] = {ACE_OBJECT, ACE_ALLOWS, false, "OA"},
    [0x06] = {ACE_OBJECT, ACE_DENIES, false, "OD"},
    [0x07] = {ACE_OBJECT, ACE_AUDITS, false, "OU"},
    [0x08] = {ACE_OPAQUE, ACE_NOTHING, false, NULL}, /* alarm object, reserved */
    [0x09] = {ACE_PLAIN, ACE_ALLOWS, true, "XA"},
    [0x0a] = {ACE_PLAIN, ACE_DENIES, true, "XD"},
    [0x0b] = {ACE_OBJECT, ACE_ALLOWS, true, "ZA"},
    [0x0c] = {ACE_OBJECT, ACE_DENIES, true, NULL},
    [0x0d] = {ACE_PLAIN, ACE_AUDITS, true, "XU"},
    [0x0e] = {ACE_OPAQUE, ACE_NOTHING, false, NULL},
    [0x0f] = {ACE_OBJECT, ACE_AUDITS, true, NULL},
    [0x10] = {ACE_OPAQUE, ACE_NOTHING, false, NULL},
    [0x11] = {ACE_PLAIN, ACE_NOTHING, false, "ML"},
    [0x12] = {ACE_PLAIN, ACE_NOTHING, false, "RA"},
    [0x13] = {ACE_PLAIN, ACE_NOTHING, false, "SP"},
};

const struct ace_type *ace_type(unsigned char type)
{
    static const struct ace_type unknown = {ACE_OPAQUE, ACE_NOTHING, false, NULL};

    return type < sizeof types / sizeof *types ? &types[type] : &unknown;
}

static uint16_t u16_at(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t u32_at(const unsigned char *at)
{
    return (uint32_t)u16_at(at) | (uint32_t)u16_at(at + 2) << 16;
}

/* The fields between the header and the SID. The type says which there are; false: the
 * ACE is too short for them. */
static bool read_fields(struct ace *ace, size_t *behind)
{
    size_t need = 8;

    ace->mask = u32_at(ace->at + 4);
    if (ace_type(ace->type)->body == ACE_OBJECT) {
        if (ace->size < 12)
            return false;
        ace->object_flags = u32_at(ace->at + 8);
        need = 12;
        if (ace->object_flags & ACE_HAS_TYPE) {
            ace->object_type = ace->at + need;
            need += 16;
        }
        if (ace->object_flags & ACE_HAS_INHERITED_TYPE) {
            ace->inherited_type = ace->at + need;
            need += 16;
        }
    }
    *behind = need;
    return ace->size >= need;
}

static bool read_body(struct ace *ace)
{
    size_t at;
    size_t length;

    if (!read_fields(ace, &at))
        return false;
    length = sid_length(ace->at + at, ace->size - at);
    if (length == 0)
        return false;
    ace->sid = ace->at + at;
    ace->data = ace->sid + length;
    ace->data_length = ace->size - at - length;
    return true;
}

/* From the bytes at `at`, of which `room` are left in the list. */
static const char *read_ace(const unsigned char *at, size_t room, struct ace *out)
{
    struct ace ace = {.at = at};

    if (room < 4)
        return "runs over the end of its list";
    ace.type = at[0];
    ace.flags = at[1];
    ace.size = u16_at(at + 2);
    if (ace.size < 8)
        return "is shorter than any ACE can be";
    if (ace.size > room)
        return "runs over the end of its list";
    if (ace_type(ace.type)->body != ACE_OPAQUE && !read_body(&ace))
        return "is too short for what it says it holds";
    *out = ace;
    return NULL;
}

bool acl_next(const struct acl *acl, struct acl_walk *walk, struct ace *out)
{
    if (acl->at == NULL || walk->index >= acl->count)
        return false;
    if (read_ace(acl->at + walk->offset, acl->size - walk->offset, out) != NULL)
        return false;
    walk->offset += out->size;
    walk->index++;
    return true;
}

static unsigned odd_of(const struct acl *acl, const struct ace *ace)
{
    unsigned odd = ace->size % 4 != 0 ? ODD_ALIGNMENT : 0;

    if (ace_type(ace->type)->body != ACE_OBJECT)
        return odd;
    if (acl->revision < 4)
        odd |= ODD_REVISION;
    if (ace->object_flags & ~(uint32_t)(ACE_HAS_TYPE | ACE_HAS_INHERITED_TYPE))
        odd |= ODD_OBJECT_FLAGS;
    return odd;
}

static enum ma_status read_aces(const struct acl *acl, const char *name, unsigned *odd,
                                struct ma_error *error)
{
    size_t offset = ACL_FIRST;
    unsigned i;

    for (i = 0; i < acl->count; i++) {
        struct ace ace;
        const char *why = read_ace(acl->at + offset, acl->size - offset, &ace);

        if (why != NULL)
            return ma_fail(error, MA_INVALID, "security descriptor: ACE %u of the %s %s",
                           i, name, why);
        *odd |= odd_of(acl, &ace);
        offset += ace.size;
    }
    return MA_OK;
}

/* The bytes of the descriptor while it is read, and how far its parts reach. */
struct reading {
    const unsigned char *at;
    size_t length;
    size_t reach;
    struct descriptor *sd;
    struct ma_error *error;
};

static enum ma_status acl_header(const struct acl *acl, size_t room, const char *name,
                                 struct ma_error *error)
{
    const char *why = NULL;

    if (acl->revision != 2 && acl->revision != 4)
        why = "has a revision that is not 2 or 4";
    else if (acl->size < ACL_FIRST || acl->size > room)
        why = "has a size that does not fit";
    else if ((size_t)acl->count * 8 > acl->size - ACL_FIRST)
        why = "has more ACEs than there is room for";
    return why == NULL
               ? MA_OK
               : ma_fail(error, MA_INVALID, "security descriptor: the %s %s", name, why);
}

static enum ma_status part_room(struct reading *in, size_t offset, const char *name,
                                size_t *room)
{
    if (offset < 20 || offset >= in->length || in->length - offset < 8)
        return ma_fail(in->error, MA_INVALID,
                       "security descriptor: the %s lies at offset %zu of %zu bytes",
                       name, offset, in->length);
    if (offset % 4 != 0)
        in->sd->odd |= ODD_ALIGNMENT;
    *room = in->length - offset;
    return MA_OK;
}

static void part_seen(struct reading *in, size_t end)
{
    if (end > in->reach)
        in->reach = end;
}

static enum ma_status read_acl(struct reading *in, size_t offset, const char *name,
                               struct acl *out)
{
    struct acl acl;
    size_t room;

    if (part_room(in, offset, name, &room) != MA_OK)
        return MA_INVALID;
    acl.at = in->at + offset;
    acl.revision = acl.at[0];
    acl.size = u16_at(acl.at + 2);
    acl.count = u16_at(acl.at + 4);
    if (acl_header(&acl, room, name, in->error) != MA_OK ||
        read_aces(&acl, name, &in->sd->odd, in->error) != MA_OK)
        return MA_INVALID;
    part_seen(in, offset + acl.size);
    *out = acl;
    return MA_OK;
}

static enum ma_status read_sid(struct reading *in, size_t offset, const char *name,
                               const unsigned char **out)
{
    size_t room;
    size_t length;

    if (offset == 0)
        return MA_OK;
    if (part_room(in, offset, name, &room) != MA_OK)
        return MA_INVALID;
    length = sid_length(in->at + offset, room);
    if (length == 0)
        return ma_fail(in->error, MA_INVALID,
                       "security descriptor: the SID of the %s is broken", name);
    part_seen(in, offset + length);
    *out = in->at + offset;
    return MA_OK;
}

static bool lies_in(const unsigned char *sid, const struct acl *acl)
{
    return sid != NULL && acl->at != NULL && sid >= acl->at && sid < acl->at + acl->size;
}

static void note_overlaps(struct descriptor *sd)
{
    if (lies_in(sd->owner, &sd->dacl) || lies_in(sd->group, &sd->dacl) ||
        lies_in(sd->owner, &sd->sacl) || lies_in(sd->group, &sd->sacl))
        sd->odd |= ODD_OVERLAP;
}

static enum ma_status read_parts(struct reading *in)
{
    struct descriptor *sd = in->sd;
    size_t sacl = u32_at(in->at + 12);
    size_t dacl = u32_at(in->at + 16);

    if (read_sid(in, u32_at(in->at + 4), "owner", &sd->owner) != MA_OK ||
        read_sid(in, u32_at(in->at + 8), "group", &sd->group) != MA_OK)
        return MA_INVALID;
    if ((sd->control & CONTROL_SACL_PRESENT) && sacl != 0 &&
        read_acl(in, sacl, "SACL", &sd->sacl) != MA_OK)
        return MA_INVALID;
    if ((sd->control & CONTROL_DACL_PRESENT) && dacl != 0 &&
        read_acl(in, dacl, "DACL", &sd->dacl) != MA_OK)
        return MA_INVALID;
    note_overlaps(sd);
    if (in->reach < in->length)
        sd->odd |= ODD_TRAILING;
    return MA_OK;
}

static const char *header_fault(const unsigned char *at, size_t length)
{
    if (length < 20)
        return "is shorter than its header";
    if (length > DESCRIPTOR_MOST)
        return "is larger than any that a directory keeps";
    if (at[0] != 1)
        return "has a revision that is not 1";
    if (!(u16_at(at + 2) & CONTROL_SELF_RELATIVE))
        return "is not self-relative";
    return NULL;
}

enum ma_status descriptor_read(struct ma_value bytes, struct descriptor *out,
                               struct ma_error *error)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    const char *why = header_fault(at, bytes.length);
    struct descriptor sd = {0};
    struct reading in = {at, bytes.length, 20, &sd, error};

    if (why != NULL)
        return ma_fail(error, MA_INVALID, "security descriptor: it %s", why);
    sd.control = u16_at(at + 2);
    sd.rm_control = at[1];
    if (read_parts(&in) != MA_OK)
        return MA_INVALID;
    *out = sd;
    return MA_OK;
}

int ace_place(const struct ace *ace)
{
    const struct ace_type *type = ace_type(ace->type);

    if (ace->flags & ACE_INHERITED)
        return 4;
    return (type->effect == ACE_ALLOWS ? 2 : 0) + (type->body == ACE_OBJECT ? 1 : 0);
}

bool acl_is_canonical(const struct acl *acl)
{
    struct acl_walk walk = acl_start();
    struct ace ace;
    int highest = 0;

    while (acl_next(acl, &walk, &ace)) {
        int place;

        if (ace_type(ace.type)->effect == ACE_NOTHING)
            continue;
        place = ace_place(&ace) / 2;
        if (place < highest)
            return false;
        highest = place;
    }
    return true;
}
