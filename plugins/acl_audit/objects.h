/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_OBJECTS_H
#define ACL_AUDIT_OBJECTS_H

#include "cause.h"
#include "origin.h"

/*
 * Reads what the audit wants to know of many objects, by their DNs.
 */
struct object_state {
    const char *dn; /* given */
    bool found;
    bool malformed; /* of its descriptor; `why` says how */
    const char *why;
    struct ma_value bytes; /* nTSecurityDescriptor; empty: not given to us */
    struct descriptor sd;  /* read from `bytes` */
    bool has_sd;
    const unsigned char *sid; /* NULL: none */
    const char *object_class; /* the most specific */
    enum admin_count admin_count;
    const char *const *writable; /* allowedAttributesEffective, ends with NULL; NULL: not
                                    asked for */
};

/* Told of each of them, in their order, as soon as it is read; others are under way. */
struct objects_listener {
    enum ma_status (*ready)(void *context, size_t index, struct ma_error *err);
    void *context;
};

/* All of it lives in the pool. An object that is not there is not found, no failure.
 * `second_opinion`: asks the server, too, what the account may write (MS-ADTS
 * 3.1.1.4.5.7). `listener` NULL: nobody asks. */
enum ma_status objects_read(struct origin *origin, struct pool *pool,
                            struct object_state *objects, size_t count,
                            bool second_opinion, const struct objects_listener *listener,
                            struct ma_error *err);

#endif
