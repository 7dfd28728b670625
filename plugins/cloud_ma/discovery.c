/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"
#include "session.h"

static bool supported(const json_t *config, const char *name, bool otherwise)
{
    const json_t *value = member(member(config, name), "supported");

    return value == NULL ? otherwise : json_is_true(value);
}

static void take_config(struct session *s, const json_t *config)
{
    const json_t *paging = member(config, "pagination");
    const json_t *most = member(member(config, "filter"), "maxResults");
    const json_t *bulk = member(config, "bulk");

    s->server.patch = supported(config, "patch", true);
    s->server.filter = supported(config, "filter", true);
    s->server.etag = supported(config, "etag", false);
    s->server.bulk = supported(config, "bulk", false);
    s->server.bulk_most = json_integer_value(member(bulk, "maxOperations"));
    s->server.bulk_bytes = json_integer_value(member(bulk, "maxPayloadSize"));
    s->server.cursor = json_is_true(member(paging, "cursor"));
    s->server.index = !json_is_false(member(paging, "index"));
    if (json_is_integer(member(paging, "maxPageSize")))
        most = member(paging, "maxPageSize");
    if (json_integer_value(most) > 0 && json_integer_value(most) < 100000)
        s->server.page = (int)json_integer_value(most);
}

/* Several changes in one request, where the server says that it takes them. */
static void use_bulk(struct session *s)
{
    int64_t most = s->quirks.bulk_most;

    if (s->quirks.bulk == NO || (s->quirks.bulk == AUTO && !s->server.bulk))
        return;
    if (s->server.bulk_most > 0 && s->server.bulk_most < most)
        most = s->server.bulk_most;
    http_bulk(s->http, (unsigned)most,
              s->server.bulk_bytes > 0 ? (size_t)s->server.bulk_bytes : 0);
}

static void take_types(struct session *s, const json_t *list)
{
    json_t *resources = member(list, "Resources");
    json_t *type;
    size_t i;

    s->server.types = json_array();
    json_array_foreach(resources, i, type) if (member_text(type, "endpoint") != NULL)(
        void) json_array_append(s->server.types, member(type, "endpoint"));
    s->server.types_known = json_array_size(s->server.types) > 0;
}

/* There are servers without any of these pages: then the standard holds. */
static enum ma_status ask(struct session *s, const char *page, json_t **out,
                          struct ma_error *err)
{
    enum ma_status status =
        session_get_url(s, session_url(s, NULL, NULL, page), out, NULL, err);

    if (!session_lacks(status))
        return status;
    s->host->log(s->host, MA_LOG_DEBUG, "%s; as the standard has it", err->text);
    *out = NULL;
    return MA_OK;
}

enum ma_status discover(struct session *s, struct ma_error *err)
{
    json_t *json = NULL;

    if (s->server.asked)
        return MA_OK;
    if (s->mapping.graph) { /* its discovery is its documentation */
        s->server.patch = s->server.filter = s->server.asked = true;
        return MA_OK;
    }
    if (ask(s, "/ServiceProviderConfig", &json, err) != MA_OK)
        return err->status;
    take_config(s, json);
    use_bulk(s);
    json_decref(json);
    if (ask(s, "/ResourceTypes", &json, err) != MA_OK)
        return err->status;
    if (json != NULL)
        take_types(s, json);
    json_decref(json);
    s->server.asked = true;
    err->status = MA_OK;
    return MA_OK;
}

bool server_has(const struct session *s, const struct mapped_class *class)
{
    json_t *endpoint;
    size_t i;

    json_array_foreach(s->server.types, i,
                       endpoint) if (strcasecmp(json_string_value(endpoint),
                                                class->endpoint) == 0) return true;
    return false;
}
