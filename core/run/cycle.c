/* SPDX-License-Identifier: Apache-2.0 */
#include "run/cycle.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/vec.h"
#include "instance/evaluated.h"
#include "instance/opened.h"
#include "report/standing.h"
#include "stage/due.h"

/* An agent as it is at this moment. */
struct seen {
    const char *name;
    const char *profiles[CYCLE_KINDS];
    bool needs_full_import;
    bool needs_full_sync;
    bool imported; /* in this round, or waits for a confirming import */
    uint64_t imports;
    uint64_t exports;
    uint64_t unconfirmed;
    struct standing_count errors;
};

struct cycle {
    const struct cycle_request *request;
    struct arena *arena;
    struct cycle_outcome *out;
    VEC_OF(struct cycle_run) runs;
    struct seen *agents;
    size_t agent_count;
    struct ma_error *err;
};

/* --- looking ---------------------------------------------------------------------- */

static enum ma_status take_profiles(struct cycle *c, const struct opened *opened,
                                    const struct agent *agent, struct seen *out)
{
    const struct cycle_binding *named = instance_cycle(opened->instance, agent);

    for (int kind = 0; kind < CYCLE_KINDS; kind++) {
        const char *name = named == NULL ? NULL : named->profiles[kind];
        const struct run_profile *profile;

        if (name == NULL)
            name = cycle_profile(agent, (enum cycle_kind)kind);
        else if (opened_profile(agent, name, &profile, c->err) != MA_OK)
            return error_in(c->err, "%s:%u", named->place.file, named->place.line),
                   c->err->status = MA_INVALID;
        out->profiles[kind] = name == NULL ? NULL : arena_text(c->arena, name);
    }
    return MA_OK;
}

static bool needs_full_import(struct batch *batch, const struct compiled_agent *agent)
{
    const struct agent *config = agent->config;
    bool needs = config->partition_count == 0 &&
                 (!due_was_imported(batch, agent->number, NULL) ||
                  due_full_import(batch, agent->number, config, NULL) != NULL);

    for (size_t i = 0; i < config->partition_count; i++) {
        const struct partition *partition = &config->partitions[i];

        needs =
            needs || (partition->selected &&
                      (!due_was_imported(batch, agent->number, partition) ||
                       due_full_import(batch, agent->number, config, partition) != NULL));
    }
    return needs;
}

static enum ma_status look_at(struct cycle *c, const struct opened *opened,
                              struct batch *batch, const struct compiled_agent *agent,
                              struct seen *out)
{
    const struct {
        enum cs_queue queue;
        uint64_t *length;
    } queues[] = {
        {QUEUE_SYNC, &out->imports},
        {QUEUE_EXPORT, &out->exports},
        {QUEUE_UNCONFIRMED, &out->unconfirmed},
        {QUEUE_IMPORT_ERROR, &out->errors.syncs},
        {QUEUE_EXPORT_ERROR, &out->errors.exports},
    };
    enum ma_status status;

    out->name = arena_text(c->arena, agent->config->name);
    out->needs_full_import = needs_full_import(batch, agent);
    out->needs_full_sync = evaluated_due(batch, opened->program, agent->number) != NULL;
    status = take_profiles(c, opened, agent->config, out);
    for (size_t i = 0; status == MA_OK && i < sizeof queues / sizeof queues[0]; i++)
        status = cs_queue_length(batch, queues[i].queue, agent->number, queues[i].length,
                                 c->err);
    return status;
}

static bool is_skipped(const struct opened *opened, const struct agent *agent)
{
    const struct cycle_binding *named = instance_cycle(opened->instance, agent);

    return named != NULL && named->skip;
}

static enum ma_status look_at_all(struct cycle *c, const struct opened *opened)
{
    const struct program *program = opened->program;
    struct batch *batch = batch_begin(opened->store);
    enum ma_status status = MA_OK;

    c->agents = ARENA_ARRAY(c->arena, struct seen, program->agent_count);
    c->agent_count = 0;
    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++) {
        if (is_skipped(opened, program->agents[i].config))
            continue;
        status =
            look_at(c, opened, batch, &program->agents[i], &c->agents[c->agent_count++]);
    }
    batch_end(batch);
    c->out->staging = staging_of(opened->instance, opened->config);
    return status;
}

/* Anew before each phase: the last one has changed it. The first time there may be no
 * store yet; opening it for writing makes an empty one. */
static enum ma_status look(struct cycle *c)
{
    const char *store = arena_print(c->arena, "%s/store/data.mdb", c->request->folder);
    const struct opened_request request = {.folder = c->request->folder,
                                           .read_only = access(store, F_OK) == 0};
    struct opened opened;
    enum ma_status status = opened_begin(&opened, &request, c->err);

    if (status != MA_OK)
        return status;
    status = look_at_all(c, &opened);
    opened_end(&opened);
    return status;
}

/* --- running ---------------------------------------------------------------------- */

static bool goes_on(const struct cycle *c)
{
    return c->out->stopped == NULL && c->out->signal == 0;
}

static bool needs_a_human(const char *result)
{
    enum result_exit code = result_exit(result);

    return code != RESULT_EXIT_OK && code != RESULT_EXIT_WARNINGS &&
           code != RESULT_EXIT_OBJECT_ERRORS;
}

static enum ma_status run_one(struct cycle *c, const struct seen *agent,
                              enum cycle_kind kind, struct run_outcome *outcome)
{
    const struct cycle_request *r = c->request;
    const struct run_request request = {.folder = r->folder,
                                        .agent = agent->name,
                                        .profile = agent->profiles[kind],
                                        .user = r->user};
    struct cycle_run run = {.round = c->out->rounds, .kind = kind};
    enum ma_status status = run_supervise(&request, r->program, r->hear, r->context,
                                          c->arena, outcome, c->err);

    c->out->signal = outcome->signal;
    if (status != MA_OK)
        return status;
    run.record = outcome->record;
    VEC_ADD(&c->runs, run);
    if (r->ended != NULL)
        r->ended(r->context, &run);
    return MA_OK;
}

static void note_stop(struct cycle *c, const struct run_record *record)
{
    struct run_record *kept;

    if (!needs_a_human(record->result))
        return;
    kept = ARENA_ARRAY(c->arena, struct run_record, 1);
    *kept = *record;
    c->out->stopped = kept;
}

/* The first of these two kinds that the agent has a profile for; CYCLE_KINDS: neither. */
static enum cycle_kind first_of(const struct seen *agent, enum cycle_kind wanted,
                                enum cycle_kind instead)
{
    if (agent->profiles[wanted] != NULL)
        return wanted;
    return agent->profiles[instead] != NULL ? instead : CYCLE_KINDS;
}

/* A delta import that finds out by itself that it cannot be one becomes a full one. */
static enum ma_status import(struct cycle *c, const struct seen *agent, bool full)
{
    enum cycle_kind kind = full ? first_of(agent, CYCLE_FULL_IMPORT, CYCLE_DELTA_IMPORT)
                                : first_of(agent, CYCLE_DELTA_IMPORT, CYCLE_FULL_IMPORT);
    struct run_outcome outcome;
    enum ma_status status;

    if (kind == CYCLE_KINDS)
        return MA_OK;
    status = run_one(c, agent, kind, &outcome);
    if (status == MA_OK && kind == CYCLE_DELTA_IMPORT &&
        agent->profiles[CYCLE_FULL_IMPORT] != NULL &&
        strcmp(outcome.record.result, "no-start-full-import-required") == 0)
        status = run_one(c, agent, CYCLE_FULL_IMPORT, &outcome);
    if (status == MA_OK)
        note_stop(c, &outcome.record);
    return status;
}

static enum ma_status run_kind(struct cycle *c, const struct seen *agent,
                               enum cycle_kind kind)
{
    struct run_outcome outcome;
    enum ma_status status;

    if (kind == CYCLE_KINDS || agent->profiles[kind] == NULL)
        return MA_OK;
    status = run_one(c, agent, kind, &outcome);
    if (status == MA_OK)
        note_stop(c, &outcome.record);
    return status;
}

/* --- the phases ------------------------------------------------------------------- */

static enum ma_status import_all(struct cycle *c)
{
    enum ma_status status = look(c);

    for (size_t i = 0; status == MA_OK && i < c->agent_count && goes_on(c); i++)
        status =
            import(c, &c->agents[i], c->request->full || c->agents[i].needs_full_import);
    return status;
}

static bool has_imports(const struct seen *agent)
{
    return agent->imports > agent->errors.syncs || agent->needs_full_sync;
}

static bool has_exports(const struct seen *agent)
{
    return agent->exports > agent->errors.exports;
}

enum who {
    WHO_HAS_IMPORTS,
    WHO_HAS_ERRORS, /* too: what was in their way may be gone */
    WHO_IS_THERE    /* as disconnectors are tried again */
};

static bool takes_part(const struct seen *agent, enum who who)
{
    return who == WHO_IS_THERE || has_imports(agent) ||
           (who == WHO_HAS_ERRORS && agent->errors.syncs > 0);
}

static enum ma_status synchronise_once(struct cycle *c, enum who who, bool full)
{
    enum ma_status status = look(c);

    for (size_t i = 0; status == MA_OK && i < c->agent_count && goes_on(c); i++) {
        const struct seen *agent = &c->agents[i];

        if (takes_part(agent, who))
            status = run_kind(c, agent,
                              full ? first_of(agent, CYCLE_FULL_SYNC, CYCLE_DELTA_SYNC)
                                   : first_of(agent, CYCLE_DELTA_SYNC, CYCLE_FULL_SYNC));
    }
    return status;
}

enum { SYNC_PASSES = 3 };

/* What one agent's synchronisation leaves to another's is done in a further pass. */
static enum ma_status synchronise(struct cycle *c, enum who who, bool full)
{
    enum ma_status status = synchronise_once(c, who, full);

    for (int pass = 1; status == MA_OK && pass < SYNC_PASSES && goes_on(c); pass++) {
        size_t before = c->runs.count;

        status = synchronise_once(c, WHO_HAS_IMPORTS, false);
        if (c->runs.count == before)
            break;
    }
    return status;
}

/* Objects whose export failed are tried once in each cycle. */
static enum ma_status export_all(struct cycle *c, id_list *exported)
{
    enum ma_status status = look(c);

    for (size_t i = 0; status == MA_OK && i < c->agent_count && goes_on(c); i++) {
        const struct seen *agent = &c->agents[i];
        size_t before = c->runs.count;

        if (c->out->staging.on)
            break;
        if (has_exports(agent) || (c->out->rounds == 1 && agent->exports > 0))
            status = run_kind(c, agent, CYCLE_EXPORT);
        if (c->runs.count > before)
            VEC_ADD(exported, i);
    }
    return status;
}

static bool is_in(const id_list *list, uint64_t number)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == number)
            return true;
    return false;
}

/* What no delta import has shown, a full one will; once, in the round behind it. */
static enum ma_status confirm(struct cycle *c, const id_list *exported)
{
    enum ma_status status = look(c);

    for (size_t i = 0; status == MA_OK && i < c->agent_count && goes_on(c); i++) {
        const struct seen *agent = &c->agents[i];
        bool sent = is_in(exported, i);

        if (sent || (agent->unconfirmed > 0 && c->out->rounds == 2))
            status = import(c, agent, !sent || agent->needs_full_import);
    }
    return status;
}

static enum ma_status one_round(struct cycle *c)
{
    bool first = ++c->out->rounds == 1;
    id_list exported = {0};
    enum ma_status status = first ? import_all(c) : MA_OK;

    if (status == MA_OK && goes_on(c))
        status = synchronise(c, first ? WHO_IS_THERE : WHO_HAS_IMPORTS,
                             first && c->request->full);
    if (status == MA_OK && goes_on(c))
        status = export_all(c, &exported);
    if (status == MA_OK && goes_on(c))
        status = confirm(c, &exported);
    if (status == MA_OK && goes_on(c))
        status =
            synchronise(c, exported.count > 0 ? WHO_HAS_ERRORS : WHO_HAS_IMPORTS, false);
    VEC_FREE(&exported);
    return status;
}

/* --- how it ends ------------------------------------------------------------------ */

static bool can_import(const struct seen *agent)
{
    return first_of(agent, CYCLE_DELTA_IMPORT, CYCLE_FULL_IMPORT) != CYCLE_KINDS;
}

static void count_left(struct cycle *c)
{
    struct cycle_outcome *out = c->out;

    out->left = ARENA_ARRAY(c->arena, struct cycle_left, c->agent_count);
    out->left_count = c->agent_count;
    out->quiet = true;
    for (size_t i = 0; i < c->agent_count; i++) {
        const struct seen *agent = &c->agents[i];
        struct cycle_left *left = &out->left[i];

        *left = (struct cycle_left){
            .agent = agent->name,
            .imports = has_imports(agent) ? agent->imports - agent->errors.syncs : 0,
            .exports = has_exports(agent) ? agent->exports - agent->errors.exports : 0,
            .unconfirmed = can_import(agent) ? agent->unconfirmed : 0,
            .errors = agent->errors.syncs + agent->errors.exports,
        };
        if (left->imports > 0 || left->unconfirmed > 0 ||
            (left->exports > 0 && !out->staging.on))
            out->quiet = false;
    }
}

static uint64_t sum_left(const struct cycle_outcome *out)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < out->left_count; i++)
        sum += out->left[i].imports + out->left[i].exports + out->left[i].unconfirmed;
    return sum;
}

/* Until nothing is left, or a round has made nothing less of it. */
static enum ma_status rounds(struct cycle *c)
{
    unsigned most = c->request->rounds == 0 ? CYCLE_ROUNDS : c->request->rounds;
    uint64_t before = UINT64_MAX;
    enum ma_status status;

    do {
        status = one_round(c);
        if (status == MA_OK)
            status = look(c);
        if (status != MA_OK)
            return status;
        count_left(c);
        if (sum_left(c->out) >= before)
            break;
        before = sum_left(c->out);
    } while (goes_on(c) && !c->out->quiet && c->request->until_quiet &&
             c->out->rounds < most);
    return MA_OK;
}

enum ma_status cycle_run_all(const struct cycle_request *request, struct arena *arena,
                             struct cycle_outcome *out, struct ma_error *err)
{
    struct cycle c = {.request = request, .arena = arena, .out = out, .err = err};
    enum ma_status status;

    *out = (struct cycle_outcome){0};
    status = rounds(&c);
    out->count = c.runs.count;
    out->runs = ARENA_ARRAY(arena, struct cycle_run, out->count);
    for (size_t i = 0; i < out->count; i++)
        out->runs[i] = c.runs.items[i];
    VEC_FREE(&c.runs);
    return status;
}
