/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_REFUSED_H
#define MACTL_REFUSED_H

#include <jansson.h>

#include "base/buf.h"
#include "base/vec.h"
#include "command.h"
#include "run/refusals.h"

/*
 * What agents will refuse of pending exports (run/refusals.h), as commands show it: below
 * an object "! attribute: why", "?" where the agent cannot know.
 */

/* Appends what is known; what cannot be found out is a warning on stderr, no failure. */
void refused_find(const struct refusals_request *request, refusal_list *out);

/* [{"attribute", "type", "why", "remedy", "unsure"}]; nothing is put for an object of
 * which nothing is refused. */
void refused_put_json(json_t *object, const refusal_list *list, uint64_t id);
void refused_put_text(struct arena *arena, const refusal_list *list, uint64_t id,
                      struct buf *out);
/* "title department", "(all)"; NULL: nothing. */
const char *refused_names(struct arena *arena, const refusal_list *list, uint64_t id);

/* Many objects by what is refused and why, each time with the first of them. */
struct refused_group {
    const char *agent;
    struct refusal refusal;
    const char *first; /* its DN; NULL: it has none */
    size_t objects;
};

typedef VEC_OF(struct refused_group) refused_groups;

/* The texts that they point to have to live as long as they do. */
void refused_group(refused_groups *groups, const refusal_list *list, uint64_t id,
                   const char *agent, const char *dn);
void refused_print_groups(struct arena *arena, const refused_groups *groups);
json_t *refused_groups_json(const refused_groups *groups);

#endif
