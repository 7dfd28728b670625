/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_SCOPE_H
#define AD_MA_SCOPE_H

#include "support/bytes.h"

/*
 * Which containers of a partition are selected: of the inclusions and exclusions above an
 * object the longest decides. The engine has the last word; here it saves reading what it
 * would throw away.
 */
struct scope {
    const char *const *roots; /* searching below each of them meets everything once */
    size_t root_count;
    const char **included; /* folded */
    size_t included_count;
    const char **excluded;
    size_t excluded_count;
};

/* Lives in the pool. Without inclusions all of the partition is selected. */
void scope_make(struct scope *scope, struct pool *pool, const char *partition,
                const struct ma_import *request);
bool scope_has(const struct scope *scope, const char *dn);

#endif
