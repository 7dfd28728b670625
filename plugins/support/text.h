/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TEXT_H
#define SUPPORT_TEXT_H

#include "support/bytes.h"

/* Base64, numbers, flags: what a plugin needs of them, without a library. */

void text_base64(struct bytes *out, const void *data, size_t length);
/* False where it is not Base64 (RFC 4648 4, padded); blanks are not passed over. */
bool text_from_base64(struct bytes *out, const char *text, size_t length);
/* One code point as UTF-8. */
void text_code_point(struct bytes *out, uint32_t code);
/* Whether the whole text is one decimal number of 64 bits, sign allowed. */
bool text_is_number(const char *text, size_t length);
bool text_is_flag(const char *text, size_t length, bool *out);

#endif
