/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GUID_H
#define SUPPORT_GUID_H

#include "support/bytes.h"

/* A GUID as Windows stores it: the first three groups are little-endian numbers. */

enum { GUID_SIZE = 16 };

/* As .NET writes it: small letters, no braces. */
void guid_text(struct bytes *out, const unsigned char guid[GUID_SIZE]);
/* 36 characters without braces, in any case; false, and `out` untouched: it is none. */
bool guid_read(const char *text, size_t length, unsigned char out[GUID_SIZE]);

#endif
