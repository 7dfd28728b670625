/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_FEATURE_H
#define RIGHTS_AUDIT_FEATURE_H

#include <mactl/ma.h>

/*
 * What a feature of hybrid identity needs in a directory, as Microsoft documents it, in
 * the words of the audit role: an attribute that is written by its name, "read:NAME",
 * "right:NAME" of an extended right, "create:CLASS" below the object. Some of it is
 * written by the rules of the configuration; some by services beside it, whose rights
 * nobody would find among the flows.
 */
struct audit_feature {
    const char *name;
    const char *const *flows;  /* of what the rules write, these; NULL: none of it */
    const char *const *types;  /* of objects of these types alone; NULL: of all */
    const char *const *asked;  /* of each of them besides, whatever the rules say */
    bool reads;                /* of each of them, what the rules read */
    const char *const *heads;  /* of each domain of the agent */
    const char *below;         /* RDN of a container below each; NULL: none */
    const char *const *inside; /* of that container, or, where `below` is "", of each
                                  container that is included */
};

/* MA_INVALID: there is none; the message names all. NULL for NULL. */
enum ma_status audit_feature_named(const char *name, const struct audit_feature **out,
                                   struct ma_error *err);
/* NULL behind the last. */
const struct audit_feature *audit_feature_at(size_t index);

#endif
