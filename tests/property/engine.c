/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "export/export.h"
#include "store/agent.h"
#include "sync/sync.h"

/* --- failures ----------------------------------------------------------------------- */

void engine_fail(struct engine *e, const char *fmt, ...)
{
    va_list args;

    if (engine_failed(e))
        return;
    va_start(args, fmt);
    vsnprintf(e->shared->failure, FAILURE, fmt, args);
    va_end(args);
    e->shared->kind = fmt;
}

bool engine_failed(const struct engine *e)
{
    return e->shared->failure[0] != '\0';
}

bool engine_ok(struct engine *e, enum ma_status status, const char *what)
{
    if (status != MA_OK)
        engine_fail(e, "%s: status %d: %s", what, (int)status, e->err.text);
    return status == MA_OK;
}

/* --- what the steps tell ------------------------------------------------------------ */

static struct engine *engine_of(struct history *history)
{
    return (struct engine *)((char *)history - offsetof(struct engine, history));
}

static void on_count(struct history *history, enum counter counter, uint32_t agent,
                     uint64_t id, const char *dn)
{
    (void)agent, (void)id, (void)dn;
    engine_of(history)->counts[counter]++;
}

static void on_sync_error(struct history *history, uint32_t agent, uint64_t id,
                          const char *dn, const struct object_error *error,
                          const struct delta *lost, const struct image *seen)
{
    (void)agent, (void)id, (void)lost, (void)seen;
    buf_print(&engine_of(history)->heard, "%s %s: %s\n", dn, error->type,
              error->text == NULL ? "" : error->text);
}

static void on_export_error(struct history *history, uint32_t agent, uint64_t id,
                            const char *dn, const struct object_error *error)
{
    (void)agent, (void)id;
    buf_print(&engine_of(history)->heard, "%s %s\n", dn, error->type);
}

static void on_discovery_error(struct history *history, const struct ma_rejection *error)
{
    engine_of(history)->discovery_errors++;
    buf_print(&engine_of(history)->heard, "%s %s: %s\n",
              error->dn == NULL ? "" : error->dn, error->type,
              error->text == NULL ? "" : error->text);
}

static void on_number(struct history *history, uint64_t objects)
{
    (void)history, (void)objects;
}

static bool on_cancelled(struct history *history)
{
    (void)history;
    return false;
}

/* --- the configuration -------------------------------------------------------------- */

/* One text of one rule, and what it becomes; those of one rule in the order of its file.
 */
static const struct {
    enum variant variant;
    unsigned rule;
    const char *from;
    const char *to;
} edits[] = {
    {VARIANT_EVERYBODY, 1, "NOTEQUAL</csOperator><csValue>left",
     "NOTEQUAL</csOperator><csValue>nobody"},
    {VARIANT_EVERYBODY, 2, "NOTEQUAL</csOperator><csValue>left",
     "NOTEQUAL</csOperator><csValue>nobody"},
    {VARIANT_PROVISION_ALL, 9, "NOTEQUAL</csOperator><csValue>temp",
     "NOTEQUAL</csOperator><csValue>nobody"},
    {VARIANT_NO_MAIL, 10, "<disabled>False</", "<disabled>True</"},
    {VARIANT_PROVISION_ALL, 10, "NOTEQUAL</csOperator><csValue>temp",
     "NOTEQUAL</csOperator><csValue>nobody"},
    {VARIANT_PHONES_TITLE, 8, "<precedence>120</", "<precedence>105</"},
    {VARIANT_NO_PHONE, 7, "<disabled>False</", "<disabled>True</"},
};
enum { RULES = 12 };

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    struct buf all = {0};
    int c;

    if (f == NULL)
        abort();
    while ((c = fgetc(f)) != EOF)
        buf_char(&all, (char)c);
    fclose(f);
    return buf_steal(&all);
}

static void write_edited(struct engine *e, const char *name, char *text, unsigned rule)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/config/%s", e->folder, name);
    f = fopen(path, "w");
    if (f == NULL)
        abort();
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char *at = strstr(text, edits[i].from);

        if ((e->shared->variant & edits[i].variant) == 0 || edits[i].rule != rule)
            continue;
        if (at == NULL)
            abort();
        fprintf(f, "%.*s%s", (int)(at - text), text, edits[i].to);
        memmove(text, at + strlen(edits[i].from), strlen(at + strlen(edits[i].from)) + 1);
    }
    fputs(text, f);
    fclose(f);
    free(text);
}

static void copy_file(struct engine *e, const char *name, unsigned rule)
{
    char path[512];

    snprintf(path, sizeof path, "%s/tests/property/data/export/%s", SOURCE_DIR, name);
    write_edited(e, name, read_file(path), rule);
}

static void write_rules(struct engine *e)
{
    char name[96];

    for (unsigned i = 1; i <= RULES; i++) {
        snprintf(name, sizeof name,
                 "SynchronizationRules/SynchronizationRule_{eeeeeeee-0000-4000-8000-"
                 "0000000000%02u}.xml",
                 i);
        copy_file(e, name, i);
    }
}

static void write_config(struct engine *e)
{
    static const char *const folders[] = {"config", "config/Connectors",
                                          "config/GlobalSettings",
                                          "config/SynchronizationRules"};
    char path[128];

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", e->folder, folders[i]);
        (void)mkdir(path, 0700); /* or it is there */
    }
    for (unsigned i = 1; i <= SYSTEMS; i++) {
        snprintf(path, sizeof path,
                 "Connectors/Connector_{aaaaaaaa-0000-4000-8000-00000000000%u}.xml", i);
        copy_file(e, path, 0);
    }
    copy_file(e, "GlobalSettings/MV.xml", 0);
    write_rules(e);
}

static bool read_config(struct engine *e)
{
    char path[128];

    snprintf(path, sizeof path, "%s/config", e->folder);
    return ENGINE_OK(e, config_read(&e->config, path, &e->err));
}

bool engine_configure(struct engine *e, unsigned variant)
{
    engine_close(e);
    config_free(e->config);
    e->config = NULL;
    e->shared->variant = variant;
    for (unsigned i = 0; i < SYSTEMS; i++)
        e->shared->rules_are_new[i] = true;
    engine_note_wanted(e->shared);
    write_rules(e);
    return read_config(e) && engine_open(e);
}

/* --- begin and end ------------------------------------------------------------------ */

/* In memory, where that goes: every commit waits for its disk. */
static bool make_folder(struct engine *e)
{
    const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(e->folder, sizeof e->folder, "%s/mactl-property-XXXXXX", where);
    return mkdtemp(e->folder) != NULL;
}

bool engine_begin(struct engine *e, struct shared *shared)
{
    *e = (struct engine){
        .shared = shared,
        .history = {.count = on_count,
                    .sync_error = on_sync_error,
                    .export_error = on_export_error,
                    .discovery_error = on_discovery_error,
                    .expect = on_number,
                    .advance = on_number,
                    .cancelled = on_cancelled},
    };
    if (!make_folder(e) || !ENGINE_OK(e, instance_create(e->folder, &e->err)))
        return false;
    for (unsigned i = 0; i < SYSTEMS; i++)
        shared->systems[i].number = i;
    write_config(e);
    return ENGINE_OK(e, instance_open(&e->instance, e->folder, &e->err)) &&
           read_config(e) && engine_open(e);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void engine_end(struct engine *e)
{
    engine_close(e);
    config_free(e->config);
    instance_close(e->instance);
    buf_free(&e->heard);
    arena_free(&e->arena);
    nftw(e->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static uint32_t number_of(void *batch, const struct guid *agent)
{
    return agent_number(batch, agent);
}

bool engine_open(struct engine *e)
{
    char path[128];
    struct batch *batch;
    bool good;

    snprintf(path, sizeof path, "%s/store", e->folder);
    if (!ENGINE_OK(e, store_open(&e->store, path, &(struct store_options){0}, &e->err)))
        return false;
    batch = batch_begin(e->store);
    good =
        ENGINE_OK(e, program_compile(
                         &e->program, e->config, e->instance, store_names(e->store),
                         &(struct program_agents){.number = number_of, .context = batch},
                         &e->err)) &&
        ENGINE_OK(e, batch_commit(batch, &e->err));
    batch_end(batch);
    return good;
}

void engine_close(struct engine *e)
{
    if (e->program != NULL)
        program_free(e->program);
    if (e->store != NULL)
        store_close(e->store);
    e->program = NULL;
    e->store = NULL;
}

const struct compiled_agent *engine_agent(const struct engine *e, unsigned system)
{
    for (size_t i = 0; i < e->program->agent_count; i++)
        if (strcmp(e->program->agents[i].config->name, sys_kinds[system].name) == 0)
            return &e->program->agents[i];
    abort(); /* the data folder has all of them */
}

uint64_t engine_next_run(struct engine *e)
{
    memset(e->counts, 0, sizeof e->counts);
    e->discovery_errors = 0;
    buf_clear(&e->heard);
    arena_reset(&e->arena);
    return e->history.run = ++e->shared->runs;
}

/* --- steps -------------------------------------------------------------------------- */

const char *engine_import(struct engine *e, unsigned system, bool full,
                          const struct import_fault *fault)
{
    const struct compiled_agent *agent = engine_agent(e, system);
    struct feed feed = {.system = &e->shared->systems[system],
                        .whole = fault->whole,
                        .cut_after = fault->cut_after,
                        .reject_at = fault->reject_at};
    const struct step step = {.type = full ? STEP_FULL_IMPORT : STEP_DELTA_IMPORT};
    const struct stage_request request = {
        .store = e->store,
        .program = e->program,
        .agent = agent,
        .partition = &agent->config->partitions[0],
        .step = &step,
        .full = full,
        .loss_percent = 100,
        .capabilities = system == HR ? 0 : MA_CAN_LDAP_DN,
        .history = &e->history,
        .read = fault->cannot_read ? NULL : feed_read,
        .context = &feed,
    };
    const char *result = "no-start-full-import-required";
    struct ma_error why;
    enum ma_status status;

    (void)engine_next_run(e);
    if (!ENGINE_OK(e, stage_begin(&feed.stage, &request, &e->err)))
        return NULL;
    e->resumed = stage_checkpoint(feed.stage).length > 0;
    /* As the run does: without a watermark there is nothing to start from. */
    if (full || stage_watermark(feed.stage).length > 0) {
        status = feed_run(&feed, full, &e->err);
        why = e->err;
        status = stage_finish(feed.stage, status, &result, &e->err);
        if (result == NULL)
            (void)engine_ok(e, status, "stage_finish");
        else if (strcmp(result, "stopped-server") == 0)
            engine_fail(e, "an import ended stopped-server: %s", why.text);
    }
    stage_end(feed.stage);
    return result;
}

const char *engine_sync(struct engine *e, unsigned system, bool full)
{
    const struct sync_request request = {.store = e->store,
                                         .program = e->program,
                                         .agent = engine_agent(e, system),
                                         .full = full || e->shared->rules_are_new[system],
                                         .history = &e->history};
    const char *result = NULL;

    (void)engine_next_run(e);
    if (!ENGINE_OK(e, sync_run(&request, &result, &e->err)))
        return NULL;
    if (request.full)
        e->shared->rules_are_new[system] = false;
    return result;
}

struct sending {
    struct export_step *step;
    struct apply apply;
};

static enum ma_status send(void *context, const struct ma_entry *const *entries,
                           size_t count, struct ma_error *err)
{
    struct sending *sending = context;
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        struct ma_result result = apply_entry(&sending->apply, entries[i]);

        status = export_result(sending->step, i, &result, err);
    }
    return status;
}

const char *engine_export(struct engine *e, unsigned system, const struct apply *fault)
{
    const struct compiled_agent *agent = engine_agent(e, system);
    struct sending sending = {.apply = *fault};
    const struct step step = {.type = STEP_EXPORT, .batch_size = 3};
    const struct export_request request = {
        .store = e->store,
        .program = e->program,
        .agent = agent,
        .partition = &agent->config->partitions[0],
        .step = &step,
        .guard = {.export_deletes = 1000, .export_deletes_percent = 100},
        .send = send,
        .context = &sending,
        .history = &e->history,
    };
    const char *result = NULL;
    enum ma_status status;

    sending.apply.system = &e->shared->systems[system];
    sending.apply.steady = engine_steady(e->shared);
    sending.apply.violation = e->shared->violation;
    (void)engine_next_run(e);
    if (!ENGINE_OK(e, export_begin(&sending.step, &request, &e->err)))
        return NULL;
    status = export_run(sending.step, &result, &e->err);
    export_end(sending.step);
    if (result == NULL)
        (void)engine_ok(e, status, "export_run");
    if (e->shared->violation[0] != '\0')
        engine_fail(e, "an export that nothing justifies: %s", e->shared->violation);
    return result;
}

/* --- who is wanted ------------------------------------------------------------------ */

static bool has_status(const struct system *hr, int entry, const char *status)
{
    return strcasecmp(sys_get(hr, entry, HR_STATUS), status) == 0;
}

static bool is_person(const struct system *hr, int entry)
{
    return hr->entries[entry].here && hr->entries[entry].class == HR_PERSON;
}

bool engine_wants_person(const struct shared *shared, int entry)
{
    const struct system *hr = &shared->systems[HR];

    return is_person(hr, entry) &&
           ((shared->variant & VARIANT_EVERYBODY) != 0 || !has_status(hr, entry, "left"));
}

static bool wants_user(const struct system *hr, int entry, unsigned scope)
{
    return is_person(hr, entry) &&
           ((scope & VARIANT_EVERYBODY) != 0 || !has_status(hr, entry, "left")) &&
           ((scope & VARIANT_PROVISION_ALL) != 0 || !has_status(hr, entry, "temp"));
}

bool engine_wants_user(const struct shared *shared, int entry)
{
    return wants_user(&shared->systems[HR], entry, shared->variant);
}

static uint64_t all_wanted(const struct shared *shared, unsigned scope)
{
    const struct system *hr = &shared->systems[HR];
    uint64_t wanted = 0;

    for (int i = 0; i < ENTRIES; i++)
        if (wants_user(hr, i, scope) ||
            (hr->entries[i].here && hr->entries[i].class == HR_TEAM))
            wanted |= sys_key_bit(sys_get(hr, i, HR_ID));
    return wanted;
}

void engine_note_wanted(struct shared *shared)
{
    shared->in_force[shared->variant % SCOPES] = true;
    for (unsigned scope = 0; scope < SCOPES; scope++)
        shared->unwanted[scope] |= ~all_wanted(shared, scope);
}

uint64_t engine_steady(const struct shared *shared)
{
    uint64_t unwanted = 0;

    for (unsigned scope = 0; scope < SCOPES; scope++)
        if (shared->in_force[scope])
            unwanted |= shared->unwanted[scope];
    return ~unwanted;
}

/* What the engine had merged into an entry is not its own any more once it let go. */
static void give_to_people(struct sys_entry *entry)
{
    struct sys_attr *a = &entry->attrs[D_PROXIES];

    for (unsigned v = 0; v < a->count; v++)
        a->values[v].local = true;
}

void engine_settle(struct shared *shared)
{
    struct system *directory = &shared->systems[DIRECTORY];
    uint64_t steady = engine_steady(shared);

    for (int i = 0; i < ENTRIES; i++) {
        struct sys_entry *entry = &directory->entries[i];

        if (!entry->here)
            continue;
        if ((entry->keys & ~steady) != 0)
            give_to_people(entry);
        entry->keys = sys_key_bit(sys_get(directory, i, D_KEY));
    }
    memset(shared->in_force, 0, sizeof shared->in_force);
    memset(shared->unwanted, 0, sizeof shared->unwanted);
    engine_note_wanted(shared);
}
