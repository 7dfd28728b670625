/* SPDX-License-Identifier: Apache-2.0 */

/* Which of an agent's run profiles a cycle takes for what. */

#include "run/cycle.h"
#include "run/steps.h"

static const struct {
    const char *word;
    enum step_type types[2];
    bool imports;
} kinds[CYCLE_KINDS] = {
    [CYCLE_FULL_IMPORT] = {"full import",
                           {STEP_FULL_IMPORT, STEP_FULL_IMPORT_FULL_SYNC},
                           true},
    [CYCLE_DELTA_IMPORT] = {"delta import", {STEP_DELTA_IMPORT, STEP_DELTA_IMPORT}, true},
    [CYCLE_FULL_SYNC] = {"full synchronisation", {STEP_FULL_SYNC, STEP_FULL_SYNC}, false},
    [CYCLE_DELTA_SYNC] = {"delta synchronisation",
                          {STEP_DELTA_SYNC, STEP_DELTA_SYNC},
                          false},
    [CYCLE_EXPORT] = {"export", {STEP_EXPORT, STEP_EXPORT}, false},
};

const char *cycle_word(enum cycle_kind kind)
{
    return kinds[kind].word;
}

static bool has_partition(const struct agent *agent, const struct step *step)
{
    const struct partition *partition;
    const char *result;
    struct ma_error ignored; /* then it is not for us */

    return step_partition(agent, step, &partition, &result, &ignored) == MA_OK;
}

static bool fits(const struct agent *agent, const struct step *step, enum cycle_kind kind)
{
    return (step->type == kinds[kind].types[0] || step->type == kinds[kind].types[1]) &&
           !step->to_file && !step->resume_from_file && !step->rejoin_all &&
           (step->type == STEP_DELTA_SYNC || step->type == STEP_FULL_SYNC ||
            has_partition(agent, step));
}

static bool is_limited(const struct step *step)
{
    return step->object_limit != 0 || step->delete_limit != 0 || step->time_limit != 0;
}

/* 0: it is not of this kind. */
static size_t score(const struct agent *agent, const struct run_profile *profile,
                    enum cycle_kind kind)
{
    bool only_stages = true;
    bool limited = false;

    for (size_t i = 0; i < profile->count; i++) {
        const struct step *step = &profile->steps[i];

        if (!fits(agent, step, kind))
            return 0;
        only_stages = only_stages && step->stage_only;
        limited = limited || is_limited(step);
    }
    return profile->count * 4 + (kinds[kind].imports && only_stages ? 2 : 0) +
           (limited ? 0 : profile->count > 0);
}

const char *cycle_profile(const struct agent *agent, enum cycle_kind kind)
{
    const char *found = NULL;
    size_t best = 0;

    for (size_t i = 0; i < agent->profile_count; i++) {
        size_t points = score(agent, &agent->profiles[i], kind);

        if (points > best) {
            best = points;
            found = agent->profiles[i].name;
        }
    }
    return found;
}
