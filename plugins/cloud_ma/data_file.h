/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_DATA_FILE_H
#define CLOUD_MA_DATA_FILE_H

#include <jansson.h>
#include <mactl/ma.h>

#include "support/bytes.h"

/*
 * A file of JSON that an admin may edit: a mapping, a profile. Installed ones have names;
 * the agent's folder may have others, or its own of the same name.
 */

/* A name without a slash is one of the installed, in `kind` ("cloud", "cloud/profiles"),
 * unless the agent's folder has a file of that name. */
const char *data_file_find(const struct ma_host *host, struct pool *pool,
                           const char *kind, const char *name);
/* `what` is what a message calls it. A syntax error has line and column. */
enum ma_status data_file_read(const char *path, const char *what, json_t **out,
                              struct ma_error *err);
/* Where the member of this name stands, as "path:line:column"; else the path. */
void data_file_place(const char *path, const char *name, char *out, size_t capacity);

#endif
