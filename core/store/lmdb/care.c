/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lmdb/lmdb_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static int count_table(MDB_txn *txn, MDB_dbi table, size_t page, uint64_t *rows,
                       uint64_t *bytes)
{
    MDB_stat stat;
    int code = table == NO_TABLE ? 0 : mdb_stat(txn, table, &stat);

    if (code == 0 && table != NO_TABLE) {
        *rows = stat.ms_entries;
        *bytes =
            page * (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages);
    }
    return code;
}

static int count_all(struct backend *backend, MDB_txn *txn, struct store_stats *out)
{
    uint64_t entries = 0;
    uint64_t bytes = 0;
    MDB_stat stat;
    int code = mdb_env_stat(backend->env, &stat);

    for (int i = 0; i < TABLE_COUNT && code == 0; i++)
        code = count_table(txn, backend->tables[i], stat.ms_psize, &out->rows[i],
                           &out->bytes[i]);
    if (code == 0)
        code = count_table(txn, backend->index, stat.ms_psize, &out->index_entries,
                           &out->index_bytes);
    if (code == 0 && backend->recent != 0)
        code = count_table(txn, backend->recent, stat.ms_psize, &entries, &bytes);
    out->index_entries += entries;
    out->index_bytes += bytes;
    return code;
}

static int one_reader(const char *line, void *count)
{
    *(uint64_t *)count += line[0] == ' '; /* the heading has no blank in front */
    return 0;
}

static uint64_t file_size(const struct backend *backend)
{
    struct stat about;
    int fd;

    return mdb_env_get_fd(backend->env, &fd) == 0 && fstat(fd, &about) == 0
               ? (uint64_t)about.st_size
               : 0;
}

enum ma_status backend_statistics(struct backend *backend, struct store_stats *out,
                                  struct ma_error *err)
{
    struct snapshot *snapshot = snapshot_new(backend);
    struct store_stats stats = {0};
    MDB_envinfo info;
    int code = lmdb_snapshot(snapshot);

    if (code == 0)
        code = count_all(backend, snapshot->txn, &stats);
    snapshot_free(snapshot);
    if (code == 0)
        code = mdb_env_info(backend->env, &info);
    if (code != 0)
        return lmdb_fail(backend, code, "count", err);
    mdb_reader_list(backend->env, one_reader, &stats.readers);
    stats.file_bytes = file_size(backend);
    stats.map_bytes = info.me_mapsize;
    *out = stats;
    return MA_OK;
}

/* --- backup ------------------------------------------------------------------------ */

static enum ma_status sync_path(const char *path, struct ma_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int code = fd < 0 || fsync(fd) != 0 ? errno : 0;

    if (fd >= 0)
        close(fd);
    return code == 0 ? MA_OK : ma_fail(err, MA_BROKEN, "%s: %s", path, strerror(code));
}

static enum ma_status copy_into(struct backend *backend, const char *folder,
                                struct ma_error *err)
{
    char *data = mem_print("%s/data.mdb", folder);
    int code = mdb_env_copy2(backend->env, folder, MDB_CP_COMPACT);
    enum ma_status status =
        code == 0 ? sync_path(data, err) : lmdb_fail(backend, code, "copy it", err);

    if (status == MA_OK)
        status = sync_path(folder, err);
    if (status != MA_OK)
        unlink(data);
    free(data);
    return status;
}

enum ma_status backend_backup(struct backend *backend, const char *folder,
                              struct ma_error *err)
{
    enum ma_status status;

    if (mkdir(folder, 0700) != 0)
        return errno == EEXIST
                   ? ma_fail(err, MA_CONFLICT,
                             "'%s' exists; a backup goes into a new folder", folder)
                   : ma_fail(err, MA_BROKEN, "cannot make '%s': %s", folder,
                             strerror(errno));
    status = copy_into(backend, folder, err);
    if (status != MA_OK)
        rmdir(folder);
    return status;
}
