/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_REALM_H
#define ACL_AUDIT_REALM_H

#include "containers.h"
#include "guarded.h"
#include "places.h"
#include "principal.h"
#include "replicas.h"
#include "sddl.h"

/*
 * What an audit knows of one domain: who writes there, with which token, whom
 * AdminSDHolder protects, and the lists above its objects. Rights, groups and tokens are
 * a domain's own; the schema is the forest's.
 */
struct realm {
    struct place *place; /* NULL: the domain cannot be asked */
    const char *key;     /* its DN, folded, as the text of an object's DN tells it */
    const char *login; /* who writes there: a partition may have an account of its own */
    const char *why;   /* it cannot be asked */
    bool
        asked_by_another; /* than who writes there: what the server says is of that one */
    struct principal principal;
    struct guarded guarded;
    struct containers containers;
    struct replicas replicas;   /* that are asked, too; none: nobody wants it */
    struct object_state head;   /* of the domain */
    struct object_state holder; /* AdminSDHolder */
    struct object_state account;
    struct sddl_domains domains;
    unsigned char domain_sid[68];
    bool is_administrator; /* the account, here */
};

struct realm_request {
    struct places *places;
    const char *group; /* that should have the rights; "": none */
    const char *home;  /* DNS name of the account's domain; "": as the login tells */
    const char *configuration; /* DN */
    bool check;                /* compares the token with what the directory says */
    bool is_us;                /* the account is the one that asks */
    struct pool *pool;         /* as long as the realm */
};

/* `realm->place` is set before. What login_find says of the account. */
enum ma_status realm_read(struct realm *realm, const struct realm_request *request,
                          struct ma_error *err);
/* The account and its groups alone. */
enum ma_status realm_read_principal(struct realm *realm,
                                    const struct realm_request *request,
                                    struct ma_error *err);
void realm_free(struct realm *realm);

#endif
