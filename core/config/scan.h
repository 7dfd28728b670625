/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include "base/arena.h"
#include "config/config.h"

/*
 * What lies in the folder of a configuration: its files, and those of the three folders
 * of an Azure AD Connect export, by whatever case their names are in. Sorted by path, so
 * that one folder is always read in the same order.
 */
struct scan {
    const char *root; /* the folder */
    struct config_file *files;
    size_t count;
    bool single; /* `root` was a file; its only one */
};

/* Everything lives in the arena. MA_NOT_FOUND: there is no such path; MA_DENIED: it
 * cannot be read, or is neither a folder nor a file; MA_LIMIT: it has too many files. */
enum ma_status scan_read(struct scan *out, struct arena *arena, const char *path,
                         struct ma_error *err);

#endif
