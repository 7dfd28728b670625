/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GATHER_H
#define SUPPORT_GATHER_H

#include <ldap.h>
#include <stdbool.h>

/*
 * What is sent on a connection waits until somebody waits for an answer, and goes out as
 * one. A window of many small requests costs a call of the kernel, a packet and a record
 * of TLS for each otherwise, at both ends.
 */
struct gather;

enum gathered {
    GATHER_SENT, /* nothing is left here */
    GATHER_FULL, /* the kernel takes no more for now */
    GATHER_LOST  /* the connection is gone */
};

/* From here on, above TLS and SASL: for a connection that is bound. NULL: it writes as
 * ever. */
struct gather *gather_begin(LDAP *ld);
/* Before the connection ends: libldap says farewell, and then closes from below. */
void gather_end(struct gather *gather);
/* After it. */
void gather_free(struct gather *gather);
/* NULL is fine. */
enum gathered gather_flush(struct gather *gather);

#endif
