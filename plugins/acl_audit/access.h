/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_ACCESS_H
#define ACL_AUDIT_ACCESS_H

#include "descriptor.h"

/*
 * The access check of a directory (MS-ADTS 5.1.3.3.3), for one attribute of one object:
 * the order in which the ACEs are stored decides, bit by bit. Three answers: where a
 * condition that we cannot evaluate would make the difference, it is UNKNOWN. What is
 * computed here comes from the object's own descriptor alone; why it says so is for
 * cause.h.
 */
enum access_verdict { ACCESS_ALLOWED, ACCESS_DENIED, ACCESS_UNKNOWN };

/* Who asks: SIDs of the wire, sorted by sid_compare(). */
struct access_token {
    const unsigned char *const *sids;
    size_t count;
};
void access_token_sort(const unsigned char **sids, size_t count);
bool access_token_has(const struct access_token *token, const unsigned char *sid);

struct access_question {
    const struct descriptor *sd;
    const struct access_token *token;
    const unsigned char *object_class; /* GUID of its most specific structural class */
    const unsigned char *property_set; /* of the attribute; NULL: it is in none */
    const unsigned char *attribute;    /* NULL: the object as a whole */
    const unsigned char *self;         /* objectSid; NULL: it has none, as a contact */
    bool map_generic; /* read GENERIC_WRITE as what a directory maps it to */
};

struct access_answer {
    enum access_verdict verdict;
    int ace;      /* index in the DACL of what decided; -1: none did */
    bool no_dacl; /* allowed because nothing protects the object */
};

/* All bits of `rights`; each is asked alone and the worst answer counts. */
struct access_answer access_ask(const struct access_question *question, uint32_t rights);

/* Parts of the check that also explain it. */
enum access_reach {
    REACH_NOT, /* an object type that is not in the path of the attribute */
    REACH_ALL, /* without an object type */
    REACH_CLASS,
    REACH_SET,
    REACH_ATTRIBUTE
};
enum access_reach access_reach(const struct access_question *question,
                               const struct ace *ace);
/* Whether the ACE is about somebody in the token: by SID, as self, or as owner. */
bool access_concerns(const struct access_question *question, const struct ace *ace);

extern const unsigned char access_principal_self[12]; /* S-1-5-10 */
extern const unsigned char access_owner_rights[12];   /* S-1-3-4 */

/* Generic bits replaced by what a directory maps them to, MS-ADTS 5.1.3.2. */
uint32_t access_map_generic(uint32_t mask);

#endif
