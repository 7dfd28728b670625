/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_VERIFIER_H
#define STORE_VERIFIER_H

#include "store/batch.h"
#include "store/large.h"
#include "store/verify.h"

/*
 * The inside of a verification. First every object is read and what must follow from it
 * is looked for and counted; then the tables are counted, and where they hold more than
 * was found, each row must name its object.
 */
struct verifier {
    struct batch *batch;
    verify_report report;
    void *context;
    struct store_verification *out;
    struct arena arena; /* one object */
    struct derived derived;
    VEC_OF(uint32_t) spaces;        /* agents with objects, ascending */
    uint64_t expected[TABLE_COUNT]; /* rows that follow from objects */
    uint64_t expected_index;
    uint64_t counts[64]; /* of the space in hand, by queue */
    bool unreadable;     /* something in it is */
};

/* A space and an id as the reports name them. */
struct whose {
    uint32_t space;
    uint64_t id;
};

void verifier_defect(struct verifier *v, const struct whose *whose, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The object and what follows from it, in v->derived and `large`. MA_NOT_FOUND: there is
 * none. MA_INVALID: it cannot be read; `err` says why. Other: the store failed. */
enum ma_status verifier_load(struct verifier *v, const struct whose *whose,
                             struct large_list *large, struct ma_error *err);
bool verifier_has_hash(const struct verifier *v, uint64_t hash);
bool verifier_has_ref(const struct verifier *v, uint64_t target, uint32_t attribute);

/* Second part: what is left over. */
enum ma_status verifier_strays(struct verifier *v, struct ma_error *err);

#endif
