/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_FIND_OBJECT_H
#define MACTL_FIND_OBJECT_H

#include "reading.h"

/* One object by what an operator types. MA_NOT_FOUND says what was looked for, where to
 * look, and the few objects that may be meant: by a part of the DN, by the name, or moved
 * since. What they point to lives in the arena. */
enum ma_status find_cs_object(const struct reading *reading, struct arena *arena,
                              const struct compiled_agent *agent, const char *dn,
                              struct cs_object *out, struct ma_error *err);
/* By its GUID. */
enum ma_status find_mv_object(const struct reading *reading, struct arena *arena,
                              const char *guid, struct mv_object *out,
                              struct ma_error *err);
/* The number of an attribute. */
enum ma_status find_attribute(const struct reading *reading, const char *name,
                              uint32_t *out, struct ma_error *err);

#endif
