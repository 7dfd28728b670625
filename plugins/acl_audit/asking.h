/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ASKING_H
#define ACL_AUDIT_ASKING_H

#include "audit.h"

/*
 * One object on its way through an audit: what is planned for it, how a domain controller
 * says that it is, and what the questions about its rights are asked with.
 */
struct asking {
    struct audit *audit;
    struct realm *realm;
    const struct ma_planned *planned;
    const struct object_state *state;
    struct cause_object object;
    struct cause_principal principal;
    size_t asked;
    size_t refused;
};

/* `object` and `principal`, of the rest. */
void asking_prepare(struct asking *asking);
/* A finding about the object, with its DN and its class. */
enum ma_status asking_report(const struct asking *asking, struct ma_finding finding,
                             struct ma_error *err);

#endif
