/* SPDX-License-Identifier: Apache-2.0 */
#include "run/preview.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "history/ledger.h"
#include "history/result.h"
#include "instance/scratch.h"
#include "model/entry.h"
#include "run/one_object.h"
#include "run/steps.h"
#include "space/tower.h"
#include "store/cs.h"

/* --- what if ---------------------------------------------------------------------- */

/* The first copy, open to put wishes into, as if an import had brought them. */
struct wishing {
    struct program *program;
    struct batch *now;
    uint64_t object;
};

/* "title=Engineer" of one object, with the attribute that it names. */
struct wish {
    uint32_t attribute;
    enum value_type type;
    struct slice text;
};

static enum ma_status find_object(struct batch *batch, const struct compiled_agent *agent,
                                  const char *dn, uint64_t *out, struct ma_error *err)
{
    enum ma_status status = cs_find_dn(batch, agent->number, dn, out, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "'%s' has no object '%s'; mactl cs search '%s' lists them",
                       agent->config->name, dn, agent->config->name);
    return status;
}

static enum ma_status read_wish(const struct wishing *p,
                                const struct compiled_agent *agent, const char *word,
                                struct wish *out, struct ma_error *err)
{
    const char *equals = strchr(word, '=');
    struct slice name = slice_of(word, equals == NULL ? 0 : (size_t)(equals - word));
    struct attribute_info info;

    if (name.length == 0)
        return ma_fail(err, MA_NOT_FOUND, "'%s' is no attribute=value", word);
    out->attribute = names_find(p->program->names, name);
    info = program_cs_attribute(agent, p->program, out->attribute);
    if (out->attribute == NAME_NONE || !info.known)
        return ma_fail(err, MA_NOT_FOUND, "'%s' has no attribute '%.*s'",
                       agent->config->name, (int)name.length, name.at);
    out->type = info.type;
    out->text = slice_text(equals + 1);
    return MA_OK;
}

static enum ma_status reference(const struct wishing *p, struct arena *arena,
                                const struct compiled_agent *agent, struct slice dn,
                                struct slice *out, struct ma_error *err)
{
    uint64_t id;
    enum ma_status status =
        cs_reference(p->now, agent->number, arena_textn(arena, dn.at, dn.length),
                     PLACEHOLDER_LINK, &id, err);

    if (status == MA_OK)
        *out = value_of_id(arena, id);
    return status;
}

/* All wishes for one attribute together: they are its values. */
static enum ma_status wish_values(const struct wishing *p, struct arena *arena,
                                  const struct compiled_agent *agent,
                                  const struct wish *wishes, size_t count,
                                  uint32_t attribute, struct entry *entry,
                                  struct ma_error *err)
{
    struct slice *values = ARENA_ARRAY(arena, struct slice, count);
    enum value_type type = VALUE_NONE;
    enum ma_status status = MA_OK;
    uint32_t n = 0;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        if (wishes[i].attribute != attribute)
            continue;
        type = wishes[i].type;
        if (wishes[i].text.length == 0)
            continue;
        status = type == VALUE_REFERENCE
                     ? reference(p, arena, agent, wishes[i].text, &values[n], err)
                     : value_read(arena, type, wishes[i].text, &values[n], err);
        n += status == MA_OK;
    }
    if (status != MA_OK)
        return error_in(err, "%s", names_text(p->program->names, attribute)), status;
    *entry = entry_with(arena, entry, attribute, type, values, n);
    return MA_OK;
}

/* As if an import had shown the object so. */
static enum ma_status stage_wishes(const struct wishing *p,
                                   const struct compiled_agent *agent,
                                   const struct wish *wishes, size_t count,
                                   struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct cs_object object;
    struct image was;
    struct image wanted;
    struct delta delta;
    enum ma_status status =
        cs_get(p->now, &arena, agent->number, p->object, &object, err);

    if (status != MA_OK)
        return status;
    was = wanted = object_image(&arena, &object, LAYER_IMPORT);
    if (!was.exists)
        return ma_fail(err, MA_INVALID,
                       "no import has shown this object: it has no values to set");
    for (size_t i = 0; status == MA_OK && i < count; i++)
        status = wish_values(p, &arena, agent, wishes, count, wishes[i].attribute,
                             &wanted.entry, err);
    if (status != MA_OK)
        return status;
    delta = delta_between(&arena, &was, &wanted);
    (void)tower_changed(&arena, &object, &delta); /* it is in layer I */
    status = cs_put(p->now, &object, err);
    return status == MA_OK ? batch_commit(p->now, err) : status;
}

static enum ma_status apply_set(const struct wishing *p,
                                const struct compiled_agent *agent,
                                const struct preview_request *request,
                                struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct wish *wishes = ARENA_ARRAY(&arena, struct wish, request->set_count);
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < request->set_count; i++)
        status = read_wish(p, agent, request->set[i], &wishes[i], err);
    return status == MA_OK ? stage_wishes(p, agent, wishes, request->set_count, err)
                           : status;
}

/* Both copies shall have them: they are not what the synchronisation does. */
static enum ma_status wish(const char *copy, const struct preview_request *request,
                           struct ma_error *err)
{
    const struct opened_request request_of_copy = {
        .folder = request->folder, .store = copy, .config = request->config};
    const struct compiled_agent *agent;
    struct opened opened;
    struct wishing wishing = {0};
    enum ma_status status = opened_begin(&opened, &request_of_copy, err);

    if (status != MA_OK)
        return status;
    wishing.program = opened.program;
    wishing.now = batch_begin(opened.store);
    status = opened_agent(&opened, request->agent, &agent, err);
    if (status == MA_OK)
        status = find_object(wishing.now, agent, request->dn, &wishing.object, err);
    if (status == MA_OK)
        status = apply_set(&wishing, agent, request, err);
    batch_end(wishing.now);
    opened_end(&opened);
    return status;
}

/* --- the synchronisation ---------------------------------------------------------- */

static const char *sync_agent(struct preview *p, struct ledger *ledger,
                              const struct compiled_agent *agent, unsigned number,
                              bool delta, struct ma_error *err)
{
    struct step step = {.type = delta ? STEP_DELTA_SYNC : STEP_FULL_SYNC};
    struct step_context context = {
        .opened = &p->after,
        .ledger = ledger,
        .agent = agent,
        .step = &step,
        .extensions = &p->extensions,
        .only = p->object,
        .dry = true,
    };

    return step_run(&context, number, err);
}

/* One agent, or each: what does not go for one does not keep the others from it. */
static enum ma_status sync_agents(struct preview *p, struct ledger *ledger,
                                  const struct compiled_agent *only, bool delta,
                                  struct ma_error *err)
{
    const struct program *program = p->after.program;
    const char *result = RESULT_RUNNING;
    struct ma_error why = {0};
    unsigned number = 0;

    for (size_t i = 0; i < program->agent_count; i++) {
        const struct compiled_agent *agent = &program->agents[i];
        struct ma_error of_step = {0};
        const char *of_agent;

        if (only != NULL && agent != only)
            continue;
        of_agent = sync_agent(p, ledger, agent, ++number, delta, &of_step);
        if (result_worse(result, of_agent) != result)
            why = of_step;
        result = result_worse(result, of_agent);
    }
    return ledger_end(ledger, result, why.text[0] == '\0' ? NULL : why.text, err);
}

static enum ma_status read_and_sync(struct preview *p, struct ledger *ledger,
                                    const struct compiled_agent *agent,
                                    struct ma_error *err)
{
    const struct one_object one = {
        .opened = &p->after,
        .ledger = ledger,
        .extensions = &p->extensions,
        .agent = agent,
        .object = p->object,
        .record = &p->record,
        .lenient = true,
        .dry = true,
    };
    struct ma_error why = {0};
    const char *result = one_object_run(&one, &why);

    return ledger_end(ledger, result, why.text[0] == '\0' ? NULL : why.text, err);
}

static enum ma_status synchronise(struct preview *p, const struct compiled_agent *agent,
                                  const struct preview_request *wanted,
                                  struct ma_error *err)
{
    bool delta = wanted->delta;
    struct ledger_request request = {.store = p->after.store,
                                     .program = p->after.program,
                                     .record = &p->record,
                                     .events = -1};
    struct ledger *ledger = NULL;
    enum ma_status status;

    p->record = (struct run_record){
        .agent = agent == NULL ? "every agent" : agent->config->name,
        .profile = p->object != 0 ? "one object"
                   : delta        ? "delta synchronization"
                                  : "full synchronization",
        .process = (long)getpid(),
        .dry = true,
        .steps_planned = agent == NULL ? p->after.program->agent_count : 1,
    };
    status = ledger_begin(&ledger, &request, err);
    if (status == MA_OK)
        status = wanted->read && p->object != 0
                     ? read_and_sync(p, ledger, agent, err)
                     : sync_agents(p, ledger, agent, delta, err);
    ledger_free(ledger);
    return status;
}

/* --- begin and end ---------------------------------------------------------------- */

/* A second copy of the first, so that both are of the same moment. */
static enum ma_status copy_twice(const struct preview_request *request, char **first,
                                 char **second, struct ma_error *err)
{
    char *above;
    enum ma_status status = scratch_copy(first, request->folder, "preview", err);

    if (status == MA_OK && access(*first, F_OK) != 0)
        status = opened_nothing(request->folder, err);
    if (status == MA_OK && request->set_count > 0)
        status = wish(*first, request, err);
    if (status != MA_OK)
        return status;
    above = strrchr(*first, '/');
    *above = '\0'; /* what holds a store is as good as an instance here */
    status = scratch_copy(second, *first, "preview", err);
    *above = '/';
    return status;
}

static enum ma_status open_both(struct preview *p, const struct preview_request *request,
                                struct ma_error *err)
{
    char *first = NULL;
    char *second = NULL;
    enum ma_status status = copy_twice(request, &first, &second, err);
    struct opened_request before = {
        .folder = request->folder, .store = first, .read_only = true};
    struct opened_request after = {
        .folder = request->folder, .store = second, .config = request->config};

    if (status == MA_OK)
        status = opened_begin(&p->before, &before, err);
    if (status == MA_OK)
        status = opened_begin(&p->after, &after, err);
    scratch_remove(second);
    scratch_remove(first);
    return status;
}

static enum ma_status run(struct preview *p, const struct preview_request *request,
                          struct ma_error *err)
{
    const struct compiled_agent *agent = NULL;
    enum ma_status status = MA_OK;

    if (request->agent != NULL)
        status = opened_agent(&p->after, request->agent, &agent, err);
    if (status == MA_OK && request->dn != NULL)
        status = find_object(p->now, agent, request->dn, &p->object, err);
    if (status == MA_OK)
        status = synchronise(p, agent, request, err);
    return status;
}

enum ma_status preview_begin(struct preview *out, const struct preview_request *request,
                             struct ma_error *err)
{
    enum ma_status status;

    *out = (struct preview){.config_differs = request->config != NULL};
    status = open_both(out, request, err);
    if (status == MA_OK) {
        out->old = batch_begin(out->before.store);
        out->now = batch_begin(out->after.store);
        extensions_load(&out->extensions, &out->after);
        status = run(out, request, err);
        batch_end(out->now); /* it may hold what was there before */
        out->now = batch_begin(out->after.store);
        if (status == MA_OK) /* the ledger took its own with it */
            status = record_get(out->now, out->after.program->arena, out->record.number,
                                &out->record, err);
    }
    if (status != MA_OK)
        preview_end(out);
    return status;
}

void preview_end(struct preview *preview)
{
    batch_end(preview->old);
    batch_end(preview->now);
    extensions_unload(&preview->extensions);
    opened_end(&preview->after);
    opened_end(&preview->before);
    *preview = (struct preview){0};
}
