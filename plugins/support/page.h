/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_PAGE_H
#define SUPPORT_PAGE_H

#include "support/link.h"

/*
 * A search that the server answers in pieces: pages (RFC 2696), or the changes of Active
 * Directory since a cookie (DirSync, MS-ADTS 3.1.1.3.4.1.3). The next piece is asked for
 * before the last one is handed on, so the server works while we do; at most two pieces
 * are in memory. A server whose pieces never end is told from one that has much to say.
 */

enum page_kind { PAGE_RESULTS, PAGE_DIRSYNC };

enum {
    PAGE_OBJECT_SECURITY = 0x1, /* DirSync by the rights of the account */
    PAGE_ANCESTORS_FIRST = 0x800,
    PAGE_PIECE_BYTES = 4 * 1024 * 1024 /* of a DirSync answer, about */
};
#define PAGE_INCREMENTAL_VALUES 0x80000000u /* linked values one by one */

struct page_search {
    enum page_kind kind;
    const char *base;
    int scope;
    const char *filter;
    const char *const *attributes; /* NULL-terminated */
    unsigned size;                 /* PAGE_RESULTS: entries in a page */
    bool deleted;                  /* PAGE_RESULTS: what was deleted, too */
    unsigned flags;                /* PAGE_DIRSYNC */
    struct ma_value cookie; /* PAGE_DIRSYNC: where to go on; empty: from the start */
};

struct page_taker {
    enum ma_status (*entry)(void *context, LDAPMessage *entry, struct ma_error *err);
    /* All of a piece was handed on; `cookie` goes on behind it. NULL: not of interest. */
    enum ma_status (*piece)(void *context, struct ma_value cookie, struct ma_error *err);
    void *context;
};

/* *code, where not NULL, is the server's result code of a search that failed. */
enum ma_status page_each(struct link *link, const struct page_search *search,
                         const struct page_taker *taker, int *code, struct ma_error *err);

#endif
