/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_CMD_CYCLE_H
#define MACTL_CMD_CYCLE_H

#include "command.h"

/* One round of `mactl cycle`, told as it tells it. */
enum exit_code cycle_command(const struct invocation *call, bool full);

#endif
