/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "config/disk.h"
#include "rights/grant_change.h"

/* --- files ------------------------------------------------------------------------- */

/* The lists that a document of a kind lives by: none is another thing than an empty one.
 */
static const struct part {
    const char *schema;
    const char *key;
} parts[] = {
    {GRANT_PLAN, "entries"},
    {GRANT_PLAN, "lists"},
    {GRANT_BACKUP, "lists"},
};

static enum ma_status check_parts(const char *path, const json_t *document,
                                  const char *schema, struct ma_error *err)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].schema, schema) == 0 &&
            !json_is_array(json_object_get(document, parts[i].key)))
            return ma_fail(err, MA_INVALID, "%s: it lacks its list '%s'", path,
                           parts[i].key);
    return MA_OK;
}

static enum ma_status check_kind(const char *path, const json_t *document,
                                 const char *schema, const char *agent,
                                 struct ma_error *err)
{
    const char *kind = json_string_value(json_object_get(document, "schema"));
    const char *whose = json_string_value(json_object_get(document, "agent"));

    if (kind == NULL || strcmp(kind, schema) != 0)
        return ma_fail(err, MA_INVALID, "%s: it is no document '%s'", path, schema);
    if (whose == NULL || strcmp(whose, agent) != 0)
        return ma_fail(err, MA_INVALID, "%s: it is of the agent '%s', not of '%s'", path,
                       whose == NULL ? "" : whose, agent);
    return check_parts(path, document, schema, err);
}

enum ma_status grant_read(const char *path, const char *schema, const char *agent,
                          json_t **out, struct ma_error *err)
{
    json_t *document = NULL;
    enum ma_status status = json_read_file(path, &document, err);

    if (status != MA_OK)
        return status;
    status = check_kind(path, document, schema, agent, err);
    if (status == MA_OK)
        *out = document;
    else
        json_decref(document);
    return status;
}

enum ma_status grant_write(const char *path, const json_t *document, bool replace,
                           struct ma_error *err)
{
    char *text = json_dumps(document, JSON_INDENT(2));
    BUF_AUTO buf = {0};

    buf_text(&buf, text);
    buf_char(&buf, '\n');
    free(text);
    return replace ? disk_replace(path, buf_view(&buf), 0600, err)
                   : disk_write(path, buf_view(&buf), 0600, err);
}

const char *grant_backup_path(struct arena *arena, const char *folder, const char *prefix)
{
    const char *path;
    char stamp[32];
    time_t now = (time_t)(clock_now() / 1000);
    struct tm utc;

    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    path = arena_print(arena, "%s/%s-%s.json", folder, prefix, stamp);
    for (unsigned i = 2; access(path, F_OK) == 0; i++)
        path = arena_print(arena, "%s/%s-%s-%u.json", folder, prefix, stamp, i);
    return path;
}

/* --- the plan ---------------------------------------------------------------------- */

static json_t *entry_json(const struct audit_entry *entry)
{
    json_t *json = json_object();

    json_put_text(json, "place", entry->place);
    json_put_text(json, "grant", entry->grant);
    json_put_text(json, "attribute", entry->attribute);
    json_put_text(json, "type", entry->object_type);
    json_put_text(json, "trustee", entry->trustee);
    json_put_number(json, "objects", entry->objects);
    json_put_text(json, "consent", entry->consent);
    return json;
}

static json_t *removal_json(const struct audit_removal *removal)
{
    json_t *json = json_object();

    json_put_text(json, "place", removal->place);
    json_put_text(json, "grant", removal->grant);
    json_put_text(json, "type", removal->object_type);
    json_put_text(json, "trustee", removal->trustee);
    json_put_text(json, "consent", removal->consent);
    return json;
}

static enum ma_status add_list(struct granting *granting, json_t *lists, const char *dn,
                               struct ma_error *err)
{
    struct grant_state state;
    enum ma_status status;
    json_t *json;

    if (granting_list(lists, dn) != NULL)
        return MA_OK;
    status = granting_look(granting, dn, &state, err);
    if (status != MA_OK) /* nothing to compare with is no reason to plan nothing */
        return status == MA_DENIED || status == MA_NOT_FOUND ? MA_OK : status;
    json = json_object();
    json_put_text(json, "dn", dn);
    json_put_text(json, "mark", state.mark);
    json_put_text(json, "text", state.text);
    json_array_append_new(lists, json);
    return MA_OK;
}

static enum ma_status add_lists(struct granting *granting, const struct audit_plan *plan,
                                json_t *lists, struct ma_error *err)
{
    for (size_t i = 0; i < plan->entries.count; i++)
        if (add_list(granting, lists, plan->entries.items[i].place, err) != MA_OK)
            return err->status;
    for (size_t i = 0; i < plan->removals.count; i++)
        if (add_list(granting, lists, plan->removals.items[i].place, err) != MA_OK)
            return err->status;
    return MA_OK;
}

static json_t *document_of(const struct grant_request *request,
                           const struct audit_plan *plan, json_t *lists)
{
    json_t *document = json_object();
    json_t *entries = json_array();
    json_t *removals = json_array();
    json_t *by_hand = json_array();

    for (size_t i = 0; i < plan->removals.count; i++)
        json_array_append_new(removals, removal_json(&plan->removals.items[i]));
    for (size_t i = 0; i < plan->entries.count; i++)
        json_array_append_new(entries, entry_json(&plan->entries.items[i]));
    for (size_t i = 0; i < plan->by_hand.count; i++)
        json_array_append_new(by_hand, audit_group_json(plan->by_hand.items[i]));
    json_put_text(document, "schema", GRANT_PLAN);
    json_put_text(document, "agent", request->agent->name);
    json_put_time(document, "made", clock_now());
    json_object_set_new(document, "entries", entries);
    json_object_set_new(document, "removals", removals);
    json_object_set_new(document, "lists", lists);
    json_object_set_new(document, "by_hand", by_hand);
    return document;
}

enum ma_status grant_plan(const struct grant_request *request,
                          const struct audit_plan *plan, json_t **out,
                          struct ma_error *err)
{
    struct granting granting;
    json_t *lists = json_array();
    enum ma_status status = granting_begin(&granting, request, err);

    if (status == MA_OK)
        status = add_lists(&granting, plan, lists, err);
    if (status == MA_OK)
        *out = document_of(request, plan, lists);
    else
        json_decref(lists);
    granting_end(&granting);
    return status;
}
