/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_PARTITION_EDIT_H
#define CONFIG_PARTITION_EDIT_H

#include "config/folder_edit.h"

/*
 * Where an agent for a directory looks, changed in its file. Partitions keep their ids,
 * and none is dropped: the steps of run profiles point to them. Another forest takes the
 * place of the old one wherever that is named, in partitions and containers too.
 */
struct partition_change {
    const struct guid *agent;
    const char *forest;            /* its DNS name; NULL: stays */
    const char *const *containers; /* DNs, NULL-terminated. The partition that holds some
                                      of them is read there and nowhere else; others are
                                      left alone. NULL: all is */
};

/* A folder_editor; the context is a struct partition_change. MA_INVALID: no partition
 * holds a container, or the file says no forest. */
enum ma_status partition_edit(void *context, const struct config *current,
                              struct folder_files *files, struct ma_error *err);

#endif
