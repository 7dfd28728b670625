/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_SESSION_H
#define AD_MA_SESSION_H

#include "support/ad_settings.h"

/* One open agent. It is connected when something is first asked of it, because only then
 * it is known of which domain. */
struct session {
    const struct ma_host *host;
    struct settings set;
    struct directory *directory;   /* NULL: not connected */
    const char *partition;         /* of the last import, for reads by anchor; ours */
    const char *const *attributes; /* that it asked for; ours */
    struct pool pool;
};

/* Connected to the domain that this DN is of; `preferred` is the domain controller to
 * try first, or NULL. */
enum ma_status session_connect(struct session *session, const char *dn,
                               const char *preferred, struct ma_error *err);

/* The members of struct ma_agent. */
enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err);
enum ma_status import_again(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err);
enum ma_status test_import(void *session, const struct ma_import *request,
                           struct ma_error *err);
enum ma_status discover(void *session, struct ma_error *err);
enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err);

#endif
