/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHOW_QUERY_H
#define SHOW_QUERY_H

#include "show/show.h"

/*
 * Finding objects of a space. A query is terms, all of which must hold:
 *
 *   department=Sales*   a value of the attribute; "*" stands for anything
 *   mail=*              the attribute has a value
 *   ana                 somewhere in the DN or in a value that is text
 *
 * Without regard to case. Besides attributes there are dn, type, and of a connector space
 * also state (connector, disconnector, filtered, explicit, placeholder, transient) and
 * pending (import, export). Values that are secret are not there. A value without "*" of
 * an indexed attribute, and a DN, are looked up; everything else reads all objects.
 */
struct query_term {
    const char *attribute; /* NULL: anywhere */
    const char *pattern;
};

struct query {
    const struct query_term *terms;
    size_t count;
};

/* Each word is a term. MA_INVALID: "=x". Everything lives in the arena. */
enum ma_status query_parse(struct arena *arena, const char *const *words, size_t count,
                           struct query *out, struct ma_error *err);

/* Whether there is what the terms ask about: attributes of the schema of `agent`, or of
 * the metaverse for NULL, states, and what can be pending. MA_INVALID. */
enum ma_status query_check(const struct query *query, const struct program *program,
                           const struct compiled_agent *agent, struct ma_error *err);

/* Up to `limit` ids above `after`, ascending; a shorter answer is the last. The list is
 * appended to, and the caller's. A failure is the store's. */
enum ma_status query_cs(const struct query *query, const struct show *show,
                        const struct compiled_agent *agent, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err);
enum ma_status query_mv(const struct query *query, const struct show *show,
                        uint64_t after, size_t limit, id_list *out, struct ma_error *err);

/* "*" matches any run of characters; without regard to case. */
bool query_like(const char *text, const char *pattern);

/* The states of a connector-space object, "connector" ... */
const char *query_state(const struct cs_object *object);

#endif
