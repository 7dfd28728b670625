/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ORIGIN_H
#define ACL_AUDIT_ORIGIN_H

#include "support/answer.h"

/*
 * Where an audit reads from: a domain controller, or a dump of one. It asks for little:
 * entries of some class of which one of a few assertions holds, and objects by their DNs,
 * many at once. Both answer alike, so everything behind it is one code.
 */
struct origin_term { /* equality; of DNs by their folded form */
    const char *attribute;
    const char *data;
    size_t length;
};

struct origin_query {
    const char *base; /* "": a dump is searched whole */
    bool one_level;
    const char *const *classes;      /* one of these, ends with NULL; NULL: any */
    const struct origin_term *terms; /* one of these holds; none: all entries */
    size_t count;
    const char *const *attributes;
};

/* An entry of the answer; it lives until this returns. `index`: of a search the number of
 * the entry, of a read which DN it is of. */
struct origin_taker {
    enum ma_status (*entry)(void *context, size_t index, const struct answer *entry,
                            struct ma_error *err);
    void *context;
    /* Of a read: all that comes of this DN has come. In the order of the DNs; others are
     * under way, and it may read from the same origin meanwhile. NULL: nobody asks; an
     * origin that has everything at hand does not tell. */
    enum ma_status (*ready)(void *context, size_t index, struct ma_error *err);
};

struct origin {
    /* A base that is not there has no entries. */
    enum ma_status (*search)(struct origin *origin, const struct origin_query *query,
                             const struct origin_taker *taker, struct ma_error *err);
    /* What is not there is not told. Descriptors come without the SACL, which an account
     * without privileges would get nothing of (MS-ADTS 3.1.1.3.4.1.11). */
    enum ma_status (*read)(struct origin *origin, const char *const *dns, size_t count,
                           const char *const *attributes,
                           const struct origin_taker *taker, struct ma_error *err);
    bool offline; /* a dump: what is missing in it may be there in truth */
};

/* A domain controller. It has to live as long. */
struct origin_live {
    struct origin origin;
    struct link *link;
    struct reading *innermost; /* of the reads under way, each within another */
};
void origin_live_begin(struct origin_live *live, struct link *link);

/* The first value, or nothing. */
struct ma_value origin_value(const struct answer *entry, const char *attribute);
/* It as text of the pool; "" where there is none. */
const char *origin_text(const struct answer *entry, const char *attribute,
                        struct pool *pool);

#endif
