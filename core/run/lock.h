/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include <mactl/ma.h>

/*
 * One run at a time in an instance. The lock belongs to the open file, not to a process:
 * the supervisor takes it and the worker inherits it, so it is free only when both are
 * gone, and a killed supervisor leaves nobody who exports on his own. The file run.lock
 * says in one line what its holder does; the line of a dead holder means nothing.
 *
 * Why one: the store has one writer, and a synchronisation must not see another one's
 * half of an object. Imports and exports of different agents would go together, but only
 * through a store that several processes write.
 */

/* `fd` is the lock: closing its last copy frees it; it is inherited by what is started.
 * MA_CONFLICT: somebody has it, and the text says who. */
enum ma_status run_lock_take(int *fd, const char *folder, struct ma_error *err);
/* What the holder does: "contoso.com / Full Import, process 4711". */
void run_lock_describe(int fd, const char *what);
/* Whether anybody holds it now. */
bool run_lock_is_held(const char *folder);

#endif
