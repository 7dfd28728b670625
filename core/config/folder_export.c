/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "config/disk.h"
#include "config/folder.h"

enum { OPEN_FOLDER = 0755, OPEN_FILE = 0644 };

static const size_t largest_file = (size_t)1 << 30;

/* Every file is written beside its name first; only when all are, they take their names.
 */
struct export_state {
    struct arena *arena;
    const char *source; /* config/ of the instance */
    const char *target;
    VEC_OF(const char *) written; /* without the ending below */
};

static const char ending[] = ".mactl-new";

static const char *beside(const struct export_state *state, const char *path)
{
    return arena_print(state->arena, "%s%s", path, ending);
}

static enum ma_status check_target(struct arena *arena, const char *target, bool force,
                                   struct ma_error *err)
{
    const char *const *names = NULL;
    enum ma_status status;

    if (!disk_exists(target))
        return MA_OK;
    status = disk_list(arena, target, &names, err);
    if (status == MA_OK && names[0] != NULL && !force)
        return ma_fail(err, MA_CONFLICT,
                       "%s is not empty ('%s'): nothing is written there without --force",
                       target, names[0]);
    return status;
}

static enum ma_status write_one(struct export_state *state, const char *path,
                                struct ma_error *err)
{
    const char *target = arena_print(state->arena, "%s/%s", state->target, path);
    const char *above =
        arena_textn(state->arena, target, (size_t)(strrchr(target, '/') - target));
    BUF_AUTO bytes = {0};
    enum ma_status status =
        disk_read(&bytes, arena_print(state->arena, "%s/%s", state->source, path),
                  largest_file, err);

    if (status == MA_OK)
        status = disk_folders(above, OPEN_FOLDER, err);
    if (status == MA_OK)
        status = disk_remove(beside(state, target), err);
    if (status == MA_OK) {
        VEC_ADD(&state->written, target);
        status = disk_write(beside(state, target), buf_view(&bytes), OPEN_FILE, err);
    }
    return status;
}

static enum ma_status write_all(struct export_state *state, const struct config *config,
                                struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < config->file_count && status == MA_OK; i++)
        if (config->files[i].recognised)
            status = write_one(state, config->files[i].path, err);
    return status;
}

static enum ma_status name_all(const struct export_state *state, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < state->written.count && status == MA_OK; i++)
        status = disk_rename(beside(state, state->written.items[i]),
                             state->written.items[i], err);
    return status;
}

/* Folders that we made are left only where files of others are in them. */
static void take_back(const struct export_state *state, const char *missing)
{
    struct ma_error ignored = {0};

    for (size_t i = 0; i < state->written.count; i++)
        (void)disk_remove(beside(state, state->written.items[i]), &ignored);
    if (missing != NULL)
        (void)disk_remove(missing, &ignored);
}

static enum ma_status export_to(struct export_state *state, const struct config *config,
                                struct ma_error *err)
{
    const char *missing = disk_missing(state->arena, state->target);
    enum ma_status status = disk_folders(state->target, OPEN_FOLDER, err);

    if (status == MA_OK)
        status = write_all(state, config, err);
    if (status == MA_OK)
        status = name_all(state, err);
    if (status != MA_OK)
        take_back(state, missing);
    return status == MA_OK ? disk_sync(state->target, err) : status;
}

enum ma_status folder_export(const char *folder, const char *target, bool force,
                             size_t *count, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct export_state state = {.arena = &arena,
                                 .source = arena_print(&arena, "%s/config", folder),
                                 .target = target};
    struct config *config = NULL;
    enum ma_status status = check_target(&arena, target, force, err);

    if (status != MA_OK)
        return status;
    status = folder_read(&config, folder, err);
    if (config != NULL) { /* errors in it are no reason to keep it from its owner */
        *err = (struct ma_error){0};
        status = export_to(&state, config, err);
    }
    *count = state.written.count;
    VEC_FREE(&state.written);
    config_free(config);
    return status;
}
