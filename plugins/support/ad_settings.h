/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_AD_SETTINGS_H
#define SUPPORT_AD_SETTINGS_H

#include "support/link.h"

/*
 * What an operator can say, read once when a session opens: from mactl.xml by short
 * names, else from adma-configuration of the imported XML. The password is asked for with
 * them and wiped with them. How a partition is bound to, and as whom, it may say itself.
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

enum { PASSWORD_SIZE = 512, PRINCIPAL_SIZE = 512, SECRET_NAME_SIZE = 1024 };

/* Who binds, and how. It is not copied: it points into itself. */
struct logon {
    struct link_settings link;
    char user[PRINCIPAL_SIZE];
    char password[PASSWORD_SIZE];
};

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
    bool resend_adds;   /* what a lost server may have made is made again at once */
    unsigned window;    /* exports under way at once */
    struct logon logon; /* of what is of no partition */
    bool partitions_differ; /* some have a logon of their own */
};

/* settings_free after a failure too. */
enum ma_status settings_read(struct settings *set, const struct ma_host *host,
                             struct ma_error *err);
void settings_free(struct settings *set);

/* Of a partition, by its name: what it says itself, else what the agent says; what
 * mactl.xml says is of all. NULL: of the agent. The settings have to live as long;
 * logon_end after a failure too. */
enum ma_status settings_logon(const struct settings *set, const char *partition,
                              struct logon *logon, struct ma_error *err);
/* Who that is, without a password: of the partition, else of the agent; "" where nobody
 * is named. Of the settings it needs the host only. */
const char *settings_user(const struct settings *set, const char *partition,
                          struct pool *pool, struct ma_error *err);
/* Whether what is bound for the one will do for the other. */
bool settings_same_logon(const struct settings *set, const char *a, const char *b);
void logon_end(struct logon *logon);

#endif
