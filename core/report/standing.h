/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_STANDING_H
#define REPORT_STANDING_H

#include "show/show.h"

/*
 * The errors that stand: objects whose synchronisation or export failed and was not
 * repaired since, and entries that the last import of their partition could not stage.
 * The first two are kept with the object, the third in the history of that import. Each
 * comes as a document with the members of the history (mactl/run-errors/1) and besides:
 *
 *   id       by which it is asked for: "sync-2-17", "export-2-17", "import-11-1-3"
 *   name     what the object is called, where its DN does not say it
 *   meaning  of the type of error
 *   action   what to do about it
 */
enum { STANDING_LIMIT = 1000 };

/* Of one agent, or of all (NULL); at most so many. The array is the caller's, as the
 * document below. */
enum ma_status standing_errors(const struct show *show, const struct compiled_agent *only,
                               size_t most, json_t **out, struct ma_error *err);
/* MA_NOT_FOUND: nothing stands under this id. */
enum ma_status standing_error(const struct show *show, const char *id, json_t **out,
                              struct ma_error *err);

/* How many there are, without reading them. */
struct standing_count {
    uint64_t imports;
    uint64_t syncs;
    uint64_t exports;
};
/* `out`: one for each agent of the program, in its order. A failure is the store's. */
enum ma_status standing_counts(const struct show *show, struct standing_count *out,
                               struct ma_error *err);

#endif
