/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_SCRATCH_H
#define INSTANCE_SCRATCH_H

#include <mactl/ma.h>

/*
 * Copies of an instance's store to work on and throw away: for dry runs and previews.
 * They lie beside the store, so that it is the same disk with the same rights, each in a
 * folder of its own whose name begins with what it is for ("dry-run.x7Fq2a"). Whoever
 * works on one holds a lock on that folder until he ends.
 */

/* `out`: the folder of the copied store; ended by scratch_remove. Where there is no store
 * yet, the folder is not there either, and opening it for writing makes an empty one.
 * MA_DENIED: no folder can be made there; else as store_backup. */
enum ma_status scratch_copy(char **out, const char *instance, const char *purpose,
                            struct ma_error *err);
/* NULL is fine. What is open stays readable, so a copy may go as soon as it is opened. */
void scratch_remove(char *copy);
/* What killed programs left. */
void scratch_sweep(const char *instance, const char *purpose);

#endif
