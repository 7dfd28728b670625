/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_AUDITING_H
#define MACTL_AUDITING_H

#include "reading.h"
#include "rights/audit_matrix.h"
#include "rights/audit_tally.h"

/*
 * One audit of one agent, for the commands about rights: what was asked for, the instance
 * opened for it, and the findings counted.
 */
struct auditing_options {
    const char *object;    /* DN of the only one; NULL: all */
    const char *feature;   /* NULL: all that flows */
    const char *attribute; /* the only one; NULL: all */
    const char *group;     /* NULL: as the agent's parameters say */
    const char *account;
    const char *home;         /* DNS name of the account's domain; NULL: as it tells */
    const char *const *dumps; /* LDIF, ends with NULL: instead of a directory; or NULL */
    bool pending;
    bool verify;
    bool every_controller;
    bool narrow; /* what could stand in the place of entries for too much */
};

struct auditing {
    const struct invocation *call;
    const struct auditing_options *options;
    struct reading reading;
    const struct compiled_agent *agent;
    const struct audit_feature *feature; /* that is asked about; NULL: all that flows */
    struct audit_tally tally;
    /* Findings go there instead: of what the rules write and of each feature, or of the
     * one that is named. NULL: nobody wants it. */
    struct audit_matrix *matrix;
    /* Each finding about an object, beside the tally; NULL: nobody wants them. */
    void (*finding)(struct auditing *, const struct ma_finding *);
    void *context;
    struct parameter *parameters;
    size_t parameter_count;
    uint64_t objects;
};

/* call, options and finding are set before; ended by auditing_end after a failure, too.
 */
enum ma_status auditing_run(struct auditing *auditing, const char *agent,
                            struct ma_error *err);
void auditing_end(struct auditing *auditing);

/* "7 objects, 42 writes: ..." on stderr, where the output is for people. */
void auditing_summary(const struct auditing *auditing);

#endif
