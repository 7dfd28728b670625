/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_RECORD_ROWS_H
#define HISTORY_RECORD_ROWS_H

#include "history/record.h"

/*
 * Rows of TABLE_RUNS, for those who read and write parts of a record:
 *
 *   run                               the record
 *   run 'e' step index                an error
 *   run 'o' step counter agent chunk  objects behind a counter
 */
struct store_key record_rows_key(uint64_t run);
/* "e" or "o". */
struct store_key record_rows_part(uint64_t run, const char *part);

/* Calls `each` for every row with this prefix, a few at a time; what it is given lives
 * until it returns. */
enum ma_status record_rows_each(struct batch *batch, const struct store_key *prefix,
                                void (*each)(void *context, struct slice key,
                                             struct slice row),
                                void *context, struct ma_error *err);

#endif
