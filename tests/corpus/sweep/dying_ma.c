/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Another plugin in disguise: it is found under that one's name, and does what that one
 * does, until an agent is about to report for the n-th time that it read or wrote an
 * object. Then the process dies. MACTL_WRAPPED is the file of the other plugin,
 * MACTL_DIE_AT_REPORT is n.
 */

#include <dlfcn.h>
#include <mactl/ma.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static struct ma_plugin plugin;
static struct ma_agent agent;
static const struct ma_agent *wrapped;
static struct ma_host services; /* as the engine gave them */
static unsigned long reports;

static void report(void)
{
    const char *at = getenv("MACTL_DIE_AT_REPORT");

    if (at != NULL && ++reports == strtoul(at, NULL, 10))
        kill(getpid(), SIGKILL);
}

static enum ma_status dying_emit(const struct ma_host *host, const struct ma_entry *entry,
                                 struct ma_error *err)
{
    report();
    return services.emit(host, entry, err);
}

static enum ma_status dying_exported(const struct ma_host *host, size_t index,
                                     const struct ma_result *result, struct ma_error *err)
{
    report();
    return services.exported(host, index, result, err);
}

/* The engine knows its host by where it is, so the two calls change in place. */
static enum ma_status dying_open(const struct ma_host *host, void **session,
                                 struct ma_error *err)
{
    struct ma_host *ours = (struct ma_host *)(uintptr_t)host;

    services = *host;
    ours->emit = dying_emit;
    ours->exported = dying_exported;
    return wrapped->open(host, session, err);
}

const struct ma_plugin *ma_plugin_entry(void)
{
    const char *file = getenv("MACTL_WRAPPED");
    void *library = file == NULL ? NULL : dlopen(file, RTLD_NOW | RTLD_LOCAL);
    const struct ma_plugin *(*entry)(void);

    if (library == NULL)
        return NULL;
    *(void **)&entry = dlsym(library, "ma_plugin_entry");
    plugin = *entry();
    wrapped = plugin.agent;
    agent = *wrapped;
    agent.open = dying_open;
    plugin.agent = &agent;
    return &plugin;
}
