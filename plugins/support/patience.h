/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_PATIENCE_H
#define SUPPORT_PATIENCE_H

#include "support/link.h"

/*
 * How long somebody waits for a server: until the time limit is over, or the run is
 * cancelled. Who waits does it in slices, and looks between two of them.
 */

enum { PATIENCE_SLICE_MS = 200 };

struct patience {
    const struct link_settings *settings;
    const char *host; /* for messages */
    int64_t until;    /* milliseconds; 0: for ever */
};

/* `seconds` 0: for ever. */
struct patience patience_of(const struct link_settings *settings, const char *host,
                            unsigned seconds);
/* MA_OK: there is some left. MA_CANCELLED; MA_UNREACHABLE: "HOST: WHAT within the time
 * limit". */
enum ma_status patience_left(const struct patience *p, const char *what,
                             struct ma_error *err);

#endif
