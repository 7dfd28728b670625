/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_DESCRIPTOR_H
#define ACL_AUDIT_DESCRIPTOR_H

#include <mactl/ma.h>

/*
 * A security descriptor as a directory stores it (MS-DTYP 2.4.6, self-relative), read
 * where it lies: nothing is copied, so the bytes must outlive what is read from them. It
 * comes from the other side of the wire, so descriptor_read() looks at every length and
 * offset before anything is used, and what it accepts can be walked without a further
 * check. ACEs of a type that is not known are kept as bytes and decide nothing.
 */

enum { /* ACCESS_MASK, MS-DTYP 2.4.3 and MS-ADTS 5.1.3.2 */
       RIGHT_CREATE_CHILD = 0x1,
       RIGHT_SELF = 0x8,
       RIGHT_READ_PROPERTY = 0x10,
       RIGHT_WRITE_PROPERTY = 0x20,
       RIGHT_CONTROL_ACCESS = 0x100,
       RIGHT_READ_CONTROL = 0x20000,
       RIGHT_WRITE_DAC = 0x40000,
       RIGHT_WRITE_OWNER = 0x80000
};

enum { /* the control bits, MS-DTYP 2.4.6 */
       CONTROL_DACL_PRESENT = 0x0004,
       CONTROL_SACL_PRESENT = 0x0010,
       CONTROL_DACL_REQUESTED = 0x0100,
       CONTROL_DACL_INHERITED = 0x0400,
       CONTROL_DACL_PROTECTED = 0x1000,
       CONTROL_RM_VALID = 0x4000,
       CONTROL_SELF_RELATIVE = 0x8000
};

enum { /* AceFlags, MS-DTYP 2.4.4.1 */
       ACE_OBJECT_INHERIT = 0x01,
       ACE_CONTAINER_INHERIT = 0x02,
       ACE_NO_PROPAGATE = 0x04,
       ACE_INHERIT_ONLY = 0x08,
       ACE_INHERITED = 0x10
};

enum { ACE_HAS_TYPE = 1, ACE_HAS_INHERITED_TYPE = 2 }; /* flags of an object ACE */

/* What is legal to read and yet not as it should be: for the report. */
enum {
    ODD_ALIGNMENT = 1,
    ODD_REVISION = 2,
    ODD_OBJECT_FLAGS = 4,
    ODD_TRAILING = 8,
    ODD_OVERLAP = 16
};

enum ace_effect { ACE_NOTHING, ACE_ALLOWS, ACE_DENIES, ACE_AUDITS };
enum ace_body { ACE_OPAQUE, ACE_PLAIN, ACE_OBJECT };

/* One row for each type of MS-DTYP 2.4.4.1. */
struct ace_type {
    enum ace_body body;
    enum ace_effect effect;
    bool callback;    /* a condition, or data of an application, stands behind the SID */
    const char *sddl; /* its letters; NULL: SDDL has none */
};
const struct ace_type *ace_type(unsigned char type); /* never NULL */

struct ace {
    const unsigned char *at; /* all of it, header included */
    size_t size;
    unsigned char type;
    unsigned char flags;
    uint32_t mask; /* 0 if opaque, as all below */
    uint32_t object_flags;
    const unsigned char *object_type;    /* 16 bytes, or NULL */
    const unsigned char *inherited_type; /* 16 bytes, or NULL */
    const unsigned char *sid;            /* as on the wire, or NULL */
    const unsigned char *data;           /* what stands behind the SID */
    size_t data_length;
};

struct acl {
    const unsigned char *at; /* NULL: none */
    size_t size;             /* AclSize: there may be room behind the last ACE */
    unsigned revision;
    unsigned count;
};

struct descriptor {
    uint16_t control;
    unsigned char rm_control;   /* Sbz1, where CONTROL_RM_VALID says so */
    const unsigned char *owner; /* a SID, or NULL */
    const unsigned char *group;
    struct acl sacl;
    struct acl dacl;
    unsigned odd;
};

enum { DESCRIPTOR_MOST = 256 * 1024, ACL_MOST = 65535 };

/* MA_INVALID with the place and the reason, and `out` untouched. */
enum ma_status descriptor_read(struct ma_value bytes, struct descriptor *out,
                               struct ma_error *error);

/* From offset 8 (ACL_FIRST) on; false behind the last. Only for what was read. */
enum { ACL_FIRST = 8 };
struct acl_walk {
    size_t offset;
    unsigned index; /* of the next */
};
static inline struct acl_walk acl_start(void)
{
    return (struct acl_walk){ACL_FIRST, 0};
}
bool acl_next(const struct acl *acl, struct acl_walk *walk, struct ace *out);

/* Sorted as far as it matters (MS-DTYP 2.4.5): explicit before inherited, and of the
 * explicit ones denies before allows. That plain ones come before object ones is asked of
 * nobody: the default lists of directories do not do it. What decides nothing may stand
 * anywhere. */
bool acl_is_canonical(const struct acl *acl);
/* Where an ACE belongs in that order: the lower, the earlier. */
int ace_place(const struct ace *ace);

#endif
