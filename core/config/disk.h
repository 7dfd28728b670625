/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_DISK_H
#define CONFIG_DISK_H

#include <mactl/ma.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * Files and folders of an instance, changed in steps that a power cut may come between:
 * what was written is on disk before it is named. Every step is counted, so that a test
 * can end the process at each of them.
 *
 * A failure names the path and what the system says of it: MA_NOT_FOUND where something
 * is not there, else MA_DENIED. What is listed lives in the arena.
 */

/* Appends the whole file. MA_INVALID: it is longer than `most` bytes. */
enum ma_status disk_read(struct buf *out, const char *path, size_t most,
                         struct ma_error *err);
/* The same of a file that is open, and stays so; `path` for what is said. */
enum ma_status disk_read_open(struct buf *out, int fd, const char *path, size_t most,
                              struct ma_error *err);
/* A new file with these bytes, on disk on return; its folder is not synced. */
enum ma_status disk_write(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err);
/* As disk_write, and a power cut may take it until disk_settle: of many files, each is on
 * its way while the next are written. */
enum ma_status disk_begin(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err);
enum ma_status disk_settle(const char *path, struct ma_error *err);
/* As disk_write, and a power cut may take it: for what is read once and removed. */
enum ma_status disk_draft(const char *path, struct slice bytes, unsigned mode,
                          struct ma_error *err);
/* A symbolic link; nothing is followed. */
enum ma_status disk_link(const char *path, const char *to, struct ma_error *err);
/* As disk_write, in the place of what is there: by another name, then renamed. */
enum ma_status disk_replace(const char *path, struct slice bytes, unsigned mode,
                            struct ma_error *err);
/* `mode`: as chmod has it, 0600. */
enum ma_status disk_mode(const char *path, unsigned mode, struct ma_error *err);
/* A folder; MA_OK also where it is there. */
enum ma_status disk_folder(const char *path, unsigned mode, struct ma_error *err);
/* It and all that is missing above it. */
enum ma_status disk_folders(const char *path, unsigned mode, struct ma_error *err);
/* In the place of what has the new name. */
enum ma_status disk_rename(const char *from, const char *to, struct ma_error *err);
/* What the folder names is on disk. */
enum ma_status disk_sync(const char *folder, struct ma_error *err);
/* A file, or a folder with all that is in it; MA_OK also where there is none. Symbolic
 * links are removed, not followed. */
enum ma_status disk_remove(const char *path, struct ma_error *err);
bool disk_exists(const char *path);

/* Everything below the folder, as paths from it, folders with a slash at the end and
 * before what is in them; otherwise as disk_list. */
enum ma_status disk_walk(struct arena *arena, const char *folder,
                         const char *const **paths, struct ma_error *err);
/* The first part of the path that is not there; NULL: all of it is. */
const char *disk_missing(struct arena *arena, const char *path);
/* What is in the folder, sorted, without "." and ".."; NULL-terminated. MA_NOT_FOUND: no
 * such folder. */
enum ma_status disk_list(struct arena *arena, const char *folder,
                         const char *const **names, struct ma_error *err);

/* For tests: the process ends, as if killed, before its n-th step from now; 0: never.
 * Returns the number of steps that were done since the last call. */
unsigned long disk_die_at(unsigned long nth);

#endif
