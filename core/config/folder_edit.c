/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder_edit.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "config/folder_merge.h"
#include "config/folder_write.h"

struct folder_files {
    struct merge merge;
    bool changed;
};

static struct folder_copy *find(struct folder_files *files, const char *path)
{
    for (size_t i = 0; i < files->merge.copies.count; i++)
        if (strcmp(files->merge.copies.items[i].path, path) == 0)
            return &files->merge.copies.items[i];
    return NULL;
}

enum ma_status folder_files_get(struct folder_files *files, const char *path,
                                struct slice *bytes, struct ma_error *err)
{
    const struct folder_copy *copy = find(files, path);

    if (copy == NULL || copy->link != NULL)
        return ma_fail(err, MA_INVALID, "config/%s is no file that can be changed here",
                       path);
    *bytes = copy->bytes;
    return MA_OK;
}

void folder_files_put(struct folder_files *files, const char *path, struct slice bytes)
{
    struct folder_copy *copy = find(files, path);

    if (copy != NULL && slice_equal(copy->bytes, bytes))
        return;
    files->changed = true;
    bytes = arena_slice(files->merge.arena, bytes);
    if (copy != NULL)
        copy->bytes = bytes;
    else
        VEC_ADD(&files->merge.copies,
                (struct folder_copy){.path = arena_text(files->merge.arena, path),
                                     .bytes = bytes});
}

/* The lock is taken first: what is edited is what is replaced. */
static enum ma_status look(struct folder_plan *plan, bool only_plan,
                           struct folder_files *files, struct ma_error *err)
{
    struct instance *instance = NULL;
    enum ma_status status = instance_open(&instance, plan->folder, err);

    instance_close(instance);
    if (status == MA_OK)
        status = swap_begin(&plan->lock, plan->folder, only_plan ? SWAP_READ : SWAP_WRITE,
                            err);
    if (status == MA_OK)
        status = config_read(&plan->current, files->merge.config, err);
    return status == MA_OK ? merge_keep(&files->merge, err) : status;
}

enum ma_status folder_plan_edit(struct folder_plan **out, const char *folder,
                                bool only_plan, folder_editor edit, void *context,
                                struct ma_error *err)
{
    struct arena *arena = mem_zero(sizeof *arena);
    struct folder_plan *plan = arena_zero(arena, sizeof *plan);
    struct folder_files files = {.merge = {.arena = arena}};
    enum ma_status status;

    *plan = (struct folder_plan){.arena = arena,
                                 .folder = arena_text(arena, folder),
                                 .path = arena_text(arena, folder),
                                 .lock = {-1}};
    files.merge.config = arena_print(arena, "%s/config", folder);
    *out = plan;
    status = look(plan, only_plan, &files, err);
    if (status == MA_OK)
        status = edit(context, plan->current, &files, err);
    if (status == MA_OK && files.changed) {
        plan->copy_count = files.merge.copies.count;
        plan->copies = arena_copy(arena, files.merge.copies.items,
                                  plan->copy_count * sizeof *plan->copies);
        status = folder_check(plan, err);
    }
    merge_end(&files.merge);
    return status;
}

enum ma_status folder_plan_write(const struct folder_plan *plan, const char *target,
                                 struct ma_error *err)
{
    return folder_write(plan, target, err);
}
