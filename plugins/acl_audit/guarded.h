/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_GUARDED_H
#define ACL_AUDIT_GUARDED_H

#include "origin.h"

/*
 * The objects that AdminSDHolder protects (MS-ADTS 3.1.1.6.1.2): by membership in the
 * groups of administrators, however deep, not by adminCount, which is never taken back.
 */
struct guarded {
    const char **dns; /* folded, sorted */
    size_t count;
    size_t capacity;
    struct pool pool;
    bool whole; /* the groups could be read; else a dump lacks them */
};

struct guarded_request {
    const char *domain;
    const char *configuration;
    const unsigned char *domain_sid;
};

enum ma_status guarded_read(struct origin *origin, const struct guarded_request *request,
                            struct guarded *out, struct ma_error *err);
bool guarded_has(const struct guarded *guarded, const char *dn);
void guarded_free(struct guarded *guarded);

#endif
