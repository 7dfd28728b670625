/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which references this import read, and whose place. In a full import those of the
 * objects it saw; in a delta import the references are written down, sorted from time to
 * time, because only renames ask.
 */

#include <stdlib.h>

#include "stage/state.h"

enum { LONGEST_TAIL = 1024 };

static int by_pair(const void *a, const void *b)
{
    const struct read_reference *x = a;
    const struct read_reference *y = b;

    if (x->referrer != y->referrer)
        return x->referrer < y->referrer ? -1 : 1;
    return (x->target > y->target) - (x->target < y->target);
}

static bool in_tail(const struct stage *stage, const struct read_reference *wanted)
{
    for (size_t i = stage->references_sorted; i < stage->references.count; i++)
        if (by_pair(&stage->references.items[i], wanted) == 0)
            return true;
    return false;
}

static bool read_it(void *context, uint64_t referrer, uint64_t target)
{
    struct stage *stage = context;
    const struct read_reference wanted = {referrer, target};

    if (stage->req.full)
        return seen_has(&stage->seen, referrer);
    if (stage->references.count - stage->references_sorted > LONGEST_TAIL) {
        qsort(stage->references.items, stage->references.count,
              sizeof *stage->references.items, by_pair);
        stage->references_sorted = stage->references.count;
    }
    return (stage->references_sorted > 0 &&
            bsearch(&wanted, stage->references.items, stage->references_sorted,
                    sizeof wanted, by_pair) != NULL) ||
           in_tail(stage, &wanted);
}

static bool is_placed(void *context, uint64_t id)
{
    const struct stage *stage = context;

    return seen_has(&stage->seen, id);
}

struct tree_readers readers_of(struct stage *stage, bool at_its_end)
{
    return (struct tree_readers){.read_it = at_its_end ? read_it : NULL,
                                 .is_placed = at_its_end ? is_placed : NULL,
                                 .context = stage,
                                 .heirs = stage->heirs};
}

void readers_note(struct stage *stage, uint64_t referrer, bool placed)
{
    if (placed)
        seen_add(&stage->seen, referrer);
    for (size_t i = 0; i < stage->targets.count && !stage->req.full; i++)
        VEC_ADD(&stage->references,
                (struct read_reference){referrer, stage->targets.items[i]});
}
