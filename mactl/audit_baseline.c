/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_baseline.h"

#include <string.h>

#include "base/json.h"

enum ma_status audit_baseline_read(const char *path, json_t **out, struct ma_error *err)
{
    const char *schema;

    *out = NULL;
    if (path == NULL)
        return MA_OK;
    if (json_read_file(path, out, err) != MA_OK)
        return err->status;
    schema = json_string_value(json_object_get(*out, "schema"));
    if (schema != NULL && strcmp(schema, "mactl/acl-audit/1") == 0)
        return MA_OK;
    json_decref(*out);
    *out = NULL;
    return ma_fail(err, MA_INVALID, "%s: not what `mactl acl audit -o json` prints",
                   path);
}

static bool same(const json_t *known, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(known, key));

    return strcmp(value == NULL ? "" : value, text == NULL ? "" : text) == 0;
}

bool audit_baseline_has(const json_t *baseline, const struct audit_group *group)
{
    const json_t *findings = json_object_get(baseline, "findings");
    json_t *known;
    size_t at;

    json_array_foreach(findings, at, known)
    {
        if (same(known, "code", group->code) &&
            same(known, "attribute", group->attribute) &&
            same(known, "place", group->place) &&
            (uint64_t)json_integer_value(json_object_get(known, "objects")) >=
                group->objects)
            return true;
    }
    return false;
}
