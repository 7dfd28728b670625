/* SPDX-License-Identifier: Apache-2.0 */
#include "base/order.h"

#include <stdlib.h>

size_t order_unique_u32(uint32_t *numbers, size_t count)
{
    size_t kept = 0;

    if (count > 1)
        qsort(numbers, count, sizeof *numbers, order_u32);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || numbers[kept - 1] != numbers[i])
            numbers[kept++] = numbers[i];
    return kept;
}

/* Below that many, what qsort does before it begins is most of it. */
enum { FEW = 32 };

static void sort_few(uint64_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t number = numbers[i];
        size_t at = i;

        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

size_t order_unique_u64(uint64_t *numbers, size_t count)
{
    size_t kept = 0;

    if (count > FEW)
        qsort(numbers, count, sizeof *numbers, order_u64);
    else
        sort_few(numbers, count);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || numbers[kept - 1] != numbers[i])
            numbers[kept++] = numbers[i];
    return kept;
}
