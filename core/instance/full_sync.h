/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_FULL_SYNC_H
#define INSTANCE_FULL_SYNC_H

#include <mactl/ma.h>

/*
 * That a full synchronisation is needed, said by somebody: every agent's next
 * synchronisation evaluates all of its objects, whatever the profile says. It is kept in
 * the store until that was done well, and `mactl status` shows it.
 */

/* For all agents. MA_CONFLICT: something runs, and the text says what. */
enum ma_status full_sync_mark(const char *folder, struct ma_error *err);
/* MA_CONFLICT: something runs that a synchronisation cannot go beside. */
enum ma_status full_sync_idle(const char *folder, struct ma_error *err);

#endif
