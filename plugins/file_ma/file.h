/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_FILE_H
#define FILE_MA_FILE_H

#include "settings.h"

/*
 * Files on disk: what tells one version of a file from another, and how one is replaced
 * so that a reader, or a power cut, sees the old one or the new one and nothing between.
 */
enum { IDENTITY_SIZE = 96 };

/* "" where there is no such file. A file that is written again has another one. */
void file_identity(const char *path, char out[IDENTITY_SIZE]);
/* MA_NOT_FOUND: there is none. Only regular files are read. */
enum ma_status file_open(const char *path, int *fd, struct ma_error *err);

/* The names in the folder of this file are on disk. */
bool file_sync_folder(const char *path);

/* A new version of a file under way: written beside it, renamed over it at the end. */
struct replacement {
    const char *path;
    char *temporary;
    int fd;
};

/* With `keep`, the old contents come first. */
enum ma_status replacement_begin(struct replacement *r, const char *path, bool keep,
                                 struct ma_error *err);
enum ma_status replacement_add(struct replacement *r, const void *data, size_t length,
                               struct ma_error *err);
/* All that was added is on disk; `identity` is what the file will have after a commit. */
enum ma_status replacement_sync(struct replacement *r, char identity[IDENTITY_SIZE],
                                struct ma_error *err);
/* On disk when this returns MA_OK. */
enum ma_status replacement_commit(struct replacement *r, struct ma_error *err);
/* After a commit too; before it, the old file stays. */
void replacement_end(struct replacement *r);

/* UTF-8 that stands in the file as it is. */
bool file_is_plain(const struct settings *set, const struct bytes *text);
/* UTF-8 in the code page of the settings. False where a character is not in it. */
bool file_encode(const struct settings *set, const struct bytes *text, struct bytes *out);

#endif
