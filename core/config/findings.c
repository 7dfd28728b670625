/* SPDX-License-Identifier: Apache-2.0 */
#include "config/findings.h"

#include <stdlib.h>

void findings_add(struct finding_list *list, struct config_finding finding)
{
    VEC_ADD(list, finding);
}

struct ordered {
    struct config_finding finding;
    size_t file; /* counted from 1; 0: the whole */
    size_t at;
};

static int by_place(const void *a, const void *b)
{
    const struct ordered *x = a;
    const struct ordered *y = b;
    const struct place *p = &x->finding.place;
    const struct place *q = &y->finding.place;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    if (p->column != q->column)
        return p->column < q->column ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static size_t file_number(const struct scan *scan, const char *file)
{
    for (size_t i = 0; file != NULL && i < scan->count; i++)
        if (scan->files[i].path == file)
            return i + 1;
    return 0;
}

const struct config_finding *findings_ordered(const struct finding_list *list,
                                              const struct scan *scan,
                                              struct arena *arena)
{
    struct ordered *ordered = mem_zero_array(list->count + 1, sizeof *ordered);
    struct config_finding *findings =
        ARENA_ARRAY(arena, struct config_finding, list->count);

    for (size_t i = 0; i < list->count; i++) {
        const struct config_finding *finding = &list->items[i];

        ordered[i] =
            (struct ordered){*finding, file_number(scan, finding->place.file), i};
    }
    qsort(ordered, list->count, sizeof *ordered, by_place);
    for (size_t i = 0; i < list->count; i++)
        findings[i] = ordered[i].finding;
    free(ordered);
    return findings;
}
