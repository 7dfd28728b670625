/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ASSEMBLE_H
#define ACL_AUDIT_ASSEMBLE_H

#include "descriptor.h"
#include "support/bytes.h"

/*
 * Puts descriptors together: ACEs into lists, lists into a self-relative descriptor in
 * the layout of Windows (SACL, DACL, owner, group; revision 2 unless there is an object
 * ACE).
 */
struct assembly {
    uint16_t control;
    unsigned char rm_control;
    const unsigned char *owner; /* NULL: none */
    const unsigned char *group;
    const struct bytes *sacl; /* ACEs one behind the other; NULL: none, or a NULL list */
    const struct bytes *dacl;
};

/* Appends. MA_INVALID: a list is larger than 65 535 bytes. */
enum ma_status assemble(const struct assembly *parts, struct bytes *out,
                        struct ma_error *error);

/* Numbers of the wire, appended. */
void assemble_u16(struct bytes *out, uint16_t number);
void assemble_u32(struct bytes *out, uint32_t number);

#endif
