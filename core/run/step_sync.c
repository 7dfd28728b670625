/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A synchronisation of one agent. Rules that changed since the agent's objects were last
 * evaluated in full make a delta synchronisation a full one: it would leave the old
 * rules' work standing.
 */

#include "history/result.h"
#include "instance/evaluated.h"
#include "instance/evaluator.h"
#include "run/steps.h"

static bool was_never_synchronised(const struct step_context *context)
{
    struct batch *batch = batch_begin(context->opened->store);
    bool never = evaluated_never(batch, context->agent->number);

    batch_end(batch);
    return never;
}

static const char *why_full(const struct step_context *context)
{
    const struct program *program = context->opened->program;
    struct batch *batch = batch_begin(context->opened->store);
    const char *why = evaluated_due(batch, program, context->agent->number);

    batch_end(batch);
    return why == NULL
               ? NULL
               : arena_print(program->arena, "%s: every object was evaluated", why);
}

static enum ma_status remember_rules(const struct step_context *context,
                                     struct ma_error *err)
{
    struct batch *batch = batch_begin(context->opened->store);
    enum ma_status status;

    evaluated_remember(batch, context->opened->program, context->agent->number);
    status = batch_commit(batch, err);
    batch_end(batch);
    return status;
}

/* Without a metaverse, or without a single rule where rules are all there is, everything
 * would be let go. */
static enum ma_status check_rules(const struct config *config, struct ma_error *err)
{
    if (!config->metaverse.present)
        return ma_fail(err, MA_INVALID,
                       "there is no MV.xml in %s: nothing can be synchronised",
                       config->root);
    if (config->family == FAMILY_AADCONNECT && config->rule_count == 0)
        return ma_fail(err, MA_INVALID,
                       "there are no synchronisation rules in %s: every object would be "
                       "let go",
                       config->root);
    return MA_OK;
}

/* --- what there is to say ----------------------------------------------------------- */

static size_t warnings_in(const struct config_finding *findings, size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += findings[i].level == FINDING_WARNING;
    return found;
}

/* Changed rules are those that somebody may have edited wrongly: what is left out of them
 * is worth a word when it begins to count. */
static const char *doubts(const struct opened *opened)
{
    const struct config *config = opened->config;
    const struct program *program = opened->program;
    size_t count = warnings_in(config->findings, config->finding_count) +
                   warnings_in(program->findings, program->finding_count);

    return count == 0 ? NULL
                      : arena_print(program->arena,
                                    "%zu warning%s about the configuration: mactl config "
                                    "validate",
                                    count, count == 1 ? "" : "s");
}

/* Nobody's fault, so no warning; but it has to be known. */
static const char *left_out(const struct program *program)
{
    const char *text = NULL;

    for (size_t i = 0; i < program->agent_count; i++) {
        const struct compiled_agent *agent = &program->agents[i];
        size_t count = agent->flows_absent;

        if (count > 0)
            text = arena_print(program->arena,
                               "%s%s%zu flow%s to attributes that the system of '%s' "
                               "lacks %s left out",
                               text == NULL ? "" : text, text == NULL ? "" : "; ", count,
                               count == 1 ? "" : "s", agent->config->name,
                               count == 1 ? "is" : "are");
    }
    return text;
}

static bool rules_are_new(const struct step_context *context)
{
    struct batch *batch = batch_begin(context->opened->store);
    bool new =
        evaluated_otherwise(batch, context->opened->program, context->agent->number);

    batch_end(batch);
    return new;
}

static void add_note(const struct step_context *context, const char *why, bool full)
{
    struct arena *arena = context->opened->program->arena;
    bool new = rules_are_new(context);
    const char *parts[] = {why, new ? doubts(context->opened) : NULL,
                           new || full ? left_out(context->opened->program) : NULL,
                           extensions_note(context->extensions, context->opened, arena)};
    const char *note = NULL;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            note = note == NULL ? parts[i] : arena_print(arena, "%s; %s", note, parts[i]);
    ledger_current(context->ledger)->note = note;
}

static const char *result_of_failure(enum ma_status status)
{
    switch (status) {
    case MA_CANCELLED:
        return RESULT_CANCELLED;
    case MA_LIMIT:
        return "stopped-object-limit";
    case MA_NO_MEMORY:
        return "stopped-out-of-memory";
    default:
        return "stopped-server";
    }
}

const char *step_sync(const struct step_context *context, bool full, struct ma_error *err)
{
    const char *result = NULL;
    const char *why = full || context->only != 0 ? NULL : why_full(context);
    struct digest evaluator;
    struct sync_request request = {
        .store = context->opened->store,
        .program = context->opened->program,
        .agent = context->agent,
        .full = full || why != NULL,
        .object_limit = context->step->object_limit,
        .only = context->only,
        .evaluator = evaluator_digest(context->opened, &evaluator) ? &evaluator : NULL,
        .evaluate_all = context->evaluate_all,
        .threads = context->only != 0 ? 1 : step_threads(context->opened->instance),
        .extensions = context->extensions->loaded,
        .extension_count = context->extensions->count,
        .history = ledger_history(context->ledger),
    };
    enum ma_status status;

    if (check_rules(context->opened->config, err) != MA_OK)
        return "no-start-bad-ma-configuration";
    if (extensions_check(context->extensions, context->opened, context->agent, &result,
                         err) != MA_OK)
        return result;
    add_note(context, why, full);
    status = sync_run(&request, &result, err);
    if (status != MA_OK && result == NULL)
        return result_of_failure(status);
    if (status == MA_OK && context->only == 0 && result_continues(result) &&
        (request.full || was_never_synchronised(context)) &&
        remember_rules(context, err) != MA_OK)
        return "stopped-server";
    return result == NULL ? RESULT_SUCCESS : result;
}
