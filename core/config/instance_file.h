/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_INSTANCE_FILE_H
#define CONFIG_INSTANCE_FILE_H

#include "config/instance.h"

/*
 * The text of mactl.xml: read by one table of elements and attributes, and the commented
 * template that a new instance begins with.
 */

/* Fills in what the file says; everything lives in instance->arena. MA_INVALID: the text
 * begins with file:line:column. `file` is what messages call it. */
enum ma_status instance_file_read(struct instance *instance, const char *file,
                                  struct ma_error *err);
/* The same of a text that is in memory. */
enum ma_status instance_file_parse(struct instance *instance, struct slice bytes,
                                   const char *file, struct ma_error *err);

/* What `mactl init` writes. */
extern const char instance_file_template[];

#endif
