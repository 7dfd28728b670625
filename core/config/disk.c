/* SPDX-License-Identifier: Apache-2.0 */
#include "config/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"

enum { BLOCK = 65536, KILLED = 137 };

/* How far a file is on its way to disk. */
enum haste { AS_IT_COMES, UNDER_WAY, THERE };

static unsigned long steps;
static unsigned long last_step;

unsigned long disk_die_at(unsigned long nth)
{
    unsigned long done = steps;

    steps = 0;
    last_step = nth;
    return done;
}

/* Before anything changes on disk. */
static void step(void)
{
    if (++steps == last_step)
        _exit(KILLED);
}

static enum ma_status failed(struct ma_error *err, const char *path)
{
    return ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_DENIED, "%s: %s", path,
                   strerror(errno));
}

/* --- files ----------------------------------------------------------------------- */

enum ma_status disk_read_open(struct buf *out, int fd, const char *path, size_t most,
                              struct ma_error *err)
{
    size_t before = out->length;
    char block[BLOCK];
    ssize_t n;

    while ((n = read(fd, block, sizeof block)) > 0 && out->length - before <= most)
        buf_bytes(out, block, (size_t)n);
    if (n < 0)
        return failed(err, path);
    if (out->length - before > most)
        return ma_fail(err, MA_INVALID, "%s: the file is larger than %zu bytes", path,
                       most);
    return MA_OK;
}

enum ma_status disk_read(struct buf *out, const char *path, size_t most,
                         struct ma_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum ma_status status;

    if (fd < 0)
        return failed(err, path);
    status = disk_read_open(out, fd, path, most, err);
    close(fd);
    return status;
}

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.length > 0) {
        ssize_t n = write(fd, bytes.at, bytes.length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.at += n;
        bytes.length -= (size_t)n;
    }
    return true;
}

static enum ma_status write_new(const char *path, struct slice bytes, unsigned mode,
                                enum haste haste, struct ma_error *err)
{
    enum ma_status status = MA_OK;
    int fd;

    step();
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return failed(err, path);
    step();
    if (!write_all(fd, bytes) || (haste == THERE && fsync(fd) != 0))
        status = failed(err, path);
    if (haste == UNDER_WAY) /* where that cannot be asked for, it is waited for longer */
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    close(fd);
    return status;
}

enum ma_status disk_write(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err)
{
    return write_new(path, bytes, mode, THERE, err);
}

enum ma_status disk_begin(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err)
{
    return write_new(path, bytes, mode, UNDER_WAY, err);
}

enum ma_status disk_draft(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err)
{
    return write_new(path, bytes, mode, AS_IT_COMES, err);
}

enum ma_status disk_replace(const char *path, struct slice bytes, unsigned mode,
                            struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *beside = arena_print(&arena, "%s.new", path);
    enum ma_status status = disk_remove(beside, err);

    if (status == MA_OK)
        status = disk_write(beside, bytes, mode, err);
    if (status == MA_OK)
        status = disk_rename(beside, path, err);
    if (status != MA_OK) /* of the file that was asked for; the other is our affair */
        (void)ma_fail(err, status, "%s%s", path,
                      arena_text(&arena, err->text) + strlen(beside));
    return status;
}

enum ma_status disk_link(const char *path, const char *to, struct ma_error *err)
{
    step();
    return symlink(to, path) == 0 ? MA_OK : failed(err, path);
}

enum ma_status disk_rename(const char *from, const char *to, struct ma_error *err)
{
    step();
    return rename(from, to) == 0 ? MA_OK : failed(err, from);
}

bool disk_exists(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0;
}

/* --- folders --------------------------------------------------------------------- */

enum ma_status disk_mode(const char *path, unsigned mode, struct ma_error *err)
{
    step();
    return chmod(path, mode) == 0 ? MA_OK : failed(err, path);
}

enum ma_status disk_folder(const char *path, unsigned mode, struct ma_error *err)
{
    struct stat about;

    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return MA_OK;
    step();
    return mkdir(path, mode) == 0 ? MA_OK : failed(err, path);
}

enum ma_status disk_folders(const char *path, unsigned mode, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    char *copy = arena_text(&arena, path);
    enum ma_status status = MA_OK;

    for (char *at = strchr(copy + 1, '/'); at != NULL && status == MA_OK;
         at = strchr(at + 1, '/')) {
        *at = '\0';
        status = disk_folder(copy, mode, err);
        *at = '/';
    }
    return status == MA_OK ? disk_folder(copy, mode, err) : status;
}

/* `or_errno` says as much as that it is on disk. */
static enum ma_status sync_path(const char *path, int flags, int or_errno,
                                struct ma_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    enum ma_status status = MA_OK;

    if (fd < 0)
        return failed(err, path);
    if (fsync(fd) != 0 && errno != or_errno)
        status = failed(err, path);
    close(fd);
    return status;
}

enum ma_status disk_sync(const char *folder, struct ma_error *err)
{
    /* some file systems have nothing to sync */
    return sync_path(folder, O_DIRECTORY, EINVAL, err);
}

enum ma_status disk_settle(const char *path, struct ma_error *err)
{
    return sync_path(path, O_NOFOLLOW, 0, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum ma_status disk_list(struct arena *arena, const char *folder,
                         const char *const **names, struct ma_error *err)
{
    DIR *dir = opendir(folder);
    VEC_OF(const char *) list = {0};
    const struct dirent *entry;

    if (dir == NULL)
        return failed(err, folder);
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            VEC_ADD(&list, arena_text(arena, entry->d_name));
    closedir(dir);
    if (list.count > 0)
        qsort(list.items, list.count, sizeof *list.items, by_name);
    VEC_ADD(&list, NULL);
    *names = arena_copy(arena, list.items, list.count * sizeof *list.items);
    VEC_FREE(&list);
    return MA_OK;
}

typedef VEC_OF(const char *) path_list;

static enum ma_status walk(struct arena *arena, const char *folder, const char *below,
                           path_list *out, struct ma_error *err)
{
    const char *at = arena_print(arena, "%s%s", folder, below);
    const char *const *names = NULL;
    enum ma_status status = disk_list(arena, at, &names, err);
    struct stat about;

    for (size_t i = 0; status == MA_OK && names[i] != NULL; i++) {
        const char *path = arena_print(arena, "%s/%s", below, names[i]);

        if (lstat(arena_print(arena, "%s%s", folder, path), &about) != 0)
            status = failed(err, path);
        else if (S_ISDIR(about.st_mode)) {
            VEC_ADD(out, arena_print(arena, "%s/", path + 1));
            status = walk(arena, folder, path, out, err);
        } else if (S_ISREG(about.st_mode) || S_ISLNK(about.st_mode))
            VEC_ADD(out, path + 1);
    }
    return status;
}

enum ma_status disk_walk(struct arena *arena, const char *folder,
                         const char *const **paths, struct ma_error *err)
{
    path_list list = {0};
    enum ma_status status = walk(arena, folder, "", &list, err);

    VEC_ADD(&list, NULL);
    *paths = arena_copy(arena, list.items, list.count * sizeof *list.items);
    VEC_FREE(&list);
    return status;
}

const char *disk_missing(struct arena *arena, const char *path)
{
    char *copy = arena_text(arena, path);

    for (char *at = strchr(copy + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (!disk_exists(copy))
            return copy;
        *at = '/';
    }
    return disk_exists(copy) ? NULL : copy;
}

static enum ma_status remove_inside(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *const *names = NULL;
    enum ma_status status = disk_list(&arena, folder, &names, err);

    for (size_t i = 0; status == MA_OK && names[i] != NULL; i++)
        status = disk_remove(arena_print(&arena, "%s/%s", folder, names[i]), err);
    return status;
}

enum ma_status disk_remove(const char *path, struct ma_error *err)
{
    struct stat about;
    enum ma_status status;

    if (lstat(path, &about) != 0)
        return errno == ENOENT ? MA_OK : failed(err, path);
    if (!S_ISDIR(about.st_mode)) {
        step();
        return unlink(path) == 0 ? MA_OK : failed(err, path);
    }
    status = remove_inside(path, err);
    step();
    if (status == MA_OK && rmdir(path) != 0)
        status = failed(err, path);
    return status;
}
