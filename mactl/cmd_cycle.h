/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_CMD_CYCLE_H
#define MACTL_CMD_CYCLE_H

#include <jansson.h>

#include "command.h"

/* One round of `mactl cycle`, told as it tells it; `document` takes what -o json would
 * print, unless it is NULL. */
enum exit_code cycle_command(const struct invocation *call, bool full, json_t **document);

#endif
