/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_ANSWER_H
#define SUPPORT_ANSWER_H

#include "support/link.h"

/*
 * An entry of a search, as the server wrote it. Values lie in the message and are not
 * copied: the answer lives as long as its message, and until the next one is read into
 * it. The range of "member;range=0-1499" is taken off the name.
 */

struct answer_attribute {
    const char *name;
    const struct ma_value *values;
    size_t count;
    bool ranged;
    bool last; /* of a range: "n-*", nothing is behind it */
    unsigned long from;
    unsigned long to;
};

struct answer {
    const char *dn;
    struct answer_attribute *attributes;
    size_t count;
    size_t capacity;
    struct pool pool;
};

enum ma_status answer_read(struct answer *answer, struct link *link, LDAPMessage *entry,
                           struct ma_error *err);
const struct answer_attribute *answer_find(const struct answer *answer, const char *name);
/* Asks for the values behind those that a server gives of a long attribute, until it has
 * the last (MS-ADTS 3.1.1.3.1.3.3). MA_NOT_FOUND: the object is gone. */
enum ma_status answer_complete(struct answer *answer, struct link *link,
                               struct answer_attribute *attribute, struct ma_error *err);
void answer_free(struct answer *answer);

#endif
