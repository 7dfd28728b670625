/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Time of day for history and rules, in milliseconds since 1970, UTC; monotonic time for
 * measuring. Tests fix the first with clock_freeze.
 */

enum { CLOCK_TEXT = 32 };

int64_t clock_now(void);
/* From now on clock_now() gives this; 0 lets it run again. */
void clock_freeze(int64_t now);
/* Microseconds; only differences mean something. */
int64_t clock_monotonic(void);
/* "2002-09-27 22:50:53.703", as the product's files have it. `out`: CLOCK_TEXT bytes. */
char *clock_format_product(int64_t time, char *out);
/* "2002-09-27T22:50:53.703Z" (RFC 3339), for JSON. */
char *clock_format_rfc3339(int64_t time, char *out);

#endif
