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

enum ma_status scan_read(struct scan *out, struct arena *arena, const char *path,
                         struct ma_error *err);

#endif
