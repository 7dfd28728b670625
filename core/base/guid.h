/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * A GUID in the byte order of the wire and of .NET's Guid.ToByteArray: the first three
 * groups little-endian (MS-DTYP 2.3.4.2). Text is read with or without braces and in any
 * case.
 */
struct guid {
    unsigned char bytes[16];
};

enum { GUID_TEXT = 39 }; /* with braces and the NUL */

/* Lower case, no braces. */
enum guid_form { GUID_PLAIN, GUID_BRACED_UPPER };

/* Blanks around it are passed over. False: it is none, and *out stays as it was. */
bool guid_parse(struct slice text, struct guid *out);
/* Writes into `out`, at least GUID_TEXT bytes, and returns it. */
char *guid_format(const struct guid *guid, enum guid_form form, char *out);
/* A random one, version 4. */
struct guid guid_new(void);
bool guid_is_zero(const struct guid *guid);

static inline bool guid_equal(const struct guid *a, const struct guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

#endif
