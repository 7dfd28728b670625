/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/grant.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/dn.h"
#include "rights/grant_change.h"

static const struct consent {
    const char *word;
    unsigned bit;
} consents[] = {
    {"adminsdholder", GRANT_ON_HOLDER},
    {"blocked-inheritance", GRANT_ON_BLOCKED},
};

unsigned grant_consent(const char *word)
{
    for (size_t i = 0; i < sizeof consents / sizeof consents[0]; i++)
        if (strcmp(consents[i].word, word) == 0)
            return consents[i].bit;
    return 0;
}

enum ma_status grant_try(const struct grant_request *request, struct ma_error *err)
{
    struct granting granting;
    struct grant_state state;
    enum ma_status status = granting_begin(&granting, request, err);

    if (status == MA_OK)
        status = granting_look(&granting, granting_some_dn(request->agent), &state, err);
    granting_end(&granting);
    return status;
}

/* --- a plan ------------------------------------------------------------------------ */

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* A word that this program does not know is no consent it has. */
static bool is_wanted(const struct granting *granting, const json_t *entry)
{
    const char *consent = text_of(entry, "consent");

    return consent == NULL || (grant_consent(consent) & granting->request->consents) != 0;
}

/* The two parts of a plan, and what is said of each of their entries. What goes is taken
 * out of the list that has the entries already. */
static const struct part {
    const char *key;
    const char *what; /* one of them */
    bool out;
    enum grant_outcome done;
    enum grant_outcome was_so;
} parts[] = {
    {"entries", "an entry", false, GRANT_SET, GRANT_PRESENT},
    {"removals", "a removal", true, GRANT_TAKEN, GRANT_ABSENT},
};

/* Those that were not so before. */
static json_t *changed(const struct granting *granting, const struct part *part)
{
    return part->out ? granting->gone : granting->fresh;
}

static enum ma_status add_entry(struct granting *granting, const struct part *part,
                                json_t *entry, struct ma_error *err)
{
    const char *place = text_of(entry, "place");
    const char *grant = text_of(entry, "grant");
    struct grant_change *change;
    const char *before;

    if (place == NULL || grant == NULL)
        return ma_fail(err, MA_INVALID, "%s of the plan lacks its place or grant",
                       part->what);
    if (!is_wanted(granting, entry))
        return MA_OK;
    if (part->out && granting->role.role->reduce_list == NULL)
        return ma_fail(err, MA_INVALID, "plugin '%s' takes nothing out of lists",
                       granting->request->plugin);
    if (granting_change(granting, place, &change, err) != MA_OK)
        return err->status;
    before = change->after.mark;
    if (granting_edit(granting, grant, part->out, &change->after, err) != MA_OK)
        return error_in(err, "%s", place);
    if (strcmp(before, change->after.mark) != 0)
        json_array_append(changed(granting, part), entry);
    return MA_OK;
}

static enum ma_status add_part(struct granting *granting, const struct part *part,
                               struct ma_error *err)
{
    size_t at;
    json_t *entry;

    json_array_foreach(json_object_get(granting->plan, part->key), at, entry)
    {
        if (add_entry(granting, part, entry, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

/* A list that has all of it already may have changed: that is what was wanted. */
static enum ma_status compare_marks(const struct granting *granting, struct ma_error *err)
{
    for (size_t i = 0; i < granting->changes.count; i++) {
        const struct grant_change *change = &granting->changes.items[i];
        const json_t *list =
            granting_list(json_object_get(granting->plan, "lists"), change->dn);
        const char *mark = list == NULL ? NULL : text_of(list, "mark");

        if (mark != NULL && !granting_is_done(change) &&
            strcmp(mark, change->before.mark) != 0)
            return ma_fail(err, MA_CONFLICT,
                           "%s: its list changed since the plan was made, and nothing "
                           "was written: plan anew",
                           change->dn);
    }
    return MA_OK;
}

static enum ma_status prepare(struct granting *granting, const json_t *plan,
                              struct ma_error *err)
{
    granting->plan = plan;
    granting->fresh = json_array();
    granting->gone = json_array();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (add_part(granting, &parts[i], err) != MA_OK)
            return err->status;
    return compare_marks(granting, err);
}

static bool has(const json_t *list, const json_t *entry)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_array_get(list, i) == entry)
            return true;
    return false;
}

static void tell_part(const struct granting *granting, const struct part *part,
                      const struct grant_change *change)
{
    size_t at;
    json_t *entry;

    json_array_foreach(json_object_get(granting->plan, part->key), at, entry)
    {
        if (is_wanted(granting, entry) &&
            dn_equal(slice_text(text_of(entry, "place")), slice_text(change->dn)))
            granting_tell(granting, entry,
                          has(changed(granting, part), entry) ? part->done
                                                              : part->was_so);
    }
}

static void written(struct granting *granting, const struct grant_change *change)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        tell_part(granting, &parts[i], change);
}

static void tell_skipped(const struct granting *granting)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t at;
        json_t *entry;

        json_array_foreach(json_object_get(granting->plan, parts[i].key), at, entry)
        {
            if (!is_wanted(granting, entry))
                granting_tell(granting, entry, GRANT_SKIPPED);
        }
    }
}

enum ma_status grant_apply(const struct grant_request *request, const json_t *plan,
                           struct ma_error *err)
{
    struct granting granting;
    enum ma_status status = granting_begin(&granting, request, err);

    if (status == MA_OK)
        status = prepare(&granting, plan, err);
    if (status == MA_OK)
        status = granting_carry_out(&granting, written, err);
    if (status == MA_OK)
        tell_skipped(&granting);
    granting_end(&granting);
    return status;
}

enum ma_status grant_lists(const struct grant_request *request, const json_t *plan,
                           void (*take)(void *context, const struct grant_list *),
                           void *context, struct ma_error *err)
{
    struct granting granting;
    enum ma_status status = granting_begin(&granting, request, err);

    if (status == MA_OK)
        status = prepare(&granting, plan, err);
    for (size_t i = 0; status == MA_OK && i < granting.changes.count; i++) {
        const struct grant_change *change = &granting.changes.items[i];
        const struct grant_list list = {
            change->dn, text_base64(&granting.arena, change->after.bytes).at,
            change->before.text};

        if (!granting_is_done(change))
            take(context, &list);
    }
    granting_end(&granting);
    return status;
}

/* --- a backup ---------------------------------------------------------------------- */

static enum ma_status add_old(struct granting *granting, const json_t *list, bool force,
                              struct ma_error *err)
{
    const char *dn = text_of(list, "dn");
    const char *mark = text_of(list, "mark");
    const char *after = text_of(list, "after");
    const char *bytes = text_of(list, "bytes");
    struct grant_change change = {.dn = dn};

    if (dn == NULL || mark == NULL || after == NULL || bytes == NULL ||
        !text_from_base64(&granting->arena, slice_text(bytes), &change.after.bytes))
        return ma_fail(err, MA_INVALID,
                       "a list of the backup lacks its dn, bytes, mark or after");
    change.after.mark = mark;
    if (granting_look(granting, dn, &change.before, err) != MA_OK)
        return err->status;
    if (!force && !granting_is_done(&change) && strcmp(change.before.mark, after) != 0)
        return ma_fail(err, MA_CONFLICT,
                       "%s: somebody changed its list after the backup, and nothing was "
                       "put back: look at it, then force it",
                       dn);
    VEC_ADD(&granting->changes, change);
    return MA_OK;
}

static void restored(struct granting *granting, const struct grant_change *change)
{
    const struct grant_request *request = granting->request;
    const struct grant_step step = {.outcome = granting_is_done(change) ? GRANT_AS_WAS
                                                                        : GRANT_RESTORED,
                                    .place = change->dn};

    if (request->step != NULL)
        request->step(request->context, &step);
}

enum ma_status grant_roll_back(const struct grant_request *request, const json_t *backup,
                               bool force, struct ma_error *err)
{
    struct granting granting;
    enum ma_status status = granting_begin(&granting, request, err);
    size_t at;
    json_t *list;

    json_array_foreach(json_object_get(backup, "lists"), at, list)
    {
        if (status == MA_OK)
            status = add_old(&granting, list, force, err);
    }
    if (status == MA_OK)
        status = granting_carry_out(&granting, restored, err);
    granting_end(&granting);
    return status;
}
