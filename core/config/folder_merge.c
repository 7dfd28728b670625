/* SPDX-License-Identifier: Apache-2.0 */
#include "config/folder_merge.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/disk.h"

enum { LONGEST_LINK = 4096 };

/* No file of a configuration comes near; what is larger is refused, not read. */
static const size_t largest_file = (size_t)1 << 30;

static bool same(const char *a, const char *b)
{
    return text_caseequal(slice_text(a), slice_text(b));
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* --- who is who ------------------------------------------------------------------ */

/* The agents that the file holds or, for a rule, belongs to. */
static const struct agent *agent_of_file(const struct config *config, const char *file)
{
    for (size_t i = 0; i < config->agent_count; i++)
        if (strcmp(config->agents[i].file, file) == 0)
            return &config->agents[i];
    return NULL;
}

static const struct sync_rule *rule_of_file(const struct config *config, const char *file)
{
    for (size_t i = 0; i < config->rule_count; i++)
        if (strcmp(config->rules[i].place.file, file) == 0)
            return &config->rules[i];
    return NULL;
}

static bool is_metaverse(const struct config *config, const char *file)
{
    return config->metaverse.present && strcmp(config->metaverse.file, file) == 0;
}

static const struct sync_rule *rule_with(const struct config *config,
                                         const struct guid *id)
{
    for (size_t i = 0; config != NULL && i < config->rule_count; i++)
        if (guid_equal(&config->rules[i].id, id))
            return &config->rules[i];
    return NULL;
}

static bool is_skipped(const struct merge *merge, const struct guid *agent)
{
    const struct config *incoming = merge->incoming;

    for (size_t i = 0; i < incoming->agent_count; i++)
        if (merge->skipped[i] && guid_equal(&incoming->agents[i].id, agent))
            return true;
    return false;
}

/* The agent comes in, and is not skipped. */
bool merge_brings(const struct merge *merge, const struct guid *agent)
{
    return config_agent(merge->incoming, agent) != NULL && !is_skipped(merge, agent);
}

/* A file of what comes in that belongs to a skipped agent. */
bool merge_leaves_out(const struct merge *merge, const char *file)
{
    const struct agent *agent;
    const struct sync_rule *rule;

    if (file == NULL)
        return false;
    agent = agent_of_file(merge->incoming, file);
    if (agent != NULL)
        return is_skipped(merge, &agent->id);
    rule = rule_of_file(merge->incoming, file);
    return rule != NULL && is_skipped(merge, &rule->agent);
}

/* A file of what is there that what comes in takes the place of. */
static bool is_replaced(const struct merge *merge, const char *file)
{
    const struct config *current = merge->current;
    const struct config *incoming = merge->incoming;
    const struct agent *agent;
    const struct sync_rule *rule;

    if (current == NULL)
        return false;
    if (is_metaverse(current, file))
        return incoming->metaverse.present;
    agent = agent_of_file(current, file);
    if (agent != NULL)
        return merge_brings(merge, &agent->id);
    rule = rule_of_file(current, file);
    return rule != NULL && !is_skipped(merge, &rule->agent) &&
           (merge_brings(merge, &rule->agent) || rule_with(incoming, &rule->id) != NULL);
}

/* Names are keys, as in the product: another agent of the same name cannot stay. */
static enum ma_status check_names(const struct merge *merge, struct ma_error *err)
{
    const struct config *incoming = merge->incoming;

    for (size_t i = 0; merge->current != NULL && i < incoming->agent_count; i++) {
        const struct agent *new = &incoming->agents[i];
        const struct agent *old = config_agent_named(merge->current, new->name);

        if (merge->skipped[i] || old == NULL || merge_brings(merge, &old->id))
            continue;
        return ma_fail(err, MA_INVALID,
                       "%s: the instance has another management agent named '%s', from "
                       "config/%s: rename one, or remove that file",
                       new->file, new->name, old->file);
    }
    return MA_OK;
}

/* --- what config/ will hold ------------------------------------------------------ */

static int by_path(const void *left, const void *right)
{
    const struct folder_copy *a = *(const struct folder_copy *const *)left;
    const struct folder_copy *b = *(const struct folder_copy *const *)right;
    int order = text_casecompare(slice_text(a->path), slice_text(b->path));

    return order != 0 ? order : (a > b) - (a < b);
}

/* No two of one name: where letters of either case are the same, one would be lost. */
static enum ma_status check_paths(const struct merge *merge, struct ma_error *err)
{
    size_t count = merge->copies.count;
    const struct folder_copy **sorted = mem_zero_array(count + 1, sizeof *sorted);
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count; i++)
        sorted[i] = &merge->copies.items[i];
    qsort(sorted, count, sizeof *sorted, by_path);
    for (size_t i = 1; status == MA_OK && i < count; i++)
        if (same(sorted[i - 1]->path, sorted[i]->path))
            status = ma_fail(err, MA_INVALID,
                             "%s: the instance has another file of this name: rename one",
                             sorted[i]->path);
    free(sorted);
    return status;
}

static enum ma_status read_copy(struct merge *merge, const char *file,
                                struct folder_copy *out, struct ma_error *err)
{
    BUF_AUTO bytes = {0};
    enum ma_status status = disk_read(&bytes, file, largest_file, err);

    out->bytes = arena_slice(merge->arena, buf_view(&bytes));
    return status;
}

/* A file of config/ that stays: of the configuration, or whatever an admin keeps there.
 */
static enum ma_status keep_file(struct merge *merge, const char *path,
                                struct ma_error *err)
{
    struct arena *arena = merge->arena;
    const char *file = arena_print(arena, "%s/%s", merge->config, path);
    struct folder_copy copy = {.path = path};
    char link[LONGEST_LINK];
    struct stat about;
    ssize_t length;
    enum ma_status status = MA_OK;

    if (lstat(file, &about) != 0)
        return ma_fail(err, MA_CONFLICT, "%s went away", file);
    copy.mode = about.st_mode & 07777;
    if (S_ISLNK(about.st_mode)) {
        length = readlink(file, link, sizeof link);
        if (length < 0)
            return ma_fail(err, MA_DENIED, "%s: cannot be read", file);
        copy.link = arena_textn(arena, link, (size_t)length);
    } else if (!S_ISDIR(about.st_mode))
        status = read_copy(merge, file, &copy, err);
    if (status == MA_OK)
        VEC_ADD(&merge->copies, copy);
    return status;
}

enum ma_status merge_keep(struct merge *merge, struct ma_error *err)
{
    const char *const *paths = NULL;
    enum ma_status status;

    if (merge->config == NULL)
        return MA_OK;
    status = disk_walk(merge->arena, merge->config, &paths, err);
    for (size_t i = 0; status == MA_OK && paths[i] != NULL; i++)
        if (!is_replaced(merge, paths[i]))
            status = keep_file(merge, paths[i], err);
    return status == MA_OK ? check_paths(merge, err) : status;
}

static const char *source_of(const struct merge *merge, const char *path)
{
    const char *root = merge->incoming->root;

    return is_folder(root) ? arena_print(merge->arena, "%s/%s", root, path) : root;
}

/* Where each part lies in an export of Azure AD Connect. */
static const char *const connect_folders[] = {[FOLDER_METAVERSE] = "GlobalSettings",
                                              [FOLDER_AGENT] = "Connectors",
                                              [FOLDER_RULE] = "SynchronizationRules"};

/* A single file goes where the part that it replaces was, or where its kind lies. */
static const char *target_of(const struct merge *merge, const char *path)
{
    const struct config *incoming = merge->incoming;
    const struct config *current = merge->current;
    const struct agent *agent = agent_of_file(incoming, path);
    const struct sync_rule *rule = rule_of_file(incoming, path);
    const struct agent *old;
    enum folder_part part;

    if (is_folder(incoming->root) || current == NULL)
        return path;
    old = agent == NULL ? NULL : config_agent(current, &agent->id);
    if (old != NULL)
        return old->file;
    if (rule != NULL && rule_with(current, &rule->id) != NULL)
        return rule_with(current, &rule->id)->place.file;
    if (is_metaverse(incoming, path) && current->metaverse.present)
        return current->metaverse.file;
    if (current->family != FAMILY_AADCONNECT)
        return path;
    part = agent != NULL ? FOLDER_AGENT : rule != NULL ? FOLDER_RULE : FOLDER_METAVERSE;
    return arena_print(merge->arena, "%s/%s", connect_folders[part], path);
}

static enum ma_status take_incoming(struct merge *merge, struct ma_error *err)
{
    const struct config *incoming = merge->incoming;

    for (size_t i = 0; i < incoming->file_count; i++) {
        const char *path = incoming->files[i].path;
        struct folder_copy copy = {.path = target_of(merge, path),
                                   .bytes = incoming->files[i].bytes};

        if (incoming->files[i].recognised && !merge_leaves_out(merge, path))
            VEC_ADD(&merge->copies, copy);
    }
    return check_paths(merge, err);
}

/* --- what changes ---------------------------------------------------------------- */

static enum folder_action action_for(bool skipped, bool known)
{
    return skipped ? FOLDER_SKIPPED : known ? FOLDER_UPDATED : FOLDER_CREATED;
}

static void note_metaverse(struct merge *merge)
{
    const struct metaverse *metaverse = &merge->incoming->metaverse;
    bool known = merge->current != NULL && merge->current->metaverse.present;

    if (metaverse->present)
        VEC_ADD(&merge->changes,
                (struct folder_change){.part = FOLDER_METAVERSE,
                                       .action = action_for(false, known),
                                       .name = "",
                                       .file = source_of(merge, metaverse->file)});
}

static void note_agents(struct merge *merge)
{
    const struct config *incoming = merge->incoming;

    for (size_t i = 0; i < incoming->agent_count; i++) {
        const struct agent *agent = &incoming->agents[i];
        bool known =
            merge->current != NULL && config_agent(merge->current, &agent->id) != NULL;

        VEC_ADD(&merge->changes,
                (struct folder_change){.part = FOLDER_AGENT,
                                       .action = action_for(merge->skipped[i], known),
                                       .id = agent->id,
                                       .name = agent->name,
                                       .file = source_of(merge, agent->file)});
    }
}

static void note_rules(struct merge *merge)
{
    const struct config *incoming = merge->incoming;
    const struct config *current = merge->current;

    for (size_t i = 0; i < incoming->rule_count; i++) {
        const struct sync_rule *rule = &incoming->rules[i];

        VEC_ADD(&merge->changes,
                (struct folder_change){
                    .part = FOLDER_RULE,
                    .action = action_for(is_skipped(merge, &rule->agent),
                                         rule_with(current, &rule->id) != NULL),
                    .id = rule->id,
                    .name = rule->name,
                    .file = source_of(merge, rule->place.file)});
    }
    for (size_t i = 0; current != NULL && i < current->rule_count; i++) {
        const struct sync_rule *rule = &current->rules[i];

        if (is_replaced(merge, rule->place.file) &&
            rule_with(incoming, &rule->id) == NULL)
            VEC_ADD(&merge->changes, (struct folder_change){.part = FOLDER_RULE,
                                                            .action = FOLDER_REMOVED,
                                                            .id = rule->id,
                                                            .name = rule->name});
    }
}

void merge_changes(struct merge *merge)
{
    note_metaverse(merge);
    note_agents(merge);
    note_rules(merge);
}

/* --- all of it ------------------------------------------------------------------- */

enum ma_status merge_files(struct merge *merge, struct ma_error *err)
{
    enum ma_status status = check_names(merge, err);

    if (status == MA_OK)
        status = merge_keep(merge, err);
    return status == MA_OK ? take_incoming(merge, err) : status;
}

void merge_end(struct merge *merge)
{
    VEC_FREE(&merge->changes);
    VEC_FREE(&merge->copies);
}
