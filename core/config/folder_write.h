/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FOLDER_WRITE_H
#define CONFIG_FOLDER_WRITE_H

#include "config/folder.h"

/*
 * What a plan says that config/ will hold, as files: for the swap, and before it
 * elsewhere, to be read and checked as a whole.
 */

/* A new folder with all of it, on disk. */
enum ma_status folder_write(const struct folder_plan *plan, const char *folder,
                            struct ma_error *err);
/* Reads it from a temporary folder: plan->result, or what is wrong with it. As
 * config_read. */
enum ma_status folder_check(struct folder_plan *plan, struct ma_error *err);

#endif
