/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_SCHEMA_H
#define ACL_AUDIT_SCHEMA_H

#include "forest.h"
#include "origin.h"

/*
 * Fills a forest from the live directory: attributes and classes of its schema (MS-ADTS
 * 3.1.1.2.3), property sets and rights of CN=Extended-Rights (3.1.1.2.3.3). The forest is
 * ready then.
 */
struct schema_place {
    const char *schema;        /* schemaNamingContext; "": anywhere in a dump */
    const char *configuration; /* configurationNamingContext; "": likewise */
};

enum ma_status schema_load(struct origin *origin, const struct schema_place *place,
                           struct forest *out, struct ma_error *err);

#endif
