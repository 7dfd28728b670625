/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/category.h"
#include "config/disk.h"
#include "config/instance_file.h"
#include "config/swap.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { OPEN_FOLDER = 0750, CLOSED_FOLDER = 0700, OPEN_FILE = 0640 };

/* --- making one ------------------------------------------------------------------ */

/* What holds names and passwords of people is closed to the group. */
static const struct {
    const char *name;
    unsigned mode;
} folders[] = {
    {"config", OPEN_FOLDER},
    {"store", CLOSED_FOLDER},
    {"madata", OPEN_FOLDER},
    {"secrets", CLOSED_FOLDER},
};

static const char file_name[] = "mactl.xml";

/* What a killed init may have left: our folders with nothing in them, and the file that
 * was not renamed yet. */
static bool is_ours(struct arena *arena, const char *folder, const char *name)
{
    struct ma_error ignored = {0};
    const char *const *inside = NULL;

    if (strcmp(name, "mactl.xml.new") == 0)
        return true;
    for (size_t i = 0; i < COUNT(folders); i++)
        if (strcmp(folders[i].name, name) == 0)
            return disk_list(arena, arena_print(arena, "%s/%s", folder, name), &inside,
                             &ignored) == MA_OK &&
                   inside[0] == NULL;
    return false;
}

enum ma_status instance_vacant(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *const *names = NULL;
    enum ma_status status;

    if (!disk_exists(folder))
        return MA_OK;
    status = disk_list(&arena, folder, &names, err);
    for (size_t i = 0; status == MA_OK && names[i] != NULL; i++) {
        if (strcmp(names[i], file_name) == 0)
            return ma_fail(err, MA_CONFLICT, "%s is an instance already", folder);
        if (!is_ours(&arena, folder, names[i]))
            return ma_fail(err, MA_CONFLICT,
                           "%s holds something else ('%s'): an instance is made in an "
                           "empty folder",
                           folder, names[i]);
    }
    return status;
}

/* mactl.xml comes last: with it, it is an instance. */
static enum ma_status fill(struct arena *arena, const char *folder, struct ma_error *err)
{
    enum ma_status status = disk_folders(folder, OPEN_FOLDER, err);

    for (size_t i = 0; i < COUNT(folders) && status == MA_OK; i++)
        status = disk_folder(arena_print(arena, "%s/%s", folder, folders[i].name),
                             folders[i].mode, err);
    if (status == MA_OK)
        status = disk_replace(arena_print(arena, "%s/%s", folder, file_name),
                              slice_text(instance_file_template), OPEN_FILE, err);
    return status == MA_OK ? disk_sync(folder, err) : status;
}

enum ma_status instance_create(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    enum ma_status status = instance_vacant(folder, err);

    return status == MA_OK ? fill(&arena, folder, err) : status;
}

/* --- opening --------------------------------------------------------------------- */

static struct instance *instance_new(const char *folder)
{
    struct arena *arena = mem_zero(sizeof *arena);
    struct instance *instance = arena_zero(arena, sizeof *instance);

    instance->arena = arena;
    instance->folder = arena_text(arena, folder);
    return instance;
}

void instance_close(struct instance *instance)
{
    struct arena *arena;

    if (instance == NULL)
        return;
    arena = instance->arena;
    arena_free(arena);
    free(arena);
}

static enum ma_status read_file(struct instance *instance, const char *file,
                                struct ma_error *err)
{
    if (!disk_exists(file) && errno != ENOENT && errno != ENOTDIR)
        return ma_fail(err, MA_DENIED, "%s: %s", file, strerror(errno));
    if (!disk_exists(file))
        return ma_fail(err, MA_NOT_FOUND,
                       "%s is no instance: there is no %s (-C DIR or $MACTL_HOME names "
                       "one)",
                       strcmp(instance->folder, ".") == 0 ? "the current folder"
                                                          : instance->folder,
                       file_name);
    return instance_file_read(instance, file, err);
}

enum ma_status instance_open(struct instance **out, const char *folder,
                             struct ma_error *err)
{
    struct instance *instance = instance_new(folder);
    enum ma_status status = read_file(instance, instance_path(instance, file_name), err);

    if (status == MA_OK)
        status = swap_recover(folder, err);
    if (status == MA_OK)
        *out = instance;
    else
        instance_close(instance);
    return status;
}

enum ma_status instance_check(const char *file, struct ma_error *err)
{
    struct instance *instance = instance_new(".");
    enum ma_status status = instance_file_read(instance, file, err);

    instance_close(instance);
    return status;
}

/* --- paths ----------------------------------------------------------------------- */

const char *instance_path(struct instance *instance, const char *below)
{
    return arena_print(instance->arena, "%s/%s", instance->folder, below);
}

/* A slash in the name of an agent would be a folder more, and "." none. */
static const char *folder_name(struct instance *instance, const char *agent_name)
{
    BUF_AUTO name = {0};

    if (strcmp(agent_name, ".") == 0 || strcmp(agent_name, "..") == 0)
        buf_text(&name, "%");
    for (const char *at = agent_name; *at != '\0'; at++)
        if (*at == '/')
            buf_text(&name, "%2F");
        else
            buf_char(&name, *at);
    return arena_textn(instance->arena, name.at, name.length);
}

const char *instance_madata(struct instance *instance, const char *agent_name)
{
    const char *folder = arena_print(instance->arena, "%s/madata/%s", instance->folder,
                                     folder_name(instance, agent_name));
    struct ma_error ignored = {0};

    (void)disk_folders(folder, OPEN_FOLDER,
                       &ignored); /* whoever opens a file there says */
    return folder;
}

/* --- plugins --------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return text_caseequal(slice_text(a), slice_text(b));
}

/* By name, or by GUID in any spelling. */
static bool is_named(const struct agent *agent, const char *name)
{
    struct guid id;

    if (same(agent->name, name))
        return true;
    return guid_parse(slice_text(name), &id) && guid_equal(&id, &agent->id);
}

const struct agent_binding *instance_binding(const struct instance *instance,
                                             const struct agent *agent)
{
    for (size_t i = 0; i < instance->agent_count; i++)
        if (is_named(agent, instance->agents[i].agent))
            return &instance->agents[i];
    return NULL;
}

/* "C:\Extensions\Corp.Rules.dll" is Corp.Rules. NULL: nothing is left. */
static const char *stem(const struct instance *instance, const char *assembly)
{
    const char *slash = strrchr(assembly, '/');
    const char *name = slash == NULL ? assembly : slash + 1;
    const char *back = strrchr(name, '\\');
    size_t length;

    name = back == NULL ? name : back + 1;
    length = strlen(name);
    if (length > 4 && strcasecmp(name + length - 4, ".dll") == 0)
        length -= 4;
    return length == 0 ? NULL : arena_textn(instance->arena, name, length);
}

const char *instance_extension(const struct instance *instance, const char *assembly)
{
    if (assembly == NULL)
        return NULL;
    for (size_t i = 0; i < instance->extension_count; i++)
        if (same(instance->extensions[i].assembly, assembly))
            return instance->extensions[i].plugin;
    return stem(instance, assembly);
}

/* The connector's own library, of an extensible agent. */
static const char connector_file[] = "MAConfig/extension-config/filename";

const char *instance_plugin(const struct instance *instance, const struct agent *agent)
{
    const struct agent_binding *binding = instance_binding(instance, agent);
    const char *plugin = binding == NULL ? NULL : binding->plugin;

    if (plugin == NULL)
        plugin = category_plugin(agent);
    if (plugin == NULL)
        plugin = instance_extension(instance,
                                    parameter_find(agent->private_configuration,
                                                   agent->private_count, connector_file));
    return plugin;
}

const struct cycle_binding *instance_cycle(const struct instance *instance,
                                           const struct agent *agent)
{
    for (size_t i = 0; i < instance->cycle_count; i++)
        if (is_named(agent, instance->cycles[i].agent))
            return &instance->cycles[i];
    return NULL;
}

/* --- settings and guards --------------------------------------------------------- */

const char *instance_setting(const struct instance *instance, const char *name)
{
    const struct setting_kind *kinds;
    size_t count = 0;

    for (size_t i = 0; i < instance->setting_count; i++)
        if (strcmp(instance->settings[i].name, name) == 0)
            return instance->settings[i].value;
    kinds = instance_settings(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].fallback;
    return NULL;
}

bool instance_flag(const struct instance *instance, const char *name, bool fallback)
{
    const char *text = instance_setting(instance, name);
    bool flag;

    return text != NULL && text_to_flag(slice_text(text), &flag) ? flag : fallback;
}

static void take_numbers(struct guard *guard, const struct guard *from)
{
    if (from->given & GUARD_EXPORT_DELETES)
        guard->export_deletes = from->export_deletes;
    if (from->given & GUARD_EXPORT_PERCENT)
        guard->export_deletes_percent = from->export_deletes_percent;
    if (from->given & GUARD_IMPORT_LOSS)
        guard->import_loss_percent = from->import_loss_percent;
    if (from->given & GUARD_EXPORT_UPDATES)
        guard->export_updates = from->export_updates;
    if (from->given & GUARD_EXPORT_RENAMES)
        guard->export_renames = from->export_renames;
    if (from->given & GUARD_MEMBER_REMOVALS)
        guard->export_member_removals = from->export_member_removals;
    if (from->given & GUARD_ATTRIBUTE_CLEARS)
        guard->export_attribute_clears = from->export_attribute_clears;
    if (from->given & GUARD_UPDATES_PERCENT)
        guard->export_updates_percent = from->export_updates_percent;
    if (from->given & GUARD_RENAMES_PERCENT)
        guard->export_renames_percent = from->export_renames_percent;
    if (from->given & GUARD_REMOVALS_PERCENT)
        guard->export_member_removals_percent = from->export_member_removals_percent;
    if (from->given & GUARD_CLEARS_PERCENT)
        guard->export_attribute_clears_percent = from->export_attribute_clears_percent;
    guard->given |= from->given;
}

struct guard instance_guard(const struct instance *instance, const struct agent *agent)
{
    struct guard guard = {.agent = agent == NULL ? NULL : agent->name,
                          .export_deletes = 500,
                          .export_deletes_percent = 5,
                          .import_loss_percent = 10};

    for (size_t i = 0; i < instance->guard_count; i++)
        if (instance->guards[i].agent == NULL)
            take_numbers(&guard, &instance->guards[i]);
    for (size_t i = 0; agent != NULL && i < instance->guard_count; i++)
        if (instance->guards[i].agent != NULL &&
            is_named(agent, instance->guards[i].agent))
            take_numbers(&guard, &instance->guards[i]);
    return guard;
}
