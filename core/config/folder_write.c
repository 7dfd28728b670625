/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder_write.h"

#include <stdlib.h>

#include "config/disk.h"
#include "config/folder_merge.h"

enum { OPEN_FOLDER = 0750, OPEN_FILE = 0640 };

/* A folder that is written: the one that stays is on disk on return. */
struct writer {
    const char *folder;
    bool stays;
    char *last; /* the folder of the copy before, whose names may not be on disk yet */
    struct ma_error *err;
    struct arena arena;
};

static enum ma_status sync_last(struct writer *writer)
{
    return writer->last != NULL && writer->stays ? disk_sync(writer->last, writer->err)
                                                 : MA_OK;
}

/* Copies of one folder stand together: its names are brought to disk once. */
static enum ma_status open_folder(struct writer *writer, char *folder)
{
    enum ma_status status = MA_OK;

    if (writer->last != NULL && strcmp(writer->last, folder) == 0)
        return MA_OK;
    status = sync_last(writer);
    if (status == MA_OK)
        status = disk_folders(folder, OPEN_FOLDER, writer->err);
    writer->last = folder;
    return status;
}

static enum ma_status write_file(const struct writer *writer, const char *path,
                                 const struct folder_copy *copy)
{
    unsigned mode = copy->mode == 0 ? OPEN_FILE : copy->mode;
    enum ma_status status;

    if (copy->link != NULL)
        return disk_link(path, copy->link, writer->err);
    status =
        (writer->stays ? disk_begin : disk_draft)(path, copy->bytes, mode, writer->err);
    if (status == MA_OK && copy->mode != 0)
        status = disk_mode(path, copy->mode, writer->err);
    return status;
}

static enum ma_status write_copy(struct writer *writer, const struct folder_copy *copy)
{
    char *path = arena_print(&writer->arena, "%s/%s", writer->folder, copy->path);
    char *folder = arena_text(&writer->arena, path);
    const char *name = strrchr(path, '/') + 1;
    enum ma_status status;

    folder[name - 1 - path] = '\0';
    status = open_folder(writer, folder);
    if (status != MA_OK)
        return status;
    if (*name == '\0')
        return disk_mode(folder, copy->mode, writer->err);
    return write_file(writer, path, copy);
}

/* The files, after all are written: the first one waits for all, the others find that
 * they are there. */
static enum ma_status settle(const struct folder_plan *plan, struct writer *writer)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < plan->copy_count && status == MA_OK; i++) {
        const struct folder_copy *copy = &plan->copies[i];

        if (copy->link == NULL && copy->path[strlen(copy->path) - 1] != '/')
            status = disk_settle(
                arena_print(&writer->arena, "%s/%s", writer->folder, copy->path),
                writer->err);
    }
    return status;
}

static enum ma_status write_copies(const struct folder_plan *plan, struct writer *writer)
{
    enum ma_status status = disk_folder(writer->folder, OPEN_FOLDER, writer->err);

    for (size_t i = 0; i < plan->copy_count && status == MA_OK; i++)
        status = write_copy(writer, &plan->copies[i]);
    if (status == MA_OK && writer->stays)
        status = settle(plan, writer);
    if (status == MA_OK)
        status = sync_last(writer);
    if (status == MA_OK && writer->stays)
        status = disk_sync(writer->folder, writer->err);
    arena_free(&writer->arena);
    return status;
}

enum ma_status folder_write(const struct folder_plan *plan, const char *folder,
                            struct ma_error *err)
{
    struct writer writer = {.folder = folder, .stays = true, .err = err};

    return write_copies(plan, &writer);
}

enum ma_status folder_check(struct folder_plan *plan, struct ma_error *err)
{
    const char *temporary = getenv("TMPDIR");
    struct writer writer = {.err = err};
    struct ma_error ignored = {0};
    enum ma_status status;
    char *folder = arena_print(plan->arena, "%s/mactl-import-XXXXXX",
                               temporary == NULL ? "/tmp" : temporary);

    if (mkdtemp(folder) == NULL)
        return ma_fail(err, MA_DENIED, "%s: no folder can be made there",
                       temporary == NULL ? "/tmp" : temporary);
    writer.folder = folder;
    status = write_copies(plan, &writer);
    if (status == MA_OK)
        status = config_read(&plan->result, folder, err);
    (void)disk_remove(folder, &ignored); /* a temporary folder is no loss */
    return status;
}
