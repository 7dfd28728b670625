/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STORE_SCRATCH_H
#define TESTS_STORE_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store.h"
#include "suite.h"

/*
 * A temporary folder with a store in it, opened and closed at will, and children that
 * are killed or wait. A store is not opened before a fork.
 */
struct scratch {
    char top[64];
    char folder[80];
    struct store *store;
    struct batch *batch;
    struct arena arena;
    struct ma_error err;
};

static struct scratch scratch;

#define ck_ok(call)                                                                      \
    do {                                                                                 \
        enum ma_status got = (call);                                                     \
        ck_assert_msg(got == MA_OK, "%s: status %d: %s", #call, (int)got,                \
                      scratch.err.text);                                                 \
    } while (0)

static inline void scratch_begin(void)
{
    memset(&scratch, 0, sizeof scratch);
    snprintf(scratch.top, sizeof scratch.top, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scratch.top));
    snprintf(scratch.folder, sizeof scratch.folder, "%s/store", scratch.top);
}

static inline void scratch_open_with(const struct store_options *options)
{
    ck_ok(store_open(&scratch.store, scratch.folder, options, &scratch.err));
    scratch.batch = batch_begin(scratch.store);
}

static inline void scratch_open(void)
{
    scratch_open_with(NULL);
}

static inline void scratch_close(void)
{
    batch_end(scratch.batch);
    store_close(scratch.store);
    scratch.batch = NULL;
    scratch.store = NULL;
}

static inline void scratch_reopen(void)
{
    scratch_close();
    scratch_open();
}

static inline void scratch_commit(void)
{
    ck_ok(batch_commit(scratch.batch, &scratch.err));
}

static int scratch_unlink(const char *path, const struct stat *about, int kind,
                          struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline void scratch_end(void)
{
    scratch_close();
    arena_free(&scratch.arena);
    nftw(scratch.top, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* Runs `work` in a child; the signal that ended it, or minus its exit code. The child
 * leaves by _exit, so that it runs no handlers of the parent. */
static inline int scratch_child(void (*work)(void))
{
    pid_t child;
    int status = 0;

    fflush(NULL);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

/* --- rows in short ------------------------------------------------------------------ */

static inline void put(enum store_table table, const char *key, const char *row)
{
    batch_put(scratch.batch, table, slice_text(key), slice_text(row));
}

static inline void drop(enum store_table table, const char *key)
{
    batch_remove(scratch.batch, table, slice_text(key));
}

/* "" where there is none; valid until the next call. */
static inline const char *get(enum store_table table, const char *key)
{
    static char text[256];
    struct slice row = {0};
    enum ma_status status = batch_get(scratch.batch, table, slice_text(key), &row);

    ck_assert_int_eq(batch_failure(scratch.batch, &scratch.err), MA_OK);
    ck_assert(status == MA_OK || status == MA_NOT_FOUND);
    snprintf(text, sizeof text, "%.*s", (int)row.length, row.at == NULL ? "" : row.at);
    return text;
}

/* "key=row key=row", valid until the next call. */
static inline const char *scan(enum store_table table, const char *prefix,
                               const char *from, size_t limit)
{
    static char text[1024];
    store_rows rows = {0};
    size_t at = 0;

    text[0] = '\0';
    ck_ok(batch_scan(scratch.batch, table, slice_text(prefix), slice_text(from), limit,
                     &scratch.arena, &rows, &scratch.err));
    for (size_t i = 0; i < rows.count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%s", i == 0 ? "" : " ",
                               rows.items[i].key.at, rows.items[i].value.at);
    VEC_FREE(&rows);
    return text;
}

/* "1 2 3" */
static inline const char *found(uint64_t hash)
{
    static char text[1024];
    id_list ids = {0};
    size_t at = 0;

    text[0] = '\0';
    ck_ok(batch_find(scratch.batch, hash, &ids, &scratch.err));
    for (size_t i = 0; i < ids.count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%llu", i == 0 ? "" : " ",
                               (unsigned long long)ids.items[i]);
    VEC_FREE(&ids);
    return text;
}

#endif
