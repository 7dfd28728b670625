/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_DOUBT_H
#define AD_MA_DOUBT_H

#include "support/bytes.h"

/*
 * What was to be added by a domain controller that went away before it answered. It may
 * be there, and only not replicated yet; made once more at another domain controller,
 * there would be two, and the directory would rename one. So at a server with another
 * database nothing of these names is made, and nothing below them, as long as the session
 * lasts. The next export looks again: replication takes minutes.
 */
struct doubt {
    const char *folded;     /* DN */
    const char *invocation; /* of the database that may have it */
};

struct doubts {
    struct doubt *items;
    size_t count;
    size_t capacity;
    struct pool pool;
};

/* `folded` was to be added; the database is known by its invocation, "": by none. */
void doubts_add(struct doubts *doubts, const char *folded, const char *invocation);
/* Whether the DN may be, or be below, what another database than this one has. */
bool doubts_has(const struct doubts *doubts, const char *dn, const char *invocation);
void doubts_free(struct doubts *doubts);

#endif
