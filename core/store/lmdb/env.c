/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb/lmdb_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"

/* Address space only, the file grows as it is written. It is doubled where it is not
 * enough, but plenty is better: moving the map takes the pages from whoever reads. */
enum { READERS = 512, NEARLY_NOTHING = 64 << 10 };
static const size_t first_map = (size_t)1 << 40;
static const size_t modest_map = (size_t)1 << 30; /* where address space is limited */

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static struct backend *open_backends;

/* LMDB calls a write that was cut short an I/O error. */
static bool is_full(const struct backend *backend, int code)
{
    struct statvfs disk;
    struct rlimit limit;

    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        return true;
    if (code != EIO)
        return false;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        return true;
    return statvfs(backend->folder, &disk) == 0 &&
           disk.f_bavail * disk.f_frsize < NEARLY_NOTHING;
}

enum ma_status lmdb_fail(struct backend *backend, int code, const char *doing,
                         struct ma_error *err)
{
    bool full = is_full(backend, code);

    backend->trouble = full ? STORE_DISK_FULL : STORE_FAILED;
    if (code == MDB_INVALID || code == MDB_VERSION_MISMATCH)
        return ma_fail(err, MA_INVALID,
                       "store '%s': cannot %s: not a store of mactl, or a damaged one: "
                       "put a backup in its place",
                       backend->folder, doing);
    if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND)
        return ma_fail(err, MA_BROKEN,
                       "store '%s': cannot %s: it is damaged (%s): put a backup in its "
                       "place",
                       backend->folder, doing, mdb_strerror(code));
    if (full)
        return ma_fail(err, MA_BROKEN,
                       "store '%s': cannot %s: the disk is full; nothing was written, "
                       "make room and run again",
                       backend->folder, doing);
    return ma_fail(err, MA_BROKEN, "store '%s': cannot %s: %s", backend->folder, doing,
                   mdb_strerror(code));
}

/* --- one open a process ------------------------------------------------------------ */

static bool is_open(const struct backend *backend)
{
    for (const struct backend *b = open_backends; b != NULL; b = b->next)
        if (b->process == backend->process && b->device == backend->device &&
            b->inode == backend->inode)
            return true;
    return false;
}

static enum ma_status enter(struct backend *backend, struct ma_error *err)
{
    bool twice;

    pthread_mutex_lock(&open_lock);
    twice = is_open(backend);
    if (!twice) {
        backend->next = open_backends;
        open_backends = backend;
    }
    pthread_mutex_unlock(&open_lock);
    if (twice)
        return ma_fail(err, MA_CONFLICT, "store '%s': this process has it open already",
                       backend->folder);
    return MA_OK;
}

static void leave(struct backend *backend)
{
    pthread_mutex_lock(&open_lock);
    for (struct backend **at = &open_backends; *at != NULL; at = &(*at)->next)
        if (*at == backend) {
            *at = backend->next;
            break;
        }
    pthread_mutex_unlock(&open_lock);
}

/* --- open -------------------------------------------------------------------------- */

static enum ma_status find_folder(struct backend *backend, struct ma_error *err)
{
    struct stat about;

    if (!backend->read_only && mkdir(backend->folder, 0700) != 0 && errno != EEXIST)
        return lmdb_fail(backend, errno, "make the folder", err);
    if (stat(backend->folder, &about) != 0)
        return ma_fail(err, MA_NOT_FOUND, "there is no store in '%s' yet",
                       backend->folder);
    backend->device = about.st_dev;
    backend->inode = about.st_ino;
    return MA_OK;
}

static int try_open(struct backend *backend, size_t map)
{
    unsigned flags = MDB_NOTLS | (backend->read_only ? MDB_RDONLY : 0u);
    int code = mdb_env_create(&backend->env);

    if (code == 0)
        code = mdb_env_set_maxdbs(backend->env, TABLE_COUNT + 2);
    if (code == 0)
        code = mdb_env_set_maxreaders(backend->env, READERS);
    if (code == 0)
        code = mdb_env_set_mapsize(backend->env, map);
    if (code == 0)
        code = mdb_env_open(backend->env, backend->folder, flags, 0600);
    if (code != 0) { /* LMDB wants a failed environment closed */
        mdb_env_close(backend->env);
        backend->env = NULL;
    }
    return code;
}

static enum ma_status open_env(struct backend *backend, size_t map, struct ma_error *err)
{
    int dead = 0;
    int code;

    lmdb_watch_map();
    code = try_open(backend, map == 0 ? first_map : map);

    if ((code == ENOMEM || code == EINVAL) && map == 0) /* valgrind says the latter */
        code = try_open(backend, modest_map);
    if (code == ENOENT && backend->read_only)
        return ma_fail(err, MA_NOT_FOUND, "there is no store in '%s' yet",
                       backend->folder);
    if (code != 0)
        return lmdb_fail(backend, code, "open it", err);
    /* Readers that were killed pin old pages. */
    code = mdb_reader_check(backend->env, &dead);
    return code == 0 ? MA_OK : lmdb_fail(backend, code, "clear dead readers", err);
}

/* A store that nobody has opened for writing since there are memos: it has none. */
static bool may_lack(const struct backend *backend, enum store_table table)
{
    return backend->read_only && table == TABLE_MEMO;
}

static int open_table(struct backend *backend, MDB_txn *txn, enum store_table table)
{
    unsigned create = backend->read_only ? 0 : MDB_CREATE;
    int code =
        mdb_dbi_open(txn, store_table_name(table), create, &backend->tables[table]);

    if (code != MDB_NOTFOUND || !may_lack(backend, table))
        return code;
    backend->tables[table] = NO_TABLE;
    return 0;
}

static int open_tables(struct backend *backend, MDB_txn *txn)
{
    unsigned create = backend->read_only ? 0 : MDB_CREATE;
    unsigned index = MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP;
    int code = 0;

    for (int i = 0; i < TABLE_COUNT && code == 0; i++)
        code = open_table(backend, txn, (enum store_table)i);
    if (code == 0)
        code = mdb_dbi_open(txn, "index", create | index, &backend->index);
    if (code != 0)
        return code;
    code = mdb_dbi_open(txn, "recent", create | index, &backend->recent);
    return code == MDB_NOTFOUND && backend->read_only ? 0 : code; /* of format 1 */
}

static enum ma_status open_databases(struct backend *backend, struct ma_error *err)
{
    MDB_txn *txn;
    int code =
        mdb_txn_begin(backend->env, NULL, backend->read_only ? MDB_RDONLY : 0, &txn);

    if (code == MDB_MAP_RESIZED && lmdb_grow(backend, 0) == 0)
        code =
            mdb_txn_begin(backend->env, NULL, backend->read_only ? MDB_RDONLY : 0, &txn);
    if (code != 0)
        return lmdb_fail(backend, code, "begin", err);
    code = open_tables(backend, txn);
    if (code != 0)
        mdb_txn_abort(txn);
    else
        code = mdb_txn_commit(txn);
    if (code == MDB_NOTFOUND) /* its writer died before its first commit */
        return ma_fail(err, MA_NOT_FOUND, "there is no store in '%s' yet",
                       backend->folder);
    return code == 0 ? MA_OK : lmdb_fail(backend, code, "open its tables", err);
}

static enum ma_status open_all(struct backend *backend, size_t map, struct ma_error *err)
{
    enum ma_status status = enter(backend, err);

    if (status == MA_OK)
        status = open_env(backend, map, err);
    if (status == MA_OK)
        status = open_databases(backend, err);
    return status;
}

enum ma_status backend_open(struct backend **out, const char *folder,
                            const struct store_options *options, struct ma_error *err)
{
    struct backend *backend = mem_zero(sizeof *backend);
    enum ma_status status;

    backend->folder = mem_text(folder);
    backend->read_only = options != NULL && options->read_only;
    backend->process = getpid();
    backend->merge_pages = options == NULL ? 0 : options->merge_pages;
    backend->merge_steps = options == NULL ? 0 : options->merge_steps;
    status = find_folder(backend, err);
    if (status == MA_OK)
        status = open_all(backend, options == NULL ? 0 : options->map_size, err);
    if (status != MA_OK) {
        backend_close(backend);
        return status;
    }
    *out = backend;
    return MA_OK;
}

void backend_close(struct backend *backend)
{
    if (backend == NULL)
        return;
    if (backend->env != NULL)
        mdb_env_close(backend->env);
    leave(backend);
    free(backend->folder);
    free(backend);
}

const char *backend_folder(const struct backend *backend)
{
    return backend->folder;
}

enum store_trouble backend_trouble(const struct backend *backend)
{
    return backend->trouble;
}

/* --- the map ----------------------------------------------------------------------- */

int lmdb_grow(struct backend *backend, size_t bytes)
{
    for (struct snapshot *s = backend->snapshots; s != NULL; s = s->next)
        snapshot_release(s);
    return mdb_env_set_mapsize(backend->env, bytes);
}
