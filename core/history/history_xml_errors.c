/* SPDX-License-Identifier: Apache-2.0 */

/* The errors of a step, in the product's XML. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "history/history_xml.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void put_text(struct xml_out *out, const char *name, const json_t *from,
                     const char *key)
{
    xml_out_element(out, name, text_of(from, key));
}

static void put_number(struct xml_out *out, const char *name, const json_t *from,
                       const char *key)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)json_get_number(from, key));
    xml_out_element(out, name, text);
}

/* Where it is not 0: an entry has no line where its source has none. */
static void put_place(struct xml_out *out, const char *name, const json_t *from,
                      const char *key)
{
    if (json_get_number(from, key) != 0)
        put_number(out, name, from, key);
}

static void put_time(struct xml_out *out, const char *name, const json_t *from,
                     const char *key)
{
    int64_t time = json_get_time(from, key);
    char text[32];

    if (time != 0)
        xml_out_element(out, name, clock_format_product(time, text));
}

static bool is_kind(const json_t *error, const char *kind)
{
    const char *text = text_of(error, "kind");

    return text != NULL && strcmp(text, kind) == 0;
}

static void put_braced(struct xml_out *out, const char *name, const char *guid)
{
    char text[GUID_TEXT];
    struct guid id;

    if (guid != NULL && guid_parse(slice_text(guid), &id))
        xml_out_attribute(out, name, guid_format(&id, GUID_BRACED_UPPER, text));
}

/* --- what the connected system said ----------------------------------------------- */

static void put_cd_error(struct xml_out *out, const json_t *error)
{
    if (text_of(error, "code") == NULL && text_of(error, "literal") == NULL &&
        text_of(error, "detail") == NULL)
        return;
    xml_out_open(out, "cd-error");
    put_text(out, "error-code", error, "code");
    put_text(out, "error-literal", error, "literal");
    put_text(out, "server-error-detail", error, "detail");
    xml_out_close(out);
}

/* The format has no place for what an audit found out, so it is a comment. */
static void put_findings(struct xml_out *out, const json_t *error)
{
    static const char *const keys[] = {"code",  "attribute", "cause", "evidence",
                                       "place", "grant",     "remedy"};
    size_t at;
    const json_t *finding;

    json_array_foreach(json_object_get(error, "findings"), at, finding)
    {
        BUF_AUTO text = {0};

        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (text_of(finding, keys[i]) != NULL)
                buf_print(&text, "%s%s: %s", text.length == 0 ? "" : "; ", keys[i],
                          text_of(finding, keys[i]));
        xml_out_comment(out, text.at);
    }
}

/* --- discovery ---------------------------------------------------------------------- */

static void put_discovery_error(struct xml_out *out, const json_t *error)
{
    xml_out_open(out, "ma-object-error");
    xml_out_comment(out, text_of(error, "text"));
    put_text(out, "error-type", error, "type");
    put_place(out, "entry-number", error, "entry");
    put_place(out, "line-number", error, "line");
    put_place(out, "column-number", error, "column");
    put_text(out, "dn", error, "dn");
    put_text(out, "attribute-name", error, "attribute");
    xml_out_close(out);
}

void history_xml_discovery(struct xml_out *out, const json_t *errors)
{
    size_t i;
    const json_t *error;

    xml_out_open(out, "ma-discovery-errors");
    json_array_foreach(errors, i, error) if (is_kind(error, "discovery-error"))
        put_discovery_error(out, error);
    xml_out_close(out);
}

/* --- what was exported and did not come back -------------------------------------- */

static void put_value(struct xml_out *out, const json_t *value, const char *operation)
{
    const json_t *bytes = json_object_get(value, "base64");
    char number[32];

    xml_out_open(out, "value");
    xml_out_attribute(out, "operation", operation);
    xml_out_attribute(out, "encoding", bytes == NULL ? NULL : "base64");
    snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    xml_out_text(out, bytes != NULL            ? json_string_value(bytes)
                      : json_is_string(value)  ? json_string_value(value)
                      : json_is_integer(value) ? number
                      : json_is_true(value)    ? "true"
                                               : "false");
    xml_out_close(out);
}

static void put_values(struct xml_out *out, const json_t *values, const char *operation)
{
    size_t i;
    const json_t *value;

    json_array_foreach(values, i, value) put_value(out, value, operation);
}

static void put_change(struct xml_out *out, const json_t *change)
{
    const char *operation = text_of(change, "operation");
    bool set = operation != NULL && strcmp(operation, "set") == 0;

    xml_out_open(out, "attr");
    xml_out_attribute(out, "name", text_of(change, "name"));
    xml_out_attribute(out, "operation", set ? "replace" : "update");
    put_values(out, json_object_get(change, "add"), set ? NULL : "add");
    put_values(out, json_object_get(change, "delete"), "delete");
    xml_out_close(out);
}

static void put_delta(struct xml_out *out, const json_t *delta, const char *dn)
{
    size_t i;
    const json_t *change;
    const char *new_dn = text_of(delta, "dn");

    if (!json_is_object(delta))
        return;
    xml_out_open(out, "delta");
    xml_out_attribute(out, "operation", text_of(delta, "operation"));
    xml_out_attribute(out, "dn", dn);
    xml_out_attribute(out, "newdn", new_dn);
    json_array_foreach(json_object_get(delta, "attributes"), i, change)
        put_change(out, change);
    xml_out_close(out);
}

static void put_entry(struct xml_out *out, json_t *image)
{
    const char *name;
    json_t *values;

    if (!json_is_object(image))
        return;
    xml_out_open(out, "entry");
    xml_out_attribute(out, "dn", text_of(image, "dn"));
    put_text(out, "primary-objectclass", image, "type");
    json_object_foreach(json_object_get(image, "attributes"), name, values)
    {
        xml_out_open(out, "attr");
        xml_out_attribute(out, "name", name);
        put_values(out, values, NULL);
        xml_out_close(out);
    }
    xml_out_close(out);
}

static void put_not_reimported(struct xml_out *out, const json_t *error)
{
    json_t *lost = json_object_get(error, "lost");
    json_t *seen = json_object_get(error, "seen");

    if (!json_is_object(lost) && !json_is_object(seen))
        return;
    xml_out_open(out, "change-not-reimported");
    put_delta(out, lost, text_of(error, "dn"));
    put_entry(out, seen);
    xml_out_close(out);
}

/* --- synchronisation -------------------------------------------------------------- */

static bool is_of_extension(const json_t *error)
{
    const char *type = text_of(error, "type");

    return type != NULL && strncmp(type, "extension-", 10) == 0;
}

static void put_extension(struct xml_out *out, const json_t *error)
{
    if (!is_of_extension(error))
        return;
    xml_out_open(out, "extension-error-info");
    put_text(out, "extension-callsite", error, "algorithm_step");
    put_text(out, "extension-context", error, "rule");
    put_text(out, "call-stack", error, "text");
    xml_out_close(out);
}

static void put_rule(struct xml_out *out, const json_t *error)
{
    if (is_of_extension(error) ||
        (text_of(error, "rule") == NULL && text_of(error, "attribute") == NULL))
        return;
    xml_out_open(out, "rules-error-info");
    xml_out_open(out, "context");
    xml_out_attribute(out, "ma-name", text_of(error, "agent"));
    put_braced(out, "cs-object-id", text_of(error, "guid"));
    xml_out_attribute(out, "dn", text_of(error, "dn"));
    xml_out_open(out, "attribute-mapping");
    xml_out_attribute(out, "dest-attr", text_of(error, "attribute"));
    xml_out_attribute(out, "context-id", text_of(error, "rule"));
    xml_out_close(out);
    xml_out_close(out);
    xml_out_close(out);
}

static void put_object(struct xml_out *out, const json_t *error)
{
    put_braced(out, "cs-guid", text_of(error, "guid"));
    xml_out_attribute(out, "dn", text_of(error, "dn"));
}

static void put_step(struct xml_out *out, const json_t *error)
{
    if (text_of(error, "algorithm_step") == NULL)
        return;
    xml_out_open(out, "algorithm-step");
    xml_out_attribute(out, "dn", text_of(error, "dn"));
    xml_out_text(out, text_of(error, "algorithm_step"));
    xml_out_close(out);
}

/* What import errors and those of retries have in common. */
static void put_sync_error(struct xml_out *out, const json_t *error)
{
    xml_out_comment(out, is_of_extension(error) ? NULL : text_of(error, "text"));
    put_time(out, "first-occurred", error, "first_occurred");
    put_number(out, "retry-count", error, "retry_count");
    put_time(out, "date-occurred", error, "date_occurred");
    put_text(out, "error-type", error, "type");
    put_step(out, error);
    put_not_reimported(out, error);
    put_extension(out, error);
    put_rule(out, error);
}

static void put_import_error(struct xml_out *out, const json_t *error)
{
    xml_out_open(out, "import-error");
    put_object(out, error);
    put_sync_error(out, error);
    xml_out_close(out);
}

static void put_export_error(struct xml_out *out, const json_t *error)
{
    xml_out_open(out, "export-error");
    put_object(out, error);
    xml_out_comment(out, text_of(error, "text"));
    put_findings(out, error);
    put_time(out, "date-occurred", error, "date_occurred");
    put_time(out, "first-occurred", error, "first_occurred");
    put_number(out, "retry-count", error, "retry_count");
    put_text(out, "error-type", error, "type");
    put_cd_error(out, error);
    xml_out_close(out);
}

/* A retry of provisioning is carried by a connector of whatever agent. */
static bool is_of(const json_t *error, const char *agent)
{
    const char *name = text_of(error, "agent");

    return name != NULL && strcmp(name, agent) == 0;
}

void history_xml_synchronization(struct xml_out *out, const json_t *errors,
                                 const char *own)
{
    size_t i;
    const json_t *error;

    xml_out_open(out, "synchronization-errors");
    json_array_foreach(errors, i,
                       error) if (is_kind(error, "import-error") && is_of(error, own))
        put_import_error(out, error);
    json_array_foreach(errors, i, error) if (is_kind(error, "export-error"))
        put_export_error(out, error);
    xml_out_close(out);
}

void history_xml_retries(struct xml_out *out, const json_t *errors, const char *own)
{
    size_t i;
    const json_t *error;

    xml_out_open(out, "mv-retry-errors");
    json_array_foreach(errors, i,
                       error) if (is_kind(error, "import-error") && !is_of(error, own))
    {
        xml_out_open(out, "retry-error");
        xml_out_attribute(out, "displayName", text_of(error, "dn"));
        xml_out_attribute(out, "ma", text_of(error, "agent"));
        put_sync_error(out, error);
        xml_out_close(out);
    }
    xml_out_close(out);
}
