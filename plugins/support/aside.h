/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_ASIDE_H
#define SUPPORT_ASIDE_H

#include "support/patience.h"

/*
 * Calls of libraries that wait and cannot be told to stop: of the resolver, of Kerberos,
 * of a TLS handshake. Each is made in a thread of its own, while this one looks whether
 * it is still wanted. When it is not, the thread is woken where that can be done, else it
 * is left behind: it ends when its library gives up, and takes its job along. The plugin
 * has to stay loaded for that (-z nodelete).
 */

struct aside {
    void (*run)(void *job);  /* in the thread: it touches the job and nothing else */
    void (*end)(void *job);  /* frees it */
    void (*wake)(void *job); /* `run` comes back soon; NULL: it cannot be woken */
};

/* MA_OK: `run` was done, and the job is the caller's, who ends it. Otherwise the job is
 * gone, or the thread's: `what` did not happen in time, or somebody cancelled. */
enum ma_status aside_run(const struct aside *call, void *job, const struct patience *p,
                         const char *what, struct ma_error *err);

#endif
