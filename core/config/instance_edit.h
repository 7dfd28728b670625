/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_INSTANCE_EDIT_H
#define CONFIG_INSTANCE_EDIT_H

#include "base/buf.h"
#include "config/instance.h"

/*
 * One setting of an instance's mactl.xml changed by a command. Nothing else of the file
 * is touched: comments, layout and order are the admin's. What is about to be written is
 * read first, as any mactl.xml is: where it does not say what was asked for, the file
 * stays as it was, and the status is MA_INVALID.
 */

/* The whole text of mactl.xml with the setting at this value, appended. `instance` is
 * what the text says now. */
enum ma_status instance_edit_text(struct slice text, const struct instance *instance,
                                  const char *name, const char *value, struct buf *out,
                                  struct ma_error *err);
/* The same in the file. *changed: it did not say so before. */
enum ma_status instance_set(const char *folder, const char *name, const char *value,
                            bool *changed, struct ma_error *err);

#endif
