/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

#include <stdint.h>

/*
 * The order of plain numbers, as qsort and bsearch want it: each argument points to one.
 */
static inline int order_u32(const void *left, const void *right)
{
    uint32_t x = *(const uint32_t *)left;
    uint32_t y = *(const uint32_t *)right;

    return (x > y) - (x < y);
}

static inline int order_u64(const void *left, const void *right)
{
    uint64_t x = *(const uint64_t *)left;
    uint64_t y = *(const uint64_t *)right;

    return (x > y) - (x < y);
}

#endif
