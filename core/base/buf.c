/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void buf_grow(struct buf *buf, size_t more)
{
    size_t need = buf->length + more + 1;
    size_t capacity = buf->capacity == 0 ? 64 : buf->capacity;

    while (capacity < need)
        capacity *= 2;
    buf->at = mem_resize(buf->at, capacity);
    buf->capacity = capacity;
}

void buf_slice(struct buf *buf, struct slice bytes)
{
    buf_bytes(buf, bytes.at, bytes.length);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_bytes(buf, text, strlen(text));
}

void buf_print(struct buf *buf, const char *fmt, ...)
{
    va_list args;
    va_list again;
    int length;

    va_start(args, fmt);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (length > 0) {
        vsnprintf(buf_room(buf, (size_t)length), (size_t)length + 1, fmt, again);
        buf_grown(buf, (size_t)length);
    }
    va_end(again);
}

void buf_string(struct buf *buf, const char *text)
{
    if (text == NULL)
        buf_varint(buf, 0);
    else
        buf_counted(buf, slice_of(text, strlen(text) + 1));
}

void buf_u64(struct buf *buf, uint64_t number)
{
    unsigned char bytes[8];

    for (int i = 7; i >= 0; i--) {
        bytes[i] = (unsigned char)number;
        number >>= 8;
    }
    buf_bytes(buf, bytes, sizeof bytes);
}

void buf_values(struct buf *buf, const struct slice *values, size_t count)
{
    size_t most = VARINT_MOST;
    char *begin;
    char *at;

    for (size_t i = 0; i < count; i++)
        most += VARINT_MOST + values[i].length;
    begin = buf_room(buf, most);
    at = varint_put(begin, count);
    for (size_t i = 0; i < count; i++) {
        at = varint_put(at, values[i].length);
        if (values[i].length > 0)
            memcpy(at, values[i].at, values[i].length);
        at += values[i].length;
    }
    buf_grown(buf, (size_t)(at - begin));
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    if (buf->at != NULL)
        buf->at[0] = '\0';
}

void buf_free(struct buf *buf)
{
    free(buf->at);
    *buf = (struct buf){0};
}

char *buf_steal(struct buf *buf)
{
    char *text = buf->at == NULL ? mem_text("") : buf->at;

    *buf = (struct buf){0};
    return text;
}

struct reader reader_of(struct slice bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.at;

    return (struct reader){at, bytes.length == 0 ? at : at + bytes.length, false};
}

uint64_t reader_long_varint(struct reader *reader)
{
    const unsigned char *at = reader->at;
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64 && at < reader->end; shift += 7) {
        unsigned char byte = *at++;

        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte >= 0x80)
            continue;
        if ((byte == 0 && shift > 0) || (byte > 1 && shift == 63))
            break;
        reader->at = at;
        return number;
    }
    reader->bad = true;
    reader->at = reader->end;
    return 0;
}

uint32_t reader_varint32(struct reader *reader)
{
    uint64_t number = reader_varint(reader);

    if (number > UINT32_MAX)
        reader->bad = true;
    return reader->bad ? 0 : (uint32_t)number;
}

bool reader_has_values(struct reader *reader, const struct slice *values, size_t count)
{
    bool same = reader_varint(reader) == count;

    for (size_t i = 0; same && i < count; i++)
        same = slice_equal(reader_counted(reader), values[i]);
    return same && !reader->bad;
}

void reader_copy(struct reader *reader, void *out, size_t length)
{
    struct slice bytes = reader_bytes(reader, length);

    if (bytes.length < length)
        memset(out, 0, length);
    else
        memcpy(out, bytes.at, length);
}

uint64_t reader_u64(struct reader *reader)
{
    uint64_t number = 0;

    reader_copy(reader, &number, sizeof number);
    return be64toh(number);
}

const char *reader_string(struct reader *reader)
{
    struct slice text = reader_counted(reader);

    if (text.length == 0)
        return NULL;
    if (memchr(text.at, '\0', text.length) != text.at + text.length - 1)
        reader->bad = true;
    return reader->bad ? NULL : text.at;
}

uint32_t reader_count(struct reader *reader)
{
    uint64_t count = reader_varint(reader);

    if (count > reader_left(reader) || count > UINT32_MAX)
        reader->bad = true;
    return reader->bad ? 0 : (uint32_t)count;
}
