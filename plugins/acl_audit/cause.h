/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_CAUSE_H
#define ACL_AUDIT_CAUSE_H

#include "access.h"
#include "forest.h"

/*
 * Why a write would be refused, and where it can be mended. access.h answers from the
 * object alone; here the containers above it, AdminSDHolder and the expected group are
 * looked at too, but only to explain. The codes are those of the manual, in the order in
 * which they are tested: the first that holds is the cause.
 */
enum cause_code {
    CAUSE_NONE,
    CAUSE_SCHEMA_MISSING, /* the forest has no such attribute, or the class may not have
                             it */
    CAUSE_NOT_WRITABLE,   /* constructed, a back link, or the system's own */
    CAUSE_CANNOT_READ,    /* the descriptor was not given to us */
    CAUSE_MALFORMED,
    CAUSE_NULL_DACL,
    CAUSE_EMPTY_DACL,
    CAUSE_CONDITIONAL,
    CAUSE_DENY_ACE,
    CAUSE_DENY_ACE_INHERITED,
    CAUSE_ADMINSDHOLDER,
    CAUSE_ADMINSDHOLDER_IO,
    CAUSE_NOT_MEMBER,
    CAUSE_GROUP_WRONG_SCOPE,
    CAUSE_GROUP_NOT_SECURITY,
    CAUSE_RIGHT_MISSING, /* RIGHT-MISSING-WP */
    CAUSE_ZERO_GUID,
    CAUSE_PROPSET_MISMATCH,
    CAUSE_CLASS_MISMATCH,
    CAUSE_WRONG_GUID,
    CAUSE_INHERITED_TYPE, /* INHERITED-OBJECT-TYPE */
    CAUSE_INHERIT_ONLY,   /* ACE-INHERIT-ONLY */
    CAUSE_ORPHANED,       /* ORPHANED-ADMINCOUNT */
    CAUSE_INHERITANCE_BLOCKED,
    CAUSE_BLOCKED_PERHAPS, /* the same, where adminCount could not be read */
    CAUSE_NO_PROPAGATE,
    CAUSE_INHERIT_STALE,
    CAUSE_SELF_ONLY,
    CAUSE_NO_ACE,
    CAUSE_NO_ACE_SEEN,   /* the same, where a container could not be read */
    CAUSE_NON_CANONICAL, /* a remark only, as the rest */
    CAUSE_GRANT_TOO_WIDE,
    CAUSE_DENY_IRRELEVANT,
    CAUSE_CODES
};

/* As it is printed, "INHERITANCE-BLOCKED"; and one sentence for an operator. */
const char *cause_name(enum cause_code code);
const char *cause_text(enum cause_code code);

enum admin_count {
    ADMIN_COUNT_UNREAD, /* not given to us: it has none, or it is not readable */
    ADMIN_COUNT_ZERO,
    ADMIN_COUNT_SET
};

/* A container above the object. */
struct cause_ancestor {
    const char *dn;
    const struct descriptor *sd; /* NULL: not readable */
};

struct cause_object {
    const char *dn;
    const struct descriptor *sd; /* NULL: not there, or malformed */
    bool malformed;
    const unsigned char *self; /* objectSid or NULL */
    const struct forest_item *object_class;
    const struct cause_ancestor *ancestors; /* the nearest first */
    size_t ancestor_count;
    bool is_protected; /* by membership in a group that AdminSDHolder protects */
    enum admin_count admin_count;
};

struct cause_principal {
    const struct access_token *token;
    const unsigned char *group;      /* the group that should have the rights; or NULL */
    bool group_is_distribution;      /* it never enters a token */
    bool group_is_out_of_scope;      /* nor does this one, in this domain */
    bool is_administrator;           /* that a grant is wide is said once, elsewhere */
    bool notes;                      /* what is of no effect is of interest, too */
    const struct descriptor *holder; /* AdminSDHolder's own; NULL: not known */
};

struct cause_answer {
    struct access_answer access;
    enum cause_code code;   /* of what is wrong; CAUSE_NONE where nothing is */
    enum cause_code remark; /* of what is allowed and should be looked at; or NONE */
    int ace;                /* in the list that `source` says; -1: no single one */
    int source;             /* -1: the object's own, else the index of an ancestor */
    int blocker;            /* INHERITANCE-BLOCKED: who stops it, as `source` */
};

/*
 * What is asked for: to write an attribute, by its name; or one of the things that
 * features need besides, as "read:ATTRIBUTE", "right:CN-OF-THE-RIGHT", and
 * "create:CLASS" below the object.
 */
struct cause_wish {
    uint32_t right;
    const struct forest_item *item; /* NULL: not in the schema */
    const char *word;               /* of the right, in SDDL */
    const char *verb;               /* for people */
    const char *name;               /* of what it is about */
};
struct cause_wish cause_wish(const struct forest *forest, const char *asked);

struct cause_answer cause_find(const struct forest *forest,
                               const struct cause_object *object,
                               const struct cause_principal *principal,
                               const char *asked);

#endif
