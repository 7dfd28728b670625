/* SPDX-License-Identifier: Apache-2.0 */

/* The stubs of large attributes in front of a row: whatever the bytes, they are read as
 * stubs that say the same when written again, or refused. */

#include <stdlib.h>

#include "base/buf.h"
#include "store/large.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct large_list *a, const struct large_list *b)
{
    if (a->count != b->count)
        abort();
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].attribute != b->items[i].attribute ||
            a->items[i].type != b->items[i].type ||
            a->items[i].count != b->items[i].count || a->items[i].sum != b->items[i].sum)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO again = {0};
    struct large_list list;
    struct large_list back;
    struct slice rest;
    struct slice rest_again;

    if (!large_decode(&arena, slice_of(data, size), &list, &rest))
        return 0;
    large_encode(&list, &again);
    buf_slice(&again, rest);
    if (!large_decode(&arena, buf_view(&again), &back, &rest_again) ||
        !slice_equal(rest, rest_again))
        abort();
    same(&list, &back);
    return 0;
}
