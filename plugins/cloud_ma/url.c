/* SPDX-License-Identifier: Apache-2.0 */
#include "url.h"

#include <ctype.h>
#include <curl/curl.h>

/* A part of the URL, to be ended with curl_free; NULL: there is none. */
static char *url_part(const char *url, CURLUPart part)
{
    CURLU *parsed = curl_url();
    char *text = NULL;

    if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK)
        (void)curl_url_get(parsed, part, &text, CURLU_DEFAULT_PORT);
    curl_url_cleanup(parsed);
    return text;
}

static bool same_part(const char *a, const char *b, CURLUPart part)
{
    char *left = url_part(a, part);
    char *right = url_part(b, part);
    bool same = left != NULL && right != NULL && strcasecmp(left, right) == 0;

    curl_free(left);
    curl_free(right);
    return same;
}

bool url_same_host(const char *a, const char *b)
{
    return same_part(a, b, CURLUPART_SCHEME) && same_part(a, b, CURLUPART_HOST) &&
           same_part(a, b, CURLUPART_PORT);
}

static bool is_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "[::1]") == 0;
}

enum ma_status url_check(const char *url, struct ma_error *err)
{
    char *scheme = url_part(url, CURLUPART_SCHEME);
    char *host = url_part(url, CURLUPART_HOST);
    char *user = url_part(url, CURLUPART_USER);
    enum ma_status status = MA_OK;

    if (scheme == NULL || host == NULL)
        status = ma_fail(err, MA_INVALID, "'%s' is no URL like https://host/path", url);
    else if (user != NULL)
        status = ma_fail(err, MA_INVALID,
                         "a URL with a user and a password in it is refused: say where "
                         "the secret comes from by <secret> in mactl.xml");
    else if (strcasecmp(scheme, "https") != 0 &&
             !(strcasecmp(scheme, "http") == 0 && is_loopback(host)))
        status = ma_fail(err, MA_INVALID,
                         "'%s': https is needed; http goes to this machine only", url);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    return status;
}

void url_escape(struct bytes *out, const char *text, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (isalnum(c) || strchr("-._~", c) != NULL) {
            bytes_char(out, (char)c);
            continue;
        }
        bytes_char(out, '%');
        bytes_char(out, hex[c >> 4]);
        bytes_char(out, hex[c & 15]);
    }
}
