/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ids.h"

static size_t place_of(const id_list *ids, size_t from, uint64_t id)
{
    size_t end = ids->count;

    if (end > from && ids->items[end - 1] < id) /* ids are mostly given out in order */
        return end;
    while (from < end) {
        size_t middle = from + (end - from) / 2;

        if (ids->items[middle] < id)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

void ids_take_in(id_list *ids, size_t from, uint64_t id)
{
    size_t at = place_of(ids, from, id);

    if (at < ids->count && ids->items[at] == id)
        return;
    VEC_ADD(ids, id);
    memmove(&ids->items[at + 1], &ids->items[at],
            (ids->count - 1 - at) * sizeof *ids->items);
    ids->items[at] = id;
}

void ids_take_out(id_list *ids, size_t from, uint64_t id)
{
    size_t at = place_of(ids, from, id);

    if (at == ids->count || ids->items[at] != id)
        return;
    ids->count--;
    memmove(&ids->items[at], &ids->items[at + 1], (ids->count - at) * sizeof *ids->items);
}
