/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_TEXT_H
#define FILE_MA_TEXT_H

#include "support/bytes.h"

/* Base64, DNs, numbers: what the formats need, without a library. */

void text_base64(struct bytes *out, const void *data, size_t length);
/* False where it is not Base64 (RFC 4648 4, padded); blanks are not passed over. */
bool text_from_base64(struct bytes *out, const char *text, size_t length);
/* One code point as UTF-8. */
void text_code_point(struct bytes *out, uint32_t code);
/* Whether the whole text is one decimal number of 64 bits, sign allowed. */
bool text_is_number(const char *text, size_t length);
bool text_is_flag(const char *text, size_t length, bool *out);

/* The form to compare DNs by: ASCII letters small, no blanks around , = and +. */
const char *dn_fold(struct pool *pool, const char *dn);
/* Whether a DN is this folded one, without making its fold. */
bool dn_is(const char *dn, const char *folded);
/* Whether it looks as RFC 4514 wants: type=value, separated by unescaped commas. */
bool dn_is_ldap(const char *dn);
/* Behind the first unescaped comma; "" at the top. Points into `dn`. */
const char *dn_parent(const char *dn);
/* Both folded. Equal, or below it. */
bool dn_is_under(const char *dn, const char *base);
/* Type and unescaped value of the first RDN; false where there is none. */
bool dn_rdn(struct pool *pool, const char *dn, const char **type, const char **value);

enum { GUID_SIZE = 16 };
/* As .NET writes it: small letters, the first three groups little-endian. */
void guid_text(struct bytes *out, const unsigned char guid[GUID_SIZE]);
/* Random; with a seed always the same one for the same text. */
bool guid_make(unsigned char guid[GUID_SIZE], const char *seed, const char *text);

#endif
