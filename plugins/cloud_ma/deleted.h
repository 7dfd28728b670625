/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_DELETED_H
#define CLOUD_MA_DELETED_H

#include "session.h"

/*
 * Graph keeps what was deleted for thirty days, and restores it with its id, its mailbox
 * and its memberships. A new object is one of those if both have the same value of an
 * attribute that the mapping names in "restore-by": one that is never given to somebody
 * else, as a name is. The list is read once a session, when the first object is new.
 */

/* Its id in the pool, of several that of who was deleted last; NULL: none. */
enum ma_status deleted_find(struct session *s, const struct mapped_class *class,
                            const json_t *resource, struct pool *pool, const char **id,
                            struct ma_error *err);

#endif
