/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_APPROVE_H
#define RUN_APPROVE_H

#include "base/arena.h"
#include "history/record.h"

/*
 * An operator looks at what a guard has stopped, and lets exactly this go once. The
 * approval is bound to the set of exports that the run found pending, is kept with the
 * agent until it is used or revoked, and stands in the history of the run for good.
 */
struct approve_request {
    const char *folder;
    uint64_t run; /* that a guard stopped; 0: the last one */
    uint64_t most;
    const char *reason; /* of a revocation: may be NULL */
    const char *user;
};

struct approved {
    uint64_t run;
    const char *agent;
    const char *profile; /* that was stopped */
    const char *set;
    uint64_t guarded; /* what the guard counts in it */
};

/* MA_NOT_FOUND: no such run, or no guard stopped it. MA_CONFLICT: a run goes on, or
 * something else is pending by now. MA_LIMIT: more is pending than `most`. */
enum ma_status approve_exports(const struct approve_request *request, struct arena *arena,
                               struct approved *out, struct ma_error *err);
/* MA_NOT_FOUND: nothing of this run is approved now. */
enum ma_status approve_revoke(const struct approve_request *request, struct arena *arena,
                              struct approved *out, struct ma_error *err);

#endif
