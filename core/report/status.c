/* SPDX-License-Identifier: Apache-2.0 */
#include "report/status.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/text.h"
#include "history/result.h"
#include "instance/evaluated.h"
#include "stage/due.h"

struct reading_status {
    struct status *out;
    struct arena *arena;
    const struct opened *opened;
    struct batch *batch;
};

/* --- the history ------------------------------------------------------------------ */

static struct status_agent *agent_of(const struct status *status, const struct guid *id)
{
    for (size_t i = 0; i < status->agent_count; i++)
        if (guid_equal(&status->agents[i].agent->id, id))
            return &status->agents[i];
    return NULL;
}

static bool all_known(const struct status *status)
{
    for (size_t i = 0; i < status->agent_count; i++)
        if (status->agents[i].good.agent == NULL)
            return false;
    return true;
}

static void note_run(const struct status *status, const struct run_record *record)
{
    struct status_agent *agent = agent_of(status, &record->agent_id);

    if (agent == NULL || record->end == 0)
        return;
    if (agent->last.agent == NULL)
        agent->last = *record;
    if (agent->good.agent == NULL && result_exit(record->result) == RESULT_EXIT_OK)
        agent->good = *record;
}

/* The newest first, until each agent's last success is found. */
static enum ma_status read_history(const struct reading_status *r, struct ma_error *err)
{
    uint64_t first = record_first(r->batch);
    enum ma_status status = MA_OK;

    for (uint64_t run = record_last(r->batch);
         status == MA_OK && run > 0 && run >= first && !all_known(r->out); run--) {
        struct run_record record;

        status = record_get(r->batch, r->arena, run, &record, err);
        if (status == MA_OK)
            note_run(r->out, &record);
        else if (status == MA_NOT_FOUND)
            status = MA_OK; /* forgotten */
    }
    return status;
}

/* --- what it needs ---------------------------------------------------------------- */

/* One that nobody would import is not in need of it. */
static bool imports_in_full(const struct agent *agent)
{
    for (size_t i = 0; i < agent->profile_count; i++)
        for (size_t k = 0; k < agent->profiles[i].count; k++)
            if (agent->profiles[i].steps[k].type == STEP_FULL_IMPORT ||
                agent->profiles[i].steps[k].type == STEP_FULL_IMPORT_FULL_SYNC)
                return true;
    return false;
}

static const char *why_full_import(const struct reading_status *r,
                                   const struct compiled_agent *agent,
                                   const struct partition *partition)
{
    const char *why = due_full_import(r->batch, agent->number, agent->config, partition);

    if (why == NULL && !due_was_imported(r->batch, agent->number, partition))
        return "no full import of it was complete yet";
    return why;
}

static void add_need(struct status_need *needs, size_t *count, const char *why,
                     const struct partition *partition)
{
    if (why != NULL)
        needs[(*count)++] = (struct status_need){
            .partition = partition == NULL ? NULL : partition->name, .because = why};
}

static void read_needs(const struct reading_status *r, const struct compiled_agent *agent,
                       struct status_agent *out)
{
    const struct agent *config = agent->config;
    struct status_need *needs =
        ARENA_ARRAY(r->arena, struct status_need, config->partition_count + 1);
    size_t count = 0;

    if (imports_in_full(config) && config->partition_count == 0)
        add_need(needs, &count, why_full_import(r, agent, NULL), NULL);
    for (size_t i = 0; imports_in_full(config) && i < config->partition_count; i++)
        if (config->partitions[i].selected)
            add_need(needs, &count, why_full_import(r, agent, &config->partitions[i]),
                     &config->partitions[i]);
    out->full_imports = needs;
    out->full_import_count = count;
    out->full_sync = evaluated_due(r->batch, r->opened->program, agent->number);
}

/* --- what waits ------------------------------------------------------------------- */

static enum ma_status read_queues(const struct reading_status *r, uint32_t agent,
                                  struct status_agent *out, struct ma_error *err)
{
    const struct {
        enum cs_queue queue;
        uint64_t *length;
    } queues[] = {
        {QUEUE_SYNC, &out->imports},
        {QUEUE_EXPORT, &out->exports},
        {QUEUE_UNCONFIRMED, &out->unconfirmed},
    };
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < sizeof queues / sizeof queues[0]; i++)
        status = cs_queue_length(r->batch, queues[i].queue, agent, queues[i].length, err);
    return status;
}

static enum ma_status read_agents(const struct reading_status *r, struct ma_error *err)
{
    const struct program *program = r->opened->program;
    const struct show show = {r->batch, program};
    struct standing_count *errors =
        ARENA_ARRAY(r->arena, struct standing_count, program->agent_count);
    enum ma_status status = standing_counts(&show, errors, err);

    r->out->agents = ARENA_ARRAY(r->arena, struct status_agent, program->agent_count);
    r->out->agent_count = program->agent_count;
    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++) {
        struct status_agent *agent = &r->out->agents[i];

        agent->agent = program->agents[i].config;
        agent->errors = errors[i];
        read_needs(r, &program->agents[i], agent);
        status = read_queues(r, program->agents[i].number, agent, err);
    }
    return status == MA_OK ? read_history(r, err) : status;
}

/* --- what is worth a word --------------------------------------------------------- */

static size_t secrets_in_files(const struct instance *instance)
{
    size_t count = 0;

    for (size_t i = 0; i < instance->agent_count; i++)
        for (size_t k = 0; k < instance->agents[i].secret_count; k++)
            count += instance->agents[i].secrets[k].kind == SECRET_FILE;
    return count;
}

static void read_notes(const struct reading_status *r)
{
    size_t files = secrets_in_files(r->opened->instance);

    r->out->notes = ARENA_ARRAY(r->arena, const char *, 1);
    if (files > 0)
        r->out->notes[r->out->note_count++] = arena_print(
            r->arena,
            "nothing seals the secrets: %zu of them lie%s in files that only their mode "
            "protects; a credential of systemd can stand for each",
            files, files == 1 ? "s" : "");
}

enum ma_status status_read(struct status *out, struct arena *arena,
                           const struct opened *opened, struct batch *batch,
                           struct ma_error *err)
{
    const struct reading_status r = {out, arena, opened, batch};

    *out = (struct status){.staging = staging_of(opened->instance, opened->config)};
    out->running_count = beacon_list(opened->instance->folder, arena, &out->running);
    read_notes(&r);
    return read_agents(&r, err);
}

/* --- whether something is new ----------------------------------------------------- */

static uint64_t add_time(uint64_t token, const char *path)
{
    struct stat st = {.st_mtim = {0}};

    (void)stat(path, &st); /* not there: that is a state too */
    token = text_hash(slice_of((const char *)&st.st_mtim, sizeof st.st_mtim), token);
    return text_hash(slice_of((const char *)&st.st_size, sizeof st.st_size), token);
}

static uint64_t add_beacons(uint64_t token, struct arena *arena, const char *folder)
{
    const char *path = arena_print(arena, "%s/running", folder);
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.') {
            token = text_hash(slice_text(entry->d_name), token);
            token = add_time(token, arena_print(arena, "%s/%s", path, entry->d_name));
        }
    if (dir != NULL)
        closedir(dir);
    return token;
}

uint64_t status_token(const char *folder)
{
    static const char *const paths[] = {"mactl.xml", "config", "store", "store/data.mdb"};
    ARENA_AUTO arena = {0};
    uint64_t token = 1;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        token = add_time(token, arena_print(&arena, "%s/%s", folder, paths[i]));
    return add_beacons(token, &arena, folder);
}
