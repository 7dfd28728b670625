/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_MV_H
#define STORE_MV_H

#include "space/mv.h"
#include "store/cs.h"

/*
 * Metaverse objects in the store. mv_put keeps the index of join attributes, the
 * reference rows and the retry queue. The links are those of the connector-space objects:
 * cs_put writes them, mv_connectors reads them.
 */

enum mv_queue { QUEUE_MV_RETRY = 32 };

struct mv_connector {
    uint32_t agent;
    uint64_t id;
};
typedef VEC_OF(struct mv_connector) connector_list;

enum ma_status mv_get(struct batch *batch, struct arena *arena, uint64_t id,
                      struct mv_object *out, struct ma_error *err);
/* The id and the GUID of a new object, which is not there before it is put. */
void mv_take_identity(struct batch *batch, struct mv_object *object);
/* As cs_put. */
enum ma_status mv_put(struct batch *batch, struct mv_object *object,
                      struct ma_error *err);
/* By value, as cs_get_values: of large attributes only the wanted values are read and
 * written; of those, the ones that `object` does not hold when it is put go. */
enum ma_status mv_get_values(struct batch *batch, struct arena *arena, uint64_t id,
                             const struct value_set *wanted, size_t count,
                             struct mv_object *out, struct ma_error *err);
/* As cs_want. `before`: the entry that the object had when it was read, which learns of
 * the values as well. */
enum ma_status mv_want(struct batch *batch, struct arena *arena,
                       const struct value_set *values, struct mv_object *object,
                       struct entry *before, struct ma_error *err);
enum ma_status mv_remove(struct batch *batch, uint64_t id, struct ma_error *err);
enum ma_status mv_find_guid(struct batch *batch, const struct guid *guid, uint64_t *out,
                            struct ma_error *err);
enum ma_status mv_find_value(struct batch *batch, uint32_t attribute,
                             enum value_type type, struct slice value, bool exact,
                             id_list *out, struct ma_error *err);
enum ma_status mv_referrers(struct batch *batch, uint64_t id, id_list *out,
                            struct ma_error *err);
/* Ordered by agent, then id. */
enum ma_status mv_connectors(struct batch *batch, uint64_t id, connector_list *out,
                             struct ma_error *err);
enum ma_status mv_scan(struct batch *batch, uint64_t after, size_t limit, id_list *out,
                       struct ma_error *err);
enum ma_status mv_count(struct batch *batch, uint64_t *out, struct ma_error *err);
/* Objects with a retry flag or `changed`. */
enum ma_status mv_queue(struct batch *batch, uint64_t after, size_t limit, id_list *out,
                        struct ma_error *err);

#endif
