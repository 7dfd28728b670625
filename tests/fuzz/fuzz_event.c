/* SPDX-License-Identifier: Apache-2.0 */

/* What comes through the worker's pipe: a plugin may have written into it. */

#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "history/event.h"
#include "history/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_record(struct arena *arena, const char *text)
{
    json_t *document = json_loads(text, 0, NULL);
    struct run_record record;

    if (document != NULL)
        (void)record_from_json(arena, document, &record);
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO line = {0};
    struct event event;
    struct event again;

    if (!event_decode(&arena, slice_of(data, size), &event))
        return 0;
    if (event.record != NULL)
        read_record(&arena, event.record);
    event_encode(&event, &line);
    if (!event_decode(&arena, buf_view(&line), &again) || again.kind != event.kind ||
        again.run != event.run)
        abort();
    return 0;
}
