/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_FETCH_H
#define CLOUD_MA_FETCH_H

#include "session.h"

/*
 * Objects asked for one by one, many at once: what a listing did not show, what is
 * referred to, what the engine wants to see again.
 */

/* NULL: it is not there. */
typedef enum ma_status fetch_each(void *context, const struct mapped_class *class,
                                  const char *id, json_t *resource, struct ma_error *err);

/* All of them, in the order of the list; `class` by number. A failure that is not "not
 * there" ends it. */
struct wanted {
    unsigned char class;
    const char *id;
};

enum ma_status fetch_all(struct session *s, const struct wanted *wanted, size_t count,
                         fetch_each *each, void *context, struct ma_error *err);

/* The DN of an id, an entry_dn_of with a session as context: known, or asked for. */
enum ma_status fetch_dn(void *session, const char *id, const char **dn,
                        struct ma_error *err);

/* The ids and DNs of all objects of a class. MA_NOT_FOUND: it has no such class. */
enum ma_status fetch_ids(struct session *s, const struct mapped_class *class,
                         unsigned char flags, struct ma_error *err);
unsigned char class_number(const struct session *s, const struct mapped_class *class);

#endif
