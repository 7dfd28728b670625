/* SPDX-License-Identifier: Apache-2.0 */
#include "run/foresee.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rights/audit_tally.h"

#define AUDIT "acl_audit"
#define AUDITED "ad_ma"
#define CATEGORY "AD" /* other servers that ad_ma speaks to have no such lists */
#define REFUSED "8344"

enum { CODES_MOST = 4 }; /* named in the note */

struct foresee {
    const struct step_context *context;
    struct audit_request request;
    struct audit *audit; /* NULL: it cannot be had */
    struct audit_tally tally;
    struct arena arena;
    json_t *findings;  /* NULL: they are counted */
    struct arena text; /* of the last explanation */
};

static void say(struct foresee *foresee, enum ma_level level, const char *text)
{
    struct ledger *ledger = foresee->context->ledger;
    struct step_record *step = ledger_current(ledger);
    struct arena *arena = foresee->context->opened->program->arena;

    step->note = arena_print(arena, "%s%s%s", step->note == NULL ? "" : step->note,
                             step->note == NULL ? "" : "; ", text);
    ledger_log(ledger, level, text);
}

/* Said once: who cannot be asked now will not be asked again. */
static void give_up(struct foresee *foresee, const struct ma_error *why)
{
    say(foresee, MA_LOG_WARNING,
        arena_print(&foresee->arena, "rights were not audited: %s", why->text));
    audit_close(foresee->audit);
    foresee->audit = NULL;
}

static enum ma_status take(void *context, const struct ma_finding *finding,
                           struct ma_error *err)
{
    struct foresee *foresee = context;

    (void)err;
    ledger_alive(foresee->context->ledger);
    if (foresee->findings == NULL)
        audit_tally_add(&foresee->tally, finding);
    else if (finding->dn != NULL && finding->attribute != NULL &&
             finding->verdict != MA_ALLOWED)
        json_array_append_new(foresee->findings, audit_finding_json(finding));
    return MA_OK;
}

/* --- before ------------------------------------------------------------------------ */

static bool is_wanted(const struct step_context *context)
{
    const struct instance *instance = context->opened->instance;
    const char *plugin = instance_plugin(instance, context->agent->config);

    const char *category = context->agent->config->category;

    return plugin != NULL && strcmp(plugin, AUDITED) == 0 && category != NULL &&
           strcmp(category, CATEGORY) == 0 && context->agent->target_count > 0 &&
           instance_flag(instance, "audit-before-export", true);
}

struct foresee *foresee_begin(const struct step_context *context)
{
    struct foresee *foresee;
    struct ma_error err = {0};

    if (!is_wanted(context))
        return NULL;
    foresee = mem_zero(sizeof *foresee);
    foresee->context = context;
    foresee->request = (struct audit_request){.opened = context->opened,
                                              .agent = context->agent,
                                              .plugin = AUDIT,
                                              .ids = context->exports,
                                              .partition = context->partition,
                                              .pending = true,
                                              .finding = take,
                                              .context = foresee};
    audit_tally_begin(&foresee->tally, &foresee->arena);
    if (audit_open(&foresee->audit, &foresee->request, &err) != MA_OK)
        give_up(foresee, &err);
    return foresee;
}

void foresee_end(struct foresee *foresee)
{
    if (foresee == NULL)
        return;
    audit_close(foresee->audit);
    audit_tally_end(&foresee->tally);
    arena_free(&foresee->arena);
    arena_free(&foresee->text);
    free(foresee);
}

struct code_count {
    const char *code;
    uint64_t writes;
};

/* The causes by the number of writes, the groups of one cause together. */
static size_t count_codes(const struct audit_tally *tally, struct code_count *out,
                          size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < tally->groups.count; i++) {
        const struct audit_group *group = &tally->groups.items[i];
        size_t at = 0;

        if (group->verdict != MA_REFUSED || group->dn == NULL)
            continue;
        while (at < count && strcmp(out[at].code, group->code) != 0)
            at++;
        if (at == most)
            continue;
        if (at == count)
            out[count++] = (struct code_count){.code = group->code};
        out[at].writes += group->objects;
    }
    return count;
}

static const char *summary(struct foresee *foresee, uint64_t objects)
{
    struct code_count codes[CODES_MOST];
    size_t count = count_codes(&foresee->tally, codes, CODES_MOST);
    BUF_AUTO text = {0};

    buf_print(&text, "of %llu objects %llu will be refused with " REFUSED ", ",
              (unsigned long long)objects, (unsigned long long)foresee->tally.whole);
    buf_print(&text, "for %llu attributes:", (unsigned long long)foresee->tally.refused);
    for (size_t i = 0; i < count; i++)
        buf_print(&text, "%s %s %llu", i == 0 ? "" : ",", codes[i].code,
                  (unsigned long long)codes[i].writes);
    return arena_text(&foresee->arena, text.at);
}

void foresee_prepare(struct foresee *foresee)
{
    if (foresee != NULL && foresee->audit != NULL)
        audit_prepare(foresee->audit);
}

void foresee_pending(struct foresee *foresee)
{
    struct ma_error err = {0};
    uint64_t objects = 0;
    enum ma_status status;

    if (foresee == NULL || foresee->audit == NULL)
        return;
    foresee->request.batch = batch_begin(foresee->context->opened->store);
    status = audit_all(foresee->audit, &objects, &err);
    batch_end(foresee->request.batch);
    foresee->request.batch = NULL;
    if (status != MA_OK && status != MA_CANCELLED)
        give_up(foresee, &err);
    else if (foresee->tally.whole > 0)
        say(foresee, MA_LOG_WARNING, summary(foresee, objects));
}

/* --- after ------------------------------------------------------------------------- */

static const char *const *sent_attributes(struct foresee *foresee,
                                          const struct ma_entry *entry)
{
    const char **names = arena_alloc(&foresee->text, (entry->count + 1) * sizeof *names);

    for (size_t i = 0; i < entry->count; i++)
        names[i] = entry->attributes[i].name;
    names[entry->count] = NULL;
    return names;
}

static const char *as_text(struct foresee *foresee)
{
    char *text = json_array_size(foresee->findings) == 0
                     ? NULL
                     : json_dumps(foresee->findings, JSON_COMPACT);
    const char *kept = text == NULL ? NULL : arena_text(&foresee->text, text);

    free(text);
    return kept;
}

const char *foresee_explain(struct foresee *foresee, const struct ma_entry *entry,
                            const struct ma_result *result)
{
    struct ma_planned planned = {.dn = entry->dn, .object_type = entry->object_type};
    struct ma_error err = {0};
    const char *text = NULL;

    if (foresee == NULL || foresee->audit == NULL || entry->change != MA_MODIFY ||
        entry->dn == NULL || entry->count == 0 || result->error_code == NULL ||
        strcmp(result->error_code, REFUSED) != 0)
        return NULL;
    arena_reset(&foresee->text);
    planned.attributes = sent_attributes(foresee, entry);
    foresee->findings = json_array();
    if (audit_planned(foresee->audit, &planned, &err) == MA_OK)
        text = as_text(foresee);
    else
        give_up(foresee, &err);
    json_decref(foresee->findings);
    foresee->findings = NULL;
    return text;
}
