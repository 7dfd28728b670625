/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store/store.h"

/*
 * Whether everything that is kept twice says the same: every row can be read, and index,
 * references, links, queues, values and counts are what follows from the objects, nothing
 * missing and nothing left over. Reads one snapshot, page by page; changes nothing.
 */
struct store_verification {
    uint64_t objects; /* of all connector spaces and the metaverse */
    uint64_t rows;    /* everything else that was compared */
    uint64_t index_entries;
    uint64_t defects;
};

/* One line a defect: "agent 3, object 17: it is not in the queue sync". */
typedef void (*verify_report)(void *context, const char *defect);

/* MA_OK also where there are defects; any other status: it could not be done. */
enum ma_status store_verify(struct store *store, verify_report report, void *context,
                            struct store_verification *out, struct ma_error *err);

#endif
