/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/full_sync.h"

#include <unistd.h>

#include "instance/evaluated.h"
#include "instance/lock.h"
#include "instance/opened.h"

static enum ma_status take_all(const char *folder, int *lock, struct ma_error *err)
{
    const struct run_lock alone = {.alone = true, .what = "a mark for synchronisation"};
    enum ma_status status = run_lock_open(lock, folder, err);

    return status == MA_OK ? run_lock_take(*lock, &alone, err) : status;
}

enum ma_status full_sync_idle(const char *folder, struct ma_error *err)
{
    int lock = -1;
    enum ma_status status = take_all(folder, &lock, err);

    if (lock >= 0)
        close(lock);
    return status;
}

static enum ma_status mark_all(const char *folder, struct ma_error *err)
{
    const struct opened_request request = {.folder = folder};
    struct opened opened;
    struct batch *batch;
    enum ma_status status = opened_begin(&opened, &request, err);

    if (status != MA_OK)
        return status;
    batch = batch_begin(opened.store);
    for (size_t i = 0; i < opened.program->agent_count; i++)
        evaluated_ask(batch, opened.program->agents[i].number);
    status = batch_commit(batch, err);
    batch_end(batch);
    opened_end(&opened);
    return status;
}

enum ma_status full_sync_mark(const char *folder, struct ma_error *err)
{
    int lock = -1;
    enum ma_status status = take_all(folder, &lock, err);

    if (status == MA_OK)
        status = mark_all(folder, err);
    if (lock >= 0)
        close(lock);
    return status;
}
