/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store.h"

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void remove_all(const char *folder)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void scratch_remove(char *copy)
{
    if (copy == NULL)
        return;
    *strrchr(copy, '/') = '\0';
    remove_all(copy);
    free(copy);
}

static enum ma_status copy_store(const char *from, const char *to, struct ma_error *err)
{
    struct store_options options = {.read_only = true};
    struct store *store = NULL;
    enum ma_status status = store_open(&store, from, &options, err);

    if (status == MA_NOT_FOUND) { /* an empty folder: nothing was run yet */
        *err = (struct ma_error){0};
        return MA_OK;
    }
    if (status == MA_OK)
        status = store_backup(store, to, err);
    if (store != NULL)
        store_close(store);
    return status;
}

/* The lock ends with this process. False: a sweep was faster and took the folder. */
static bool hold(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && flock(fd, LOCK_SH) == 0 && access(folder, F_OK) == 0;
}

/* A folder that is ours; NULL: none can be made. */
static char *make_folder(const char *instance, const char *purpose)
{
    char *folder = NULL;
    bool made;

    do {
        free(folder);
        folder = mem_print("%s/%s.XXXXXX", instance, purpose);
        made = mkdtemp(folder) != NULL;
    } while (made && !hold(folder));
    if (made)
        return folder;
    free(folder);
    return NULL;
}

enum ma_status scratch_copy(char **out, const char *instance, const char *purpose,
                            struct ma_error *err)
{
    char *parent = make_folder(instance, purpose);
    int reason = errno;
    char *store = mem_print("%s/store", instance);
    enum ma_status status = MA_OK;

    *out = NULL;
    if (parent == NULL)
        status = ma_fail(err, MA_DENIED, "%s: no folder can be made for the %s: %s",
                         instance, purpose, strerror(reason));
    else
        *out = mem_print("%s/store", parent);
    if (status == MA_OK && access(store, F_OK) == 0)
        status = copy_store(store, *out, err);
    if (status != MA_OK) {
        scratch_remove(*out);
        *out = NULL;
    }
    free(parent);
    free(store);
    return status;
}

static void remove_unless_held(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_all(folder);
    close(fd);
}

void scratch_sweep(const char *instance, const char *purpose)
{
    char *pattern = mem_print("%s/%s.??????", instance, purpose);
    glob_t found;

    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            remove_unless_held(found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
}
