/* SPDX-License-Identifier: Apache-2.0 */
#include "ahead.h"

#include <jansson.h>
#include <string.h>

enum { SEEN = 8192 }; /* of either end: a link and what stands beside it */

static const char *blanks(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
        at++;
    return at;
}

/* Behind "name" and a colon; in a text of JSON no quote stands alone, so it is a name. */
static const char *value_of(const char *at, const char *end, const char *quoted)
{
    size_t length = strlen(quoted);
    const char *found = memmem(at, (size_t)(end - at), quoted, length);

    if (found == NULL)
        return NULL;
    found = blanks(found + length, end);
    if (found == end || *found != ':')
        return NULL;
    found = blanks(found + 1, end);
    return found < end && *found == '"' ? found : NULL;
}

char *ahead_text(const struct bytes *page, const char *name)
{
    const char *end = page->at + page->length;
    size_t seen = page->length < SEEN ? page->length : SEEN;
    char quoted[80];
    const char *found;
    json_t *text;
    char *out;

    if (page->length == 0)
        return NULL;
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    found = value_of(page->at, page->at + seen, quoted);
    if (found == NULL)
        found = value_of(end - seen, end, quoted);
    if (found == NULL)
        return NULL;
    text = json_loadb(found, (size_t)(end - found),
                      JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, NULL);
    out = json_is_string(text) ? strdup(json_string_value(text)) : NULL;
    json_decref(text);
    return out;
}
