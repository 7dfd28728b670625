/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_UNIT_H
#define SYNC_UNIT_H

#include "base/vec.h"
#include "store/mv.h"
#include "sync/queue.h"
#include "sync/sync.h"

/*
 * The unit of work: one connector-space object is synchronised, and all that this
 * changes, its metaverse object and the connectors of that in every agent, is loaded,
 * changed and held here. At the end either everything goes into the batch (unit_keep) or
 * nothing did (unit_drop), with one error for the object to carry. Objects are loaded
 * once and live in the unit's arena, so the parts of a unit share them by pointer.
 *
 * What is wrong with the object in hand is told by unit_fail, which returns MA_INVALID;
 * any other failure (of the store) ends the step.
 */

/* What of a connector may flow in otherwise than last time (news.h). */
enum connector_news { NEWS_UNKNOWN, NEWS_PENDING, NEWS_REFERENCES, NEWS_ALL };

struct view;

/* A connector-space object in work. */
struct connector {
    struct cs_object object;
    const struct compiled_agent *agent;
    bool source; /* the object this unit is about: its pending import counts */
    /* Of the source: what was unsettled when the unit began. */
    struct unsettled settling;
    bool dirty;   /* to be written */
    bool gone;    /* removed by this unit */
    bool created; /* by this unit */
    bool renewed; /* by this unit: to be deleted and made again as another type */
    /* Made when they are asked for; forgotten with unit_forget_images. */
    bool has_images;
    /* What it held when it was synchronised; the source: now. Nothing, while it is on its
     * way to become another type. */
    struct image imported;
    struct image expected; /* with everything on its way out */
    uint32_t type;
    signed char *gives; /* by inbound rule, as below: whether its flows read this */
    enum connector_news news;
    signed char *scope;          /* by rule: 1 holds, -1 does not, 0 not asked yet */
    const struct view *views[2]; /* view_kept */
};
typedef VEC_OF(struct connector *) connector_pointers;

/* A metaverse object in work. */
struct meta {
    struct mv_object object;
    struct entry before; /* as it was when the unit began */
    bool dirty;
    bool gone;
    bool created;
    bool reviewed; /* all its connectors were looked at */
    bool flowed;   /* its attributes changed: outbound rules have to see it */
    bool has_connectors;
    bool has_strangers;  /* connectors of an agent that the configuration has no more */
    int provision_calls; /* of the metaverse's extension, in this unit */
    connector_pointers connectors; /* those it is linked to now */
    signed char *scope;
    const struct view *view; /* view_kept_meta */
};

/* A link that was made or cut: whoever refers to either end must look again. */
struct unit_link {
    struct connector *connector;
    uint64_t mv;
};

struct unit_count {
    enum counter counter;
    struct connector *connector;
};

/* A parameter, as it was found for one object: others of its partition have the same. */
struct kept_parameter {
    const char *name; /* of the expression; NULL: nothing is kept here */
    const struct compiled_agent *agent;
    uint32_t partition;
    const char *value;
};
enum { KEPT_PARAMETERS = 64 };

/* What the history was told by a unit. `dn` lives as long as the unit's memory of what it
 * read (sync.remembered). */
struct sync_told {
    enum counter counter;
    uint32_t agent;
    uint64_t id;
    const char *dn;
};

/* Where things stood when the unit in hand began. */
struct sync_before {
    size_t writes;
    size_t noted;
    uint64_t failures;
};

/* What is the same for all units of a step. */
struct sync {
    const struct sync_request *request;
    const struct program *program;
    struct batch *batch;
    struct history *history;
    uint32_t dn_name;  /* number of the name "dn": [dn] in an expression */
    int64_t now;       /* ms since 1970 */
    uint64_t failures; /* objects that failed, of whatever agent */
    uint64_t flows_evaluated;
    struct kept_parameter parameters[KEPT_PARAMETERS]; /* by name */
    struct arena arena;
    struct crew *crew; /* evaluates ahead; NULL: nobody does */
    /* Of a thread that evaluates ahead (crew.h). `left`: the unit needs what only the
     * thread of the step may do. */
    bool ahead;
    bool left;
    sync_noted_list noted;
    /* Of objects that nothing comes of (unchanged.h). */
    uint64_t unchanged;
    bool listens; /* the unit in hand may be one */
    bool varies;  /* the unit asked for what may be otherwise another time */
    VEC_OF(struct sync_told) told;
    struct sync_before before;
    struct arena remembered; /* what the unit read and told */
};

struct unit {
    struct sync *sync;
    struct arena *arena;
    size_t mark;
    /* Of large attributes only values at stake are loaded (stake.h). Who needs all sets
     * `wants_whole`: then the unit is taken back and done again with whole objects, so
     * what it does until its end does not matter. */
    bool by_value;
    bool wants_whole;
    bool again; /* of the reference pass: what does not change is not counted twice */
    /* Equal precedence. `partial`: the object in hand wrote references of which not all
     * are known yet. `completes`: this unit of the reference pass completes them, so it
     * writes too. */
    bool partial;
    bool completes;
    connector_pointers connectors;
    VEC_OF(struct meta *) metas;
    VEC_OF(struct unit_count) counts;
    struct object_error error;      /* type NULL: none */
    VEC_OF(struct unit_link) links; /* made and cut */
};

void unit_begin(struct unit *unit, struct sync *sync);
/* Puts all changes into the batch and tells the history. */
enum ma_status unit_keep(struct unit *unit, struct ma_error *err);
/* Undoes what was put into the batch. */
void unit_drop(struct unit *unit);
void unit_end(struct unit *unit);

enum ma_status unit_connector(struct unit *unit, uint32_t agent, uint64_t id,
                              struct connector **out, struct ma_error *err);
/* The metaverse object that a connector-space object is linked to, 0: none, without
 * loading it into the unit: for references, of which there may be many. */
enum ma_status unit_link_of(struct unit *unit, uint32_t agent, uint64_t id, uint64_t *mv,
                            struct ma_error *err);
enum ma_status unit_meta(struct unit *unit, uint64_t id, struct meta **out,
                         struct ma_error *err);
/* A new object of this type, with an id. */
enum ma_status unit_new_meta(struct unit *unit, uint32_t type, struct meta **out,
                             struct ma_error *err);
/* A new connector-space object; `object` says what it is. It gets its id, and its DN is
 * known from now on. */
enum ma_status unit_new_connector(struct unit *unit, const struct cs_object *object,
                                  struct connector **out, struct ma_error *err);
/* Fills meta->connectors. */
enum ma_status unit_load_connectors(struct unit *unit, struct meta *meta,
                                    struct ma_error *err);

void unit_link(struct unit *unit, struct meta *meta, struct connector *connector,
               enum link_cause cause, const struct guid *rule);
void unit_unlink(struct unit *unit, struct meta *meta, struct connector *connector,
                 enum connector_state state);
bool unit_was_linked_now(const struct unit *unit, const struct connector *connector);
/* Takes the row away now, or leaves a placeholder where others still refer to it. */
enum ma_status unit_remove(struct unit *unit, struct connector *connector,
                           struct ma_error *err);

/* The images follow the tower: called after each change of it. */
void unit_tower_changed(struct connector *connector);
void unit_forget_images(struct connector *connector);
void unit_make_images(struct unit *unit, struct connector *connector);
static inline const struct image *unit_imported(struct unit *unit,
                                                struct connector *connector)
{
    if (!connector->has_images)
        unit_make_images(unit, connector);
    return &connector->imported;
}
static inline const struct image *unit_expected(struct unit *unit,
                                                struct connector *connector)
{
    if (!connector->has_images)
        unit_make_images(unit, connector);
    return &connector->expected;
}
static inline uint32_t unit_type(struct unit *unit, struct connector *connector)
{
    if (!connector->has_images)
        unit_make_images(unit, connector);
    return connector->type;
}
const char *unit_dn(struct unit *unit, struct connector *connector);

void unit_count(struct unit *unit, enum counter counter, struct connector *connector);

/* The object in hand cannot be synchronised. `step`: algorithm step of the manual. */
enum ma_status unit_fail(struct unit *unit, struct ma_error *err, const char *type,
                         const char *step, const struct flow *flow, const char *fmt, ...)
    MA_PRINTF(6, 7);

#endif
