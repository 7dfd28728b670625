/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_DUMP_ENTRY_H
#define ACL_AUDIT_DUMP_ENTRY_H

#include "dump.h"

/* The entries of a dump, for those who look through it. */
struct dump_entry *dump_by_key(const struct dump *dump, const char *key);
struct dump_entry *dump_by_dn(const struct dump *dump, const char *dn);
/* NULL: it has none. */
const struct answer_attribute *dump_attribute(const struct dump_entry *entry,
                                              const char *name);
bool dump_is_class(const struct dump_entry *entry, const char *name);

/* The functions of an origin. */
enum ma_status dump_search(struct origin *origin, const struct origin_query *query,
                           const struct origin_taker *taker, struct ma_error *err);
enum ma_status dump_read(struct origin *origin, const char *const *dns, size_t count,
                         const char *const *attributes, const struct origin_taker *taker,
                         struct ma_error *err);

#endif
