/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

static enum ma_status open_it(const struct ma_host *host, void **out,
                              struct ma_error *err)
{
    (void)host;
    (void)err;
    *out = NULL;
    return MA_OK;
}

static void close_it(void *session)
{
    (void)session;
}

static const struct ma_agent agent = {
    .size = sizeof agent, .open = open_it, .close = close_it};

static const struct ma_plugin plugin = {
    .abi = MA_ABI + 7, .size = sizeof plugin, .name = "wrong_abi", .agent = &agent};

MA_PLUGIN(plugin)
