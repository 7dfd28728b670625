/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_QUIRKS_H
#define CLOUD_MA_QUIRKS_H

#include <mactl/ma.h>

/*
 * How a SCIM server differs from the standard, or from what it says of itself. A profile
 * is a file of settings (schemas/cloud/profiles); each of them is a parameter too, so
 * that an admin can describe another server, in mactl.xml or in a profile of his own.
 * AUTO: as the server's discovery says.
 */

enum choice { AUTO, YES, NO };
enum paging { PAGING_AUTO, PAGING_INDEX, PAGING_CURSOR, PAGING_NONE };
enum writing { WRITE_AUTO, WRITE_PATCH, WRITE_PUT };
enum deltas { DELTA_AUTO, DELTA_LAST_MODIFIED, DELTA_NONE };
enum totals { TOTAL_CHECKED, TOTAL_IGNORED };
enum deleting { DELETE_REALLY, DELETE_DISABLE };
enum booleans { BOOLEAN_JSON, BOOLEAN_TEXT };
enum references { REFERENCE_OBJECT, REFERENCE_TEXT };
enum wordings { WORDS_LOWER, WORDS_CAPITAL };
enum removals { REMOVAL_FILTER, REMOVAL_VALUES };
enum paths { PATHS_GIVEN, PATHS_NONE };
/* It comes back (auto, too), a new object is made, or it is an error of the object. */
enum restores { RESTORE_AUTO, RESTORE_YES, RESTORE_NO, RESTORE_FAIL };

enum cleared { CLEARED_OMITTED, CLEARED_NULL };

struct quirks {
    int paging;
    int writing;
    int deltas;
    int totals;
    int deleting;
    int booleans;
    int references;
    int wording;    /* of the operations of a PATCH */
    int removal;    /* of members: by a filter in the path, or by a list of values */
    int paths;      /* of operations that need none: in the path, or in the value */
    int cleared;    /* of a PUT: how what goes is said */
    int operations; /* of one PATCH, at most; 0: any number */
    int filters;    /* enum choice: lookups by filter */
    int etags;      /* enum choice */
    int page;       /* resources asked for at once */
    int adds;       /* members added by one request */
    int removes;    /* members removed by one request */
    int batch;      /* Graph: requests in one */
    int bulk;       /* enum choice: SCIM: several changes in one request */
    int bulk_most;  /* so many */
    int restore;    /* of what was deleted and is the same, Graph */
};

/* The profile that the parameter names, else this one, and what the parameters say
 * otherwise. */
enum ma_status quirks_read(struct quirks *quirks, const struct ma_host *host,
                           const char *profile, struct ma_error *err);

#endif
