/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_SESSION_H
#define CLOUD_MA_SESSION_H

#include "http.h"
#include "ids.h"
#include "mapping.h"
#include "parser.h"
#include "quirks.h"
#include "token.h"

/* One open agent. */
struct session {
    const struct ma_host *host;
    char *base; /* the URL, without a slash at its end */
    struct http *http;
    struct token *token;
    struct parser *parser;
    char *proxy_user;
    char *graph_url; /* of the tenant; NULL: there is none */
    char *token_url;
    char *scope;
    struct mapping mapping;
    struct quirks quirks;
    struct ids ids;
    struct {
        bool asked;
        bool types_known; /* it says which classes it has */
        json_t *types;    /* endpoints, as texts */
        bool patch;
        bool cursor;
        bool index;
        bool etag;
        bool filter;
        bool bulk;
        int64_t bulk_most;  /* operations of one; 0: it does not say */
        int64_t bulk_bytes; /* of one; 0: it does not say */
        int page;           /* most resources of an answer; 0: it does not say */
    } server;
    int wave;        /* enum wave of the batch under way */
    json_t *deleted; /* Graph: what could be restored, by class; NULL: not read yet */
    bool ids_loaded; /* those of the last import, for references of exports */
    bool ids_scanned;
};

enum ma_status session_open(const struct ma_host *host, void **out, struct ma_error *err);
void session_close(void *session);

/* Asks the server what it can; what it does not say, is as the standard has it. */
enum ma_status discover(struct session *s, struct ma_error *err);
/* Whether it has the class, as far as it says which it has. */
bool server_has(const struct session *s, const struct mapped_class *class);

/* base + endpoint + ("/" + id) + rest, the caller's to free; NULL: no memory. */
char *session_url(const struct session *s, const struct mapped_class *class,
                  const char *id, const char *rest);
/* The whole object by its id, to be read. */
char *session_object_url(const struct session *s, const struct mapped_class *class,
                         const char *id);
/* The resource; MA_NOT_FOUND. `etag` may be NULL, else has room for 128. */
enum ma_status session_get(struct session *s, const struct mapped_class *class,
                           const char *id, json_t **out, char *etag,
                           struct ma_error *err);
/* What a refusal of the whole request means to the run. */
enum ma_status session_get_url(struct session *s, char *url, json_t **out, char *etag,
                               struct ma_error *err);
enum ma_status session_refused(const struct http_call *call, struct ma_error *err);
/* Whether what failed so can be done without, where it is not the listing itself: the
 * service has it not, or says something of its own. */
bool session_lacks(enum ma_status status);

/* The members of struct ma_agent. */
enum ma_status import_entries(void *session, const struct ma_import *request,
                              struct ma_error *err);
enum ma_status export_entries(void *session, const struct ma_entry *const *entries,
                              size_t count, struct ma_error *err);
enum ma_status test_import(void *session, const struct ma_import *what,
                           struct ma_error *err);
enum ma_status foresee_exports(const struct ma_host *host,
                               const struct ma_pending *pending, size_t count,
                               struct ma_error *err);
enum ma_status read_entries(void *session, const struct ma_value *anchors, size_t count,
                            struct ma_error *err);

#endif
