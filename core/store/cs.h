/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CS_H
#define STORE_CS_H

#include "space/object.h"
#include "store/store.h"

/*
 * Connector-space objects in the store. cs_put keeps all that follows from an object with
 * it: the DN and anchor index, the indexed attributes, the reference rows, the link to
 * the metaverse, and the queues of what waits for synchronisation and export. Attributes
 * with more than 64 values live in value rows and are read with the object.
 *
 * Lists of ids that find are appended to `out`, ascending; scans replace it.
 */

/* Queues: delta synchronisation and export walk these and nothing else. */
enum cs_queue {
    QUEUE_SYNC = 1,     /* pending import, error, retry, full sync wanted */
    QUEUE_DISCONNECTOR, /* normal, imported, unlinked */
    QUEUE_EXPORT,       /* unapplied or escrowed */
    QUEUE_UNCONFIRMED,
    QUEUE_IMPORT_ERROR,
    QUEUE_EXPORT_ERROR,
    QUEUE_TRANSIENT,
    QUEUE_PLACEHOLDER
};

/* MA_NOT_FOUND without text. What the object points to lives in the arena. */
enum ma_status cs_get(struct batch *batch, struct arena *arena, uint32_t agent,
                      uint64_t id, struct cs_object *out, struct ma_error *err);
/* An object with id 0 is given one, and a GUID if it has none. Compares with what is
 * stored: equal rows are not written. */
enum ma_status cs_put(struct batch *batch, struct cs_object *object,
                      struct ma_error *err);
enum ma_status cs_remove(struct batch *batch, uint32_t agent, uint64_t id,
                         struct ma_error *err);

/*
 * By value: for a caller who changes some values of an object that may have many. Of the
 * large attributes of the hologram only the values at stake are read: `wanted`, and those
 * that a delta of the object speaks of. The object names the attributes in `partial`, and
 * cs_put leaves the values of theirs that nobody spoke of as they are. What the
 * transitions of space/tower.h do by value (DELTA_VALUES) gives the same as on the whole
 * object, so one member more in a group of 50 000 reads and writes a handful of rows.
 * Between the two calls no other put of the object. Where a pending delta replaces all of
 * an attribute or of the object, everything is read, and written. The values wanted live
 * as long as the object.
 */
enum ma_status cs_get_values(struct batch *batch, struct arena *arena, uint32_t agent,
                             uint64_t id, const struct value_set *wanted, size_t count,
                             struct cs_object *out, struct ma_error *err);
/* As cs_get_values with nothing wanted: for who wants to know who and where the object
 * is, and what is pending. */
enum ma_status cs_get_outline(struct batch *batch, struct arena *arena, uint32_t agent,
                              uint64_t id, struct cs_object *out, struct ma_error *err);
/* The metaverse object that it is linked to, 0: none; nothing else is decoded. */
enum ma_status cs_link(struct batch *batch, uint32_t agent, uint64_t id, uint64_t *mv,
                       struct ma_error *err);
/* How many values an attribute of the hologram has; of a large one without reading them.
 */
enum ma_status cs_value_count(struct batch *batch, uint32_t agent, uint64_t id,
                              uint32_t attribute, uint64_t *out, struct ma_error *err);
/* More is at stake of an object that is held in part: from now on these values too. */
enum ma_status cs_want(struct batch *batch, struct arena *arena,
                       const struct value_set *values, struct cs_object *object,
                       struct ma_error *err);
/* An image of such an object is not complete: the attributes without what stands for the
 * values that were not read. */
struct entry cs_known(struct arena *arena, const struct entry *entry);

/* An import of this agent begins, which will ask for an anchor and for DNs with each
 * entry: the batch remembers what it has found out, where that is sure (store/known.h).
 * Nothing that is found differs. */
enum ma_status cs_import_begins(struct batch *batch, uint32_t agent,
                                struct ma_error *err);
enum ma_status cs_find_anchor(struct batch *batch, uint32_t agent, struct slice anchor,
                              uint64_t *out, struct ma_error *err);
/* The object with this anchor as the last import showed it (object_shown): where that
 * cannot be told at a look, MA_NOT_FOUND with its id; where nobody has the anchor, with
 * id 0. Not for long: it lives as the bytes of batch_get do. */
struct cs_shown {
    uint64_t id;
    struct object_shown shown;
};
enum ma_status cs_find_shown(struct batch *batch, uint32_t agent, struct slice anchor,
                             struct cs_shown *out, struct ma_error *err);
/* Whether an import that shows this image changes nothing of it. */
bool cs_shows(struct batch *batch, const struct cs_shown *object,
              const struct image *image);
/* By the DN in any spelling: the object that the system has under it (layer I), else the
 * one known by it now (top of the tower: a pending rename, an object not exported yet),
 * else a placeholder. So an object is indexed by up to two DNs. Never a transient. */
enum ma_status cs_find_dn(struct batch *batch, uint32_t agent, const char *dn,
                          uint64_t *out, struct ma_error *err);
/* The id of the object with this DN, a placeholder of this kind made if there is none. */
enum ma_status cs_reference(struct batch *batch, uint32_t agent, const char *dn,
                            enum placeholder kind, uint64_t *out, struct ma_error *err);
/* Objects whose imported image holds this value in an indexed attribute; verified. Text
 * is compared without regard to case unless `exact`. */
enum ma_status cs_find_value(struct batch *batch, uint32_t agent, uint32_t attribute,
                             enum value_type type, struct slice value, bool exact,
                             id_list *out, struct ma_error *err);
/* The same of those that `takes` takes; the others are not read. */
struct cs_choice {
    bool (*takes)(const struct cs_choice *choice, uint64_t id);
};
enum ma_status cs_find_value_among(struct batch *batch, uint32_t agent,
                                   uint32_t attribute, enum value_type type,
                                   struct slice value, bool exact,
                                   const struct cs_choice *choice, id_list *out,
                                   struct ma_error *err);
/* Objects and placeholders directly below this DN, by layer I or the top of the tower;
 * transients too. Ascending; from an index, the cost is that of the answer. */
enum ma_status cs_children(struct batch *batch, uint32_t agent, const char *dn,
                           id_list *out, struct ma_error *err);
/* Whether there is one of them, other than this object. */
enum ma_status cs_has_child(struct batch *batch, uint32_t agent, const char *dn,
                            uint64_t besides, bool *out, struct ma_error *err);
/* Objects that refer to this one in any layer. */
enum ma_status cs_referrers(struct batch *batch, uint32_t agent, uint64_t id,
                            id_list *out, struct ma_error *err);

/* Up to `limit` ids above `after`, ascending; they take the place of what stood in `out`.
 * A shorter answer than `limit` is the last. */
enum ma_status cs_scan(struct batch *batch, uint32_t agent, uint64_t after, size_t limit,
                       id_list *out, struct ma_error *err);
enum ma_status cs_queue(struct batch *batch, enum cs_queue queue, uint32_t agent,
                        uint64_t after, size_t limit, id_list *out, struct ma_error *err);
/* Both counts are kept, not counted. */
enum ma_status cs_count(struct batch *batch, uint32_t agent, uint64_t *out,
                        struct ma_error *err);
enum ma_status cs_queue_length(struct batch *batch, enum cs_queue queue, uint32_t agent,
                               uint64_t *out, struct ma_error *err);

/* Which attributes of a space are indexed for joins. A change indexes what is stored
 * already, within this batch. `space` 0: the metaverse. */
enum ma_status store_index_attributes(struct batch *batch, uint32_t space,
                                      const uint32_t *attributes, size_t count,
                                      struct ma_error *err);

#endif
