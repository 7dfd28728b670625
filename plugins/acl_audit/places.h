/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_PLACES_H
#define ACL_AUDIT_PLACES_H

#include "dump.h"
#include "support/tried.h"

/*
 * The domains that an audit asks, each with a domain controller of its own, or all of
 * them in one dump. A domain is opened when the first object of it is asked about.
 */
struct place {
    const char *domain; /* DN */
    const char *key;    /* folded */
    struct origin *origin;
    struct origin_live live;
    struct directory *directory; /* NULL: of a dump */
};

struct places {
    const struct settings *set;
    struct dump *dump; /* NULL: there is none */
    struct place **items;
    size_t count;
    size_t capacity;
    struct pool pool;
    struct tried early; /* of places_early */
};

/* The domain that the object is in. MA_UNREACHABLE: no domain controller of it can be
 * had; MA_NOT_FOUND: the dump has none of it. */
enum ma_status places_of(struct places *places, const char *dn, struct place **out,
                         struct ma_error *err);
/* The same before it is asked for: who asks is told how that failed, and it is not tried
 * twice. `dn` has to live as long as that may be. */
void places_early(struct places *places, const char *dn);
/* By its DNS name. */
enum ma_status places_named(struct places *places, const char *domain, struct place **out,
                            struct ma_error *err);
void places_free(struct places *places);

/* The DN of the domain that a DN ends with, as far as its text tells; "" where it has
 * none. Points into `dn`. */
const char *places_domain_part(const char *dn);

#endif
