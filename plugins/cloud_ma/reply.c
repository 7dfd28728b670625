/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include <ctype.h>

/* The quote that ends the text which begins there; `end`: none does. */
static const char *text_end(const char *at, const char *end)
{
    const char *slash;

    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        for (slash = at; slash[-1] == '\\'; slash--)
            ;
        if ((at - slash) % 2 == 0)
            return at;
        at++;
    }
    return end;
}

/* Brackets outside of texts, before a parser is let near it. */
static bool is_shallow(const char *at, size_t length)
{
    const char *end = at + length;
    size_t depth = 0;

    for (; at < end; at++)
        switch (*at) {
        case '"':
            at = text_end(at + 1, end);
            break;
        case '{':
        case '[':
            if (++depth > JSON_DEPTH)
                return false;
            break;
        case '}':
        case ']':
            depth -= depth > 0;
            break;
        default:
            break;
        }
    return true;
}

enum ma_status reply_parse(const char *data, size_t length, const char *what,
                           json_t **out, struct ma_error *err)
{
    json_error_t error;
    json_t *json;

    if (length == 0)
        return ma_fail(err, MA_INVALID, "%s: it is empty, and JSON is wanted", what);
    if (!is_shallow(data, length))
        return ma_fail(err, MA_INVALID, "%s: JSON nested deeper than %d", what,
                       JSON_DEPTH);
    json = json_loadb(data, length, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        return ma_fail(err, MA_INVALID, "%s:%d:%d: no JSON: %s", what, error.line,
                       error.column, error.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return ma_fail(err, MA_INVALID, "%s: a JSON object is wanted", what);
    }
    *out = json;
    return MA_OK;
}

static bool is_json_type(const char *type)
{
    size_t length = strcspn(type, ";");

    for (size_t i = 0; i + 4 <= length; i++)
        if (strncasecmp(type + i, "json", 4) == 0)
            return true;
    return false;
}

enum ma_status reply_json(const struct http_call *call, json_t **out,
                          struct ma_error *err)
{
    if (!is_json_type(call->type))
        return ma_fail(err, MA_UNEXPECTED,
                       "%s: the server answered '%s', and JSON is wanted: is the URL "
                       "the one of the API?",
                       call->url, call->type[0] == '\0' ? "no type" : call->type);
    if (reply_parse(call->answer.at, call->answer.length, call->url, out, err) == MA_OK)
        return MA_OK;
    err->status = MA_UNEXPECTED;
    return err->status;
}

json_t *member(const json_t *object, const char *name)
{
    size_t length = strlen(name), key_length;
    json_t *found = json_object_getn(object, name, length);
    const char *key;
    json_t *value;

    if (found != NULL || !json_is_object(object))
        return found;
    json_object_keylen_foreach((json_t *)object, key, key_length,
                               value) if (key_length == length &&
                                          strcasecmp(key, name) == 0) return value;
    return NULL;
}

const char *member_text(const json_t *object, const char *name)
{
    return json_string_value(member(object, name));
}

/* Texts of a server go into one line of ours. */
static void copy_line(char *out, size_t capacity, const char *text)
{
    size_t n = 0;

    for (; text != NULL && *text != '\0' && n + 1 < capacity; text++)
        out[n++] = iscntrl((unsigned char)*text) ? ' ' : *text;
    out[n] = '\0';
}

static void read_refusal(const json_t *json, struct refusal *out)
{
    const json_t *error = member(json, "error");
    const char *kind = member_text(json, "scimType");
    const char *words = member_text(json, "detail");

    if (json_is_object(error)) { /* Graph */
        const json_t *detail = json_array_get(member(error, "details"), 0);

        kind = member_text(detail != NULL ? detail : error, "code");
        words = member_text(error, "message");
    } else if (json_is_string(error)) { /* OAuth */
        kind = json_string_value(error);
        words = member_text(json, "error_description");
    }
    copy_line(out->kind, sizeof out->kind, kind);
    copy_line(out->literal, sizeof out->literal, words);
}

void reply_refusal(const struct http_call *call, struct refusal *out)
{
    struct ma_error ignored = {0};
    json_t *json = NULL;

    memset(out, 0, sizeof *out);
    if (call->answer.length > 0 && is_json_type(call->type) &&
        reply_parse(call->answer.at, call->answer.length, "", &json, &ignored) == MA_OK)
        read_refusal(json, out);
    json_decref(json);
    if (call->code == 0) /* no answer: what went wrong is ours to say */
        copy_line(out->literal, sizeof out->literal, call->text);
    else
        snprintf(out->code, sizeof out->code, "%ld%s%s", call->code,
                 out->kind[0] == '\0' ? "" : " ", out->kind);
}
