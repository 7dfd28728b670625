/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_REFS_H
#define CLOUD_MA_REFS_H

#include "session.h"

/*
 * From DNs, which the engine refers by, to ids, which the service refers by; and objects
 * that are there already. A filter is asked first, and its answer is looked at: there are
 * servers that ignore a filter, and some that answer every one with nothing.
 */

/* Finds the ids of all references of these entries, as far as they are there. */
enum ma_status refs_prepare(struct session *s, const struct ma_entry *const *entries,
                            size_t count, struct ma_error *err);
/* NULL: it is not there (yet). */
const char *refs_id(const struct session *s, const char *dn);

/* The object of the class that has one of the unique values of `resource`, or the DN; its
 * id in the pool, NULL: there is none. */
enum ma_status refs_existing(struct session *s, const struct mapped_class *class,
                             const json_t *resource, const char *dn, struct pool *pool,
                             const char **id, struct ma_error *err);

#endif
