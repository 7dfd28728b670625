/* SPDX-License-Identifier: Apache-2.0 */
#include "mark.h"

#include <stdlib.h>

#include "support/text.h"

static const struct {
    const char *word;
    enum delta_method method;
} methods[] = {
    {"none", DELTA_AUTO},
    {"dirsync", DELTA_DIRSYNC},
    {"object-security", DELTA_OBJECT_SECURITY},
    {"usn", DELTA_USN},
};

/* The next word; "" at the end. */
static const char *word(struct pool *pool, const char **at)
{
    size_t length = strcspn(*at, " ");
    const char *found = pool_text(pool, *at, length);

    *at += length;
    *at += **at == ' ';
    return found;
}

static bool read_method(struct mark *mark, const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].word, name) == 0) {
            mark->method = methods[i].method;
            return true;
        }
    return false;
}

static bool read_cookie(struct mark *mark, struct pool *pool, const char *text)
{
    struct bytes cookie = {0};
    bool good = text_from_base64(&cookie, text, strlen(text)) && cookie.length > 0;

    if (good)
        mark->cookie = pool_value(pool, cookie.at, cookie.length);
    bytes_free(&cookie);
    return good;
}

bool mark_read(struct mark *mark, struct pool *pool, struct ma_value value)
{
    const char *at = pool_text(pool, value.data, value.length);
    const char *first = word(pool, &at);

    *mark = (struct mark){0};
    if (strcmp(first, "full") == 0) {
        mark->roots_done = strtoul(word(pool, &at), NULL, 10);
        first = word(pool, &at);
    }
    if (strcmp(first, "at") == 0) {
        mark->made = strtoll(word(pool, &at), NULL, 10);
        first = word(pool, &at);
    }
    if (!read_method(mark, first))
        return false;
    mark->host = word(pool, &at);
    mark->invocation = word(pool, &at);
    if (mark->method == DELTA_AUTO)
        return true;
    if (mark->method != DELTA_USN)
        return read_cookie(mark, pool, at);
    mark->usn = strtoull(at, NULL, 10);
    return mark->usn > 0;
}

void mark_write(const struct mark *mark, bool of_full, struct bytes *out)
{
    char text[96];

    if (of_full) {
        snprintf(text, sizeof text, "full %zu ", mark->roots_done);
        bytes_text(out, text);
    }
    if (mark->made != 0) {
        snprintf(text, sizeof text, "at %lld ", (long long)mark->made);
        bytes_text(out, text);
    }
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].method == mark->method)
            bytes_text(out, methods[i].word);
    bytes_char(out, ' ');
    bytes_text(out, mark->host);
    bytes_char(out, ' ');
    bytes_text(out, mark->invocation);
    bytes_char(out, ' ');
    if (mark->method == DELTA_USN) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)mark->usn);
        bytes_text(out, text);
    } else if (mark->method != DELTA_AUTO) {
        text_base64(out, mark->cookie.data, mark->cookie.length);
    }
}
