/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_FN_SEARCH_H
#define EXPR_FN_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Texts within texts. Offsets are bytes; positions, which people count, are code points
 * from 1. `fold` ignores case as `=` does, one code point to one.
 */

#define SEARCH_NOWHERE SIZE_MAX

/* Offset of the first place at which `what` stands in `text`. */
size_t search_first(struct slice text, struct slice what, bool fold);
/* The last such offset at which it ends no later than `end`. */
size_t search_last(struct slice text, struct slice what, size_t end, bool fold);
/* Offset of the n-th code point, counted from 0; the length where it has fewer. */
size_t search_offset(struct slice text, size_t n);
/* Number of code points in front of an offset. */
size_t search_position(struct slice text, size_t offset);

#endif
