/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <mactl/ma.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * What jansson leaves to us: texts that may be NULL or no UTF-8 (a system may say
 * anything), times, and reading back into an arena.
 */

/* Bytes that are no UTF-8 become "\xNN"; NULL becomes null. */
json_t *json_of_text(const char *text);
json_t *json_of_slice(struct slice text);
json_t *json_of_time(int64_t time); /* RFC 3339; 0 becomes null */

/* Nothing is set where the text is NULL or the number 0: a reader sees what there is. */
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_number(json_t *object, const char *key, uint64_t number);
void json_put_time(json_t *object, const char *key, int64_t time);
void json_put_flag(json_t *object, const char *key, bool flag);

/* Copies into the arena; NULL, 0 and false where it is not there. */
const char *json_get_text(struct arena *arena, const json_t *object, const char *key);
uint64_t json_get_number(const json_t *object, const char *key);
int64_t json_get_time(const json_t *object, const char *key);
bool json_get_flag(const json_t *object, const char *key);

/* A document of its own file, which is the caller's. MA_INVALID: it cannot be opened, or
 * is none; the message begins with the file, and the place in it. */
enum ma_status json_read_file(const char *path, json_t **out, struct ma_error *err);

/* One line without blanks, appended; takes the document. */
void json_write(json_t *document, struct buf *out);

#endif
