/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

static const struct ma_plugin plugin = {
    .abi = MA_ABI, .size = sizeof plugin, .name = "no_role"};

MA_PLUGIN(plugin)
