/* SPDX-License-Identifier: Apache-2.0 */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ma_status check_file(int fd, const char *name, const char *path, bool strict,
                                 struct ma_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return ma_fail(err, MA_INVALID, "the secret '%s' is in no regular file: %s", name,
                       path);
    if (strict && (st.st_mode & 077) != 0)
        return ma_fail(err, MA_DENIED,
                       "the file of the secret '%s' has mode %04o, others may read or "
                       "change it: wanted 0600",
                       name, (unsigned)(st.st_mode & 07777));
    if (strict && st.st_uid != geteuid() && st.st_uid != 0)
        return ma_fail(err, MA_DENIED, "the file of the secret '%s' belongs to user %u",
                       name, (unsigned)st.st_uid);
    return MA_OK;
}

/* The first `capacity` bytes at most; what an editor put behind the last line goes. */
static enum ma_status read_file(int fd, const char *name, char *out, size_t capacity,
                                struct ma_error *err)
{
    size_t length = 0;
    ssize_t got = 1;

    while (length < capacity && got > 0) {
        got = read(fd, out + length, capacity - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (got >= 0 && length > 0 && out[length - 1] == '\n')
        length--;
    if (got >= 0 && length > 0 && out[length - 1] == '\r')
        length--;
    if (got < 0 || length == capacity || memchr(out, '\0', length) != NULL) {
        explicit_bzero(out, capacity);
        return ma_fail(err, MA_INVALID,
                       "the secret '%s' cannot be read, holds a NUL or is longer than "
                       "%zu bytes",
                       name, capacity - 1);
    }
    out[length] = '\0';
    return MA_OK;
}

static const char *file_path(struct arena *arena, const struct secret_source *source,
                             const char *base)
{
    if (source->where[0] == '/' || base == NULL)
        return source->where;
    return arena_print(arena, "%s/%s", base, source->where);
}

static enum ma_status credential_path(struct arena *arena,
                                      const struct secret_source *source,
                                      const char **out, struct ma_error *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (folder == NULL)
        return ma_fail(err, MA_DENIED,
                       "the secret '%s' is a systemd credential, but there is no "
                       "$CREDENTIALS_DIRECTORY",
                       source->name);
    if (strchr(source->where, '/') != NULL)
        return ma_fail(err, MA_INVALID,
                       "the name of the credential of the secret '%s' has a slash",
                       source->name);
    *out = arena_print(arena, "%s/%s", folder, source->where);
    return MA_OK;
}

/* systemd checks who may read its credentials, and does it by ACLs: no mode to look at.
 */
static enum ma_status open_source(const struct secret_source *source, const char *base,
                                  int *fd, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *path = NULL;
    enum ma_status status = MA_OK;

    if (source->kind == SECRET_FILE)
        path = file_path(&arena, source, base);
    else if (source->kind == SECRET_CREDENTIAL)
        status = credential_path(&arena, source, &path, err);
    else
        return ma_fail(err, MA_DENIED, "nobody can open the secret '%s' here",
                       source->name);
    if (status != MA_OK)
        return status;
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return ma_fail(err, MA_DENIED, "the secret '%s' cannot be opened: %s: %s",
                       source->name, path, strerror(errno));
    status = check_file(*fd, source->name, path, source->kind == SECRET_FILE, err);
    if (status != MA_OK)
        close(*fd);
    return status;
}

enum ma_status secret_read(const struct secret_source *source, const char *base,
                           char *out, size_t capacity, struct ma_error *err)
{
    int fd = -1;
    enum ma_status status;

    if (capacity == 0)
        return ma_fail(err, MA_BROKEN, "no room for the secret '%s'", source->name);
    status = open_source(source, base, &fd, err);
    if (status != MA_OK)
        return status;
    status = read_file(fd, source->name, out, capacity, err);
    close(fd);
    return status;
}

enum ma_status secret_check(const struct secret_source *source, const char *base,
                            struct ma_error *err)
{
    int fd = -1;
    enum ma_status status = open_source(source, base, &fd, err);

    if (status == MA_OK)
        close(fd);
    return status;
}

const char *secret_origin(struct arena *arena, const struct secret_source *source)
{
    static const char *const kinds[] = {[SECRET_FILE] = "file",
                                        [SECRET_CREDENTIAL] = "credential",
                                        [SECRET_SEALED] = "sealed",
                                        [SECRET_PROMPT] = "prompt"};

    return arena_print(arena, "%s %s", kinds[source->kind], source->where);
}
