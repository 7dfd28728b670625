/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "assertion.h"
#include "reply.h"
#include "url.h"

enum {
    SECRET_SIZE = 16 << 10,
    EARLY = 300,
    USUAL_LIFE = 3600,
    SKEW = 60,       /* seconds between two clocks that are worth a word */
    LAST_WEEKS = 30, /* days of a certificate that are */
};

struct token {
    const struct ma_host *host;
    struct http *http;
    struct token_settings set;
    time_t until; /* 0: there is none */
    char text[SECRET_SIZE];
    char secret[SECRET_SIZE]; /* only while it is used */
    bool warned;              /* that the certificate ends soon */
};

enum ma_status token_open(struct token **out, const struct ma_host *host,
                          struct http *http, const struct token_settings *set,
                          struct ma_error *err)
{
    struct token *token;

    if (set->url != NULL && url_check(set->url, err) != MA_OK)
        return err->status;
    if (set->url != NULL && set->client_id == NULL)
        return ma_fail(err, MA_INVALID,
                       "a token-url needs a client-id: give the parameter in mactl.xml");
    if (set->algorithm != NULL && strcmp(set->algorithm, "PS256") != 0 &&
        strcmp(set->algorithm, "RS256") != 0)
        return ma_fail(err, MA_INVALID,
                       "parameter 'certificate-algorithm': '%s' is none of: PS256, RS256",
                       set->algorithm);
    if (set->certificate_file != NULL && set->federated_file != NULL)
        return ma_fail(err, MA_INVALID,
                       "a certificate and a federated-token-file: give one of them");
    token = calloc(1, sizeof *token);
    if (token == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    token->host = host;
    token->http = http;
    token->set = *set;
    *out = token;
    return MA_OK;
}

void token_close(struct token *token)
{
    if (token == NULL)
        return;
    explicit_bzero(token, sizeof *token);
    free(token);
}

static void form(struct bytes *body, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (body->length > 0)
        bytes_char(body, '&');
    bytes_text(body, name);
    bytes_char(body, '=');
    url_escape(body, value, strlen(value));
}

static enum ma_status read_federated(struct token *token, struct ma_error *err)
{
    FILE *file = fopen(token->set.federated_file, "re");
    size_t length;

    if (file == NULL)
        return ma_fail(err, MA_DENIED, "the federated token: %s: %s",
                       token->set.federated_file, strerror(errno));
    length = fread(token->secret, 1, sizeof token->secret - 1, file);
    (void)fclose(file); /* it was read */
    while (length > 0 && strchr(" \r\n\t", token->secret[length - 1]) != NULL)
        length--;
    token->secret[length] = '\0';
    return MA_OK;
}

/* What mactl.xml does not name is no credential. */
static enum ma_status as_credential(enum ma_status status, struct ma_error *err)
{
    if (status == MA_NOT_FOUND)
        err->status = status = MA_DENIED;
    return status;
}

static enum ma_status read_password(struct token *token, struct ma_error *err)
{
    return token->host->secret(token->host, "password", token->secret,
                               sizeof token->secret, err);
}

static void warn_of_end(struct token *token, int days)
{
    if (days > LAST_WEEKS || token->warned)
        return;
    token->warned = true;
    token->host->log(token->host, MA_LOG_WARNING, "%s ends in %d days",
                     token->set.certificate_file, days);
}

/* The secret of that name, else the one that an agent has anyway. */
static enum ma_status read_certificate_key(struct token *token, struct ma_error *err)
{
    enum ma_status status = token->host->secret(token->host, "certificate-key",
                                                token->secret, sizeof token->secret, err);

    return status == MA_NOT_FOUND ? read_password(token, err) : status;
}

/* The key goes as soon as it has signed. */
static enum ma_status sign_assertion(struct token *token, struct ma_error *err)
{
    struct bytes text = {0};
    int days = 0;
    struct assertion set = {
        .client = token->set.client_id,
        .audience = token->set.url,
        .certificate_file = token->set.certificate_file,
        .key = token->secret,
        .algorithm = token->set.algorithm == NULL ? "PS256" : token->set.algorithm,
    };
    enum ma_status status = read_certificate_key(token, err);

    if (status == MA_OK)
        status = assertion_make(&set, &text, &days, err);
    explicit_bzero(token->secret, sizeof token->secret);
    if (status == MA_OK) {
        snprintf(token->secret, sizeof token->secret, "%s", text.at);
        warn_of_end(token, days);
    }
    bytes_free(&text);
    return status;
}

static enum ma_status write_form(struct token *token, struct bytes *body,
                                 struct ma_error *err)
{
    bool asserted =
        token->set.federated_file != NULL || token->set.certificate_file != NULL;
    enum ma_status status =
        as_credential((token->set.federated_file != NULL     ? read_federated
                       : token->set.certificate_file != NULL ? sign_assertion
                                                             : read_password)(token, err),
                      err);

    if (status != MA_OK)
        return status;
    form(body, "grant_type", "client_credentials");
    form(body, "client_id", token->set.client_id);
    form(body, "scope", token->set.scope);
    if (asserted)
        form(body, "client_assertion_type",
             "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form(body, asserted ? "client_assertion" : "client_secret", token->secret);
    explicit_bzero(token->secret, sizeof token->secret);
    return body->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

static enum ma_status refused(const struct http_call *call, struct ma_error *err)
{
    long long ahead = call->date == 0 ? 0 : (long long)time(NULL) - call->date;
    struct refusal why;
    char clocks[80] = "";

    reply_refusal(call, &why);
    if (llabs(ahead) > SKEW)
        snprintf(clocks, sizeof clocks, " (the clock here is %lld seconds %s)",
                 llabs(ahead), ahead > 0 ? "ahead" : "behind");
    return ma_fail(err, MA_DENIED, "%s gives no token: %s%s%s%s", call->url, why.code,
                   why.literal[0] == '\0' ? "" : ": ", why.literal, clocks);
}

/* Seconds in which it is used: early enough that no request outlives it. */
static time_t useful_life(const json_t *expires_in)
{
    time_t life = json_is_integer(expires_in) ? (time_t)json_integer_value(expires_in)
                  : json_is_string(expires_in)
                      ? (time_t)atoll(json_string_value(expires_in))
                      : USUAL_LIFE;

    return life - (life / 10 > EARLY ? EARLY : life / 10);
}

static enum ma_status read_token(struct token *token, const struct http_call *call,
                                 struct ma_error *err)
{
    const char *text;
    const json_t *life;
    json_t *json = NULL;

    if (reply_json(call, &json, err) != MA_OK)
        return err->status;
    text = member_text(json, "access_token");
    life = member(json, "expires_in");
    if (text == NULL || strlen(text) >= sizeof token->text) {
        json_decref(json);
        return ma_fail(err, MA_DENIED, "%s: the answer has no access_token", call->url);
    }
    snprintf(token->text, sizeof token->text, "%s", text);
    token->until = time(NULL) + useful_life(life);
    json_decref(json);
    return MA_OK;
}

static enum ma_status ask(struct token *token, struct ma_error *err)
{
    struct bytes body = {0};
    struct http_call call = {.method = HTTP_POST,
                             .url = token->set.url,
                             .content_type = "application/x-www-form-urlencoded",
                             .anonymous = true};
    enum ma_status status = write_form(token, &body, err);

    call.body = body.at;
    call.body_length = body.length;
    if (status == MA_OK)
        status = http_do(token->http, &call, err);
    if (status == MA_OK)
        status = call.code == 200 ? read_token(token, &call, err) : refused(&call, err);
    if (call.answer.at != NULL)
        explicit_bzero(call.answer.at, call.answer.length);
    http_release(token->http, &call);
    if (body.at != NULL)
        explicit_bzero(body.at, body.length);
    bytes_free(&body);
    return status;
}

enum ma_status token_bearer(void *context, bool fresh, char *out, size_t capacity,
                            struct ma_error *err)
{
    struct token *token = context;

    if (token->set.url == NULL)
        return as_credential(
            token->host->secret(token->host, "password", out, capacity, err), err);
    if (fresh)
        token->until = 0;
    if (time(NULL) >= token->until && ask(token, err) != MA_OK)
        return err->status;
    if (strlen(token->text) >= capacity)
        return ma_fail(err, MA_UNEXPECTED, "%s: the token is too long", token->set.url);
    snprintf(out, capacity, "%s", token->text);
    return MA_OK;
}
