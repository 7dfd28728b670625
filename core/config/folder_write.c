/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder_write.h"

#include <stdlib.h>

#include "config/disk.h"
#include "config/folder_merge.h"

enum { OPEN_FOLDER = 0750, OPEN_FILE = 0640 };

static enum ma_status write_file(const char *path, const struct folder_copy *copy,
                                 struct ma_error *err)
{
    enum ma_status status;

    if (copy->link != NULL)
        return disk_link(path, copy->link, err);
    status = disk_write(path, copy->bytes, copy->mode == 0 ? OPEN_FILE : copy->mode, err);
    if (status == MA_OK && copy->mode != 0)
        status = disk_mode(path, copy->mode, err);
    return status;
}

static enum ma_status write_copy(struct arena *arena, const char *folder,
                                 const struct folder_copy *copy, struct ma_error *err)
{
    char *path = arena_print(arena, "%s/%s", folder, copy->path);
    char *name = strrchr(path, '/');
    enum ma_status status;

    *name = '\0';
    status = disk_folders(path, OPEN_FOLDER, err);
    if (status == MA_OK && name[1] == '\0')
        return disk_mode(path, copy->mode, err);
    *name = '/';
    if (status == MA_OK)
        status = write_file(path, copy, err);
    *name = '\0';
    return status == MA_OK ? disk_sync(path, err) : status;
}

enum ma_status folder_write(const struct folder_plan *plan, const char *folder,
                            struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    enum ma_status status = disk_folder(folder, OPEN_FOLDER, err);

    for (size_t i = 0; i < plan->copy_count && status == MA_OK; i++)
        status = write_copy(&arena, folder, &plan->copies[i], err);
    return status == MA_OK ? disk_sync(folder, err) : status;
}

enum ma_status folder_check(struct folder_plan *plan, struct ma_error *err)
{
    const char *temporary = getenv("TMPDIR");
    struct ma_error ignored = {0};
    enum ma_status status;
    char *folder = arena_print(plan->arena, "%s/mactl-import-XXXXXX",
                               temporary == NULL ? "/tmp" : temporary);

    if (mkdtemp(folder) == NULL)
        return ma_fail(err, MA_DENIED, "%s: no folder can be made there",
                       temporary == NULL ? "/tmp" : temporary);
    status = folder_write(plan, folder, err);
    if (status == MA_OK)
        status = config_read(&plan->result, folder, err);
    (void)disk_remove(folder, &ignored); /* a temporary folder is no loss */
    return status;
}
