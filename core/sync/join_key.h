/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_JOIN_KEY_H
#define SYNC_JOIN_KEY_H

#include "sync/view.h"

/*
 * The keys of join criteria: the values of either side in the type of the other, and
 * whether two objects have one in common. Text is compared without case unless the key
 * says otherwise; what does not convert cannot match. For join.c.
 */
struct key_values {
    enum value_type type; /* of the side that is searched */
    const struct slice *values;
    uint32_t count;
};

/* Of a connector-space object as rules see it. */
struct key_values key_of_connector(struct unit *unit, const struct view *view,
                                   const struct join_key *key, enum value_type type);
/* Of a metaverse object. */
struct key_values key_of_meta(struct unit *unit, const struct meta *meta,
                              const struct join_key *key, enum value_type type);
bool key_matches(const struct join_key *key, const struct key_values *a,
                 const struct key_values *b);

/* A connector-space object as one of its layers has it. */
struct key_side {
    struct image image;
    struct view view;
};

struct key_side key_side_of(struct unit *unit, struct connector *connector,
                            enum tower_layer layer);
/* Whether both have a value in common. `differs`, if there is one, becomes true where
 * they have not, though either has any. */
bool key_fits(struct unit *unit, const struct join_key *key, const struct key_side *side,
              const struct meta *meta, bool *differs);

#endif
