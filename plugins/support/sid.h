/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SID_H
#define SUPPORT_SID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Security identifiers (MS-DTYP 2.4.2) as bytes of the wire and as text, S-1-5-21-... A
 * SID of the wire is 8 bytes and 4 for each sub-authority, of which there are 15 at most;
 * its length stands in it, so a pointer to checked bytes is enough.
 */
enum { SID_MOST = 68, SID_TEXT = 192 };

/* How many of `room` bytes are the SID that starts there; 0: it is none. */
size_t sid_length(const unsigned char *at, size_t room);
/* Of a SID that was checked. */
static inline size_t sid_size(const unsigned char *sid)
{
    return 8u + 4u * sid[1];
}
bool sid_equal(const unsigned char *a, const unsigned char *b);
/* The order of memcmp, shorter first: for sorted arrays. */
int sid_compare(const unsigned char *a, const unsigned char *b);

/* Reads as much of the `length` characters as are a SID; how many those are, or 0. */
size_t sid_parse(const char *text, size_t length, unsigned char out[SID_MOST]);
/* `out` has room for SID_TEXT bytes; returns it. An authority from 2^32 on is hex. */
char *sid_format(const unsigned char *sid, char *out);

/* The last sub-authority, the RID of a principal; 0 where there is none. */
uint32_t sid_rid(const unsigned char *sid);
/* The SID of a principal of this domain. `out` has room for SID_MOST bytes; false: the
 * domain has no room for one more. */
bool sid_with_rid(const unsigned char *domain, uint32_t rid, unsigned char *out);

#endif
