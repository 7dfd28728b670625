/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_SDDL_H
#define ACL_AUDIT_SDDL_H

#include "descriptor.h"
#include "support/bytes.h"

/*
 * Security descriptors as text (SDDL, MS-DTYP 2.5.1), both ways. Reading is strict: what
 * others bend or drop, as a GUID in an ACE that cannot hold one or a mask of more than 32
 * bits, is an error that names the character, because it would grant more than is
 * written. Printing is what Windows prints: O G D S, flags and rights from the low bit.
 */

/* What the aliases of a domain (DA, DU ...) and of the forest's root (EA, SA, RO, EK)
 * stand for. NULL: such aliases are refused, and SIDs are printed as numbers. */
struct sddl_domains {
    const unsigned char *domain;
    const unsigned char *root;
};

/* A self-relative descriptor into `out`, which is empty before. MA_INVALID: `out` may
 * hold anything; MA_NO_MEMORY. */
enum ma_status sddl_parse(const char *text, const struct sddl_domains *domains,
                          struct bytes *out, struct ma_error *error);
/* The bytes of one ACE, from "(" to ")". */
enum ma_status sddl_parse_ace(const char *text, const struct sddl_domains *domains,
                              struct bytes *out, struct ma_error *error);

/* Appends. What SDDL has no words for is shown in braces, and cannot be read again. */
void sddl_print(const struct descriptor *sd, const struct sddl_domains *domains,
                struct bytes *out);
void sddl_print_ace(const struct ace *ace, const struct sddl_domains *domains,
                    struct bytes *out);
/* One entry; NULL: memory failed. It lives in the pool. */
const char *sddl_one_ace(const struct ace *ace, const struct sddl_domains *domains,
                         struct pool *pool);
/* (OA;CIIO;RIGHT;ITEM;CLASS;SID), for the objects of a class below; `class` NULL:
 * (OA;;RIGHT;ITEM;;SID), for the object itself. Item and class are GUIDs. NULL: memory
 * failed. It lives in the pool. */
const char *sddl_grant(const char *right, const unsigned char *item,
                       const unsigned char *class, const unsigned char *sid,
                       struct pool *pool);
/* That of the list's index-th; NULL: none. It lives in the pool. */
const char *sddl_ace_text(const struct descriptor *sd, int index,
                          const struct sddl_domains *domains, struct pool *pool);
void sddl_print_sid(const unsigned char *sid, const struct sddl_domains *domains,
                    struct bytes *out);
void sddl_print_rights(uint32_t mask, struct bytes *out);

#endif
