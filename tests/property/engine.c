/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "store/agent.h"

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
    {VARIANT_NO_JOIN, 6, "<disabled>False</", "<disabled>True</"},
    {VARIANT_NO_USERS, 9, "<disabled>False</", "<disabled>True</"},
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
