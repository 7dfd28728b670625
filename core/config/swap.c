/* SPDX-License-Identifier: Apache-2.0 */
#include "config/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "config/disk.h"

struct names {
    const char *now;
    const char *next;
    const char *last;
};

static struct names names_of(struct arena *arena, const char *folder)
{
    return (struct names){
        .now = arena_print(arena, "%s/config", folder),
        .next = arena_print(arena, "%s/config.new", folder),
        .last = arena_print(arena, "%s/config.old", folder),
    };
}

/* `how` as flock takes it. MA_CONFLICT: LOCK_NB was said, and another has it. */
static enum ma_status take(struct swap_lock *lock, const char *folder, int how,
                           struct ma_error *err)
{
    while (flock(lock->fd, how) != 0)
        if (errno != EINTR)
            return ma_fail(err, errno == EWOULDBLOCK ? MA_CONFLICT : MA_DENIED,
                           "%s: cannot be locked: %s", folder, strerror(errno));
    return MA_OK;
}

static enum ma_status lock_folder(struct swap_lock *lock, const char *folder, int how,
                                  struct ma_error *err)
{
    enum ma_status status;

    lock->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock->fd < 0)
        return ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_DENIED, "%s: %s", folder,
                       strerror(errno));
    status = take(lock, folder, how, err);
    if (status != MA_OK)
        swap_end(lock);
    return status;
}

void swap_end(struct swap_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}

/* Under the lock; the table of the header, row by row. */
static enum ma_status settle(const char *folder, const struct names *names,
                             struct ma_error *err)
{
    bool old = disk_exists(names->last);
    enum ma_status status = MA_OK;

    if (!disk_exists(names->now) && old)
        status = disk_rename(disk_exists(names->next) ? names->next : names->last,
                             names->now, err);
    if (status == MA_OK)
        status = disk_sync(folder, err);
    if (status == MA_OK)
        status = disk_remove(names->next, err);
    if (status == MA_OK)
        status = disk_remove(names->last, err);
    return status;
}

static bool is_unsettled(const struct names *names)
{
    return disk_exists(names->next) || disk_exists(names->last);
}

/* What lies beside config/ is no matter to a reader, as long as config/ is there. */
static enum ma_status make_ready(struct swap_lock *lock, const char *folder,
                                 enum swap_use use, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct names names = names_of(&arena, folder);
    enum ma_status status = MA_OK;

    if (!is_unsettled(&names) || (use == SWAP_READ && disk_exists(names.now)))
        return MA_OK;
    if (use == SWAP_READ)
        status = take(lock, folder, LOCK_EX, err);
    if (status == MA_OK)
        status = settle(folder, &names, err);
    if (status == MA_OK && use == SWAP_READ)
        status = take(lock, folder, LOCK_SH, err);
    return status;
}

enum ma_status swap_begin(struct swap_lock *lock, const char *folder, enum swap_use use,
                          struct ma_error *err)
{
    enum ma_status status =
        lock_folder(lock, folder, use == SWAP_WRITE ? LOCK_EX : LOCK_SH, err);

    if (status != MA_OK)
        return status;
    status = make_ready(lock, folder, use, err);
    if (status != MA_OK)
        swap_end(lock);
    return status;
}

/* Nothing depends on it: whoever may not write, or meets an import, lets it lie. */
static void tidy(const char *folder, const struct names *names)
{
    struct ma_error ignored = {0};
    struct swap_lock lock = {-1};

    if (lock_folder(&lock, folder, LOCK_EX | LOCK_NB, &ignored) == MA_OK)
        (void)settle(folder, names, &ignored);
    swap_end(&lock);
}

enum ma_status swap_recover(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct names names = names_of(&arena, folder);
    struct swap_lock lock = {-1};
    enum ma_status status = MA_OK;

    if (!is_unsettled(&names))
        return MA_OK;
    if (disk_exists(names.now))
        tidy(folder, &names);
    else
        status = swap_begin(&lock, folder, SWAP_WRITE, err);
    swap_end(&lock);
    return status;
}

/* config was moved away, and config.new cannot take its place. */
static enum ma_status put_back(const struct names *names, enum ma_status status)
{
    struct ma_error ignored = {0};

    (void)disk_rename(names->last, names->now, &ignored); /* else the next opening does */
    return status;
}

enum ma_status swap_in(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct names names = names_of(&arena, folder);
    struct ma_error ignored = {0};
    enum ma_status status = disk_sync(folder, err);

    if (status == MA_OK)
        status = disk_rename(names.now, names.last, err);
    if (status != MA_OK)
        return status;
    status = disk_sync(folder, err);
    if (status == MA_OK)
        status = disk_rename(names.next, names.now, err);
    if (status != MA_OK)
        return put_back(&names, status);
    status = disk_sync(folder, err);
    /* from here on it is done; what stays of config.old the next opening removes */
    (void)disk_remove(names.last, &ignored);
    return status;
}
