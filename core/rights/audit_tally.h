/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_TALLY_H
#define RIGHTS_AUDIT_TALLY_H

#include <jansson.h>

#include "base/vec.h"
#include "rights/audit.h"

/*
 * Findings counted: how many writes were allowed, and for what is not, one group for each
 * code, attribute and place, with the number of objects that one remedy there would heal.
 * Its size follows the causes, not the objects.
 */
struct audit_group {
    enum ma_verdict verdict;
    const char *code;
    const char *attribute; /* NULL: the account, or the whole modification */
    const char *place;     /* NULL: no single one */
    const char *cause;
    const char *remedy;
    const char *grant;
    const char *revoke;
    const char *trustee;
    const char *object_type;
    const char *evidence; /* of the first object */
    const char *dn;       /* the first object; NULL: the account */
    uint64_t objects;
};

struct audit_tally {
    struct arena *arena; /* somebody else's */
    json_t *by_key;      /* to the index in `groups` */
    VEC_OF(struct audit_group) groups;
    uint64_t allowed;
    uint64_t refused;
    uint64_t unsure;
    uint64_t whole; /* modifications that would fail whole */
};

void audit_tally_begin(struct audit_tally *tally, struct arena *arena);
void audit_tally_add(struct audit_tally *tally, const struct ma_finding *finding);
void audit_tally_end(struct audit_tally *tally);

/* {"code", "verdict", "attribute", "place", ...}: what is not known is not there. */
json_t *audit_group_json(const struct audit_group *group);
json_t *audit_finding_json(const struct ma_finding *finding);
const char *audit_verdict_text(enum ma_verdict verdict);

#endif
