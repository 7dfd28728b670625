/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_EFFECTS_H
#define MACTL_EFFECTS_H

#include <jansson.h>

#include "command.h"
#include "config/folder.h"

/*
 * What a proposed configuration would do to the objects that there are: an ordinary
 * preview of all agents, in numbers. {"spaces": [{"space", "objects", "operations",
 * "attributes"}]}; JSON null where nothing was imported yet. `plan` NULL: the one that
 * there is.
 */
enum ma_status effects_find(const struct invocation *call, const struct folder_plan *plan,
                            json_t **out, struct ma_error *err);
void effects_print(const struct invocation *call, const json_t *effects);

#endif
