/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEM "cloud-ids."
#define HEAD "mactl-cloud-ids 1\n"

enum { LINE = 8192, PORTION = 64 * 1024 };

/* --- the file --------------------------------------------------------------------- */

static void file_name(char *out, size_t capacity, const char *folder,
                      const char *generation, const char *suffix)
{
    snprintf(out, capacity, "%s/" STEM "%s%s", folder, generation, suffix);
}

/* For each object twice in an import: not by way of a format. */
static void put_class(struct bytes *text, unsigned char class)
{
    if (class >= 10)
        put_class(text, class / 10);
    bytes_char(text, (char)('0' + class % 10));
}

/* A line is "class TAB id TAB dn", with an s behind the class of what is synced; in a DN,
 * what would break a line is written as \n. */
static void put_line(struct bytes *text, const struct id *id)
{
    put_class(text, id->class);
    if ((id->flags & ID_SYNCED) != 0)
        bytes_char(text, 's');
    bytes_char(text, '\t');
    bytes_text(text, id->id);
    bytes_char(text, '\t');
    for (const char *at = id->dn; *at != '\0';) {
        size_t plain = strcspn(at, "\\\n");

        bytes_add(text, at, plain);
        at += plain;
        if (*at != '\0')
            bytes_text(text, *at++ == '\n' ? "\\n" : "\\\\");
    }
    bytes_char(text, '\n');
}

static void unescape(char *text)
{
    char *out = text;

    for (; *text != '\0'; text++, out++) {
        if (*text == '\\' && text[1] != '\0')
            *out = *++text == 'n' ? '\n' : *text;
        else
            *out = *text;
    }
    *out = '\0';
}

/* A torn last line, of a run that died, is not believed. */
static void take_line(struct ids *ids, char *line, unsigned char flags)
{
    char *id = strchr(line, '\t');
    char *dn = id == NULL ? NULL : strchr(id + 1, '\t');
    size_t length = strlen(line);
    struct id *put;

    if (dn == NULL || line[length - 1] != '\n')
        return;
    line[length - 1] = *dn = *id = '\0';
    unescape(dn + 1);
    put = ids_put(ids, (unsigned char)atoi(line), id + 1, dn + 1);
    if (put != NULL)
        put->flags |= flags | (strchr(line, 's') != NULL ? ID_SYNCED : 0);
}

static enum ma_status open_ids(const char *path, FILE **file, struct ma_error *err)
{
    char line[LINE];

    *file = fopen(path, "re");
    if (*file == NULL)
        return ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_INVALID, "%s: %s", path,
                       strerror(errno));
    if (fgets(line, sizeof line, *file) != NULL && strcmp(line, HEAD) == 0)
        return MA_OK;
    (void)fclose(*file); /* it is of no use */
    return ma_fail(err, MA_NOT_FOUND, "%s: not a list of ids", path);
}

enum ma_status ids_load(struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err)
{
    char path[1024], line[LINE];
    FILE *file;

    file_name(path, sizeof path, folder, generation, "");
    if (open_ids(path, &file, err) != MA_OK)
        return err->status;
    while (fgets(line, sizeof line, file) != NULL)
        take_line(ids, line, flags);
    (void)fclose(file); /* it was read */
    return ids->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* Up to where a line is torn, or holds what no line has. */
enum ma_status ids_load_first(struct ids *ids, const char *folder, const char *generation,
                              uint64_t length, unsigned char flags, struct ma_error *err)
{
    char path[1024], line[LINE];
    uint64_t at = strlen(HEAD);
    FILE *file;

    file_name(path, sizeof path, folder, generation, "");
    if (open_ids(path, &file, err) != MA_OK)
        return err->status;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t n = strlen(line);

        if (n == 0 || line[n - 1] != '\n' || at + n > length)
            break;
        take_line(ids, line, flags);
        at += n;
    }
    (void)fclose(file); /* it was read */
    if (truncate(path, (off_t)at) != 0)
        return ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    return ids->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

/* Portion by portion, so that what is written needs no memory. `failed` is the errno. */
struct writing {
    int fd;
    struct bytes text;
    int failed;
};

static struct writing begin_writing(const char *path, int flags)
{
    struct writing w = {.fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600)};

    w.failed = w.fd < 0 ? errno : 0;
    return w;
}

static void flush(struct writing *w)
{
    size_t done = 0;

    w->failed = w->text.failed ? ENOMEM : w->failed;
    while (w->failed == 0 && done < w->text.length) {
        ssize_t n = write(w->fd, w->text.at + done, w->text.length - done);

        if (n < 0 && errno != EINTR)
            w->failed = errno;
        done += n > 0 ? (size_t)n : 0;
    }
    bytes_clear(&w->text);
}

static void write_line(struct writing *w, const struct id *id)
{
    put_line(&w->text, id);
    if (w->text.length >= PORTION)
        flush(w);
}

static enum ma_status close_writing(struct writing *w, const char *path,
                                    struct ma_error *err)
{
    if (w->fd >= 0)
        (void)close(w->fd); /* what must be on disk was synced */
    bytes_free(&w->text);
    return w->failed == 0 ? MA_OK
                          : ma_fail(err, w->failed == ENOMEM ? MA_NO_MEMORY : MA_INVALID,
                                    "%s: %s", path, strerror(w->failed));
}

static enum ma_status end_writing(struct writing *w, const char *path,
                                  struct ma_error *err)
{
    flush(w);
    if (w->failed == 0 && fsync(w->fd) != 0)
        w->failed = errno;
    return close_writing(w, path, err);
}

enum ma_status ids_save(const struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err)
{
    char path[1024], draft[1024];
    enum ma_status status;
    struct writing w;

    file_name(path, sizeof path, folder, generation, "");
    file_name(draft, sizeof draft, folder, generation, "~");
    w = begin_writing(draft, O_TRUNC);
    bytes_text(&w.text, HEAD);
    for (size_t i = 0; i < ids->count; i++)
        if ((ids->items[i].flags & flags) != 0 && (ids->items[i].flags & ID_GONE) == 0)
            write_line(&w, &ids->items[i]);
    status = end_writing(&w, draft, err);
    if (status == MA_OK && rename(draft, path) != 0)
        status = ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    return status;
}

enum ma_status ids_append(const struct ids *ids, const char *folder,
                          const char *generation, const size_t *numbers, size_t count,
                          uint64_t *length, struct ma_error *err)
{
    char path[1024];
    struct writing w;
    off_t end;

    file_name(path, sizeof path, folder, generation, "");
    w = begin_writing(path, O_APPEND);
    if (w.failed == 0 && lseek(w.fd, 0, SEEK_END) == 0)
        bytes_text(&w.text, HEAD);
    for (size_t i = 0; i < count; i++)
        write_line(&w, &ids->items[numbers[i]]);
    flush(&w);
    end = w.failed == 0 ? lseek(w.fd, 0, SEEK_END) : 0;
    if (end < 0)
        w.failed = errno;
    *length = end > 0 ? (uint64_t)end : 0;
    return close_writing(&w, path, err);
}

#define DISABLED "cloud-disabled"

enum ma_status ids_disabled(const char *folder, const char *id, struct ma_error *err)
{
    char path[1024];
    struct writing w;

    snprintf(path, sizeof path, "%s/" DISABLED, folder);
    w = begin_writing(path, O_APPEND);
    bytes_text(&w.text, id);
    bytes_char(&w.text, '\n');
    return end_writing(&w, path, err);
}

enum ma_status ids_load_disabled(struct ids *ids, const char *folder,
                                 struct ma_error *err)
{
    char path[1024], line[LINE];
    FILE *file;

    snprintf(path, sizeof path, "%s/" DISABLED, folder);
    file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT
                   ? MA_OK
                   : ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL) {
        struct id *put;

        line[strcspn(line, "\n")] = '\0';
        put = ids_put(ids, UCHAR_MAX, line, NULL);
        if (put != NULL)
            put->flags |= ID_DISABLED;
    }
    (void)fclose(file); /* it was read */
    return ids->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

static bool kept(const char *name, const char *keep)
{
    return keep != NULL && strcmp(name + strlen(STEM), keep) == 0;
}

void ids_clean(const char *folder, const char *keep, const char *keep_too)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, STEM, strlen(STEM)) == 0 &&
            !kept(entry->d_name, keep) && !kept(entry->d_name, keep_too))
            (void)unlinkat(dirfd(dir), entry->d_name, 0); /* in the way of nobody */
    if (dir != NULL)
        (void)closedir(dir); /* it was read */
}

/* A generation is a time in hexadecimal digits, of one length until 2106. */
bool ids_newest(const char *folder, char *generation, size_t capacity)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    generation[0] = '\0';
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name + strlen(STEM);

        if (strncmp(entry->d_name, STEM, strlen(STEM)) != 0 ||
            strcmp(name, "part") == 0 || strchr(name, '~') != NULL ||
            strcmp(name, generation) < 0)
            continue;
        snprintf(generation, capacity, "%s", name);
    }
    if (dir != NULL)
        (void)closedir(dir); /* it was read */
    return generation[0] != '\0';
}
