/* SPDX-License-Identifier: Apache-2.0 */
#include "run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

static int open_lock(const char *folder, int flags)
{
    char *path = mem_print("%s/run.lock", folder);
    int fd = open(path, flags, 0644);

    free(path);
    return fd;
}

/* Who it is, if he said so. */
static enum ma_status refused(int fd, struct ma_error *err)
{
    char who[200] = "";
    ssize_t length = pread(fd, who, sizeof who - 1, 0);

    if (length > 0)
        who[strcspn(who, "\n")] = '\0';
    return ma_fail(err, MA_CONFLICT, "another run has this instance%s%s",
                   who[0] == '\0' ? "" : ": ", who);
}

enum ma_status run_lock_take(int *out, const char *folder, struct ma_error *err)
{
    struct flock lock = whole_file();
    /* no O_CLOEXEC: the worker shall have it too */
    int fd = open_lock(folder, O_RDWR | O_CREAT);
    enum ma_status status;

    if (fd < 0)
        return ma_fail(err, MA_DENIED, "%s/run.lock: %s", folder, strerror(errno));
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
        *out = fd;
        return MA_OK;
    }
    status = errno == EAGAIN || errno == EACCES
                 ? refused(fd, err)
                 : ma_fail(err, MA_BROKEN, "%s/run.lock: %s", folder, strerror(errno));
    close(fd);
    return status;
}

void run_lock_describe(int fd, const char *what)
{
    if (ftruncate(fd, 0) == 0)
        dprintf(fd, "%s\n", what); /* of use to a reader only: a failure is none */
}

bool run_lock_is_held(const char *folder)
{
    struct flock lock = whole_file();
    int fd = open_lock(folder, O_RDWR | O_CLOEXEC);
    bool held;

    if (fd < 0)
        return false;
    held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}
