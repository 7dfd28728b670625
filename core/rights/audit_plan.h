/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_PLAN_H
#define RIGHTS_AUDIT_PLAN_H

#include "rights/audit_tally.h"

/*
 * What to set so that the refused writes are allowed, as little of it as helps: each
 * entry once at each place, and not again below a place that has it already. What a
 * person has to decide first (an entry where inheritance is off, one on AdminSDHolder)
 * says so; what no program may set (denies, schemas) is kept apart, for people.
 */
struct audit_entry {
    const char *place;
    const char *grant; /* the entry, in the system's own form */
    const char *trustee;
    const char *attribute;
    const char *object_type;
    bool comes_down;     /* it is for what lies below the place */
    const char *consent; /* a word that somebody has to say first; NULL: nobody has to */
    uint64_t objects;
};

/* What goes once the entries stand: the right to write of an entry for too much. */
struct audit_removal {
    const char *place;
    const char *grant;
    const char *trustee;
    const char *object_type; /* NULL: all */
    const char *consent;     /* as above */
};

struct audit_plan {
    VEC_OF(struct audit_entry) entries;
    VEC_OF(struct audit_removal) removals;
    VEC_OF(const struct audit_group *) by_hand;
};

/* What it points to belongs to the tally. */
void audit_plan_make(const struct audit_tally *tally, struct audit_plan *out);
/* And takes away what is granted beyond the need: of an audit with "audit-narrow". */
void audit_plan_narrow(const struct audit_tally *tally, struct audit_plan *plan);
void audit_plan_end(struct audit_plan *plan);

#endif
