/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Some bytes that somebody else owns. Whoever hands one out says how long it lives:
 * usually an arena, or a snapshot of the store. No NUL is promised behind it.
 */
struct slice {
    const char *at;
    size_t length;
};

static inline struct slice slice_of(const void *at, size_t length)
{
    return (struct slice){at, length};
}

static inline struct slice slice_text(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

/* All from this byte on. The empty slice may have no bytes to point to at all. */
static inline struct slice slice_from(struct slice bytes, size_t offset)
{
    return slice_of(offset == 0 ? bytes.at : bytes.at + offset, bytes.length - offset);
}

/* Shorter first where one begins the other, else by bytes: the canonical order. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t n = a.length < b.length ? a.length : b.length;
    int order = n == 0 ? 0 : memcmp(a.at, b.at, n);

    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static inline bool slice_begins(struct slice bytes, struct slice prefix)
{
    return bytes.length >= prefix.length &&
           slice_equal(slice_of(bytes.at, prefix.length), prefix);
}

#endif
