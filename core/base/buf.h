/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Bytes under construction, and the other way round: a reader that never runs over the
 * end. Numbers are LEB128 varints; what is stored is written by the one and read by the
 * other. A buffer zeroed is empty; `at` always has a NUL behind `length`, once anything
 * was added.
 */
struct buf {
    char *at;
    size_t length;
    size_t capacity;
};

/* Room for so many bytes more and the NUL, where there is none: buf_room. */
void buf_grow(struct buf *buf, size_t more);
void buf_slice(struct buf *buf, struct slice bytes);
void buf_text(struct buf *buf, const char *text);
void buf_print(struct buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A number into VARINT_MOST bytes that somebody has; behind what was written. */
enum { VARINT_MOST = 10 };
static inline char *varint_put(char *at, uint64_t number)
{
    while (number >= 0x80) {
        *at++ = (char)(number | 0x80);
        number >>= 7;
    }
    *at++ = (char)number;
    return at;
}
/* With its length before it and the NUL counted, so that a reader can use it where it
 * lies. NULL is kept.
 */
void buf_string(struct buf *buf, const char *text);
void buf_u64(struct buf *buf,
             uint64_t number); /* eight bytes, big-endian: sorts as bytes */
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);
/* The bytes as a text that the caller ends with free(); the buffer is empty again. */
char *buf_steal(struct buf *buf);

static inline struct slice buf_view(const struct buf *buf)
{
    return slice_of(buf->at, buf->length);
}

/* Here, because rows are made of them. */
static inline char *buf_room(struct buf *buf, size_t more)
{
    if (buf->capacity <= buf->length + more)
        buf_grow(buf, more);
    return buf->at + buf->length;
}

static inline void buf_grown(struct buf *buf, size_t by)
{
    buf->length += by;
    buf->at[buf->length] = '\0';
}

static inline void buf_bytes(struct buf *buf, const void *data, size_t length)
{
    char *at = buf_room(buf, length);

    if (length > 0)
        memcpy(at, data, length);
    buf_grown(buf, length);
}

static inline void buf_char(struct buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf_grown(buf, 1);
}

static inline void buf_varint(struct buf *buf, uint64_t number)
{
    char *at = buf_room(buf, VARINT_MOST);

    buf_grown(buf, (size_t)(varint_put(at, number) - at));
}

/* The length as a varint, then the bytes. */
static inline void buf_counted(struct buf *buf, struct slice bytes)
{
    char *at = buf_room(buf, VARINT_MOST + bytes.length);
    char *end = varint_put(at, bytes.length);

    if (bytes.length > 0)
        memcpy(end, bytes.at, bytes.length);
    buf_grown(buf, (size_t)(end - at) + bytes.length);
}

/* How many, then each of them counted: the room for all is taken once. */
void buf_values(struct buf *buf, const struct slice *values, size_t count);

#define BUF_AUTO __attribute__((cleanup(buf_free))) struct buf

/* Reads what a buf wrote. Once anything did not fit, `bad` is set and all later reads
 * give zero and empty slices, so a caller checks once, at the end. A number that is
 * longer than need be does not fit either: one thing has one form. */
struct reader {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

struct reader reader_of(struct slice bytes);
uint64_t reader_long_varint(struct reader *reader);
uint32_t reader_varint32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);
/* What buf_string wrote, in place. */
const char *reader_string(struct reader *reader);
/* How many things follow: never more than there are bytes left. */
uint32_t reader_count(struct reader *reader);
/* Whether these values follow, as buf_values wrote them. */
bool reader_has_values(struct reader *reader, const struct slice *values, size_t count);
/* Into `out`, all of it or zeros. */
void reader_copy(struct reader *reader, void *out, size_t length);

static inline size_t reader_left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* Nearly every number is below 128. */
static inline uint64_t reader_varint(struct reader *reader)
{
    return reader->at < reader->end && *reader->at < 0x80 ? *reader->at++
                                                          : reader_long_varint(reader);
}

static inline struct slice reader_bytes(struct reader *reader, size_t length)
{
    struct slice bytes = {(const char *)reader->at, length};

    if (reader->bad || reader_left(reader) < length) {
        reader->bad = true;
        reader->at = reader->end;
        return slice_of("", 0);
    }
    reader->at += length;
    return bytes;
}

static inline uint8_t reader_byte(struct reader *reader)
{
    struct slice one = reader_bytes(reader, 1);

    return one.length == 0 ? 0 : (uint8_t)one.at[0];
}

static inline struct slice reader_counted(struct reader *reader)
{
    return reader_bytes(reader, (size_t)reader_varint(reader));
}

#endif
