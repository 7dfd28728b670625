/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESIGNER_DIFFERENCE_H
#define DESIGNER_DIFFERENCE_H

#include "designer/facts.h"

/* What another configuration says otherwise, thing by thing; facts.h has what counts. */
enum difference_kind { DIFFERENCE_ADDED, DIFFERENCE_REMOVED, DIFFERENCE_CHANGED };

struct difference {
    enum difference_kind kind;
    enum fact_part part;
    const char *thing; /* "In from AD - User Common", "HR", "metaverse" */
    const char *owner; /* agent of a rule; NULL */
    const char *what;  /* "flow title"; "": the thing as a whole */
    const char *old;   /* NULL: added */
    const char *now;   /* NULL: removed */
};

typedef VEC_OF(struct difference) difference_list;

/* From `a` to `b`: the metaverse, then agents, then rules, by name. Texts live in the
 * arena. */
void difference_find(const struct config *a, const struct config *b, struct arena *arena,
                     difference_list *out);

/* "metaverse", "agent", "rule". */
const char *difference_part(enum fact_part part);

#endif
