/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "rights/grant_change.h"

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static enum ma_status drop_entry(struct granting *granting, json_t *entry,
                                 struct ma_error *err)
{
    const char *place = text_of(entry, "place");
    const char *grant = text_of(entry, "grant");
    struct grant_change *change;
    const char *before;
    enum ma_status status;

    if (place == NULL || grant == NULL)
        return ma_fail(err, MA_INVALID,
                       "an entry of the backup lacks its place or grant");
    status = granting_change(granting, place, &change, err);
    if (status == MA_NOT_FOUND) {
        granting_tell(granting, entry, GRANT_ABSENT);
        return MA_OK;
    }
    if (status != MA_OK)
        return status;
    before = change->after.mark;
    if (granting_edit(granting, grant, true, &change->after, err) != MA_OK)
        return error_in(err, "%s", place);
    if (strcmp(before, change->after.mark) != 0)
        json_array_append(granting->fresh, entry);
    else
        granting_tell(granting, entry, GRANT_ABSENT);
    return MA_OK;
}

static enum ma_status drop_all(struct granting *granting, const json_t *entries,
                               struct ma_error *err)
{
    size_t at;
    json_t *entry;

    granting->fresh = json_array();
    json_array_foreach(entries, at, entry)
    {
        if (drop_entry(granting, entry, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static void written(struct granting *granting, const struct grant_change *change)
{
    (void)granting; /* told of all of them at the end */
    (void)change;
}

enum ma_status grant_take_out(const struct grant_request *request, const json_t *backup,
                              struct ma_error *err)
{
    struct granting granting;
    size_t at;
    json_t *entry;
    enum ma_status status = granting_begin(&granting, request, err);

    if (status == MA_OK && granting.role.role->reduce_list == NULL)
        status = ma_fail(err, MA_INVALID, "plugin '%s' takes nothing out of lists",
                         request->plugin);
    if (status == MA_OK)
        status = drop_all(&granting, json_object_get(backup, "entries"), err);
    if (status == MA_OK)
        status = granting_carry_out(&granting, written, err);
    json_array_foreach(granting.fresh, at, entry)
    {
        if (status == MA_OK)
            granting_tell(&granting, entry, GRANT_TAKEN);
    }
    granting_end(&granting);
    return status;
}
