/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_MATRIX_H
#define RIGHTS_AUDIT_MATRIX_H

#include <jansson.h>

#include "base/buf.h"
#include "base/vec.h"
#include "rights/audit.h"

/*
 * Findings by feature, container and class, what passes as well as what does not: how
 * many objects and writes, and which entries, or which lack of one, decided how many of
 * the writes. Its size follows the containers and the entries, not the objects.
 */
enum audit_result {
    AUDIT_NOTHING, /* the feature asks for nothing here */
    AUDIT_PASSES,
    AUDIT_OVER_GRANTED, /* it passes, by an entry that grants more than is needed */
    AUDIT_UNSURE,
    AUDIT_FAILS
};

struct audit_decider {
    const char *attribute;
    enum ma_verdict verdict;
    const char *code;
    const char *entry; /* that decided; NULL: none did */
    uint64_t writes;
};

struct audit_cell {
    size_t feature;        /* its place in `features` */
    const char *container; /* NULL: the feature asks for nothing */
    const char *object_type;
    uint64_t objects;
    uint64_t writes[MA_UNSURE + 1]; /* by verdict */
    uint64_t too_wide;              /* of those that are allowed */
    uint64_t whole;                 /* modifications that would fail whole */
    VEC_OF(struct audit_decider) deciders;
};

struct audit_matrix {
    struct arena *arena; /* somebody else's */
    VEC_OF(const char *) features;
    VEC_OF(struct audit_cell) cells;
    json_t *by_key;  /* to the index in `cells`, or in the cell's `deciders` */
    struct buf last; /* DN of the object before */
    size_t last_cell;
    uint64_t besides; /* findings about no object: of the account, of its domain */
};

void audit_matrix_begin(struct audit_matrix *matrix, struct arena *arena);
/* What is added from here on is of this feature. */
void audit_matrix_feature(struct audit_matrix *matrix, const char *name);
/* All findings of one object come one after the other. What is said of the head of a
 * domain counts there, for its container is none of the agent. */
void audit_matrix_add(struct audit_matrix *matrix, const struct agent *agent,
                      const struct ma_finding *finding);
/* By feature, then from the top of the tree down; features without a cell get one. */
void audit_matrix_sort(struct audit_matrix *matrix);
void audit_matrix_end(struct audit_matrix *matrix);

enum audit_result audit_cell_result(const struct audit_cell *cell);
const char *audit_result_text(enum audit_result result);
json_t *audit_cell_json(const struct audit_matrix *matrix, const struct audit_cell *cell);

#endif
