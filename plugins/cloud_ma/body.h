/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_BODY_H
#define CLOUD_MA_BODY_H

#include "entry.h"
#include "session.h"

/*
 * An exported entry as what the service is sent: a new resource, the operations of a
 * PATCH, a changed resource for PUT. Pure: what it needs to know of the service was read
 * before. References are ids by then.
 */

/* Graph: the properties that the entry names, as they shall be; null clears one. NULL:
 * *problem says why. `current` may be NULL. */
json_t *body_properties(const struct session *s, const struct mapped_class *class,
                        const struct ma_entry *entry, const json_t *current,
                        struct entry_problem *problem);
/* What a new object needs and the entry does not say: the defaults of the mapping, with
 * {random} in texts as something that nobody guesses. */
bool body_defaults(const struct mapped_class *class, json_t *resource);

/* What of an entry is changed by value: the members of a group. */
struct memberships {
    const char **adds;
    size_t add_count;
    const char **removes;
    size_t remove_count;
};

/* Puts the attributes of the entry into a resource: a new one, or the current one. False:
 * *problem has an export error of the product. Members are left out. */
bool body_apply(const struct session *s, const struct mapped_class *class,
                const struct ma_entry *entry, json_t *resource,
                struct entry_problem *problem);
/* One attribute of it, members too. */
bool body_apply_one(const struct session *s, const struct mapped *mapped,
                    const struct ma_attribute *attribute, json_t *resource,
                    struct entry_problem *problem);
/* Ready to be posted: its schemas, and that it is active. */
bool body_finish_new(const struct mapped_class *class, json_t *resource);
/* What the entry does not name, and an object that is "exactly this" has not. */
bool body_clear_others(const struct mapped_class *class, const struct ma_entry *entry,
                       json_t *resource);

/* Whether the current resource has to be read before the entry can be written. */
bool body_needs_current(const struct session *s, const struct mapped_class *class,
                        const struct ma_entry *entry);

/* Operations of a PATCH, an array of the caller's; empty: there is nothing to do. */
json_t *body_direct(const struct session *s, const struct mapped_class *class,
                    const struct ma_entry *entry, struct pool *pool,
                    struct entry_problem *problem);
json_t *body_difference(const struct mapped_class *class, const json_t *before,
                        const json_t *after);

/* From the entry alone, or against what is there (NULL: unknown). */
bool body_members(const struct session *s, const struct mapped_class *class,
                  const struct ma_entry *entry, const json_t *current, struct pool *pool,
                  struct memberships *out);
/* One operation that adds these; one for each that removes them, or one for all. */
json_t *body_add_members(const struct mapped_class *class, const char *const *ids,
                         size_t count);
json_t *body_remove_members(const struct quirks *quirks, const struct mapped_class *class,
                            const char *const *ids, size_t count);
const struct mapped *body_member_attribute(const struct mapped_class *class);
/* Whom the resource shows as members: an object of the caller's, with their ids as keys.
 */
json_t *body_member_ids(const struct mapped_class *class, const json_t *resource);

/* The text of a PATCH with these operations, which are put as the service wants them, to
 * be freed; NULL: no memory. */
char *body_patch(const struct quirks *quirks, json_t *operations);

#endif
