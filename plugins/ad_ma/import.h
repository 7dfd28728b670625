/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_IMPORT_H
#define AD_MA_IMPORT_H

#include "mark.h"
#include "scope.h"
#include "session.h"
#include "support/answer.h"
#include "support/page.h"
#include "told.h"

/* One import in progress, and its parts. */
struct import {
    struct session *session;
    const struct ma_import *request;
    struct directory *directory;
    struct link *link;
    const char *base;              /* of the partition */
    const char *filter;            /* the selected classes */
    const char *const *attributes; /* NULL-terminated; NULL: all */
    unsigned page_size;
    struct scope scope;
    struct mark mark; /* where this import will have got to */
    int64_t now;      /* when it began; seconds since 1970 */
    struct pool pool; /* all of the above */
    struct answer answer;
    bool anew;        /* what was shown by now, if anything, does not count */
    bool counts;      /* `told` is kept, and nothing is shown twice */
    struct told told; /* by a full import */
};

/* Connects, and makes what is asked for; `preferred` as of session_connect. */
enum ma_status import_prepare(struct import *import, const char *preferred,
                              struct ma_error *err);

/* --- shown.c: entries handed on --------------------------------------------------- */

/* The object as it is now; of a long attribute, every value. */
enum ma_status shown_whole(struct import *import, LDAPMessage *entry,
                           struct ma_error *err);
/* What DirSync says of an object that was only changed, in import->answer. */
enum ma_status shown_change(struct import *import, struct ma_error *err);
enum ma_status shown_deleted(struct import *import, struct ma_error *err);
/* Of import->answer; empty: it has none. */
struct ma_value shown_anchor(const struct import *import);
/* Whether import->answer speaks of this attribute, if only to say that it is empty. */
bool shown_has(const struct import *import, const char *attribute);
bool shown_is_deleted(const struct import *import);

/* --- again.c: objects read whole -------------------------------------------------- */

/* Those with these anchors, as far as they are there and of a selected class. */
enum ma_status again_by_anchor(struct import *import, const struct ma_value *anchors,
                               size_t count, struct ma_error *err);
/* Everything below a container, itself included. Nothing where it is gone. */
enum ma_status again_below(struct import *import, const char *dn, struct ma_error *err);

/* --- gap.c: what a mark does not lead to any more --------------------------------- */

/* MA_FULL_NEEDED: changes since then would be told with gaps. */
enum ma_status gap_check(struct import *import, const struct mark *from,
                         struct ma_error *err);

/* --- dirsync.c, usn.c: changes ---------------------------------------------------- */

/* Where changes from now on will be found; asked before a full import reads anything. */
enum ma_status dirsync_begin(struct import *import, struct ma_error *err);
enum ma_status dirsync_changes(struct import *import, struct ma_error *err);
/* At the end of a full import: what came into a selected container while it read, and was
 * not shown, is shown now. All other changes wait for the next delta import. */
enum ma_status dirsync_catch_up(struct import *import, struct ma_error *err);
enum ma_status usn_changes(struct import *import, struct ma_error *err);
enum ma_status usn_catch_up(struct import *import, struct ma_error *err);

#endif
