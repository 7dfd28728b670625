/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_LOCK_H
#define INSTANCE_LOCK_H

#include <mactl/ma.h>

#include "base/guid.h"

/*
 * Who may run beside whom. An agent has one run at a time; imports and exports of
 * different agents go side by side; a synchronisation, which reads and writes every
 * agent's space, is alone. The file run.lock carries all of it as locks on ranges of its
 * bytes: one that every run shares and a synchronisation has for itself, and one for each
 * agent. They belong to the open file, not to a process: the supervisor opens it, the
 * worker inherits it and takes what it needs, so they are free only when both are gone,
 * and a killed supervisor leaves nobody who exports on his own. The text of the file says
 * what its holders do, for the message of whoever is refused; lines of the dead mean
 * nothing.
 */
struct run_lock {
    struct guid agent;
    bool alone;       /* a synchronisation */
    const char *what; /* "contoso.com / Full Import, process 4711" */
};

/* Opens the file and takes nothing. It is inherited by what is started; closing its last
 * copy frees all that was taken through it. MA_DENIED: it cannot be opened. */
enum ma_status run_lock_open(int *fd, const char *folder, struct ma_error *err);
/* MA_CONFLICT: a run stands against it, and the text says which. Never waits. */
enum ma_status run_lock_take(int fd, const struct run_lock *lock, struct ma_error *err);
/* Whether a run of this agent goes on, through another open file than this one. */
bool run_lock_is_held(int fd, const struct guid *agent);

#endif
