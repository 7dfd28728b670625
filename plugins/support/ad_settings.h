/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_AD_SETTINGS_H
#define SUPPORT_AD_SETTINGS_H

#include "support/link.h"

/*
 * What an operator can say, read once when a session opens: from mactl.xml by short
 * names, else from adma-configuration of the imported XML. The password is asked for with
 * them and wiped with them.
 */

/* How changes since the last import are found. */
enum delta_method {
    DELTA_AUTO,            /* the first of these that the account may */
    DELTA_DIRSYNC,         /* replication's own list of changes */
    DELTA_OBJECT_SECURITY, /* the same, as far as the account may read */
    DELTA_USN              /* objects with a higher uSNChanged, tombstones too */
};

/* Seconds of one call, where nobody sets another limit: nobody waits for ever. */
enum { SETTINGS_TIME_LIMIT = 120 };

enum { PASSWORD_SIZE = 512, PRINCIPAL_SIZE = 512 };

struct settings {
    const struct ma_host *host;
    struct pool pool;
    const char *forest;         /* its DNS name */
    const char *const *servers; /* NULL-terminated; none: by DNS */
    const char *site;           /* of DNS; NULL: any */
    unsigned port;              /* 0: the usual one */
    const char *anchor;         /* attribute that identifies an object for life */
    enum delta_method delta;
    bool tree_delete;   /* a delete takes along what is below */
    bool split_refused; /* a modify that is refused is tried without what may not be */
    unsigned window;    /* exports under way at once */
    struct link_settings link;
    char user[PRINCIPAL_SIZE];
    char password[PASSWORD_SIZE];
};

/* settings_free after a failure too. */
enum ma_status settings_read(struct settings *set, const struct ma_host *host,
                             struct ma_error *err);
void settings_free(struct settings *set);

#endif
