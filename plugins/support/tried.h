/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TRIED_H
#define SUPPORT_TRIED_H

#include "support/ad_directory.h"

/*
 * A connection that was tried before anybody asked for it, and failed: who asks first is
 * told how, if it is the same that is asked for, and it is not tried twice. Who asks
 * later is connected anew. Zeroed, nothing was tried.
 */
struct tried {
    const char *dn; /* the caller's; NULL: none */
    struct ma_error why;
};

void tried_keep(struct tried *tried, const char *dn, const struct ma_error *why);
/* True: that of this DN has failed, and *err says how. */
bool tried_failed(struct tried *tried, const struct settings *set, const char *dn,
                  struct ma_error *err);

#endif
