/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_AD_DIRECTORY_H
#define SUPPORT_AD_DIRECTORY_H

#include "support/ad_settings.h"

/*
 * A domain controller that we are bound to, and what it says of itself. Which one: those
 * that mactl.xml names, in that order; else those that the configuration prefers for the
 * partition, then, unless it forbids that, those that DNS knows of the domain, of the
 * site first. The first that answers and holds the partition is taken; the history learns
 * of each that did not. A refusal of our credentials is one of all of them.
 */
struct directory {
    struct link *link;
    const char *host;
    const char *naming_context; /* of the domain */
    const char *configuration;  /* naming context of the forest's; "": it has none */
    const char *invocation;     /* identity of its database; "" where it has none */
    uint64_t usn;               /* its last change, when we came */
    struct pool pool;
    const char *domain;    /* that was asked for; NULL: any */
    const char *partition; /* that it was opened for; the host's; NULL: none */
    struct logon logon;    /* as which we are bound */
};

struct directory_wish {
    const char *dn;           /* the partition, or what is in it; NULL: any */
    const char *domain;       /* its DNS name; NULL: as the DN says */
    const char *preferred;    /* is tried first, if it is a candidate; NULL: none */
    const char *const *avoid; /* are not tried */
    size_t avoid_count;
};

enum ma_status directory_open(struct directory **out, const struct settings *set,
                              const struct directory_wish *wish, struct ma_error *err);
void directory_close(struct directory *directory);
/* Whether it will do for this DN: of the domain, and bound as its partition wants. */
bool directory_serves(const struct directory *directory, const struct settings *set,
                      const char *dn);
/* Whether one connection does for both DNs. */
bool directory_same(const struct settings *set, const char *a, const char *b);

/* The partition that is selected, where it is the only one; the host's. */
const char *directory_only_partition(const struct ma_host *host);

/* The account that the partition of a DN is bound to as, "" where nobody is named; NULL:
 * the settings are wrong. Of them it needs the host only. */
const char *directory_user(const struct settings *set, const char *dn, struct pool *pool,
                           struct ma_error *err);

/* "DC=child,DC=example,DC=com" as "child.example.com"; NULL: the DN has none. */
const char *directory_domain(struct pool *pool, const char *dn);

#endif
