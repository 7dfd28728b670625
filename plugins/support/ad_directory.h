/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_AD_DIRECTORY_H
#define SUPPORT_AD_DIRECTORY_H

#include "support/ad_settings.h"

/*
 * A domain controller that we are bound to, and what it says of itself. Which one: those
 * that mactl.xml names, in that order; else those that DNS knows of the domain, of the
 * site first; the first that answers is taken. A refusal of our credentials is one of all
 * of them.
 */
struct directory {
    struct link *link;
    const char *host;
    const char *naming_context; /* of the domain */
    const char *invocation;     /* identity of its database; "" where it has none */
    uint64_t usn;               /* its last change, when we came */
    struct pool pool;
    const char *domain; /* that was asked for; NULL: any */
};

/* `domain` is a DNS name, NULL where servers are named. `preferred` is tried first, if it
 * is one of the candidates; NULL: none. */
enum ma_status directory_open(struct directory **out, const struct settings *set,
                              const char *domain, const char *preferred,
                              struct ma_error *err);
void directory_close(struct directory *directory);

/* "DC=child,DC=example,DC=com" as "child.example.com"; NULL: the DN has none. */
const char *directory_domain(struct pool *pool, const char *dn);

#endif
