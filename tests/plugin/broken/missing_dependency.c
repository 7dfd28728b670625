/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

int absent_answer(void);

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
    .abi = MA_ABI, .size = sizeof plugin, .name = "missing_dependency", .agent = &agent};

const struct ma_plugin *ma_plugin_entry(void)
{
    return absent_answer() == 42 ? &plugin : NULL;
}
