/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_REMARK_H
#define MACTL_REMARK_H

#include "reading.h"

/*
 * What else is to be said of a connector-space object where its values are explained: an
 * explanation is of what was synchronised, and this says what was not, and why.
 */

/* "its import waits for synchronisation", or how that failed; NULL: nothing. */
const char *remark_on_import(struct arena *arena, const struct cs_object *object);
/* "its last export failed: ..."; NULL: it did not. */
const char *remark_on_export(struct arena *arena, const struct cs_object *object);
/* The first of them, of an object by its id. */
const char *remark_on_source(const struct reading *reading, struct arena *arena,
                             uint32_t agent, uint64_t object);

#endif
