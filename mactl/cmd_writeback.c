/* SPDX-License-Identifier: Apache-2.0 */

/* mactl writeback set: what the cloud gives back, brought into the configuration. */

#include "cmd_writeback.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "commands.h"
#include "config/instance_edit.h"
#include "effects.h"
#include "findings.h"
#include "open.h"
#include "render.h"
#include "render_run.h"
#include "secret_given.h"

static struct {
    char *ad;
    char *cloud;
    int what_if;
    int no_preview;
} given;

/* --- what would be there ---------------------------------------------------------- */

static enum exit_code refused(const struct invocation *call,
                              const struct folder_plan *plan, const struct ma_error *err)
{
    if (plan != NULL && plan->result != NULL && err->status == MA_INVALID)
        findings_print(stderr, call->arena, plan->result, "config", FINDING_MASK_ERRORS);
    return command_fail(err);
}

static json_t *texts_json(const char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_of_text(texts[i]));
    return list;
}

static void print_change(const struct writeback_setting *setting,
                         const struct writeback *change)
{
    const char *prefix = setting->what_if ? "What if: " : "";
    struct arena *arena = setting->call->arena;

    if (change->done.count == 0)
        printf("%s%s and %s: exchange-hybrid is %s already\n", prefix,
               render_clean(arena, change->ad_name),
               render_clean(arena, change->cloud_name),
               change->off ? "not written back" : "written back");
    for (size_t i = 0; i < change->done.count; i++)
        printf("%s%s\n", prefix, render_clean(arena, change->done.items[i]));
    for (size_t i = 0; i < change->notes.count; i++)
        printf("note: %s\n", render_clean(arena, change->notes.items[i]));
}

/* Looked at before it is done: both what changes, and what that does. */
static enum exit_code look(struct writeback_setting *setting, struct writeback *change,
                           json_t **effects, bool *changes)
{
    struct folder_plan *plan = NULL;
    struct ma_error err = {0};
    enum ma_status status = folder_plan_edit(&plan, setting->call->folder, true,
                                             writeback_edit, change, &err);
    enum exit_code code = EXIT_OK;

    *changes = status == MA_OK && plan->copy_count > 0;
    if (*changes && !setting->no_preview)
        status = effects_find(setting->call, plan, effects, &err);
    if (status != MA_OK)
        code = refused(setting->call, plan, &err);
    folder_plan_free(plan);
    return code;
}

static json_t *change_json(const struct writeback_setting *setting,
                           const struct writeback *change, const json_t *effects)
{
    return json_pack(
        "{s:s, s:b, s:s, s:s, s:o, s:o, s:O?}", "schema", "mactl/writeback/1", "what_if",
        (int)setting->what_if, "ad", change->ad_name, "cloud", change->cloud_name,
        "changes", texts_json(change->done.items, change->done.count), "notes",
        texts_json(change->notes.items, change->notes.count), "effects", effects);
}

static enum exit_code give(const struct writeback_setting *setting, json_t *document)
{
    if (setting->document == NULL)
        return render_json(document);
    *setting->document = document;
    return EXIT_OK;
}

static enum exit_code show(struct writeback_setting *setting,
                           const struct writeback *change, const json_t *effects)
{
    if (setting->call->output == OUTPUT_JSON)
        return give(setting, change_json(setting, change, effects));
    print_change(setting, change);
    if (effects != NULL)
        effects_print(setting->call, effects);
    return EXIT_OK;
}

/* --- done ------------------------------------------------------------------------- */

static bool wanted(const struct writeback_setting *setting)
{
    char answer[16] = "";

    if (setting->what_if || setting->sure || setting->call->yes || !isatty(STDIN_FILENO))
        return !setting->what_if;
    return secret_given_ask("Change the configuration? [y/N] ", true, answer,
                            sizeof answer) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

static enum exit_code apply(struct writeback_setting *setting)
{
    ARENA_AUTO arena = {0};
    struct writeback change = {
        .ad = setting->ad, .cloud = setting->cloud, .off = setting->off, .arena = &arena};
    struct folder_plan *plan = NULL;
    struct ma_error err = {0};
    enum ma_status status = folder_plan_edit(&plan, setting->call->folder, false,
                                             writeback_edit, &change, &err);
    enum exit_code code = EXIT_OK;

    if (status == MA_OK && plan->copy_count > 0)
        status = folder_apply(plan, &err);
    if (status != MA_OK)
        code = refused(setting->call, plan, &err);
    setting->changed = status == MA_OK && plan->copy_count > 0;
    folder_plan_free(plan);
    writeback_free(&change);
    return code;
}

enum exit_code writeback_mark(const struct invocation *call, bool set)
{
    struct ma_error err = {0};
    bool changed;

    return instance_set(call->folder, WRITEBACK_MARK, set ? "true" : "false", &changed,
                        &err) == MA_OK
               ? EXIT_OK
               : command_fail(&err);
}

enum exit_code writeback_setting_run(struct writeback_setting *setting)
{
    struct writeback change = {.ad = setting->ad,
                               .cloud = setting->cloud,
                               .off = setting->off,
                               .arena = setting->call->arena};
    json_t *effects = NULL;
    bool changes;
    enum exit_code code = look(setting, &change, &effects, &changes);

    if (code == EXIT_OK)
        code = show(setting, &change, effects);
    if (code == EXIT_OK && changes && wanted(setting))
        code = apply(setting);
    if (code == EXIT_OK && setting->changed && !setting->off)
        code = writeback_mark(setting->call, true);
    json_decref(effects);
    writeback_free(&change);
    return code;
}

/* --- the command ------------------------------------------------------------------ */

static enum exit_code set(const struct invocation *call, int argc, const char **argv)
{
    struct writeback_setting setting = {.call = call,
                                        .ad = given.ad,
                                        .cloud = given.cloud,
                                        .what_if = given.what_if != 0,
                                        .no_preview = given.no_preview != 0};
    enum exit_code code;

    (void)argc;
    if (strcmp(argv[0], "exchange-hybrid") != 0)
        code =
            command_error(EXIT_USAGE, NULL,
                          "there is no option '%s': exchange-hybrid is known", argv[0]);
    else
        code = writeback_setting_run(&setting);
    if (code == EXIT_OK && setting.changed)
        command_next(call, "%s sync start", render_program(call));
    free(given.ad);
    free(given.cloud);
    return code;
}

static const struct poptOption options[] = {
    {"ad-ma", 0, POPT_ARG_STRING, &given.ad, 0,
     "The directory's agent, if there are more", "MA"},
    {"cloud-ma", 0, POPT_ARG_STRING, &given.cloud, 0,
     "The cloud's agent, if there are more", "MA"},
    {"no-preview", 0, POPT_ARG_NONE, &given.no_preview, 0,
     "Do not count the objects that it changes", NULL},
    {"what-if", 0, POPT_ARG_NONE, &given.what_if, 0, "Change nothing", NULL},
    POPT_TABLEEND};

const struct command command_writeback_set = {
    .words = "writeback set",
    .arguments = "exchange-hybrid",
    .summary = "The rules by which the cloud's values come back to the directory",
    .help =
        "Adds to the configuration what it lacks of the Exchange hybrid write-back: "
        "rules "
        "and\nmappings of Azure AD Connect, or flows of a classic configuration; enables "
        "rules that\nwere disabled. What is there is left as it is. Shows the change, "
        "and "
        "how many objects the\nnext full synchronisation would change. The counterpart "
        "of "
        "Set-MSOnlineWriteBack.\n\n    mactl writeback set exchange-hybrid --what-if",
    .options = options,
    .least = 1,
    .most = 1,
    .run = set,
};
