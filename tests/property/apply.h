/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_APPLY_H
#define PROPERTY_APPLY_H

#include <mactl/ma.h>

#include "system.h"

/*
 * What a system does with an exported entry. It says no to what cannot be: a name that is
 * taken, a container or a target that is not there. What no rule of the test's
 * configuration can want, whatever happened, is a violation: a delete of somebody who was
 * wanted all the time, an attribute that only people write.
 */
struct apply {
    struct system *system;
    uint64_t steady; /* keys of those who were wanted ever since all was at rest */
    unsigned refuse; /* the n-th entry is refused; 0: none */
    unsigned alter;  /* of the n-th another title is kept; 0: none */
    unsigned die_at; /* the process ends with the n-th; 0: it does not */
    bool die_before; /* before it is written, else behind it and before it is told */
    bool remake;     /* an update of what is not there is asked for as an add */
    unsigned count;
    unsigned deletes; /* that were done */
    char *violation;  /* takes VIOLATION bytes; "" as long as there is none */
};
enum { VIOLATION = 256 };

/* The texts of the result live until the next call. */
struct ma_result apply_entry(struct apply *apply, const struct ma_entry *entry);

#endif
