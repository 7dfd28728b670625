/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * The order of plain numbers, as qsort and bsearch want it (each argument points to one),
 * and lists of them that are sets.
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

/* Sorted, each once; how many are left. Of none, `numbers` may be NULL. */
size_t order_unique_u32(uint32_t *numbers, size_t count);
size_t order_unique_u64(uint64_t *numbers, size_t count);

#endif
