/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_GRAPH_H
#define CLOUD_MA_GRAPH_H

#include "session.h"

/*
 * What Microsoft Graph has and SCIM has not: members that are read by a request of their
 * own, and rounds of changes. A round may show an object many times, in slices, and again
 * what an earlier one showed; so it is gathered first, by id, the last word wins.
 */

/* Puts the members into the groups of a page. */
enum ma_status graph_members(struct session *s, const struct mapped_class *class,
                             json_t *items, struct ma_error *err);

/* Where a round that begins now would begin; to be freed. NULL: the class has none. */
enum ma_status graph_now(struct session *s, const struct mapped_class *class, char **link,
                         struct ma_error *err);

/* A round: `changes` maps ids to objects, of which each has only what changed;
 * "@removed", "manager@delta", "members@delta" among it. *link becomes where the next
 * begins. MA_FULL_NEEDED: the service does not remember. */
enum ma_status graph_round(struct session *s, char **link, json_t **changes,
                           struct ma_error *err);

/* One of those, of an object that the engine knows, as MA_MODIFY or MA_DELETE; the entry
 * has its anchor and nothing else yet. References that lead nowhere are left out. */
enum ma_status graph_entry(struct session *s, const struct mapped_class *class,
                           const json_t *change, const char *const *attributes,
                           struct pool *pool, struct ma_entry *out, struct ma_error *err);

#endif
