/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_RELAXNG_H
#define CONFIG_RELAXNG_H

#include "base/buf.h"
#include "config/config.h"

/*
 * The table of elements as RELAX NG schemas, one for each root element. Editors and
 * xmllint use them, and `config validate`; the reader walks the same table. Elements may
 * stand in any order, values are checked as the reader checks them, and each element
 * carries what the engine owes it (m:duty).
 */

/* The root elements, NULL-terminated: saved-ma-configuration ... */
extern const char *const relaxng_roots[];
/* The schema of files with this root element. */
void relaxng_write(const char *root, struct buf *out);
/* Files that do not match their schema, of those that the reader did not complain of: one
 * warning each. Everything lives in the arena. */
size_t relaxng_check(struct arena *arena, const struct config *config,
                     const struct config_finding **out);

#endif
