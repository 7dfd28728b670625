/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CHILD_H
#define RUN_CHILD_H

#include <mactl/ma.h>
#include <stdio.h>

#include "base/buf.h"

/*
 * Something that is asked aside, in a process of its own: it may crash or hang, and who
 * asked goes on. What is in memory it has as it is when it begins; of our open files,
 * the store among them, it has none, and what it prints comes to nobody.
 */

/* What `answer` writes to `out`, all of it. MA_BROKEN: it crashed, MA_LIMIT: it was not
 * through with it after so many seconds; what it wrote until then is no answer. */
enum ma_status child_run(void (*answer)(void *context, FILE *out), void *context,
                         unsigned seconds, struct buf *text, struct ma_error *err);

#endif
