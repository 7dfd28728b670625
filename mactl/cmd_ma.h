/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_CMD_MA_H
#define MACTL_CMD_MA_H

#include <jansson.h>

#include "bindings.h"
#include "command.h"

/* What the commands about agents share: an instance with its configuration. */
struct ma_view {
    struct instance *instance;
    struct config *config;
};

/* What is wrong is printed. Ended by ma_close in either case. */
enum exit_code ma_open(struct ma_view *view, const struct invocation *call);
void ma_close(struct ma_view *view);

/* "ready", "no plugin", "plugin missing", "secret missing". */
const char *ma_state(const struct agent_state *state);
json_t *ma_partition_json(struct arena *arena, const struct partition *partition);

#endif
