/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

void file_identity(const char *path, char out[IDENTITY_SIZE])
{
    struct stat st;

    out[0] = '\0';
    if (path != NULL && stat(path, &st) == 0)
        snprintf(out, IDENTITY_SIZE, "%llu.%lld.%lld.%ld", (unsigned long long)st.st_ino,
                 (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

enum ma_status file_open(const char *path, int *fd, struct ma_error *err)
{
    struct stat st;

    /* Not blocking: a pipe somebody put there must not hold the run. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_DENIED,
                       "'%s' cannot be opened: %s", path, strerror(errno));
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
        return MA_OK;
    close(*fd);
    *fd = -1;
    return ma_fail(err, MA_INVALID, "'%s' is no regular file", path);
}

static enum ma_status disk_error(const struct replacement *r, struct ma_error *err)
{
    return ma_fail(err, MA_UNREACHABLE, "'%s' cannot be written: %s", r->path,
                   strerror(errno));
}

static enum ma_status copy_old(struct replacement *r, int old, struct ma_error *err)
{
    char block[32 * 1024];
    ssize_t got;

    while ((got = read(old, block, sizeof block)) > 0)
        if (replacement_add(r, block, (size_t)got, err) != MA_OK)
            return err->status;
    return got < 0 ? disk_error(r, err) : MA_OK;
}

enum ma_status replacement_begin(struct replacement *r, const char *path, bool keep,
                                 struct ma_error *err)
{
    struct stat st = {.st_mode = 0640};
    enum ma_status status = MA_OK;
    int old;

    *r = (struct replacement){.path = path, .fd = -1};
    if (asprintf(&r->temporary, "%s.new", path) < 0) {
        r->temporary = NULL;
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    r->fd =
        open(r->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (r->fd < 0)
        return disk_error(r, err);
    old = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (old >= 0 && fstat(old, &st) == 0 && keep)
        status = copy_old(r, old, err);
    if (old >= 0)
        close(old);
    if (status == MA_OK && fchmod(r->fd, st.st_mode & 0777) != 0)
        status = disk_error(r, err);
    return status;
}

enum ma_status replacement_add(struct replacement *r, const void *data, size_t length,
                               struct ma_error *err)
{
    const char *at = data;

    while (length > 0) {
        ssize_t n = write(r->fd, at, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_error(r, err);
        at += n;
        length -= (size_t)n;
    }
    return MA_OK;
}

bool file_sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy == NULL ? -1 : open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    free(copy);
    if (fd >= 0)
        close(fd);
    return good;
}

enum ma_status replacement_sync(struct replacement *r, char identity[IDENTITY_SIZE],
                                struct ma_error *err)
{
    if (fsync(r->fd) != 0)
        return disk_error(r, err);
    file_identity(r->temporary, identity);
    return MA_OK;
}

/* The rename itself is on disk only when its folder is. */
enum ma_status replacement_commit(struct replacement *r, struct ma_error *err)
{
    if (fsync(r->fd) != 0)
        return disk_error(r, err);
    if (rename(r->temporary, r->path) != 0)
        return disk_error(r, err);
    free(r->temporary);
    r->temporary = NULL;
    return file_sync_folder(r->path) ? MA_OK : disk_error(r, err);
}

void replacement_end(struct replacement *r)
{
    if (r->fd >= 0)
        close(r->fd);
    if (r->temporary != NULL)
        (void)unlink(r->temporary); /* what is left is overwritten next time */
    free(r->temporary);
    *r = (struct replacement){.fd = -1};
}

enum { UTF_8 = 65001 };

static bool is_ascii(const struct bytes *text)
{
    uint64_t all = 0;
    size_t at = 0;

    for (uint64_t word; at + sizeof word <= text->length; at += sizeof word) {
        memcpy(&word, text->at + at, sizeof word);
        all |= word;
    }
    for (; at < text->length; at++)
        all |= (unsigned char)text->at[at];
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

bool file_is_plain(const struct settings *set, const struct bytes *text)
{
    return set->code_page == UTF_8 && is_ascii(text);
}

bool file_encode(const struct settings *set, const struct bytes *text, struct bytes *out)
{
    char name[32];
    char block[4096];
    char *in = text->at;
    size_t left = text->length;
    iconv_t conversion;
    bool good = true;

    if (file_is_plain(set, text)) {
        bytes_add(out, text->at, text->length);
        return true;
    }
    input_code_page(set->code_page, name, sizeof name);
    conversion = iconv_open(name, "UTF-8");
    if (conversion == (iconv_t)-1)
        return false;
    while (left > 0 && good) {
        char *to = block;
        size_t room = sizeof block;
        size_t lossy = iconv(conversion, &in, &left, &to, &room);

        good = lossy == 0 || (lossy == (size_t)-1 && errno == E2BIG);
        bytes_add(out, block, sizeof block - room);
    }
    iconv_close(conversion);
    return good;
}
