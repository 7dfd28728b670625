/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is pending is counted in all partitions before anything is sent. A guard holds
 * where the count is greater than its number; an approval of this very set lifts it.
 */

#include "base/error.h"
#include "export/state.h"

/* Below so many objects a share says nothing. */
enum { ENOUGH_OBJECTS = 100 };

/* One number that may hold an export back. */
struct limit {
    enum guarded what;
    uint64_t most;
    const char *result;
    const char *where; /* it is set */
};

static const char *const words[GUARDED_COUNT] = {
    [GUARDED_DELETES] = "deletes",
    [GUARDED_UPDATES] = "updates",
    [GUARDED_RENAMES] = "renames",
    [GUARDED_MEMBER_REMOVALS] = "removals of members",
    [GUARDED_ATTRIBUTE_CLEARS] = "attributes that lose all values",
};

/* --- approvals -------------------------------------------------------------------- */

/* Looked for when the first guard holds. */
static bool is_approved(struct export_step *step, uint64_t count)
{
    if (step->approval.set == NULL &&
        !approval_get(step->batch, &step->arena, step->agent, &step->approval))
        return false;
    if (strcmp(step->approval.set, step->set.id) != 0 || count > step->approval.most)
        return false;
    step->approved = true;
    return true;
}

/* What an approval does not do any more is said, or its giver would wonder. */
static void say_void(const struct export_step *step, struct ma_error *err)
{
    size_t length = strlen(err->text);

    if (step->approval.set == NULL)
        return;
    (void)snprintf(err->text + length, sizeof err->text - length, /* cut is fine */
                   strcmp(step->approval.set, step->set.id) != 0
                       ? ". The approval of run %llu is void: something else is pending "
                         "now"
                       : ". The approval of run %llu is for fewer",
                   (unsigned long long)step->approval.run);
}

/* The first that holds is told, the largest count is what has to be approved. */
static enum ma_status hold(struct export_step *step, uint64_t count, const char *string,
                           const char **result, const struct ma_error *why,
                           struct ma_error *err)
{
    if (is_approved(step, count))
        return MA_OK;
    if (count > step->set.held)
        step->set.held = count;
    if (*result != NULL)
        return MA_OK;
    *result = string;
    *err = *why;
    say_void(step, err);
    return MA_OK;
}

/* --- the guards ------------------------------------------------------------------- */

static enum ma_status check_number(struct export_step *step, const struct limit *limit,
                                   const char **result, struct ma_error *err)
{
    uint64_t count = step->set.of[limit->what];
    struct ma_error why;

    if (count <= limit->most)
        return MA_OK;
    (void)ma_fail(&why, MA_LIMIT,
                  "%llu %s are pending for '%s', %llu are allowed (%s); nothing was "
                  "exported",
                  (unsigned long long)count, words[limit->what],
                  step->req.agent->config->name, (unsigned long long)limit->most,
                  limit->where);
    return hold(step, count, limit->result, result, &why, err);
}

static enum ma_status count_objects(struct export_step *step, uint64_t *count,
                                    struct ma_error *err)
{
    uint64_t placeholders;

    if (cs_count(step->batch, step->agent, count, err) != MA_OK ||
        cs_queue_length(step->batch, QUEUE_PLACEHOLDER, step->agent, &placeholders,
                        err) != MA_OK)
        return err->status;
    *count -= placeholders;
    return MA_OK;
}

/* A share of something that may hold an export back. */
struct share {
    enum guarded what;
    unsigned percent;
    const char *result;
    const char *where;
};

/* What a share is of: the agent's objects, or the members that groups have. */
static enum ma_status whole_of(struct export_step *step, enum guarded what,
                               uint64_t *whole, struct ma_error *err)
{
    if (what != GUARDED_MEMBER_REMOVALS)
        return count_objects(step, whole, err);
    *whole = step->set.members;
    return MA_OK;
}

static enum ma_status check_share(struct export_step *step, const struct share *share,
                                  const char **result, struct ma_error *err)
{
    uint64_t count = step->set.of[share->what];
    uint64_t whole;
    struct ma_error why;

    if (count == 0)
        return MA_OK;
    if (whole_of(step, share->what, &whole, err) != MA_OK)
        return err->status;
    if (whole < ENOUGH_OBJECTS || count * 100 <= share->percent * whole)
        return MA_OK;
    (void)ma_fail(&why, MA_LIMIT,
                  "%llu %s are pending, more than %u %% of the %llu %s of '%s' (%s in "
                  "mactl.xml); nothing was exported",
                  (unsigned long long)count, words[share->what], share->percent,
                  (unsigned long long)whole,
                  share->what == GUARDED_MEMBER_REMOVALS ? "members in those groups"
                                                         : "objects",
                  step->req.agent->config->name, share->where);
    return hold(step, count, share->result, result, &why, err);
}

/* Those that are off where mactl.xml does not give them: a number, a share, or both. */
static enum ma_status check_given(struct export_step *step, const char **result,
                                  struct ma_error *err)
{
    const struct guard *guard = &step->req.guard;
    const struct {
        enum guard_number number;
        struct limit limit;
        enum guard_number percent;
        struct share share;
    } guards[] = {
        {GUARD_EXPORT_UPDATES,
         {GUARDED_UPDATES, guard->export_updates, "stopped-update-threshold-exceeded",
          "export-updates in mactl.xml"},
         GUARD_UPDATES_PERCENT,
         {GUARDED_UPDATES, guard->export_updates_percent,
          "stopped-update-threshold-exceeded", "export-updates-percent"}},
        {GUARD_EXPORT_RENAMES,
         {GUARDED_RENAMES, guard->export_renames, "stopped-rename-threshold-exceeded",
          "export-renames in mactl.xml"},
         GUARD_RENAMES_PERCENT,
         {GUARDED_RENAMES, guard->export_renames_percent,
          "stopped-rename-threshold-exceeded", "export-renames-percent"}},
        {GUARD_MEMBER_REMOVALS,
         {GUARDED_MEMBER_REMOVALS, guard->export_member_removals,
          "stopped-member-removal-threshold-exceeded",
          "export-member-removals in mactl.xml"},
         GUARD_REMOVALS_PERCENT,
         {GUARDED_MEMBER_REMOVALS, guard->export_member_removals_percent,
          "stopped-member-removal-threshold-exceeded", "export-member-removals-percent"}},
        {GUARD_ATTRIBUTE_CLEARS,
         {GUARDED_ATTRIBUTE_CLEARS, guard->export_attribute_clears,
          "stopped-attribute-clear-threshold-exceeded",
          "export-attribute-clears in mactl.xml"},
         GUARD_CLEARS_PERCENT,
         {GUARDED_ATTRIBUTE_CLEARS, guard->export_attribute_clears_percent,
          "stopped-attribute-clear-threshold-exceeded",
          "export-attribute-clears-percent"}},
    };
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < sizeof guards / sizeof guards[0]; i++) {
        if (guard->given & guards[i].number)
            status = check_number(step, &guards[i].limit, result, err);
        if (status == MA_OK && (guard->given & guards[i].percent))
            status = check_share(step, &guards[i].share, result, err);
    }
    return status;
}

enum ma_status guard_check(struct export_step *step, const char **result,
                           struct ma_error *err)
{
    const struct limit deletes = {GUARDED_DELETES, step->req.guard.export_deletes,
                                  "stopped-deletion-threshold-exceeded",
                                  "export-deletes in mactl.xml"};
    const struct limit of_step = {
        GUARDED_DELETES, step->req.step == NULL ? 0 : step->req.step->delete_limit,
        "stopped-deletion-limit", "<delete> of the run profile"};
    const struct share share = {GUARDED_DELETES, step->req.guard.export_deletes_percent,
                                "stopped-deletion-threshold-exceeded",
                                "export-deletes-percent"};
    enum ma_status status;

    *result = NULL;
    step->set.held = 0;
    status = check_number(step, &deletes, result, err);
    if (status == MA_OK && of_step.most > 0)
        status = check_number(step, &of_step, result, err);
    if (status == MA_OK)
        status = check_share(step, &share, result, err);
    if (status == MA_OK)
        status = check_given(step, result, err);
    return status == MA_OK && *result != NULL ? MA_LIMIT : status;
}
