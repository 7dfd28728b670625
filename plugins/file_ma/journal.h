/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_JOURNAL_H
#define FILE_MA_JOURNAL_H

#include "file.h"
#include "packed.h"

/*
 * What became of a file since it was written last, in FILE.journal beside it: each batch
 * is one write of the objects that it touched, as they are now. A batch is on disk when
 * journal_commit returns, at a cost that does not follow the size of the file; the file
 * itself takes it in later, as a whole. An object is known by its number: its place in
 * the file, or, of later ones, in the order in which they came. So a journal belongs to
 * one version of the file, whose identity it begins with.
 *
 * Who writes it holds a lock on it; one that nobody holds was left by a run that died.
 */
struct journal {
    char *path;
    int fd;      /* -1: there is none */
    size_t size; /* bytes on disk */
    struct bytes batch;
};

/* None yet, for this file. */
enum ma_status journal_prepare(struct journal *journal, const char *file,
                               struct ma_error *err);
/* The file stays where it is. */
void journal_end(struct journal *journal);

/* --- writing ---------------------------------------------------------------------- */

/* An empty one for the version of the file with this identity. */
enum ma_status journal_begin(struct journal *journal, const char *identity,
                             struct ma_error *err);
/* Into the batch; without bytes the object is gone. */
void journal_add(struct journal *journal, size_t number, struct packed record);
/* On disk when this returns MA_OK. */
enum ma_status journal_commit(struct journal *journal, struct ma_error *err);
/* All of it is in a version of the file with this identity, which is about to take its
 * place: whoever finds both has nothing to do. */
enum ma_status journal_seal(struct journal *journal, const char *identity,
                            struct ma_error *err);
/* It has served. */
void journal_remove(struct journal *journal);

/* --- reading ---------------------------------------------------------------------- */

enum journal_found {
    JOURNAL_NONE,
    JOURNAL_OURS,   /* of this version: it was read */
    JOURNAL_SERVED, /* its contents are in the file */
    JOURNAL_STALE   /* of another version: somebody else has replaced the file */
};
/* Without bytes it is gone. They live during the call, and need not be a record. */
typedef enum ma_status (*journal_take)(void *context, size_t number, struct packed record,
                                       struct ma_error *err);

bool journal_exists(const char *file);
/* Takes what a dead run left, the lock with it, and gives each object in the order in
 * which it was written. MA_CONFLICT: a run that lives is writing it. */
enum ma_status journal_read(struct journal *journal, const char *identity,
                            journal_take take, void *context, enum journal_found *found,
                            struct ma_error *err);

#endif
