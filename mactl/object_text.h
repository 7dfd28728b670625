/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_OBJECT_TEXT_H
#define MACTL_OBJECT_TEXT_H

#include "show/show.h"

/*
 * Objects as text and as JSON: a connector-space object with every layer of its tower, a
 * metaverse object with its connectors and who contributed what. `plain` leaves out
 * whatever differs between two runs of the same scenario: numbers, GUIDs, times. For
 * `mactl dump`, where tests compare, metaverse objects go by their connectors.
 */
struct object_style {
    const struct show *show;
    struct arena *arena;
    bool plain;
};

/* Of whom the configuration has no more, and whose objects are still here. */
#define OBJECT_NO_AGENT "an agent that is gone"

void object_cs_text(const struct object_style *style, const struct compiled_agent *agent,
                    const struct cs_object *object, struct buf *out);
void object_mv_text(const struct object_style *style, const struct mv_object *object,
                    struct buf *out);
json_t *object_cs_json(const struct object_style *style,
                       const struct compiled_agent *agent,
                       const struct cs_object *object);
json_t *object_mv_json(const struct object_style *style, const struct mv_object *object);

/* The parts of a delta, one line an attribute: "  ~ department    Sales". */
void object_delta_text(const struct object_style *style,
                       const struct compiled_agent *agent, const struct delta *delta,
                       struct buf *out);
/* All values of an image. */
void object_image_text(const struct object_style *style,
                       const struct compiled_agent *agent, const struct image *image,
                       struct buf *out);
/* What a metaverse object goes by: "person Ana Lima (7c1e...)"; plain: its first
 * connector, "HR: 17". */
const char *object_mv_label(const struct object_style *style,
                            const struct mv_object *object);
/* Text where the anchor is one, else hex. */
const char *object_anchor(struct arena *arena, struct slice anchor);

#endif
