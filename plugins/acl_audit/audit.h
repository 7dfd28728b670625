/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_AUDIT_H
#define ACL_AUDIT_AUDIT_H

#include "realm.h"
#include "remedy.h"

/*
 * What an audit knows once it is connected, and the way from planned writes to findings:
 * the objects of a page are read together, domain by domain, each attribute is asked for,
 * what is refused is explained, and what would happen to the whole modification is said.
 */
struct audit {
    const struct ma_host *host;
    struct places places;
    struct forest forest;      /* of the first domain, whose forest it is */
    const char *schema;        /* DN; "": of a dump */
    const char *configuration; /* DN */
    const char *account;       /* whose rights these are; "": of who is bound as there */
    struct realm_request request;
    struct realm **realms;
    size_t realm_count;
    size_t realm_capacity;
    const char *feature;   /* that is audited; "": none in particular */
    bool second_opinion;   /* compare with what the server says itself */
    bool every_controller; /* those that are not connected are asked, too */
    bool notes;            /* what is of no effect is told, too */
    bool narrow;      /* what could stand in the place of wide entries is told, too */
    struct pool pool; /* as long as the audit */
    struct pool page; /* of one call */
};

/* One finding for each attribute and one for each modification that fails whole. */
enum ma_status audit_check(struct audit *audit, const struct ma_planned *planned,
                           size_t count, struct ma_error *err);
/* Who writes the object; NULL: the settings are wrong. */
const char *audit_login(struct audit *audit, const char *dn, struct ma_error *err);
/* Where the forest has its schema and its configuration. */
enum ma_status audit_find_places(struct audit *audit, struct origin *origin,
                                 struct ma_error *err);
/* The domain of an object, as who writes there has it; read when its first object comes.
 */
enum ma_status audit_realm(struct audit *audit, const char *dn, struct realm **out,
                           struct ma_error *err);
void audit_end(struct audit *audit);

#endif
