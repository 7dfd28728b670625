/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_EXPLAINED_H
#define MACTL_EXPLAINED_H

#include "reading.h"
#include "sync/sync.h"

/*
 * What `mactl explain` found out of one attribute, as text and as JSON: its value, and
 * each flow that may give it, with the condition or the rank that kept it out. Secrets
 * are masked, wherever a flow reads them.
 */

/* One attribute of one object, and all that may flow into it. */
struct explained {
    const char *object;    /* "contoso.com: CN=..." */
    const char *attribute; /* its name */
    const char *value;     /* now; NULL: none */
    const char *pending;   /* what it waits for; NULL: nothing */
    const char *imported;  /* remarks on the object; NULL: none */
    const char *exported;
    candidate_list candidates;
    bool secret;
    bool of_system; /* an attribute of a connected system, not of the metaverse */
};

/* The question: of an instance as it was committed last. */
struct explaining {
    const struct invocation *call;
    struct reading reading;
};

/* Whether it is the one that gives the value. */
bool explained_won(const struct sync_candidate *candidate);
void explained_print(const struct explaining *x, const struct explained *e);
json_t *explained_json(const struct explaining *x, const struct explained *e);

#endif
