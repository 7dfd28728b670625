/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXPORTS_H
#define TESTS_EXPORTS_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"

/*
 * One file of a server export through the whole importer. Whatever it is, there is a
 * configuration with counts; a refusal names an error; nothing that may be NULL only by
 * contract is.
 */
static void fuzz_look(const struct config *config)
{
    struct config_counts counts = config_count(config);

    for (size_t i = 0; i < config->finding_count; i++)
        if (config->findings[i].text == NULL || config->findings[i].path == NULL)
            abort();
    for (size_t i = 0; i < config->agent_count; i++) {
        const struct agent *agent = &config->agents[i];

        if (agent->name == NULL || agent->category == NULL || agent->subtype == NULL ||
            agent->attributes == NULL || agent->anchor == NULL)
            abort();
        (void)agent_profile(agent, "Full Import");
        (void)agent_partition(agent, "default");
        (void)schema_class(&agent->schema, "user");
    }
    if (counts.management_agents != config->agent_count)
        abort();
    (void)config_agent_named(config, "HR");
}

static int fuzz_config(const uint8_t *data, size_t size)
{
    struct ma_error err = {0};
    struct config *config = NULL;
    char path[64];
    int fd = memfd_create("export.xml", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (config_read(&config, path, &err) != MA_OK && err.text[0] == '\0')
        abort();
    if (config == NULL)
        abort();
    fuzz_look(config);
    config_free(config);
    close(fd);
    return 0;
}

#define FUZZ_CONFIG                                                                      \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                        \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                         \
    {                                                                                    \
        return fuzz_config(data, size);                                                  \
    }

#endif
