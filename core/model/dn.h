/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_DN_H
#define MODEL_DN_H

#include "base/arena.h"

/*
 * Distinguished names as text (RFC 4514). Two spellings of one name have one key: types
 * and values folded, escapes resolved to one form, blanks around separators gone. A text
 * that is no LDAP name (the DN of an SQL or a delimited source is its anchor) has its
 * folded text as key, so every function works for both.
 */

bool dn_is_ldap(struct slice dn);
/* The key to compare and index by; lives in the arena. The pairs of a multi-valued RDN
 * are sorted in it; it is a name itself, and its own key. */
struct slice dn_key(struct arena *arena, struct slice dn);
bool dn_equal(struct slice a, struct slice b);

/* All but the first RDN, pointing into `dn`; empty at the top and of what is no LDAP
 * name. */
struct slice dn_parent(struct slice dn);
/* The same, sooner where it is the parent that another name had. */
struct slice dn_parent_again(struct slice dn, struct slice last);
/* The first RDN, pointing into `dn`. */
struct slice dn_rdn(struct slice dn);
/* Number of RDNs. */
size_t dn_depth(struct slice dn);
/* The value, without its type, of the n-th RDN from the left, 1-based, escapes and quotes
 * kept as written; of a multi-valued RDN the first. A text that is no LDAP name has one
 * component, itself, with an empty type. False where there is none. */
bool dn_component(struct slice dn, size_t n, struct slice *type, struct slice *value);
/* Whether `dn` is `base` or lies below it. Everything lies below the empty name. */
bool dn_is_under(struct slice dn, struct slice base);
/* Escapes a value for use in a DN (RFC 4514 2.4). */
struct slice dn_escape(struct arena *arena, struct slice value);

#endif
