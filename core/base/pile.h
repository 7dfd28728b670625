/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PILE_H
#define BASE_PILE_H

#include <stddef.h>

/*
 * A list that may be as long as a directory. A short one is in memory; a longer one lies
 * in a nameless file, mapped, which the kernel can write back and which is gone with the
 * process. Where there is no such file to be had (another file system, a full disk) it
 * stays in memory, or comes back.
 */
struct pile {
    void *items;
    size_t count;
    size_t size; /* of one */
    size_t room; /* bytes, filled or not */
    int file;    /* -1: in memory */
    const char *folder;
};

/* Items of `size` bytes, which can be copied; the file is made in `folder`, which lives
 * as long as the pile. NULL: it stays in memory. */
struct pile pile_of(size_t size, const char *folder);
/* A copy of it; what was there may move. */
void pile_add(struct pile *pile, const void *item);
/* As qsort, but equals stay in their order; takes a second file as large for the time. */
void pile_sort(struct pile *pile, int (*order)(const void *, const void *));
void pile_end(struct pile *pile);

#endif
