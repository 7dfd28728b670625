/* SPDX-License-Identifier: Apache-2.0 */
#include "effects.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/disk.h"
#include "config/folder_edit.h"
#include "render.h"
#include "run/preview.h"

/* --- counting --------------------------------------------------------------------- */

static json_t *space_of(json_t *spaces, const char *name)
{
    size_t i;
    json_t *space;

    json_array_foreach(
        spaces, i, space) if (strcmp(json_string_value(json_object_get(space, "space")),
                                     name) == 0) return space;
    space = json_pack("{s:s, s:i, s:{}, s:{}}", "space", name, "objects", 0, "operations",
                      "attributes");
    json_array_append_new(spaces, space);
    return space;
}

static void count(json_t *object, const char *key)
{
    json_object_set_new(
        object, key, json_integer(json_integer_value(json_object_get(object, key)) + 1));
}

static void on_change(void *context, const struct change *change)
{
    json_t *space = space_of(
        context, change->agent == NULL ? "metaverse" : change->agent->config->name);

    count(space, "objects");
    count(json_object_get(space, "operations"), change->operation);
    for (size_t i = 0; i < change->attribute_count; i++)
        count(json_object_get(space, "attributes"), change->attributes[i].name);
}

/* --- the preview ------------------------------------------------------------------ */

static enum ma_status preview_all(const struct invocation *call, const char *config,
                                  json_t *spaces, struct ma_error *err)
{
    const struct preview_request request = {.folder = call->folder, .config = config};
    struct preview preview;
    enum ma_status status = preview_begin(&preview, &request, err);

    if (status != MA_OK)
        return status;
    status = preview_changes(&preview, on_change, spaces, err);
    preview_end(&preview);
    return status;
}

static enum ma_status preview_plan(const struct invocation *call,
                                   const struct folder_plan *plan, json_t *spaces,
                                   struct ma_error *err)
{
    const char *temporary = getenv("TMPDIR");
    char *folder = arena_print(call->arena, "%s/mactl-proposed-XXXXXX",
                               temporary == NULL ? "/tmp" : temporary);
    struct ma_error ignored = {0};
    enum ma_status status;

    if (mkdtemp(folder) == NULL)
        return ma_fail(err, MA_DENIED, "%s: no folder can be made there", folder);
    status = folder_plan_write(plan, folder, err);
    if (status == MA_OK)
        status = preview_all(call, folder, spaces, err);
    (void)disk_remove(folder, &ignored); /* a temporary folder is no loss */
    return status;
}

enum ma_status effects_find(const struct invocation *call, const struct folder_plan *plan,
                            json_t **out, struct ma_error *err)
{
    json_t *spaces;
    enum ma_status status;

    *out = NULL;
    if (access(arena_print(call->arena, "%s/store/data.mdb", call->folder), F_OK) != 0 &&
        errno == ENOENT) {
        *out = json_null();
        return MA_OK;
    }
    spaces = json_array();
    status = plan == NULL ? preview_all(call, NULL, spaces, err)
                          : preview_plan(call, plan, spaces, err);
    if (status == MA_OK)
        *out = json_pack("{s:O}", "spaces", spaces);
    json_decref(spaces);
    return status;
}

/* --- showing ---------------------------------------------------------------------- */

static void print_space(const struct invocation *call, const json_t *space)
{
    const char *key;
    json_t *number;
    const char *text = NULL;

    json_object_foreach(json_object_get(space, "operations"), key, number) text =
        arena_print(call->arena, "%s%s%s %lld", text == NULL ? "" : text,
                    text == NULL ? "" : ", ", key, (long long)json_integer_value(number));
    printf("  %s: %s\n",
           render_clean(call->arena, json_string_value(json_object_get(space, "space"))),
           text == NULL ? "" : text);
    json_object_foreach(json_object_get(space, "attributes"), key, number)
        printf("    %-32s %lld\n", key, (long long)json_integer_value(number));
}

void effects_print(const struct invocation *call, const json_t *effects)
{
    const json_t *spaces = json_object_get(effects, "spaces");
    const json_t *space;
    size_t i;

    if (spaces == NULL) {
        puts("nothing was imported yet: what it does to objects cannot be said");
        return;
    }
    puts(json_array_size(spaces) == 0 ? "no object would change"
                                      : "the next full synchronisation would change");
    json_array_foreach(spaces, i, space) print_space(call, space);
}
