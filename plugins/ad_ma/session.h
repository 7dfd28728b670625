/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_SESSION_H
#define AD_MA_SESSION_H

#include "doubt.h"
#include "support/tried.h"

/* One open agent. It is connected when something is first asked of it, because only then
 * it is known of which domain. A server that was lost is not asked again: of a domain
 * whose servers die one after the other the run ends. */
enum { MOST_LOST = 5 };

struct session {
    const struct ma_host *host;
    struct settings set;
    struct directory *directory;   /* NULL: not connected */
    const char *partition;         /* of the last import, for reads by anchor; ours */
    const char *const *attributes; /* that it asked for; ours */
    struct pool pool;
    const char *lost[MOST_LOST]; /* servers that went away while we spoke to them */
    size_t lost_count;
    struct pool lost_names;
    struct doubts doubts; /* what they may have made */
    struct tried early;   /* of session_early; the host's DN */
};

/* Connected to the domain that this DN is of, as its partition wants; `preferred` is the
 * domain controller to try first, or NULL. */
enum ma_status session_connect(struct session *session, const char *dn,
                               const char *preferred, struct ma_error *err);

/* The same before anything is asked, where there is one partition only; who asks is told
 * how that failed, and it is not tried twice. */
void session_early(void *session);

/* How long one call to a server may take, in seconds; 0: what is usual. */
void session_patience(struct session *session, uint32_t seconds);
/* After a failure of the server that we are connected to, in *err: another one of the
 * same domain. What it is that failed stays in *err where there is none, or the failure
 * is none of a server. */
enum ma_status session_next(struct session *session, const char *dn,
                            struct ma_error *err);

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
