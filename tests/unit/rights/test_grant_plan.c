/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "config/disk.h"
#include "rights/grant.h"
#include "suite.h"

static struct arena arena;
static char folder[] = "/tmp/mactl-grant-XXXXXX";

static void before(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void after(void)
{
    arena_free(&arena);
    ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(two_backups_of_one_second_are_two_files)
{
    enum { BACKUPS = 20 }; /* far more than a second gives names to */
    const char *paths[BACKUPS];
    struct ma_error err;

    for (size_t i = 0; i < BACKUPS; i++) {
        paths[i] = grant_backup_path(&arena, folder, "acl-backup");
        ck_assert_int_eq(disk_write(paths[i], (struct slice){0}, 0600, &err), MA_OK);
    }
    for (size_t i = 0; i < BACKUPS; i++)
        ck_assert_int_eq(unlink(paths[i]), 0);
}
END_TEST

SUITE_WITH("rights/grant_plan", before, after, two_backups_of_one_second_are_two_files)
