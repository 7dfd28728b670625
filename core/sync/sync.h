/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "base/digest.h"
#include "rules/program.h"
#include "store/history.h"
#include "store/store.h"

/*
 * One synchronisation step of one agent: its connector-space objects are filtered,
 * joined or projected, their attributes flow into the metaverse, and what follows from
 * that is provisioned and flows out to every agent. Each object is atomic: an error takes
 * back all that was done for it and leaves its pending import. References are completed
 * in the same step, whatever the order of arrival.
 *
 * Evaluation works on a batch of the store (its overlay); commits are the batch's.
 */

/* A loaded rules extension, given by the run; NULL where there is none. */
struct sync_extension {
    const char *assembly;
    const struct ma_rules *rules;
    void *state; /* what its open gave */
};

struct sync_request {
    struct store *store;
    const struct program *program;
    const struct compiled_agent *agent;
    bool full;             /* every object of the agent; else what is queued */
    uint64_t object_limit; /* 0: none */
    bool whole_objects;    /* nothing by value, for comparison: the result is the same */
    uint64_t only;         /* this object, and what follows from it; 0: all */
    unsigned threads;      /* that evaluate; 0, 1: the caller's alone */
    /* Code, rules and settings, as far as a unit may depend on them: of a full
     * synchronisation, what came to nothing with the same ones comes to nothing again
     * where all that it read is the same (unchanged.h). NULL: everything is evaluated,
     * and nothing is remembered. */
    const struct digest *evaluator;
    bool evaluate_all; /* whatever is remembered */
    const struct sync_extension *extensions;
    size_t extension_count;
    struct history *history;
};

/* What is wrong with single objects is told to the history; what ends the step comes back
 * as a status: MA_CANCELLED, MA_LIMIT, or a failure of the store. */
enum ma_status sync_run(const struct sync_request *request, const char **result,
                        struct ma_error *err);

/* An attribute that a flow reads, and what the object has there. */
struct sync_input {
    uint32_t attribute;
    const char *name;
    const char *value; /* as expr_show; NULL: nothing */
};

/* A part of an expression, and what came of it. */
struct sync_part {
    const char *text;
    const char *value;
};

/* For explain and preview: which flow won an attribute of a metaverse object, and why the
 * others did not. */
struct sync_candidate {
    const struct flow *flow;
    uint64_t object; /* contributing connector-space object */
    uint32_t agent;
    const char *verdict; /* "won", "lower precedence", "out of scope", "no value", ... */
    const char *value;   /* as expr_show */
    const struct clause *failed; /* out of scope: the first condition that failed, ... */
    const char *found;           /* ... and what the object has there; NULL: nothing */
    const struct predicate_group *held; /* in scope: the conditions that hold; NULL: the
                                           rule has none */
    const struct sync_input *inputs;
    size_t input_count;
    const struct sync_part *parts; /* of an expression, the innermost first */
    size_t part_count;
};
typedef VEC_OF(struct sync_candidate) candidate_list;
enum ma_status sync_explain_mv(struct batch *batch, const struct program *program,
                               struct arena *arena, uint64_t mv, uint32_t attribute,
                               candidate_list *out, struct ma_error *err);
/* The same for an attribute of a connector-space object: outbound flows. */
enum ma_status sync_explain_cs(struct batch *batch, const struct program *program,
                               struct arena *arena, uint32_t agent, uint64_t object,
                               uint32_t attribute, candidate_list *out,
                               struct ma_error *err);

#endif
