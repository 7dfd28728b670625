/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_REPLICAS_H
#define ACL_AUDIT_REPLICAS_H

#include "places.h"

/*
 * The other domain controllers of a domain. Each has a copy of its own, which may not
 * have heard of a change yet: a write is decided by the copy that it is sent to.
 */
struct replica {
    const char *host;
    struct origin *origin;
    struct origin_live live;
    struct directory *directory;
};

struct replicas {
    struct replica **items;
    size_t count;
    size_t capacity;
};

/* All that answer, as the same account. The same one by another name is none of them. */
enum ma_status replicas_open(struct replicas *replicas, struct places *places,
                             const struct place *place, struct ma_error *err);
void replicas_close(struct replicas *replicas);

#endif
