/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_OBJECT_H
#define SPACE_OBJECT_H

#include "base/guid.h"
#include "model/delta.h"

/*
 * One object of a connector space: who it is, what it is linked to, and its tower of one
 * image and four deltas. Written by stage, sync and export through the transitions of
 * space/tower.h, kept by the store. Always true: a placeholder has no type and no link;
 * an object that was never imported has no anchor unless the export returned one.
 * Each delta is relative to the layer below it and holds nothing that is true there
 * already.
 *
 *   hologram            H  imports that went through synchronisation
 *   + pending_import    I  what the system held at the last import
 *   + unconfirmed       U  + what it accepted and did not show again yet
 *   + escrowed          E  + what is on its way
 *   + unapplied         X  + what synchronisation wants: the pending export
 */
enum connector_state { STATE_NORMAL, STATE_EXPLICIT, STATE_FILTERED };
enum placeholder {
    PLACEHOLDER_NOT,
    PLACEHOLDER_PARENT,
    PLACEHOLDER_LINK,
    PLACEHOLDER_DELETED
};
enum link_cause { LINK_NONE, LINK_JOIN, LINK_PROJECTION, LINK_PROVISIONING, LINK_MANUAL };

enum tower_layer {
    LAYER_HOLOGRAM,
    LAYER_IMPORT,
    LAYER_UNCONFIRMED,
    LAYER_ESCROWED,
    LAYER_UNAPPLIED
};

/* What is wrong with the object at present; count 0: nothing. */
struct object_error {
    uint32_t count; /* how often in a row */
    int64_t first;  /* ms since 1970 */
    int64_t last;
    const char *type; /* "permission-issue", "flow-failure" ... */
    const char *text; /* for the operator */
    const char *code; /* the system's own; NULL: none */
    const char *literal;
    const char *detail;
    const char *step;      /* algorithm step: "import-flow" ...; NULL: none */
    const char *rule;      /* name of the rule to blame; NULL: none */
    const char *attribute; /* NULL: none */
    const char *findings;  /* what an audit found out about it, a JSON array; NULL */
};

/* A value that the engine merged into an attribute it does not own as a whole. */
struct owned_value {
    uint32_t attribute;
    struct slice value;
};

/* What was pending since the last synchronisation and is no more (space/unsettled.h). */
struct unsettled_attr {
    uint32_t attribute;
    bool all;                   /* any value of it; else these: */
    const struct slice *values; /* sorted */
    uint32_t count;
};
struct unsettled {
    bool due;        /* the next synchronisation has to see the object because of it */
    bool everything; /* it was to come, to go, or to become another */
    bool dn;
    uint32_t count;
    const struct unsettled_attr *attrs; /* sorted by attribute */
};

struct cs_object {
    uint64_t id;      /* dense, per agent, never reused; 0: not stored yet */
    struct guid guid; /* survives everything but deletion */
    uint32_t agent;
    uint32_t partition;  /* partition_tag; 0: none */
    struct slice anchor; /* empty: none yet */

    enum placeholder placeholder;
    enum connector_state state;
    uint64_t mv; /* linked metaverse object; 0: disconnector */
    enum link_cause link_cause;
    struct guid link_rule; /* the rule that made the link */
    bool transient;        /* had to give its DN to another during this import; of a
                              placeholder: its DN is another's by now */

    bool rebuild; /* its add was exported, or may have been; no import has shown it yet */
    bool reference_retry;
    bool rename_retry;
    bool provisioning_retry;
    bool full_sync;    /* next synchronisation evaluates it in full */
    bool projected;    /* the metaverse object it is linked to was made from it */
    uint64_t seen_run; /* run number of the full import that changed it last */
    uint32_t import_modifications; /* imports since the last synchronisation */
    uint64_t export_batch;         /* batch that took it last */

    bool has_hologram;
    struct image hologram; /* of a placeholder nothing but the DN, without has_hologram */
    struct delta pending_import;
    struct delta unconfirmed;
    struct delta escrowed;
    struct delta unapplied;
    struct unsettled unsettled;

    /* Held, not stored: attributes of which the hologram has the values at stake only
     * (cs_get_values). Whatever needs to know all values has to look here first. */
    const uint32_t *partial;
    uint32_t partial_count;
    const struct value_set *wanted; /* of them, besides those that a delta speaks of */
    uint32_t wanted_count;

    /* Held, not stored: what was read of it, by which a put knows what changes
     * (store/cs.c); NULL: it was not read. */
    const struct object_read *read;

    const struct owned_value *owned; /* sorted by attribute, then value */
    uint32_t owned_count;

    struct object_error import_error;
    struct object_error export_error;
};

/* The deltas of the tower, from the lowest. */
enum { OBJECT_DELTAS = 4 };
struct object_deltas {
    const struct delta *at[OBJECT_DELTAS];
};
struct object_deltas object_deltas(const struct cs_object *object);

/* The image of a layer: the hologram and the deltas up to it. The hologram itself,
 * without a copy, where there are none. Not there: all else is empty too. */
struct image object_image(struct arena *arena, const struct cs_object *object,
                          enum tower_layer layer);
/* The DN by which the object is known now: of the top layer in which it exists; of a
 * placeholder the DN it stands for. NULL where there is none. No image is made. */
const char *object_dn(struct arena *arena, const struct cs_object *object);
/* The object type of the same layer; NAME_NONE for a placeholder. */
uint32_t object_type(struct arena *arena, const struct cs_object *object);
/* Whether it is there in this layer, and its DN: object_image without the rest. */
bool object_place(const struct cs_object *object, enum tower_layer layer,
                  const char **dn);
/* The DN that the system has it under (layer I); NULL where it is not there. */
const char *object_imported_dn(const struct cs_object *object);

/* One that is only needed as a parent or referred to. `dn` is borrowed. */
struct cs_object object_placeholder(uint32_t agent, enum placeholder kind,
                                    const char *dn);
/* What is left of an object that went while others still need it: id, GUID, partition and
 * DN (T8). */
void object_to_placeholder(struct cs_object *object, enum placeholder kind);

/* What the store indexes and queues. */
bool object_was_imported(const struct cs_object *object); /* exists in layer I */
bool object_is_disconnector(
    const struct cs_object *object); /* normal, unlinked, imported */
bool object_needs_sync(const struct cs_object *object);
/* Unapplied or escrowed; never a transient. */
bool object_needs_export(const struct cs_object *object);
bool object_is_unconfirmed(const struct cs_object *object);
/* Nothing is left in any layer, and it is no placeholder: its row is to be removed. */
bool object_is_empty(const struct cs_object *object);

/* The two rows of an object: header with hologram, and the rest of the tower, which is
 * empty for an object at peace. Decoding copies nothing: the object points into both.
 * False where the bytes are not what object_encode writes. */
void object_encode(const struct cs_object *object, struct buf *row, struct buf *tower);
bool object_decode(struct arena *arena, struct slice row, struct slice tower,
                   struct cs_object *out);
/* A look at the rows that costs no memory: who and where the object is, what is linked,
 * what kind of delta each layer has. No attribute, no owned value, no error. */
bool object_decode_outline(struct slice row, struct slice tower, struct cs_object *out);
/* The same with the pending export (`unapplied`) whole. */
bool object_decode_pending(struct arena *arena, struct slice row, struct slice tower,
                           struct cs_object *out);
/* Of a row nothing but the metaverse object that it is linked to. */
bool object_decode_link(struct slice row, uint64_t *mv);

/*
 * Layer I as it lies in the rows, in one piece: the hologram where nothing is pending, or
 * the pending import of an object that no synchronisation has seen. False where it does
 * not, or where an import that shows the very same would change the rows all the same
 * (something unconfirmed, a transient ...); the anchor is told all the same. Points into
 * both.
 */
struct object_shown {
    struct slice anchor;
    uint32_t partition;
    const char *dn;
    uint32_t object_type;
    bool pending;       /* `bytes` are a whole delta; else an entry */
    struct slice bytes; /* as they are encoded */
};
bool object_shown(struct slice row, struct slice tower, struct object_shown *out);
/* Whether it is this image, to the letter. */
bool object_shows(const struct object_shown *shown, const struct image *image);

#endif
