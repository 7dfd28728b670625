/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_SCHEMA_DIFF_H
#define MODEL_SCHEMA_DIFF_H

#include "base/arena.h"
#include "model/schema.h"

/*
 * What has become of a schema: definitions that are new, gone or changed. Names are
 * compared without regard to case, order means nothing. A class is compared by what its
 * objects may hold, wherever that comes from.
 */
enum schema_change { SCHEMA_NEW, SCHEMA_GONE, SCHEMA_CHANGED };

struct schema_difference {
    enum schema_change change;
    bool is_class;
    const char *name;
    const char *detail; /* of a change: "multi-valued, was single-valued" */
};

/* Attributes, then classes, each by name; in the arena. */
size_t schema_differences(struct arena *arena, const struct schema *before,
                          const struct schema *now, const struct schema_difference **out);

#endif
