/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The rules extension of this scenario: its flow tells the FIFO "ready" in the folder of
 * the instance that it was called, and goes on when somebody opened and closed "gate".
 */

#include <fcntl.h>
#include <mactl/ma.h>
#include <stdlib.h>
#include <unistd.h>

static int open_fifo(const char *name, int flags)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", getenv("MACTL_HOME"), name);
    return open(path, flags);
}

/* Both opens wait for the test at the other end. */
static enum ma_status wait_at_gate(struct ma_error *err)
{
    int ready = open_fifo("ready", O_WRONLY);
    int gate;
    char byte;

    if (ready < 0 || write(ready, "here\n", 5) != 5)
        return ma_fail(err, MA_BROKEN, "there is nobody to tell");
    close(ready);
    gate = open_fifo("gate", O_RDONLY);
    while (read(gate, &byte, 1) > 0)
        ;
    close(gate);
    return MA_OK;
}

static enum ma_status display_name(const struct ma_entry *person, struct ma_draft *draft,
                                   struct ma_error *err)
{
    const struct ma_value value = ma_value_of(ma_text(person, "name"));
    enum ma_status status = wait_at_gate(err);

    return status != MA_OK ? status : draft->set(draft, "displayName", &value, 1, err);
}

static const struct ma_flow flows[] = {{"name.waits", display_name}, {NULL, NULL}};

static const struct ma_rules rules = {.size = sizeof rules, .flows = flows};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "waiting_rules",
    .version = "1.0",
    .rules = &rules,
};

MA_PLUGIN(plugin)
