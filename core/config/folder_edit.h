/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FOLDER_EDIT_H
#define CONFIG_FOLDER_EDIT_H

#include "config/folder.h"

/*
 * config/ of an instance with some of its files changed by a command. As an import it is
 * planned first: the whole as it will be is read and checked while the instance is
 * locked; folder_apply then does it as a whole or not at all.
 */
struct folder_files;

/* Given what is there, says what is to be there instead, by folder_files_put. */
typedef enum ma_status (*folder_editor)(void *context, const struct config *current,
                                        struct folder_files *files, struct ma_error *err);

/* As folder_plan. `only_plan`: folder_apply will not follow. change_count of the plan is
 * 0; copy_count too where nothing was put: there is nothing to apply then. */
enum ma_status folder_plan_edit(struct folder_plan **out, const char *folder,
                                bool only_plan, folder_editor edit, void *context,
                                struct ma_error *err);

/* The bytes of a file below config/; they live in the plan. MA_INVALID: it is no file, or
 * one that cannot be changed here. */
enum ma_status folder_files_get(struct folder_files *files, const char *path,
                                struct slice *bytes, struct ma_error *err);
/* Kept as they are given; a file that is not there yet is a new one. */
void folder_files_put(struct folder_files *files, const char *path, struct slice bytes);

/* The whole as it will be, as files below a folder that is not there yet: for whoever
 * wants to try it first. A failure names the file. */
enum ma_status folder_plan_write(const struct folder_plan *plan, const char *target,
                                 struct ma_error *err);

#endif
