/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_TOLD_H
#define AD_MA_TOLD_H

#include <mactl/ma.h>

/*
 * Which objects an import has shown, by a hash of their anchors: of a hundred thousand,
 * two megabytes. Two of them have one hash in one of 10^9 imports; then one that moved is
 * seen by the next delta import instead.
 */
struct told {
    uint64_t *slots; /* 0: free */
    size_t capacity;
    size_t count;
};

/* False: no memory. */
bool told_add(struct told *told, struct ma_value anchor);
bool told_has(const struct told *told, struct ma_value anchor);
void told_free(struct told *told);

#endif
