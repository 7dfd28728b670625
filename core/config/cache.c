/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cache.h"

#include <fcntl.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/build.h"
#include "base/mem.h"
#include "config/disk.h"
#include "config/image.h"
#include "config/password.h"
#include "config/scan.h"
#include "config/xml.h"

/* In front of the image. */
struct label {
    char magic[8];
    struct digest key;  /* of what the configuration was made of */
    struct digest body; /* of the image */
};

static const char magic[8] = "mactlcf";

/* --- what it was made of ----------------------------------------------------------- */

/* False: builds cannot be told apart. */
static bool begin_key(struct buf *key)
{
    struct digest build;

    if (!build_digest(&build))
        return false;
    buf_bytes(key, build.bytes, sizeof build.bytes);
    buf_string(key, xmlParserVersion);
    return true;
}

static void add_file(struct buf *key, const char *path, struct slice bytes)
{
    struct digest content = digest_of(bytes, 0);

    buf_string(key, path);
    buf_u64(key, bytes.length);
    buf_bytes(key, content.bytes, sizeof content.bytes);
}

/* As the files lie there. */
static bool key_of_folder(const char *path, struct digest *out)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO key = {0};
    BUF_AUTO bytes = {0};
    struct ma_error ignored; /* whoever reads it properly will meet it */
    struct scan scan;
    bool good = begin_key(&key) && scan_read(&scan, &arena, path, &ignored) == MA_OK;

    for (size_t i = 0; good && i < scan.count; i++) {
        const char *file = arena_print(&arena, "%s/%s", scan.root, scan.files[i].path);

        buf_clear(&bytes);
        good = scan.files[i].recognised &&
               disk_read(&bytes, file, LARGEST_FILE, &ignored) == MA_OK;
        if (good)
            add_file(&key, scan.files[i].path, buf_view(&bytes));
    }
    if (good)
        *out = digest_of(buf_view(&key), 0);
    return good;
}

/* As they were read. */
static bool key_of_config(const struct config *config, struct digest *out)
{
    BUF_AUTO key = {0};
    bool good = begin_key(&key);

    for (size_t i = 0; good && i < config->file_count; i++) {
        good = config->files[i].recognised;
        add_file(&key, config->files[i].path, config->files[i].bytes);
    }
    if (good)
        *out = digest_of(buf_view(&key), 0);
    return good;
}

/* --- the file ---------------------------------------------------------------------- */

/* As if it were the configuration: by who owns it, and by who else may write. */
static bool is_trusted(int fd, const char *path)
{
    struct stat folder;
    struct stat info;

    return stat(path, &folder) == 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
           info.st_uid == folder.st_uid && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool read_file(const char *file, const char *path, struct buf *out)
{
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct ma_error ignored; /* then it is read anew */
    bool good = fd >= 0 && is_trusted(fd, path) &&
                disk_read_open(out, fd, file, LARGEST_FILE, &ignored) == MA_OK;

    if (fd >= 0)
        close(fd);
    return good;
}

static bool is_right(struct slice bytes, const struct digest *key)
{
    struct label label;
    struct digest body;

    if (bytes.length < sizeof label)
        return false;
    memcpy(&label, bytes.at, sizeof label);
    if (memcmp(label.magic, magic, sizeof magic) != 0 || !digest_equal(&label.key, key))
        return false;
    body = digest_of(slice_of(bytes.at + sizeof label, bytes.length - sizeof label), 0);
    return digest_equal(&label.body, &body);
}

static struct config *load(const char *path, const char *file)
{
    struct arena *arena;
    BUF_AUTO bytes = {0};
    struct config *config;
    struct digest key;

    if (!read_file(file, path, &bytes) || !key_of_folder(path, &key) ||
        !is_right(buf_view(&bytes), &key))
        return NULL;
    arena = mem_zero(sizeof *arena);
    config = image_read(arena, slice_of(bytes.at + sizeof(struct label),
                                        bytes.length - sizeof(struct label)));
    if (config == NULL) {
        arena_free(arena);
        free(arena);
        return NULL;
    }
    config->root = arena_text(arena, path);
    return config;
}

/* Of somebody else's instance nothing is kept: its owner would not trust it. Nor of a
 * configuration with a password in it, which stands in the files of config/ and in no
 * other. */
static bool may_keep(const struct config *config)
{
    struct stat info;

    return stat(config->root, &info) == 0 && info.st_uid == geteuid() &&
           !password_inside(config);
}

/* Whether it could be written is nobody's concern. */
static void keep(const struct config *config, const char *file)
{
    struct label label = {0};
    struct ma_error ignored;
    ARENA_AUTO arena = {0};
    BUF_AUTO bytes = {0};
    const char *beside = arena_print(&arena, "%s.new", file);

    if (!may_keep(config) || !key_of_config(config, &label.key))
        return;
    buf_bytes(&bytes, &label, sizeof label);
    image_write(config, &bytes);
    memcpy(label.magic, magic, sizeof magic);
    label.body =
        digest_of(slice_of(bytes.at + sizeof label, bytes.length - sizeof label), 0);
    memcpy(bytes.at, &label, sizeof label);
    if (disk_remove(beside, &ignored) == MA_OK &&
        disk_draft(beside, buf_view(&bytes), 0600, &ignored) == MA_OK)
        (void)disk_rename(beside, file, &ignored);
}

/* --- both -------------------------------------------------------------------------- */

static void forget_bytes(struct config *config)
{
    for (size_t i = 0; i < config->file_count; i++)
        ((struct config_file *)(uintptr_t)config->files)[i].bytes = (struct slice){0};
}

enum ma_status cache_read(struct config **out, const char *path, const char *file,
                          struct ma_error *err)
{
    ARENA_AUTO bytes = {0};
    enum ma_status status = MA_OK;

    *out = load(path, file);
    if (*out != NULL)
        return MA_OK;
    status = config_read_kept(out, path, &bytes, err);
    if (status == MA_OK)
        keep(*out, file);
    if (status == MA_OK || status == MA_INVALID)
        forget_bytes(*out);
    return status;
}
