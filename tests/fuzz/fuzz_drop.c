/* SPDX-License-Identifier: Apache-2.0 */

/* Drop files: whoever edits one may write anything into it. */

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run/drop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ma_status take_entry(void *context, const struct ma_entry *entry,
                                 struct ma_error *err)
{
    (void)err;
    for (size_t i = 0; i < entry->count; i++)
        for (size_t v = 0; v < entry->attributes[i].count; v++)
            *(size_t *)context += entry->attributes[i].values[v].length;
    return MA_OK;
}

static enum ma_status take_rejection(void *context, const struct ma_rejection *rejection,
                                     struct ma_error *err)
{
    (void)err;
    *(size_t *)context += strlen(rejection->type);
    return MA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct agent agent = {.name = "HR"};
    size_t seen = 0;
    const struct drop_reader reader = {&seen, take_entry, take_rejection};
    struct ma_error err = {0};
    int fd = memfd_create("drop", 0);
    char name[16];

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(name, sizeof name, "%d", fd);
    if (drop_read("/proc/self/fd", name, "import", true, &agent, &reader, &err) !=
            MA_OK &&
        err.text[0] == '\0')
        abort(); /* a refusal has words */
    close(fd);
    return 0;
}
