/* SPDX-License-Identifier: Apache-2.0 */
#include "report/standing.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "history/record.h"
#include "report/advice.h"

enum { PAGE = 500 };

/* The two kinds that are kept with their object. */
static const struct kept {
    const char *word; /* of the id */
    const char *kind; /* as in the history */
    enum cs_queue queue;
} kept[] = {
    {"sync", "import-error", QUEUE_IMPORT_ERROR},
    {"export", "export-error", QUEUE_EXPORT_ERROR},
};

enum { KINDS = sizeof kept / sizeof kept[0] };

struct finding {
    const struct show *show;
    const struct compiled_agent *only; /* NULL: all */
    struct arena arena;
    size_t most;
    json_t *out;
};

static bool is_full(const struct finding *f)
{
    return json_array_size(f->out) >= f->most;
}

static void advise(json_t *document)
{
    const char *type = json_string_value(json_object_get(document, "type"));
    const struct advice *advice = advice_of(type);

    json_put_text(document, "meaning", advice->meaning);
    json_put_text(document, "action", advice->action);
}

/* --- with their object ------------------------------------------------------------ */

static const struct object_error *error_of(const struct cs_object *object,
                                           const struct kept *kind)
{
    return kind->queue == QUEUE_IMPORT_ERROR ? &object->import_error
                                             : &object->export_error;
}

static json_t *kept_json(struct finding *f, const struct compiled_agent *agent,
                         const struct cs_object *object, const struct kept *kind)
{
    char guid[GUID_TEXT];
    json_t *document = json_object();

    json_put_text(document, "id",
                  arena_print(&f->arena, "%s-%u-%llu", kind->word, agent->number,
                              (unsigned long long)object->id));
    json_put_text(document, "kind", kind->kind);
    json_put_text(document, "agent", agent->config->name);
    json_put_number(document, "object", object->id);
    json_put_text(document, "guid", guid_format(&object->guid, GUID_PLAIN, guid));
    json_put_text(document, "dn", object_dn(&f->arena, object));
    json_put_text(document, "name", show_cs_name(f->show, &f->arena, object));
    show_put_error(document, error_of(object, kind));
    advise(document);
    return document;
}

static enum ma_status add_kept(struct finding *f, const struct compiled_agent *agent,
                               uint64_t id, const struct kept *kind, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status;

    arena_reset(&f->arena);
    status = cs_get(f->show->batch, &f->arena, agent->number, id, &object, err);
    if (status == MA_OK && error_of(&object, kind)->count > 0)
        json_array_append_new(f->out, kept_json(f, agent, &object, kind));
    return status;
}

static enum ma_status find_kept(struct finding *f, const struct compiled_agent *agent,
                                const struct kept *kind, struct ma_error *err)
{
    id_list ids = {0};
    uint64_t after = 0;
    bool more = true;
    enum ma_status status = MA_OK;

    while (status == MA_OK && more && !is_full(f)) {
        status =
            cs_queue(f->show->batch, kind->queue, agent->number, after, PAGE, &ids, err);
        more = ids.count == PAGE;
        for (size_t i = 0; status == MA_OK && i < ids.count && !is_full(f); i++) {
            after = ids.items[i];
            status = add_kept(f, agent, after, kind, err);
        }
    }
    VEC_FREE(&ids);
    return status;
}

/* --- in the history of an import -------------------------------------------------- */

/* A step whose discovery errors stand: the last import of its partition. */
struct last_import {
    const struct compiled_agent *agent;
    uint64_t run;
    const struct step_record *step;
};

/* What was looked at already. */
struct seen {
    struct arena arena;
    VEC_OF(const char *) partitions;
};

static bool is_import(const struct step_record *step)
{
    return strstr(step->type, "import") != NULL && step->end != 0;
}

static bool is_new(struct seen *seen, const struct last_import *import)
{
    const char *partition = import->step->partition;
    const char *key = arena_print(&seen->arena, "%u %s", import->agent->number,
                                  partition == NULL ? "" : partition);

    for (size_t i = 0; i < seen->partitions.count; i++)
        if (strcmp(seen->partitions.items[i], key) == 0)
            return false;
    VEC_ADD(&seen->partitions, key);
    return true;
}

static const struct compiled_agent *agent_of(const struct program *program,
                                             const struct guid *id)
{
    for (size_t i = 0; i < program->agent_count; i++)
        if (guid_equal(&program->agents[i].config->id, id))
            return &program->agents[i];
    return NULL;
}

typedef enum ma_status visit(void *context, const struct last_import *import,
                             struct ma_error *err);

static enum ma_status visit_run(const struct show *show, struct seen *seen,
                                const struct run_record *record, visit *each,
                                void *context, struct ma_error *err)
{
    struct last_import import = {.agent = agent_of(show->program, &record->agent_id),
                                 .run = record->number};
    enum ma_status status = MA_OK;

    for (size_t i = record->step_count;
         status == MA_OK && import.agent != NULL && i-- > 0;) {
        import.step = &record->steps[i];
        if (is_import(import.step) && is_new(seen, &import))
            status = each(context, &import, err);
    }
    return status;
}

/* The newest first. */
static enum ma_status each_last_import(const struct show *show, visit *each,
                                       void *context, struct ma_error *err)
{
    uint64_t first = record_first(show->batch);
    struct seen seen = {0};
    ARENA_AUTO arena = {0};
    enum ma_status status = MA_OK;

    for (uint64_t run = record_last(show->batch);
         status == MA_OK && run > 0 && run >= first; run--) {
        struct run_record record;

        arena_reset(&arena);
        status = record_get(show->batch, &arena, run, &record, err);
        if (status == MA_OK)
            status = visit_run(show, &seen, &record, each, context, err);
        else if (status == MA_NOT_FOUND)
            status = MA_OK; /* forgotten */
    }
    VEC_FREE(&seen.partitions);
    arena_free(&seen.arena);
    return status;
}

static bool is_discovery(const json_t *document)
{
    const char *kind = json_string_value(json_object_get(document, "kind"));

    return kind != NULL && strcmp(kind, "discovery-error") == 0;
}

static json_t *discovery_json(const json_t *document, uint64_t run, unsigned step,
                              size_t index)
{
    json_t *copy = json_deep_copy(document);
    char id[80];

    snprintf(id, sizeof id, "import-%llu-%u-%zu", (unsigned long long)run, step, index);
    json_put_text(copy, "id", id);
    json_object_set(copy, "first_occurred", json_object_get(copy, "date_occurred"));
    advise(copy);
    return copy;
}

static enum ma_status add_discovery(void *context, const struct last_import *import,
                                    struct ma_error *err)
{
    struct finding *f = context;
    unsigned step = import->step->number;
    json_t *errors = NULL;
    json_t *document;
    size_t at;
    enum ma_status status = MA_OK;

    if (import->step->errors > 0 && (f->only == NULL || f->only == import->agent))
        status = record_errors(f->show->batch, import->run, step, &errors, err);
    json_array_foreach(errors, at, document)
    {
        if (is_discovery(document) && !is_full(f))
            json_array_append_new(f->out,
                                  discovery_json(document, import->run, step, at + 1));
    }
    json_decref(errors);
    return status;
}

/* --- all of them ------------------------------------------------------------------ */

static enum ma_status find_kinds(struct finding *f, const struct compiled_agent *agent,
                                 struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < KINDS; i++)
        status = find_kept(f, agent, &kept[i], err);
    return status;
}

enum ma_status standing_errors(const struct show *show, const struct compiled_agent *only,
                               size_t most, json_t **out, struct ma_error *err)
{
    struct finding f = {.show = show, .only = only, .most = most, .out = json_array()};
    enum ma_status status = each_last_import(show, add_discovery, &f, err);

    for (size_t i = 0; status == MA_OK && i < show->program->agent_count; i++)
        if (only == NULL || only == &show->program->agents[i])
            status = find_kinds(&f, &show->program->agents[i], err);
    arena_free(&f.arena);
    if (status == MA_OK)
        *out = f.out;
    else
        json_decref(f.out);
    return status;
}

/* --- by its id -------------------------------------------------------------------- */

/* "sync-2-17". */
static enum ma_status find_one_kept(struct finding *f, const char *id,
                                    struct ma_error *err)
{
    char word[8];
    unsigned number;
    unsigned long long object;
    int end = 0;
    const struct compiled_agent *agent;

    if (sscanf(id, "%7[a-z]-%u-%llu%n", word, &number, &object, &end) != 3 ||
        id[end] != '\0')
        return MA_OK;
    agent = program_agent(f->show->program, number);
    for (size_t i = 0; agent != NULL && i < KINDS; i++)
        if (strcmp(kept[i].word, word) == 0) {
            enum ma_status status = add_kept(f, agent, object, &kept[i], err);

            return status == MA_NOT_FOUND ? MA_OK : status;
        }
    return MA_OK;
}

/* A discovery error: there are never more than an import may meet. */
static enum ma_status find_one_discovery(struct finding *f, const char *id,
                                         struct ma_error *err)
{
    enum ma_status status;

    if (strncmp(id, "import-", 7) != 0)
        return MA_OK;
    status = each_last_import(f->show, add_discovery, f, err);
    for (size_t i = json_array_size(f->out); i-- > 0;)
        if (strcmp(json_string_value(json_object_get(json_array_get(f->out, i), "id")),
                   id) != 0)
            json_array_remove(f->out, i);
    return status;
}

enum ma_status standing_error(const struct show *show, const char *id, json_t **out,
                              struct ma_error *err)
{
    struct finding f = {.show = show, .most = SIZE_MAX, .out = json_array()};
    enum ma_status status = find_one_kept(&f, id, err);

    if (status == MA_OK)
        status = find_one_discovery(&f, id, err);
    if (status == MA_OK && json_array_size(f.out) == 0)
        status = ma_fail(err, MA_NOT_FOUND,
                         "no error stands under '%s'; mactl errors list has those that "
                         "do",
                         id);
    if (status == MA_OK)
        *out = json_incref(json_array_get(f.out, 0));
    json_decref(f.out);
    arena_free(&f.arena);
    return status;
}

/* --- in numbers ------------------------------------------------------------------- */

struct counting {
    const struct program *program;
    struct standing_count *counts;
};

static enum ma_status count_discovery(void *context, const struct last_import *import,
                                      struct ma_error *err)
{
    struct counting *counting = context;

    (void)err;
    if (strcmp(import->step->result, "completed-discovery-errors") == 0)
        counting->counts[import->agent - counting->program->agents].imports +=
            import->step->errors;
    return MA_OK;
}

enum ma_status standing_counts(const struct show *show, struct standing_count *out,
                               struct ma_error *err)
{
    const struct program *program = show->program;
    struct counting counting = {program, out};
    enum ma_status status;

    memset(out, 0, program->agent_count * sizeof *out);
    status = each_last_import(show, count_discovery, &counting, err);
    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++) {
        status = cs_queue_length(show->batch, QUEUE_IMPORT_ERROR,
                                 program->agents[i].number, &out[i].syncs, err);
        if (status == MA_OK)
            status = cs_queue_length(show->batch, QUEUE_EXPORT_ERROR,
                                     program->agents[i].number, &out[i].exports, err);
    }
    return status;
}
