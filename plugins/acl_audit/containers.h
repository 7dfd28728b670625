/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_CONTAINERS_H
#define ACL_AUDIT_CONTAINERS_H

#include "cause.h"
#include "objects.h"

/*
 * The containers above audited objects, with their descriptors, each read once: a
 * directory has far fewer of them than objects.
 */
struct containers {
    void *tree; /* of <search.h>, by folded DN */
    struct pool pool;
};

/* From the parent of `dn` up to `top`, the nearest first. The list lives in `pool`, what
 * it points to as long as the containers. */
enum ma_status containers_above(struct containers *containers, struct origin *origin,
                                struct pool *pool, const char *dn, const char *top,
                                const struct cause_ancestor **out, size_t *count,
                                struct ma_error *err);
void containers_free(struct containers *containers);

#endif
