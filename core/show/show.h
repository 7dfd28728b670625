/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include <jansson.h>

#include "rules/program.h"
#include "store/cs.h"
#include "store/mv.h"

/*
 * Objects of both spaces for people and for JSON: values in their written form,
 * references as the DN or the GUID of what they point to, secrets as a mask. Whatever
 * leaves the engine as text goes through here.
 */
struct show {
    struct batch *batch;
    const struct program *program;
};

/* In all of these `space` is where a value lies: an agent's space; NULL: the metaverse.
 * Documents are the caller's. */

/* One value as text; lives in the arena. A masked one is SECRET_MASK. */
const char *show_value(const struct show *show, struct arena *arena,
                       const struct compiled_agent *space, uint32_t attribute,
                       enum value_type type, struct slice value);
/* An array: texts, numbers, booleans; binary as {"base64": ...}. */
json_t *show_values_json(const struct show *show, const struct compiled_agent *space,
                         uint32_t attribute, enum value_type type,
                         const struct slice *values, uint32_t count);
/* {"attribute": [values]}. */
json_t *show_entry_json(const struct show *show, const struct compiled_agent *space,
                        const struct entry *entry);
/* {"dn", "type", "attributes"}; null where the object is not there. */
json_t *show_image_json(const struct show *show, const struct compiled_agent *space,
                        const struct image *image);
/* {"operation", "dn", "type", "attributes": [{"name", "operation", "add", "delete"}]};
 * null where it is none. */
json_t *show_delta_json(const struct show *show, const struct compiled_agent *space,
                        const struct delta *delta);

/* "add", "update", "delete", "delete-add", "obsolete", "none". */
const char *show_delta_op(const struct delta *delta);
/* The attributes of a layer in the order of their names. */
struct shown {
    const struct attr *attr;
    const char *name;
};
size_t show_sorted(const struct show *show, struct arena *arena,
                   const struct compiled_agent *space, const struct entry *entry,
                   struct shown **out);
/* The DN of a connector-space object; NULL: it is not there. */
const char *show_dn(const struct show *show, struct arena *arena, uint32_t agent,
                    uint64_t id);
/* What a metaverse object is called: its displayName, cn, or the like; else its GUID. */
const char *show_mv_name(const struct show *show, struct arena *arena,
                         const struct mv_object *object);
/* The same of a connector-space object, by its own values or else those that it is linked
 * to; NULL: nothing but its DN says. */
const char *show_cs_name(const struct show *show, struct arena *arena,
                         const struct cs_object *object);
/* What is wrong with an object, as members of a document that tells about it. */
void show_put_error(json_t *object, const struct object_error *error);

#endif
