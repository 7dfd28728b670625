/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_SESSION_H
#define FILE_MA_SESSION_H

#include "settings.h"

struct directory;

/* One open agent. */
struct session {
    const struct ma_host *host;
    struct settings set;
    struct directory *directory; /* of MODE_DIRECTORY, once something was exported */
    bool wrote;                  /* of MODE_RECORDS: a batch of this session is out */
};

/* The members of struct ma_agent. */
enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err);
enum ma_status import_again(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err);
enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err);
enum ma_status export_finish(void *session, struct ma_error *err);

#endif
