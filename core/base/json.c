/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"

/* The valid stretches as they are, every other byte as "\xNN". */
static json_t *cleaned(struct slice text)
{
    BUF_AUTO clean = {0};

    for (size_t at = 0; at < text.length;) {
        size_t width = 1;

        while (width <= 4 && at + width <= text.length &&
               !text_is_utf8(slice_of(text.at + at, width)))
            width++;
        if (width <= 4 && at + width <= text.length) {
            buf_bytes(&clean, text.at + at, width);
            at += width;
        } else {
            buf_print(&clean, "\\x%02X", (unsigned)(unsigned char)text.at[at]);
            at++;
        }
    }
    return json_stringn(clean.at == NULL ? "" : clean.at, clean.length);
}

json_t *json_of_slice(struct slice text)
{
    if (text_is_utf8(text))
        return json_stringn(text.length == 0 ? "" : text.at, text.length);
    return cleaned(text);
}

json_t *json_of_text(const char *text)
{
    return text == NULL ? json_null() : json_of_slice(slice_text(text));
}

json_t *json_of_time(int64_t time)
{
    char text[CLOCK_TEXT];

    return time == 0 ? json_null() : json_string(clock_format_rfc3339(time, text));
}

void json_put_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, key, json_of_text(text));
}

void json_put_number(json_t *object, const char *key, uint64_t number)
{
    if (number != 0)
        json_object_set_new(object, key, json_integer((json_int_t)number));
}

void json_put_time(json_t *object, const char *key, int64_t time)
{
    if (time != 0)
        json_object_set_new(object, key, json_of_time(time));
}

void json_put_flag(json_t *object, const char *key, bool flag)
{
    if (flag)
        json_object_set_new(object, key, json_true());
}

const char *json_get_text(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? NULL : arena_text(arena, text);
}

uint64_t json_get_number(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

/* What clock_format_rfc3339 wrote; 0 where it is something else. */
static int64_t time_of(const char *text)
{
    struct tm tm = {0};
    int millis = 0;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &millis) != 7)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (int64_t)timegm(&tm) * 1000 + millis;
}

int64_t json_get_time(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? 0 : time_of(text);
}

bool json_get_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

void json_write(json_t *document, struct buf *out)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII);

    buf_text(out, text == NULL ? "null" : text);
    free(text);
    json_decref(document);
}

enum ma_status json_read_file(const char *path, json_t **out, struct ma_error *err)
{
    FILE *file = fopen(path, "re");
    json_error_t where;

    if (file == NULL)
        return ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    *out = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
    (void)fclose(file); /* it was read only */
    if (*out != NULL)
        return MA_OK;
    return ma_fail(err, MA_INVALID, "%s:%d:%d: %s", path, where.line, where.column,
                   where.text);
}
