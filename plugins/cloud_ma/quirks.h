/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_QUIRKS_H
#define CLOUD_MA_QUIRKS_H

#include <mactl/ma.h>

/*
 * How a SCIM server differs from the standard, or from what it says of itself. A profile
 * is a row of values; each of them is a parameter too, so that an admin can describe
 * another server. AUTO: as the server's discovery says.
 */

enum choice { AUTO, YES, NO };
enum paging { PAGING_AUTO, PAGING_INDEX, PAGING_CURSOR, PAGING_NONE };
enum writing { WRITE_AUTO, WRITE_PATCH, WRITE_PUT };
enum deltas { DELTA_AUTO, DELTA_LAST_MODIFIED, DELTA_NONE };
enum totals { TOTAL_CHECKED, TOTAL_IGNORED };
enum deleting { DELETE_REALLY, DELETE_DISABLE };
enum booleans { BOOLEAN_JSON, BOOLEAN_TEXT };
enum references { REFERENCE_OBJECT, REFERENCE_TEXT };

struct quirks {
    int paging;
    int writing;
    int deltas;
    int totals;
    int deleting;
    int booleans;
    int references;
    int filters; /* enum choice: lookups by filter */
    int etags;   /* enum choice */
    int page;    /* resources asked for at once */
    int adds;    /* members added by one request */
    int removes; /* members removed by one request */
    int batch;   /* Graph: requests in one */
    int restore; /* enum choice: what was deleted comes back instead of a new object */
};

/* The profile that the parameter names, else this one, and what the parameters say
 * otherwise. */
enum ma_status quirks_read(struct quirks *quirks, const struct ma_host *host,
                           const char *profile, struct ma_error *err);

#endif
