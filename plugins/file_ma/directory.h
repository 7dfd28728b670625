/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_DIRECTORY_H
#define FILE_MA_DIRECTORY_H

#include "settings.h"

/*
 * A file that is the connected system: held in memory while a session exports, found by
 * anchor and by DN, written as a whole, so that its reader never sees half of a batch. Of
 * a large file only what changed is written with each batch, into a journal (journal.h),
 * and the file at the end. What the engine sends is done as a directory
 * would: a rename takes the objects below and the references along, a delete takes the
 * references, an add gets a new anchor. Comments of the file are not kept.
 */
struct directory;

/* What became of one entry. */
struct outcome {
    enum ma_outcome outcome;
    const char *error_type;
    struct ma_value anchor; /* lives as long as the directory */
    char text[240];
};

/* MA_INVALID: the file has records that cannot be read, and a rewrite would lose them. */
enum ma_status directory_open(struct directory **out, const struct settings *set,
                              struct ma_error *err);
void directory_close(struct directory *directory);
/* In memory only. */
enum ma_status directory_apply(struct directory *directory, const struct ma_entry *entry,
                               struct outcome *outcome, struct ma_error *err);
/* To disk, if anything changed: into the file, or into a journal beside it. */
enum ma_status directory_save(struct directory *directory, struct ma_error *err);
/* All of it into the file. Without it the next who opens the directory does so. */
enum ma_status directory_finish(struct directory *directory, struct ma_error *err);
/* What a run that died had not taken into the file is taken in, before it is read. A run
 * that lives and exports to it is left alone: the file is as of its last whole one. */
enum ma_status directory_settle(const struct settings *set, struct ma_error *err);
/* Whether the file is still the one that was read or written last. */
bool directory_is_current(const struct directory *directory);

#endif
