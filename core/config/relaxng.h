/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_RELAXNG_H
#define CONFIG_RELAXNG_H

#include "base/buf.h"

/*
 * The table of elements as RELAX NG schemas, one for each root element. Editors and
 * xmllint use them; the reader needs none, it walks the same table. Elements may stand in
 * any order, values are checked as the reader checks them, and each element carries what
 * the engine owes it (m:duty).
 */

/* The root elements, NULL-terminated: saved-ma-configuration ... */
extern const char *const relaxng_roots[];
/* The schema of files with this root element. */
void relaxng_write(const char *root, struct buf *out);

#endif
