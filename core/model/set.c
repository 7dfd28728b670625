/* SPDX-License-Identifier: Apache-2.0 */
#include "model/set.h"

/* The first place from `low` on whose value is not below this one. */
static uint32_t place(struct set set, uint32_t low, struct slice value)
{
    uint32_t high = set.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (slice_compare(set.items[middle], value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool set_has(struct set set, struct slice value)
{
    uint32_t at = place(set, 0, value);

    return at < set.count && slice_equal(set.items[at], value);
}

bool set_equal(struct set a, struct set b)
{
    if (a.count != b.count)
        return false;
    for (uint32_t i = 0; i < a.count; i++)
        if (!slice_equal(a.items[i], b.items[i]))
            return false;
    return true;
}

struct set set_union(struct arena *arena, struct set a, struct set b)
{
    struct slice *out;
    uint32_t count = 0;
    uint32_t i = 0;
    uint32_t j = 0;

    if (a.count == 0 || b.count == 0)
        return a.count == 0 ? b : a;
    out = arena_alloc(arena, sizeof *out * ((size_t)a.count + b.count));
    while (i < a.count && j < b.count) {
        int order = slice_compare(a.items[i], b.items[j]);

        out[count++] = order <= 0 ? a.items[i] : b.items[j];
        i += order <= 0;
        j += order >= 0;
    }
    while (i < a.count)
        out[count++] = a.items[i++];
    while (j < b.count)
        out[count++] = b.items[j++];
    return set_of(out, count);
}

/* Those of `a` that `b` has, or has not. One value against a set of 50 000 is a search,
 * two sets of one size are a walk. */
static struct set sift(struct arena *arena, struct set a, struct set b, bool wanted)
{
    bool search = b.count / 8 > a.count;
    struct slice *out = NULL;
    uint32_t count = 0;
    uint32_t at = 0;

    for (uint32_t i = 0; i < a.count; i++) {
        bool has;

        if (search)
            at = place(b, at, a.items[i]);
        else
            while (at < b.count && slice_compare(b.items[at], a.items[i]) < 0)
                at++;
        has = at < b.count && slice_equal(b.items[at], a.items[i]);
        if (has != wanted)
            continue;
        if (out == NULL)
            out = arena_alloc(arena, sizeof *out * (a.count - i));
        out[count++] = a.items[i];
    }
    return set_of(out, count);
}

struct set set_minus(struct arena *arena, struct set a, struct set b)
{
    return b.count == 0 ? a : sift(arena, a, b, false);
}

struct set set_common(struct arena *arena, struct set a, struct set b)
{
    return sift(arena, a, b, true);
}
