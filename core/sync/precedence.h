/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_PRECEDENCE_H
#define SYNC_PRECEDENCE_H

#include "sync/view.h"

/*
 * Who gives one attribute of a metaverse object its values: the flows are asked in order
 * of rank over all connectors and the first that has a value wins; where precedence is
 * equal or manual the object in hand writes last; where values are merged all of them
 * give, each value with its givers. Nothing is changed: the outcome says what is to be
 * there.
 */

struct precedence_outcome {
    uint32_t attribute;
    bool by_value; /* of a large attribute: the values at stake */
    bool keep;     /* the values stay as they are, and so does who gave them */
    enum value_type type;
    const struct slice *values;
    uint32_t count;
    struct mv_lineage lineage;
    const struct mv_lineage *lines; /* of several givers; NULL: it is the one above */
    uint32_t line_count;
};

/* What is the same for all attributes of an object. */
struct precedence_case {
    struct unit *unit;
    struct meta *meta;
    struct connector *connector; /* in hand */
    bool lost;                   /* it was cut off, and gives nothing any more */
};

struct precedence_question {
    uint32_t attribute;
    const struct mv_target *target; /* NULL: nothing flows there */
    const struct mv_lineage *now;   /* who gave what is there, the first; NULL: nobody */
};

/* The outcome lives in the unit's arena. */
enum ma_status precedence_decide(const struct precedence_case *of,
                                 const struct precedence_question *question,
                                 struct precedence_outcome *out, struct ma_error *err);
/* The same connector, by the same rule. */
bool precedence_same_giver(const struct mv_lineage *a, const struct mv_lineage *b);

#endif
