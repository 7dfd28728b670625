/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_GIVERS_H
#define SPACE_GIVERS_H

#include "model/set.h"
#include "space/mv.h"

/*
 * Which values of one metaverse attribute each contributor gave: its lines of lineage
 * with every value said, to be worked on. A value may have several givers; one giver may
 * have several lines, of the rules and runs in which it gave what it gave. Written back,
 * the line that stands for most values says none of them, so that a large set which one
 * agent gave and another added to costs what was added.
 */
struct givers {
    struct arena *arena;
    uint32_t attribute;
    struct mv_lineage *lines; /* the last first; each says its values */
    uint32_t count;
    /* Of a store written before values had a lineage: the lines say nothing. Ask who
     * gives what, and givers_add. */
    bool unknown;
};

struct givers givers_none(struct arena *arena, uint32_t attribute);
/* Of an object, whose attribute holds these values. */
struct givers givers_of(struct arena *arena, const struct mv_object *object,
                        uint32_t attribute, struct set values);

/* `who` gives these, with its rule, run and time; what this object gave by this rule
 * before is as old as it was. */
void givers_add(struct givers *givers, const struct mv_lineage *who, struct set values);
/* `who` was asked, and what it has was there: it is known from now on. */
void givers_hear(struct givers *givers, const struct mv_lineage *who);
/* Only these values are left. */
void givers_keep(struct givers *givers, struct set values);
/* This connector gives nothing any more. */
void givers_drop(struct givers *givers, uint32_t agent, uint64_t object);

struct set givers_gave(const struct givers *givers, uint32_t agent, uint64_t object);
struct set givers_all(const struct givers *givers);
bool givers_equal(const struct givers *a, const struct givers *b);

/* The lines as an object has them. */
void givers_write(const struct givers *givers, const struct mv_lineage **lines,
                  uint32_t *count);

/* Whether this line of the object is of one who gave this value. Of a store written
 * before values had a lineage: whether it may be. */
bool givers_line_has(const struct mv_object *object, const struct mv_lineage *line,
                     struct slice value);

#endif
