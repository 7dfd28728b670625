/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

static const struct ma_agent agent = {.size = sizeof agent};
static const struct ma_plugin plugin = {
    .abi = MA_ABI, .size = sizeof plugin, .name = "bad_agent", .agent = &agent};

MA_PLUGIN(plugin)
