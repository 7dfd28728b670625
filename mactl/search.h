/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_SEARCH_H
#define MACTL_SEARCH_H

#include "listing.h"
#include "reading.h"
#include "show/query.h"

/*
 * `cs search` and `mv search`: words become a query, its answers a page of a list. What
 * is of one space only is given by its command.
 */
struct searching {
    const struct invocation *call;
    const struct reading *reading;
    const struct compiled_agent *agent; /* NULL: the metaverse */
};

struct search {
    struct listing listing; /* its columns and texts */
    /* What the words mean; the agent may be set. */
    enum ma_status (*begin)(struct searching *s, int argc, const char **argv,
                            struct query *out, struct ma_error *err);
    enum ma_status (*add)(const struct searching *s, uint64_t id, struct listing *listing,
                          struct ma_error *err);
};

enum exit_code search_run(const struct invocation *call, const struct search *search,
                          int argc, const char **argv);

/* -n, --after */
extern const struct poptOption search_options[];

#endif
