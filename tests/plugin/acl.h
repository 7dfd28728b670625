/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ACL_H
#define TESTS_ACL_H

#include <jansson.h>

#include "access.h"
#include "sddl.h"
#include "suite.h"
#include "support/guid.h"
#include "support/sid.h"

/* What the tests of descriptors share: the vectors of data/acl.json, and texts that are
 * turned into what the code under test takes. A failure names the vector. */

static inline json_t *acl_vectors(void)
{
    json_error_t error;
    json_t *root = json_load_file(SOURCE_DIR "/tests/plugin/data/acl.json", 0, &error);

    ck_assert_msg(root != NULL, "%s: line %d", error.text, error.line);
    return root;
}

static inline const char *acl_field(const json_t *vector, const char *name)
{
    return json_string_value(json_object_get(vector, name));
}

static inline void acl_sid(const char *text, unsigned char out[SID_MOST])
{
    ck_assert_msg(sid_parse(text, strlen(text), out) == strlen(text), "%s", text);
}

/* NULL stays NULL. */
static inline const unsigned char *acl_guid(const char *text,
                                            unsigned char out[GUID_SIZE])
{
    if (text == NULL)
        return NULL;
    ck_assert_msg(guid_read(text, strlen(text), out), "%s", text);
    return out;
}

struct acl_domain {
    unsigned char sid[SID_MOST];
    struct sddl_domains domains;
};

static inline void acl_domain(struct acl_domain *domain, const char *text)
{
    acl_sid(text, domain->sid);
    domain->domains = (struct sddl_domains){domain->sid, domain->sid};
}

static inline void acl_unhex(const char *hex, struct bytes *out)
{
    unsigned byte;

    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        bytes_char(out, (char)byte);
}

static inline struct ma_value acl_value(const struct bytes *bytes)
{
    return (struct ma_value){bytes->at == NULL ? "" : bytes->at, bytes->length};
}

/* A descriptor of a text, with the bytes that it lies in. */
struct acl_of {
    struct bytes bytes;
    struct descriptor sd;
};

static inline void acl_of(struct acl_of *out, const char *sddl,
                          const struct acl_domain *domain, const char *id)
{
    struct ma_error error;

    *out = (struct acl_of){.bytes = {0}};
    ck_assert_msg(sddl_parse(sddl, &domain->domains, &out->bytes, &error) == MA_OK,
                  "%s: %s", id, error.text);
    ck_assert_msg(descriptor_read(acl_value(&out->bytes), &out->sd, &error) == MA_OK,
                  "%s: %s", id, error.text);
}

static inline void acl_print(const struct descriptor *sd, const struct acl_domain *domain,
                             struct bytes *out)
{
    bytes_clear(out);
    bytes_text(out, "");
    sddl_print(sd, &domain->domains, out);
}

/* The SIDs of a vector's token, sorted. */
struct acl_token {
    unsigned char sids[32][SID_MOST];
    const unsigned char *sorted[32];
    struct access_token token;
};

static inline void acl_token(struct acl_token *token, const json_t *list)
{
    json_t *text;
    size_t i;

    json_array_foreach(list, i, text)
    {
        acl_sid(json_string_value(text), token->sids[i]);
        token->sorted[i] = token->sids[i];
    }
    token->token = (struct access_token){token->sorted, json_array_size(list)};
    access_token_sort(token->sorted, token->token.count);
}

#endif
