/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config/disk.h"
#include "config/folder_merge.h"
#include "config/folder_write.h"

/* What a plan is made from. */
struct planner {
    struct folder_plan *plan;
    const struct folder_request *request;
    const char *config; /* config/ of the instance; NULL: there is none yet */
    bool *skipped;      /* beside incoming->agents */
    struct merge merge;
    struct ma_error *err;
};

/* --- reading both sides ---------------------------------------------------------- */

static enum ma_status read_skips(struct planner *planner)
{
    const struct config *incoming = planner->plan->incoming;
    const char *const *skip = planner->request->skip;

    planner->skipped = ARENA_ARRAY(planner->plan->arena, bool, incoming->agent_count);
    for (; skip != NULL && *skip != NULL; skip++) {
        const struct agent *agent = config_agent_named(incoming, *skip);

        if (agent == NULL)
            return ma_fail(planner->err, MA_NOT_FOUND,
                           "%s has no management agent '%s' to skip", planner->plan->path,
                           *skip);
        planner->skipped[agent - incoming->agents] = true;
    }
    planner->merge = (struct merge){.arena = planner->plan->arena,
                                    .config = planner->config,
                                    .current = planner->plan->current,
                                    .incoming = incoming,
                                    .skipped = planner->skipped};
    return MA_OK;
}

/* What is wrong with a skipped agent is no matter. */
static bool has_errors(const struct planner *planner)
{
    const struct config *incoming = planner->plan->incoming;

    for (size_t i = 0; i < incoming->finding_count; i++)
        if (incoming->findings[i].level == FINDING_ERROR &&
            !merge_leaves_out(&planner->merge, incoming->findings[i].place.file))
            return true;
    return false;
}

static enum ma_status check_strict(const struct planner *planner)
{
    const struct config *incoming = planner->plan->incoming;

    for (size_t i = 0; planner->request->strict && i < incoming->file_count; i++)
        if (!incoming->files[i].recognised)
            return ma_fail(planner->err, MA_INVALID,
                           "%s/%s is no file of a server configuration", incoming->root,
                           incoming->files[i].path);
    return MA_OK;
}

static enum ma_status read_incoming(struct planner *planner)
{
    struct folder_plan *plan = planner->plan;
    struct ma_error why = {0};
    enum ma_status read =
        config_read_kept(&plan->incoming, plan->path, plan->arena, &why);
    enum ma_status status;

    if (plan->incoming == NULL) {
        *planner->err = why;
        return read;
    }
    status = read_skips(planner);
    if (status == MA_OK && read != MA_OK && has_errors(planner)) {
        *planner->err = why;
        return read;
    }
    return status == MA_OK ? check_strict(planner) : status;
}

/* What is there already. That it has errors is no hindrance: what comes in may be the
 * remedy, and the result is checked. */
static enum ma_status read_current(struct planner *planner)
{
    struct folder_plan *plan = planner->plan;
    enum swap_use use = planner->request->only_plan ? SWAP_READ : SWAP_WRITE;
    const char *const *names = NULL;
    struct ma_error ignored = {0};
    enum ma_status status = swap_begin(&plan->lock, plan->folder, use, planner->err);

    planner->config = arena_print(plan->arena, "%s/config", plan->folder);
    if (status == MA_OK)
        status = disk_list(plan->arena, planner->config, &names, planner->err);
    if (status == MA_OK && names[0] != NULL)
        (void)config_read(&planner->plan->current, planner->config, &ignored);
    return status;
}

static enum ma_status look_at_instance(struct planner *planner)
{
    struct folder_plan *plan = planner->plan;
    struct instance *instance = NULL;
    enum ma_status status = instance_open(&instance, plan->folder, planner->err);

    if (status == MA_NOT_FOUND) {
        *planner->err = (struct ma_error){0};
        plan->creates = true;
        return instance_vacant(plan->folder, planner->err);
    }
    instance_close(instance);
    return status == MA_OK ? read_current(planner) : status;
}

/* --- may it be? ------------------------------------------------------------------ */

static const char *family_name(enum family family)
{
    return family == FAMILY_MIM ? "a MIIS, FIM or MIM" : "an Azure AD Connect";
}

/* A single agent is of no family by its looks. */
static enum ma_status check_family(const struct planner *planner)
{
    const struct config *current = planner->plan->current;
    const struct config *incoming = planner->plan->incoming;

    if (current == NULL || !current->metaverse.present || !incoming->metaverse.present ||
        current->family == incoming->family)
        return MA_OK;
    return ma_fail(planner->err, MA_INVALID,
                   "%s is %s configuration and the instance holds %s configuration: "
                   "another instance is needed",
                   planner->plan->path, family_name(incoming->family),
                   family_name(current->family));
}

/* --- is it checked already? --------------------------------------------------------
 *
 * Mostly, what comes in is all that config/ will hold, and its bytes were read already.
 */

/* A folder that stays is looked into for what comes in, and is seen else. */
static bool leads_to_files(const struct config *incoming, const char *folder)
{
    for (size_t i = 0; i < incoming->file_count; i++)
        if (incoming->files[i].recognised &&
            strncmp(incoming->files[i].path, folder, strlen(folder)) == 0)
            return true;
    return false;
}

/* Nothing that comes in stays out or gets another name, and nothing of before stays. */
static bool is_whole(const struct planner *planner)
{
    const struct config *incoming = planner->plan->incoming;
    const struct merge *merge = &planner->merge;
    size_t taken = 0;

    for (size_t i = 0; i < merge->copies.count; i++) {
        const struct folder_copy *copy = &merge->copies.items[i];
        bool is_folder = copy->path[strlen(copy->path) - 1] == '/';

        if (is_folder ? !leads_to_files(incoming, copy->path) : copy->mode != 0)
            return false;
        taken += !is_folder;
    }
    for (size_t i = 0; i < incoming->file_count; i++) {
        if (merge_leaves_out(merge, incoming->files[i].path))
            return false;
        taken -= incoming->files[i].recognised;
    }
    return taken == 0 && !incoming->single;
}

static bool is_of_foreign(const struct config *config,
                          const struct config_finding *finding)
{
    for (size_t i = 0; i < config->file_count; i++)
        if (!config->files[i].recognised && config->files[i].path == finding->place.file)
            return true;
    return false;
}

/* As config/ will be read, where no foreign file lies. Shares all that it points to. */
static struct config *without_foreign(struct arena *arena, const struct config *config)
{
    struct config *out = arena_copy(arena, config, sizeof *config);
    struct config_file *files = ARENA_ARRAY(arena, struct config_file, out->file_count);
    struct config_finding *findings =
        ARENA_ARRAY(arena, struct config_finding, out->finding_count);

    out->file_count = out->finding_count = 0;
    for (size_t i = 0; i < config->file_count; i++)
        if (config->files[i].recognised)
            files[out->file_count++] = config->files[i];
    for (size_t i = 0; i < config->finding_count; i++)
        if (!is_of_foreign(config, &config->findings[i]))
            findings[out->finding_count++] = config->findings[i];
    out->files = files;
    out->findings = findings;
    return out;
}

/* --- the plan -------------------------------------------------------------------- */

static enum ma_status make_plan(struct planner *planner)
{
    const struct config *incoming;
    enum ma_status status = look_at_instance(planner);

    if (status == MA_OK)
        status = read_incoming(planner);
    if (status == MA_OK)
        status = check_family(planner);
    if (status == MA_OK)
        status = merge_files(&planner->merge, planner->err);
    if (status != MA_OK)
        return status;
    merge_changes(&planner->merge);
    incoming = planner->plan->incoming;
    planner->plan->flows = incoming->metaverse.present ||
                           incoming->metaverse.flow_group_count > 0 ||
                           incoming->rule_count > 0;
    return MA_OK;
}

static void hand_over(struct folder_plan *plan, struct merge *merge)
{
    plan->changes = arena_copy(plan->arena, merge->changes.items,
                               merge->changes.count * sizeof *plan->changes);
    plan->change_count = merge->changes.count;
    plan->copies = arena_copy(plan->arena, merge->copies.items,
                              merge->copies.count * sizeof *plan->copies);
    plan->copy_count = merge->copies.count;
    merge_end(merge);
}

/* Without a slash at its end, but for the root. */
static const char *clean_path(struct arena *arena, const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return arena_textn(arena, path, length);
}

enum ma_status folder_plan(struct folder_plan **out, const char *folder,
                           const struct folder_request *request, struct ma_error *err)
{
    struct arena *arena = mem_zero(sizeof *arena);
    struct folder_plan *plan = arena_zero(arena, sizeof *plan);
    struct planner planner = {.plan = plan, .request = request, .err = err};
    enum ma_status status;

    *plan = (struct folder_plan){.arena = arena,
                                 .folder = clean_path(arena, folder),
                                 .path = clean_path(arena, request->path),
                                 .lock = {-1}};
    status = make_plan(&planner);
    if (status == MA_OK && is_whole(&planner))
        plan->result = without_foreign(arena, plan->incoming);
    hand_over(plan, &planner.merge);
    if (status == MA_OK && plan->result == NULL)
        status = folder_check(plan, err);
    *out = plan;
    return status;
}

void folder_plan_free(struct folder_plan *plan)
{
    struct arena *arena;

    if (plan == NULL)
        return;
    swap_end(&plan->lock);
    config_free(plan->current);
    if (plan->result != NULL &&
        (plan->incoming == NULL || plan->result->arena != plan->incoming->arena))
        config_free(plan->result);
    config_free(plan->incoming);
    arena = plan->arena;
    arena_free(arena);
    free(arena);
}

/* --- doing it -------------------------------------------------------------------- */

static enum ma_status replace_config(const struct folder_plan *plan, struct ma_error *err)
{
    const char *next = arena_print(plan->arena, "%s/config.new", plan->folder);
    struct ma_error ignored = {0};
    enum ma_status status = folder_write(plan, next, err);

    if (status == MA_OK)
        status = swap_in(plan->folder, err);
    if (status != MA_OK)
        (void)disk_remove(next, &ignored); /* else the next opening does */
    return status;
}

/* The instance was not there, or was an empty folder. */
static void unmake(const struct folder_plan *plan, const char *missing)
{
    const char *const *names = NULL;
    struct ma_error ignored = {0};

    if (missing != NULL) {
        (void)disk_remove(missing, &ignored);
        return;
    }
    if (disk_list(plan->arena, plan->folder, &names, &ignored) != MA_OK)
        return;
    for (; *names != NULL; names++)
        (void)disk_remove(arena_print(plan->arena, "%s/%s", plan->folder, *names),
                          &ignored);
}

static enum ma_status create_and_fill(struct folder_plan *plan, struct ma_error *err)
{
    const char *missing = disk_missing(plan->arena, plan->folder);
    enum ma_status status = instance_vacant(plan->folder, err);

    if (status != MA_OK)
        return status;
    status = instance_create(plan->folder, err);
    if (status == MA_OK)
        status = swap_begin(&plan->lock, plan->folder, SWAP_WRITE, err);
    if (status == MA_OK)
        status = replace_config(plan, err);
    if (status != MA_OK)
        unmake(plan, missing);
    return status;
}

enum ma_status folder_apply(struct folder_plan *plan, struct ma_error *err)
{
    return plan->creates ? create_and_fill(plan, err) : replace_config(plan, err);
}

/* --- reading --------------------------------------------------------------------- */

enum ma_status folder_has_config(const char *folder, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *const *names = NULL;
    enum ma_status status =
        disk_list(&arena, arena_print(&arena, "%s/config", folder), &names, err);

    if (status == MA_NOT_FOUND || (status == MA_OK && names[0] == NULL))
        return ma_fail(err, MA_INVALID,
                       "%s holds no configuration yet: mactl config "
                       "import PATH brings one in",
                       folder);
    return status;
}

static enum ma_status read_locked(struct config **out, const char *folder,
                                  struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    enum ma_status status = folder_has_config(folder, err);

    return status == MA_OK
               ? config_read(out, arena_print(&arena, "%s/config", folder), err)
               : status;
}

enum ma_status folder_read(struct config **out, const char *folder, struct ma_error *err)
{
    struct swap_lock lock = {-1};
    enum ma_status status = swap_begin(&lock, folder, SWAP_READ, err);

    if (status == MA_OK)
        status = read_locked(out, folder, err);
    swap_end(&lock);
    return status;
}
