/* SPDX-License-Identifier: Apache-2.0 */
#include "config/scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/vec.h"

enum { MOST_FILES = 20000 };

struct file_vec {
    struct config_file *items;
    size_t count;
    size_t capacity;
};

static enum ma_status refused(const char *path, struct ma_error *err)
{
    enum ma_status status =
        errno == ENOENT || errno == ENOTDIR ? MA_NOT_FOUND : MA_DENIED;

    return ma_fail(err, status, "%s: %s", path, strerror(errno));
}

static bool is_of_connect(const char *name)
{
    static const char *const names[] = {"Connectors", "GlobalSettings",
                                        "SynchronizationRules"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum ma_status scan_folder(struct file_vec *files, struct arena *arena,
                                  const char *root, const char *below,
                                  struct ma_error *err);

/* A folder that is none of the three is listed, and not looked into. */
static enum ma_status scan_entry(struct file_vec *files, struct arena *arena,
                                 const char *root, const char *below, const char *name,
                                 struct ma_error *err)
{
    const char *path =
        arena_print(arena, "%s%s%s", below, below[0] == '\0' ? "" : "/", name);
    const char *full = arena_print(arena, "%s/%s", root, path);
    struct stat info;

    if (files->count >= MOST_FILES)
        return ma_fail(err, MA_LIMIT, "%s: more than %d files", root, MOST_FILES);
    if (stat(full, &info) != 0)
        return refused(full, err);
    if (S_ISDIR(info.st_mode) && below[0] == '\0' && is_of_connect(name))
        return scan_folder(files, arena, root, path, err);
    VEC_ADD(files,
            (struct config_file){.path = path, .recognised = S_ISREG(info.st_mode)});
    return MA_OK;
}

static enum ma_status scan_folder(struct file_vec *files, struct arena *arena,
                                  const char *root, const char *below,
                                  struct ma_error *err)
{
    const char *full = arena_print(arena, "%s/%s", root, below);
    DIR *folder = opendir(full);
    enum ma_status status = MA_OK;
    const struct dirent *entry;

    if (folder == NULL)
        return refused(full, err);
    while (status == MA_OK && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            status = scan_entry(files, arena, root, below, entry->d_name, err);
    closedir(folder);
    return status;
}

static int by_path(const void *a, const void *b)
{
    const struct config_file *x = a;
    const struct config_file *y = b;
    int order = strcasecmp(x->path, y->path);

    return order != 0 ? order : strcmp(x->path, y->path);
}

static enum ma_status scan_single(struct scan *out, struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    out->single = true;
    out->files = ARENA_ARRAY(arena, struct config_file, 1);
    out->files[0] = (struct config_file){
        .path = arena_text(arena, slash == NULL ? path : slash + 1), .recognised = true};
    out->count = 1;
    out->root = slash == NULL   ? "."
                : slash == path ? "/"
                                : arena_textn(arena, path, (size_t)(slash - path));
    return MA_OK;
}

enum ma_status scan_read(struct scan *out, struct arena *arena, const char *path,
                         struct ma_error *err)
{
    struct file_vec files = {0};
    enum ma_status status;
    struct stat info;

    *out = (struct scan){.root = arena_text(arena, path)};
    if (stat(path, &info) != 0)
        return refused(path, err);
    if (S_ISREG(info.st_mode))
        return scan_single(out, arena, path);
    if (!S_ISDIR(info.st_mode))
        return ma_fail(err, MA_DENIED, "%s: neither a folder nor a file", path);
    status = scan_folder(&files, arena, path, "", err);
    if (status == MA_OK) {
        out->files = arena_copy(arena, files.items, sizeof *files.items * files.count);
        out->count = files.count;
        qsort(out->files, out->count, sizeof *out->files, by_path);
    }
    VEC_FREE(&files);
    return status;
}
