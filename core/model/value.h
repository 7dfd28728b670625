/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <mactl/ma.h>

#include "base/arena.h"

/*
 * One value in its canonical bytes. Equal values have equal bytes and the order of the
 * bytes is the order of the values, so sets are sorted with memcmp and compared in place.
 *
 *   string     the UTF-8 text
 *   number     eight bytes, big-endian, the sign bit turned over
 *   boolean    one byte, 0 or 1
 *   binary     the bytes
 *   reference  eight bytes, big-endian: the id of an object of the same space (a
 *              connector-space object of the same agent, or a metaverse object); behind
 *              them the data that some syntaxes carry beside the name ("B:8:00112233")
 */
enum value_type {
    VALUE_NONE,
    VALUE_STRING,
    VALUE_NUMBER,
    VALUE_BOOLEAN,
    VALUE_BINARY,
    VALUE_REFERENCE
};

/* "string", "number" ... for reports. */
const char *value_type_name(enum value_type type);

/* Canonical bytes of a number, a boolean, a reference; they live in the arena. */
struct slice value_of_number(struct arena *arena, int64_t number);
struct slice value_of_flag(bool flag); /* static */
struct slice value_of_id(struct arena *arena, uint64_t id);
/* A reference with data, and the data of one; empty: none. */
struct slice value_of_reference(struct arena *arena, uint64_t id, struct slice data);
struct slice value_data(struct slice value);
/* It without its data: a part of it. */
struct slice value_name(struct slice value);
int64_t value_number(struct slice value);
bool value_flag(struct slice value);
uint64_t value_id(struct slice value);

/* From the form that crosses the plugin border. Not for references, whose DN only the
 * store can turn into an id. MA_INVALID says what is wrong with the text: the caller
 * names the attribute. Strings and binary are not copied. */
enum ma_status value_read(struct arena *arena, enum value_type type,
                          struct slice external, struct slice *out, struct ma_error *err);
/* Back to that form; a reference gives its number. */
struct slice value_write(struct arena *arena, enum value_type type, struct slice value);
/* A generalized time (RFC 4517 3.3.13) in the one spelling that Active Directory gives,
 * "20260228093000.0Z"; what is none, or says fractions of a second, or is of another zone
 * than UTC, as it is. So what was written is what is read back. */
struct slice value_time(struct arena *arena, struct slice text);
/* For people: binary as Base64, text as it is. */
struct slice value_show(struct arena *arena, enum value_type type, struct slice value);

#endif
