/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <ctype.h>

static const struct {
    CURLcode code;
    enum retry_class class; /* of a request that ended so */
} failures[] = {
    {CURLE_COULDNT_CONNECT, RETRY_SAFE},
    {CURLE_COULDNT_RESOLVE_HOST, RETRY_SAFE},
    {CURLE_COULDNT_RESOLVE_PROXY, RETRY_SAFE},
    {CURLE_SSL_CONNECT_ERROR, RETRY_SAFE},
    {CURLE_PEER_FAILED_VERIFICATION, RETRY_DONE},
    {CURLE_SSL_CACERT_BADFILE, RETRY_DONE},
    {CURLE_URL_MALFORMAT, RETRY_DONE},
    {CURLE_UNSUPPORTED_PROTOCOL, RETRY_DONE},
};

/* JSON that does not end. Where a connection was closed instead of a length told, libcurl
 * takes it as complete, and so it does half of a gzip stream. */
static bool is_cut(const struct http_call *call)
{
    size_t length = call->answer.length;

    if (call->code < 200 || call->code > 299 || length == 0 ||
        strcasestr(call->type, "json") == NULL)
        return false;
    while (length > 0 && isspace((unsigned char)call->answer.at[length - 1]))
        length--;
    return length == 0 || strchr("}]", call->answer.at[length - 1]) == NULL;
}

enum retry_class verdict_class(const struct http_call *call, CURLcode code)
{
    if (code == CURLE_OK && call->code == 500 && call->probe)
        return RETRY_DONE;
    if (code == CURLE_OK)
        return is_cut(call) ? RETRY_UNCERTAIN
                            : retry_of_status(call->code, call->after >= 0);
    if (call->too_large || call->answer.failed)
        return RETRY_DONE;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == code)
            return failures[i].class;
    return RETRY_UNCERTAIN;
}

/* The query is long, and says less than what went wrong. */
void verdict_describe(struct http_call *call, CURLcode code)
{
    const char *words =
        call->problem[0] != '\0' ? call->problem : curl_easy_strerror(code);
    int length = (int)strcspn(call->url, "?");

    if (call->too_large)
        snprintf(call->text, sizeof call->text,
                 "%.*s: the answer is larger than %zu bytes", length, call->url,
                 call->too_large);
    else if (code != CURLE_OK)
        snprintf(call->text, sizeof call->text, "%.*s: %s", length, call->url, words);
    else if (is_cut(call))
        snprintf(call->text, sizeof call->text, "%.*s: the answer ends in the middle",
                 length, call->url);
    else
        snprintf(call->text, sizeof call->text, "%.*s: the server answered %ld", length,
                 call->url, call->code);
}

enum ma_status verdict_status(const struct http_call *call, CURLcode code)
{
    if (call->answer.failed)
        return MA_NO_MEMORY;
    if (call->too_large)
        return MA_UNEXPECTED;
    return code == CURLE_OK && !is_cut(call) ? MA_OK : MA_UNREACHABLE;
}

bool verdict_is_busy(const struct http_call *call)
{
    return call->code == 429 || call->code == 503;
}
