/* SPDX-License-Identifier: Apache-2.0 */
#include "support/patience.h"

#include <time.h>

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct patience patience_of(const struct link_settings *settings, const char *host,
                            unsigned seconds)
{
    return (struct patience){settings, host,
                             seconds == 0 ? 0 : now_ms() + (int64_t)seconds * 1000};
}

enum ma_status patience_left(const struct patience *p, const char *what,
                             struct ma_error *err)
{
    const struct link_settings *s = p->settings;

    if (s->cancelled != NULL && s->cancelled(s->context))
        return ma_fail(err, MA_CANCELLED, "%s: cancelled", p->host);
    if (p->until != 0 && now_ms() >= p->until)
        return ma_fail(err, MA_UNREACHABLE, "%s: %s within the time limit", p->host,
                       what);
    return MA_OK;
}
