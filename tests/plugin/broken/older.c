/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

/* As if built before the audit role and the last members of an agent were known. */

#include <stddef.h>

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

static struct ma_agent old_agent;
static struct ma_plugin plugin = {.abi = MA_ABI,
                                  .size = offsetof(struct ma_plugin, rules),
                                  .name = "older",
                                  .version = "0.1",
                                  .agent = &old_agent,
                                  /* beyond its size: whatever lies there in memory */
                                  .audit = (const struct ma_audit *)8};

const struct ma_plugin *ma_plugin_entry(void)
{
    old_agent = agent;
    old_agent.size = offsetof(struct ma_agent, export_entries);
    old_agent.discover = (enum ma_status(*)(void *, struct ma_error *))8;
    return &plugin;
}
