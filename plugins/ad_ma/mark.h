/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_MARK_H
#define AD_MA_MARK_H

#include "support/ad_directory.h"

/*
 * Where changes are known up to: a watermark, or a checkpoint that leads to one. As text:
 * the method, the database and host it is of, and the cookie or number. A checkpoint of
 * a full import has the number of selected containers behind it in front; the time is
 * there since a version of its own, and older ones are read too.
 */
struct mark {
    enum delta_method method; /* DELTA_AUTO: changes cannot be found here */
    const char *invocation;
    const char *host;
    struct ma_value cookie; /* of DirSync */
    uint64_t usn;
    int64_t made; /* seconds since 1970; 0: nobody knows */
    size_t roots_done;
};

/* False: it is none of ours. Lives in the pool. */
bool mark_read(struct mark *mark, struct pool *pool, struct ma_value text);
void mark_write(const struct mark *mark, bool of_full, struct bytes *out);

#endif
