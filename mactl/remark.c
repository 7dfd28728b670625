/* SPDX-License-Identifier: Apache-2.0 */
#include "remark.h"

static const char *reason(struct arena *arena, const struct object_error *error)
{
    return error->text == NULL ? error->type
                               : arena_print(arena, "%s: %s", error->type, error->text);
}

const char *remark_on_import(struct arena *arena, const struct cs_object *object)
{
    const struct object_error *error = &object->import_error;

    if (error->count > 0)
        return arena_print(arena, "its last synchronisation failed: %s",
                           reason(arena, error));
    return delta_is_empty(&object->pending_import)
               ? NULL
               : "its import waits for synchronisation";
}

const char *remark_on_export(struct arena *arena, const struct cs_object *object)
{
    const struct object_error *error = &object->export_error;

    return error->count == 0
               ? NULL
               : arena_print(arena, "its last export failed: %s", reason(arena, error));
}

const char *remark_on_source(const struct reading *reading, struct arena *arena,
                             uint32_t agent, uint64_t id)
{
    struct cs_object object;
    struct ma_error ignored; /* who shows its DN failed, too */

    if (id == 0 || cs_get(reading->batch, arena, agent, id, &object, &ignored) != MA_OK)
        return NULL;
    return remark_on_import(arena, &object);
}
