/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_LISTING_H
#define CLOUD_MA_LISTING_H

#include "parser.h"
#include "session.h"

/*
 * All resources of a class, page by page; the next page comes in, and is taken apart by
 * the session's parser, while the last one is read. Once it is there, and before it is
 * taken apart, the one behind it is asked for, at the place where it most likely is
 * (ahead.h); a page that was asked for at another place than the last one says is
 * forgotten. What a server says of how many there
 * are ends nothing: a listing ends where a page is empty, where there is no next cursor,
 * or where its reader says that a page brought nothing new.
 */
enum { LISTING_PAGES = 3 };

struct listing;

/* One page on its way. */
struct page {
    struct listing *listing;
    char *url;
    int64_t start; /* startIndex */
    struct http_call call;
    struct parse parse; /* of the call's answer */
};

struct listing {
    struct session *s;
    const struct mapped_class *class;
    const char *filter;     /* NULL: none */
    const char *attributes; /* NULL: all */
    int paging;             /* enum paging, settled by the first page */
    int64_t start;          /* startIndex of the next page */
    int count;
    char cursor[2048];
    bool ended;
    int64_t total;      /* what the server said last; -1: nothing */
    int64_t received;   /* resources */
    int64_t date;       /* the server's clock at the first page */
    bool probe;         /* 500 is an answer */
    bool alone;         /* the first page is enough */
    bool eager;         /* nothing else is done meanwhile: whoever waits for the parser
                           takes a page apart, and one page more is on its way */
    const char *path;   /* behind the endpoint; NULL: none */
    const char *url;    /* of the last page, as long as there is another one */
    char *next;         /* Graph: where the next page is */
    struct bytes links; /* Graph: those that were followed, as hashes */
    struct page
        pages[LISTING_PAGES]; /* a ring: the one to be read next, and those behind */
    size_t now;               /* the one to be read next */
};

/* `where`: of listing_where, NULL: from the start. */
void listing_begin(struct listing *listing, struct session *s,
                   const struct mapped_class *class, const char *where);
void listing_end(struct listing *listing);

/* The next page; *out NULL: there are no more. The caller ends it, by listing_drop where
 * nothing of it is kept or was put into it, which is much less work. MA_NOT_FOUND: the
 * server has no such endpoint. */
enum ma_status listing_next(struct listing *listing, json_t **out, struct ma_error *err);
void listing_drop(const struct listing *listing, json_t *page);
/* What the service answered to the last request, 0: nothing. */
long listing_code(const struct listing *listing);
/* The first page alone, and the next is not asked for. */
enum ma_status listing_first(struct listing *listing, json_t **out, struct ma_error *err);
/* What is on a page. */
json_t *listing_items(const struct listing *listing, const json_t *page);
/* Where the page behind the last one begins: for a checkpoint. */
void listing_where(const struct listing *listing, char *out, size_t capacity);
/* Nothing new was on the page: it was the last one, by index or cursor. */
void listing_stuck(struct listing *listing);
/* Graph: whether the link to a next page is one to follow, and to nowhere it led before.
 * *links remembers them, as hashes; the caller ends it. */
enum ma_status listing_follow(struct bytes *links, const char *base, const char *url,
                              const char *next, struct ma_error *err);
/* The end was reached with this many different resources: MA_INVALID where the server
 * said that there are more, and that counts. */
enum ma_status listing_check(const struct listing *listing, size_t distinct,
                             struct ma_error *err);

#endif
