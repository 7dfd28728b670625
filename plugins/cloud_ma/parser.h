/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_PARSER_H
#define CLOUD_MA_PARSER_H

#include "reply.h"

/*
 * A thread that takes answers apart, so that the next page is ready when the agent's own
 * thread has given the last one to the engine. It also ends the pages that it made:
 * memory that one thread takes and another one gives back costs both of them. Everything
 * here is called by the agent's thread; where no second one can be had, it does the work
 * itself.
 */
struct parser;

/* One answer, its caller's until parser_finish. */
struct parse {
    const struct http_call *call;
    bool begun; /* and not finished */
    json_t *json;
    struct ma_error err;
    void (*ready)(void *context); /* called by whoever took it apart; NULL: nobody asks */
    void *context;
    bool done;
    struct parse *next;
};

/* NULL: no memory. */
struct parser *parser_new(void);
/* Nothing may be under way. NULL is fine. */
void parser_free(struct parser *parser);

/* Until parser_finish nobody may change the call. `ready` and its context are set. */
void parser_start(struct parser *parser, struct parse *parse,
                  const struct http_call *call);
/* Whether parser_finish would not wait. */
bool parser_is_done(struct parser *parser, const struct parse *parse);
/* Takes the oldest answer apart that nobody has begun with, on the caller's thread;
 * false: there is none. For a caller who has nothing else to do. */
bool parser_help(struct parser *parser);
/* Waits for it; as reply_json. */
enum ma_status parser_finish(struct parser *parser, struct parse *parse, json_t **out,
                             struct ma_error *err);
/* Instead of json_decref, for a page of which nothing is kept, and that nothing was put
 * into. */
void parser_drop(struct parser *parser, json_t *page);

#endif
