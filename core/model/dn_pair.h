/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DN_PAIR_H
#define MODEL_DN_PAIR_H

#include "base/slice.h"

/*
 * The grammar of RFC 4514: RDNs, and the pairs of type and value that they are made of,
 * as they are written. For those who make keys and parts of it; all others see dn.h.
 */

/* A type with its value, as written, blanks around both gone. */
struct dn_pair {
    struct slice type;
    struct slice value;
    char after; /* ',' or '+', NUL at the end of the name */
};

struct dn_rdn {
    struct slice text;
    struct dn_pair first; /* where it has several values, the first of them */
    size_t next;          /* where the following one begins; the length: nowhere */
};

/* ASCII, whatever the locale. */
static inline bool dn_is_separator(char c)
{
    return c == ',' || c == ';' || c == '+'; /* ';' is RFC 2253's other comma */
}

static inline bool dn_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char dn_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline bool dn_is_hex(char c)
{
    return dn_is_digit(c) || (dn_upper(c) >= 'A' && dn_upper(c) <= 'F');
}

/* Bytes of what stands here: an escape, or one; 0 where it may not stand in a name. */
size_t dn_pair_step(struct slice dn, size_t at);
/* "OID.2.5.4.3" is "2.5.4.3". */
struct slice dn_pair_bare_type(struct slice type);

/* The pair that begins at *at, which moves behind its separator. */
bool dn_pair_read(struct slice dn, size_t *at, struct dn_pair *out);
/* The same of a pair as nearly all names are made of, "CN=Ann Lee": one type, one value
 * without escapes, quotes and blanks around it, to a comma or the end. False: read it
 * slowly. */
bool dn_pair_read_plain(struct slice dn, size_t *at, struct dn_pair *out);
/* The n-th RDN, from 0, of a text that is a name to its end; `depth` counts all. */
bool dn_pair_rdn(struct slice dn, size_t n, struct dn_rdn *out, size_t *depth);

#endif
