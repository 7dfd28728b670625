/* SPDX-License-Identifier: Apache-2.0 */
#include "assertion.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <time.h>

enum { LIFE = 600, NONCE = 16 };

/* --- certificate and key ---------------------------------------------------------- */

static enum ma_status openssl_says(const char *what, struct ma_error *err)
{
    unsigned long code = ERR_peek_last_error();
    const char *why = code == 0 ? "no PEM of that kind" : ERR_reason_error_string(code);

    ERR_clear_error();
    return ma_fail(err, MA_DENIED, "%s: %s", what, why == NULL ? "not readable" : why);
}

static enum ma_status read_certificate(const char *path, X509 **out, struct ma_error *err)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return ma_fail(err, MA_DENIED, "the certificate: %s: %s", path, strerror(errno));
    *out = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file); /* it was read */
    return *out == NULL ? openssl_says(path, err) : MA_OK;
}

/* Nobody is there to be asked for a passphrase. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static enum ma_status read_key(const char *pem, EVP_PKEY **out, struct ma_error *err)
{
    BIO *text = BIO_new_mem_buf(pem, -1);

    if (text == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    *out = PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL);
    BIO_free(text);
    if (*out == NULL)
        return openssl_says("the secret 'password' is no private key in PEM, or "
                            "one with a passphrase",
                            err);
    if (EVP_PKEY_get_base_id(*out) != EVP_PKEY_RSA)
        return ma_fail(err, MA_DENIED,
                       "the secret 'password' is no RSA key, and the token "
                       "endpoint takes no other");
    return MA_OK;
}

static enum ma_status check_pair(X509 *certificate, EVP_PKEY *key, const char *path,
                                 int *days, struct ma_error *err)
{
    int seconds = 0;

    if (X509_check_private_key(certificate, key) != 1) {
        ERR_clear_error();
        return ma_fail(err, MA_DENIED, "the secret 'password' is not the key of %s",
                       path);
    }
    if (ASN1_TIME_diff(days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1)
        return openssl_says(path, err);
    if (*days < 0 || seconds < 0)
        return ma_fail(err, MA_DENIED,
                       "%s has expired: make a new one, tell the application of it, and "
                       "put it in its place",
                       path);
    return MA_OK;
}

/* --- the token -------------------------------------------------------------------- */

/* base64url, without the padding. */
static void put_encoded(struct bytes *out, const void *data, size_t length)
{
    unsigned char *text = malloc(4 * ((length + 2) / 3) + 1);

    if (text == NULL) {
        out->failed = true;
        return;
    }
    (void)EVP_EncodeBlock(text, data, (int)length);
    for (const unsigned char *c = text; *c != '\0' && *c != '='; c++)
        bytes_char(out, *c == '+' ? '-' : *c == '/' ? '_' : (char)*c);
    free(text);
}

static void put_json(struct bytes *out, json_t *json)
{
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

    if (text == NULL)
        out->failed = true;
    else
        put_encoded(out, text, strlen(text));
    free(text);
    json_decref(json);
}

static void put_header(struct bytes *out, X509 *certificate, bool pss)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    struct bytes print = {0};

    if (X509_digest(certificate, pss ? EVP_sha256() : EVP_sha1(), hash, &length) != 1)
        out->failed = true;
    put_encoded(&print, hash, length);
    put_json(out, print.failed
                      ? NULL
                      : json_pack("{s:s, s:s, s:s}", "alg", pss ? "PS256" : "RS256",
                                  "typ", "JWT", pss ? "x5t#S256" : "x5t", print.at));
    bytes_free(&print);
}

static void put_claims(struct bytes *out, const struct assertion *set)
{
    unsigned char nonce[NONCE];
    struct bytes id = {0};
    time_t now = time(NULL);

    if (RAND_bytes(nonce, sizeof nonce) != 1)
        out->failed = true;
    put_encoded(&id, nonce, sizeof nonce);
    put_json(out, id.failed
                      ? NULL
                      : json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "aud",
                                  set->audience, "iss", set->client, "sub", set->client,
                                  "jti", id.at, "nbf", (json_int_t)now, "iat",
                                  (json_int_t)now, "exp", (json_int_t)(now + LIFE)));
    bytes_free(&id);
}

static bool begin_signature(EVP_MD_CTX *context, EVP_PKEY *key, bool pss)
{
    EVP_PKEY_CTX *parameters = NULL;

    return EVP_DigestSignInit(context, &parameters, EVP_sha256(), NULL, key) == 1 &&
           (!pss ||
            (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) > 0));
}

/* Behind what is signed, which is all that is there by then. */
static enum ma_status put_signature(struct bytes *out, EVP_PKEY *key, bool pss,
                                    struct ma_error *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t length = sizeof signature;
    bool good;

    if (context == NULL || out->failed) {
        EVP_MD_CTX_free(context);
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    good = begin_signature(context, key, pss) &&
           EVP_DigestSign(context, signature, &length, (const unsigned char *)out->at,
                          out->length) == 1;
    EVP_MD_CTX_free(context);
    if (!good)
        return openssl_says("the assertion cannot be signed", err);
    bytes_char(out, '.');
    put_encoded(out, signature, length);
    return out->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

enum ma_status assertion_make(const struct assertion *set, struct bytes *out, int *days,
                              struct ma_error *err)
{
    bool pss = strcmp(set->algorithm, "PS256") == 0;
    X509 *certificate = NULL;
    EVP_PKEY *key = NULL;
    enum ma_status status = read_certificate(set->certificate_file, &certificate, err);

    if (status == MA_OK)
        status = read_key(set->key, &key, err);
    if (status == MA_OK)
        status = check_pair(certificate, key, set->certificate_file, days, err);
    if (status == MA_OK) {
        put_header(out, certificate, pss);
        bytes_char(out, '.');
        put_claims(out, set);
        status = put_signature(out, key, pss, err);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return status;
}
