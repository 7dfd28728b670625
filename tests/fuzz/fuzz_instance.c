/* SPDX-License-Identifier: Apache-2.0 */

/* mactl.xml as anybody could write it: read or refused with a place, never more. */

#include <stdlib.h>

#include "config/instance_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO arena = {0};
    struct instance instance = {.folder = ".", .arena = &arena};
    struct ma_error err = {0};
    enum ma_status status =
        instance_file_parse(&instance, slice_of(data, size), "mactl.xml", &err);

    if (status != MA_OK && strncmp(err.text, "mactl.xml:", 10) != 0)
        abort();
    for (size_t i = 0; i < instance.agent_count; i++)
        if (instance.agents[i].agent[0] == '\0')
            abort();
    return 0;
}
