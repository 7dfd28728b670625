/* SPDX-License-Identifier: Apache-2.0 */

/* The group of the directory's agent, and the rights that it has to have. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "cmd_writeback.h"
#include "coexistence.h"
#include "config/disk.h"
#include "config/folder_edit.h"
#include "config/writeback.h"
#include "instance/opened.h"
#include "render.h"
#include "render_run.h"
#include "rights/audit_tally.h"
#include "rights/grant_change.h"

static const char plugin[] = "acl_audit";

/* --- the group -------------------------------------------------------------------- */

/* With a group, disabling may take back whatever was done, also what was done in part. */
static enum exit_code enroll(struct coexistence *c, const struct enroll_request *request)
{
    struct ma_error err = {0};
    enum ma_status status = enroll_account(request, c->call->arena, &c->enrolled, &err);
    enum exit_code code = EXIT_OK;

    if (c->enrolled.group != NULL)
        code = writeback_mark(c->call, true);
    return status == MA_OK ? code : command_fail(&err);
}

enum exit_code coexistence_group(struct coexistence *c)
{
    const struct enroll_request request = {
        .instance = c->instance,
        .agent = c->ad_agent,
        .plugin = plugin,
        .admin = coexistence_who(c),
        .account = c->account,
        .group = coexistence_group_name(c),
        .member = true,
    };
    enum exit_code code;

    if (c->what_if) {
        coexistence_say(c, "group", "%s has %s as a member, and is made if need be",
                        request.group, c->account == NULL ? "" : c->account);
        return EXIT_OK;
    }
    code = enroll(c, &request);
    if (code != EXIT_OK)
        return code;
    coexistence_say(c, "group", "%s %s; %s %s", c->enrolled.group, c->enrolled.made,
                    c->enrolled.member, c->enrolled.joined);
    if (strcmp(c->enrolled.joined, "added") == 0)
        coexistence_undo(
            c, "group: %s coexistence disable --admin LOGIN, or take %s out of %s",
            render_program(c->call), c->enrolled.member, c->enrolled.group);
    return EXIT_OK;
}

/* --- what is missing -------------------------------------------------------------- */

/* One audit with the rules as they will be. */
struct asking {
    struct coexistence *c;
    struct folder_plan *plan;
    const char *proposed; /* a folder; NULL: the rules are complete */
    struct opened opened;
    struct batch *batch;
    struct audit_tally tally;
    uint64_t objects;
};

static enum ma_status take(void *context, const struct ma_finding *finding,
                           struct ma_error *err)
{
    (void)err;
    audit_tally_add(context, finding);
    return MA_OK;
}

static enum ma_status propose(struct asking *a, struct ma_error *err)
{
    struct coexistence *c = a->c;
    const char *temporary = getenv("TMPDIR");
    struct writeback change = {.ad = c->ad, .cloud = c->cloud, .arena = c->call->arena};
    char *folder = arena_print(c->call->arena, "%s/mactl-proposed-XXXXXX",
                               temporary == NULL ? "/tmp" : temporary);
    enum ma_status status =
        folder_plan_edit(&a->plan, c->call->folder, true, writeback_edit, &change, err);

    writeback_free(&change);
    if (status != MA_OK || a->plan->copy_count == 0)
        return status;
    if (mkdtemp(folder) == NULL)
        return ma_fail(err, MA_DENIED, "%s: no folder can be made there", folder);
    a->proposed = folder;
    return folder_plan_write(a->plan, folder, err);
}

enum { MOST_PARAMETERS = 6 };

/* By the administrator, who is known by now: the account of the agent may be another one
 * soon, or have a password that is not known yet. */
static size_t parameters_of(const struct coexistence *c, struct parameter *out)
{
    const struct grant_admin admin = coexistence_who(c);
    size_t count = c->what_if ? 0 : granting_parameters(&admin, out);

    out[count++] =
        (struct parameter){.name = "audit-group", .value = coexistence_group_name(c)};
    if (c->account != NULL)
        out[count++] = (struct parameter){.name = "audit-account", .value = c->account};
    return count;
}

static enum ma_status audit(struct asking *a, struct ma_error *err)
{
    /* what Exchange hybrid writes back, in either spelling */
    static const char *const attributes[] = {"msExchArchiveStatus",
                                             "msExchBlockedSendersHash",
                                             "msExchSafeRecipientsHash",
                                             "msExchSafeRecipientHash",
                                             "msExchSafeSendersHash",
                                             "msExchUCVoiceMailSettings",
                                             "msExchUserHoldPolicies",
                                             "proxyAddresses",
                                             "publicDelegates",
                                             "msDS-ExternalDirectoryObjectID",
                                             NULL};
    struct parameter parameters[MOST_PARAMETERS];
    struct audit_request request = {
        .opened = &a->opened,
        .plugin = plugin,
        .attributes = attributes,
        .finding = take,
        .context = &a->tally,
        .parameters = parameters,
        .parameter_count = parameters_of(a->c, parameters),
        .password = a->c->what_if ? NULL : coexistence_who(a->c).password};
    const struct opened_request open = {
        .folder = a->c->call->folder, .config = a->proposed, .read_only = true};
    enum ma_status status = opened_begin(&a->opened, &open, err);

    if (status == MA_OK)
        status = opened_agent(&a->opened, a->c->ad_agent->name, &request.agent, err);
    if (status != MA_OK)
        return status;
    a->batch = batch_begin(a->opened.store);
    request.batch = a->batch;
    return audit_run(&request, &a->objects, err);
}

static enum ma_status ask(struct asking *a, struct ma_error *err)
{
    enum ma_status status = propose(a, err);

    audit_tally_begin(&a->tally, a->c->call->arena);
    if (status == MA_OK)
        status = audit(a, err);
    if (status == MA_NOT_FOUND || (status == MA_OK && a->objects == 0))
        status = ma_fail(err, MA_INVALID,
                         "nothing of '%s' was imported and synchronised yet, so where "
                         "rights are needed is not known: do that first, or give "
                         "--all-attributes",
                         a->c->ad_agent->name);
    return status;
}

static void ask_end(struct asking *a)
{
    struct ma_error ignored = {0};

    audit_tally_end(&a->tally);
    batch_end(a->batch);
    opened_end(&a->opened);
    folder_plan_free(a->plan);
    if (a->proposed != NULL)
        (void)disk_remove(a->proposed, &ignored); /* a temporary folder is no loss */
}

/* --- every attribute -------------------------------------------------------------- */

/* As the product grants it: all attributes of every object of these classes, in each
 * domain. */
static json_t *everything(const struct coexistence *c)
{
    static const struct {
        const char *type;
        const char *guid; /* schemaIDGUID, the same in every forest */
    } classes[] = {
        {"user", "bf967aba-0de6-11d0-a285-00aa003049e2"},
        {"inetOrgPerson", "4828cc14-1437-45bc-9b07-ad6f015e5f28"},
        {"contact", "5cb41ed0-0e4c-11d0-a286-00aa003049e2"},
        {"group", "bf967a9c-0de6-11d0-a285-00aa003049e2"},
    };
    const struct agent *ad = c->ad_agent;
    json_t *entries = json_array();

    for (size_t p = 0; p < ad->partition_count; p++)
        for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
            if (ad->partitions[p].selected && agent_reads_type(ad, classes[i].type))
                json_array_append_new(
                    entries,
                    json_pack(
                        "{s:s, s:s, s:s, s:s}", "place", ad->partitions[p].name, "grant",
                        arena_print(c->call->arena, "(OA;CIIO;RPWP;;%s;%s)",
                                    classes[i].guid, c->enrolled.name),
                        "type", classes[i].type, "trustee", coexistence_group_name(c)));
    return json_pack("{s:s, s:s, s:o}", "schema", GRANT_PLAN, "agent", ad->name,
                     "entries", entries);
}

/* --- granting --------------------------------------------------------------------- */

struct granted {
    const struct coexistence *c;
    size_t set;
    size_t before;
    size_t skipped;
};

static void on_step(void *context, const struct grant_step *step)
{
    struct granted *granted = context;

    granted->set += step->outcome == GRANT_SET;
    granted->before += step->outcome == GRANT_PRESENT;
    granted->skipped += step->outcome == GRANT_SKIPPED;
}

static enum ma_status grant(struct coexistence *c, const json_t *plan,
                            struct grant_request *request, struct ma_error *err)
{
    struct granted granted = {.c = c};
    enum ma_status status;

    request->step = on_step;
    request->context = &granted;
    status = grant_apply(request, plan, err);
    if (granted.set > 0)
        coexistence_undo(c, "rights: %s acl fix %s --roll-back %s --admin LOGIN",
                         render_program(c->call),
                         render_word(c->call->arena, c->ad_agent->name),
                         render_word(c->call->arena, request->backup));
    if (status == MA_OK)
        coexistence_say(c, "rights", "%zu set, %zu were there, %zu left out", granted.set,
                        granted.before, granted.skipped);
    coexistence_detail(c, "set",
                       status == MA_OK ? json_integer((json_int_t)granted.set) : NULL);
    if (granted.set > 0)
        coexistence_detail(c, "backup", json_string(request->backup));
    return status;
}

static json_t *entry_json(const struct audit_entry *entry)
{
    json_t *json = json_object();

    json_put_text(json, "place", entry->place);
    json_put_text(json, "attribute", entry->attribute);
    json_put_text(json, "type", entry->object_type);
    json_put_text(json, "grant", entry->grant);
    json_put_number(json, "objects", entry->objects);
    json_put_text(json, "consent", entry->consent);
    return json;
}

/* Entries that somebody has to consent to are set by `acl fix` alone. */
static void say_planned(struct coexistence *c, const struct audit_plan *plan)
{
    json_t *entries = json_array();
    size_t count = 0;

    for (size_t i = 0; i < plan->entries.count; i++) {
        const struct audit_entry *entry = &plan->entries.items[i];

        json_array_append_new(entries, entry_json(entry));
        if (entry->consent != NULL)
            continue;
        count++;
        if (c->told == NULL)
            coexistence_say(c, "rights", "%s may write %s of %s at %s (%llu objects)",
                            coexistence_group_name(c), entry->attribute,
                            entry->object_type, entry->place,
                            (unsigned long long)entry->objects);
    }
    if (count == 0)
        coexistence_say(c, "rights", "nothing is missing that a program may set");
    else if (c->told != NULL)
        coexistence_say(c, "rights", "%zu are set", count);
    coexistence_detail(c, "entries", entries);
}

/* How many writes of one object's attribute an audit would still refuse. */
static void say_left(struct coexistence *c, const struct audit_tally *tally,
                     const struct audit_plan *plan)
{
    uint64_t healed = 0;
    uint64_t all = tally->allowed + tally->refused + tally->unsure;
    uint64_t left;

    for (size_t i = 0; i < plan->entries.count; i++)
        healed +=
            plan->entries.items[i].consent == NULL ? plan->entries.items[i].objects : 0;
    left = tally->refused - (healed < tally->refused ? healed : tally->refused);
    coexistence_detail(c, "writes",
                       json_pack("{s:I, s:I, s:I, s:I}", "all", (json_int_t)all,
                                 "allowed_before", (json_int_t)tally->allowed, "refused",
                                 (json_int_t)left, "unsure", (json_int_t)tally->unsure));
    if (left + tally->unsure > 0)
        coexistence_note(c,
                         "of %llu writes %llu stay refused, which a person has to look "
                         "at: mactl acl audit %s",
                         (unsigned long long)all, (unsigned long long)left,
                         render_word(c->call->arena, c->ad_agent->name));
}

static enum ma_status grant_missing(struct coexistence *c, struct grant_request *request,
                                    struct asking *a, struct ma_error *err)
{
    struct audit_plan plan;
    json_t *document = NULL;
    enum ma_status status = MA_OK;

    audit_plan_make(&a->tally, &plan);
    if (c->what_if)
        say_planned(c, &plan);
    else {
        status = grant_plan(request, &plan, &document, err);
        if (status == MA_OK)
            status = grant(c, document, request, err);
    }
    if (status == MA_OK)
        say_left(c, &a->tally, &plan);
    json_decref(document);
    audit_plan_end(&plan);
    return status;
}

static enum ma_status grant_all(struct coexistence *c, struct grant_request *request,
                                struct ma_error *err)
{
    json_t *document;
    enum ma_status status;

    if (c->what_if) {
        coexistence_say(c, "rights", "%s may write every attribute of what is read",
                        coexistence_group_name(c));
        return MA_OK;
    }
    document = everything(c);
    status = grant(c, document, request, err);
    json_decref(document);
    return status;
}

enum exit_code coexistence_rights(struct coexistence *c)
{
    struct grant_request request = {.instance = c->instance,
                                    .agent = c->ad_agent,
                                    .plugin = plugin,
                                    .admin = coexistence_who(c),
                                    .backup = coexistence_backup(c, COEXISTENCE_BACKUP)};
    struct asking asking = {.c = c};
    struct ma_error err = {0};
    enum ma_status status;

    if (c->all_attributes) {
        status = grant_all(c, &request, &err);
    } else {
        status = ask(&asking, &err);
        if (status == MA_OK)
            status = grant_missing(c, &request, &asking, &err);
        ask_end(&asking);
    }
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}
