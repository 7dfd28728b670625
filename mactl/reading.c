/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include "run/run.h"

enum ma_status reading_begin(struct reading *reading, const struct invocation *call,
                             struct ma_error *err)
{
    const struct opened_request request = {.folder = call->folder, .read_only = true};
    enum ma_status status = run_recover(call->folder, err);

    if (status == MA_OK)
        status = opened_begin(&reading->opened, &request, err);
    if (status != MA_OK)
        return status;
    reading->batch = batch_begin(reading->opened.store);
    reading->show = (struct show){reading->batch, reading->opened.program};
    return MA_OK;
}

void reading_end(struct reading *reading)
{
    batch_end(reading->batch);
    opened_end(&reading->opened);
}
