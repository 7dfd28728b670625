/* SPDX-License-Identifier: Apache-2.0 */

/* mactl runs list|show: the history of runs. */

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "config/folder.h"
#include "history/history_xml.h"
#include "history/record.h"
#include "instance/opened.h"
#include "listing.h"
#include "render_error.h"
#include "render_run.h"
#include "run/run.h"

static struct {
    int limit;
    int step;
    int errors;
    char *objects;
} given = {.limit = LIMIT_NOT_GIVEN};

/* --- the store, for reading ------------------------------------------------------- */

struct history_reader {
    struct store *store;
    struct batch *batch;
    bool is_instance; /* so if there is no store, nothing was run yet */
};

static enum ma_status begin(struct history_reader *reader, const struct invocation *call,
                            struct ma_error *err)
{
    const struct store_options options = {.read_only = true};
    struct instance *instance;
    enum ma_status status = instance_open(&instance, call->folder, err);

    if (status == MA_OK) {
        instance_close(instance);
        reader->is_instance = true;
        status = run_recover(call->folder, err);
    }
    if (status == MA_OK)
        status =
            store_open(&reader->store, arena_print(call->arena, "%s/store", call->folder),
                       &options, err);
    if (status == MA_NOT_FOUND && reader->is_instance)
        return opened_nothing(call->folder, err);
    if (status == MA_INVALID && reader->is_instance)
        err->status = status = MA_BROKEN; /* the store's fault, not the configuration's */
    if (status == MA_OK)
        reader->batch = batch_begin(reader->store);
    return status;
}

static void end(struct history_reader *reader)
{
    batch_end(reader->batch);
    if (reader->store != NULL)
        store_close(reader->store);
}

/* --- list ------------------------------------------------------------------------- */

static const struct render_column columns[] = {
    {.title = "RUN", .number = true},
    {.title = "AGENT", .shrinks = true},
    {.title = "PROFILE", .shrinks = true},
    {.title = "RESULT"},
    {.title = "STARTED"},
    {.title = "TIME", .number = true},
    {.title = "STEPS", .number = true, .wide = true},
    {.title = "ERRORS", .number = true},
    {.title = "USER", .wide = true},
};

static json_t *summary_json(const struct run_record *record)
{
    json_t *object = record_json(record);

    json_object_del(object, "schema");
    json_object_del(object, "pending");
    json_object_set_new(object, "errors", json_integer(record_error_count(record)));
    return object;
}

static void add_run(const struct invocation *call, struct listing *listing,
                    const struct run_record *record)
{
    struct arena *arena = call->arena;
    const char *const cells[] = {
        arena_print(arena, "%llu", (unsigned long long)record->number),
        record->agent,
        record->profile,
        record->result,
        render_time(call, record->start),
        record->end == 0 ? NULL : render_duration(arena, record->end - record->start),
        arena_print(arena, "%zu/%zu", record->step_count, record->steps_planned),
        arena_print(arena, "%u", record_error_count(record)),
        record->user,
    };

    listing_add(listing, summary_json(record), cells);
}

static bool wanted(const struct run_record *record, int argc, const char **argv)
{
    return argc == 0 || text_caseequal(slice_text(record->agent), slice_text(argv[0]));
}

/* The newest first. */
static enum ma_status list_runs(const struct invocation *call, struct batch *batch,
                                int argc, const char **argv, size_t most,
                                struct listing *listing, struct ma_error *err)
{
    uint64_t first = record_first(batch);

    for (uint64_t run = record_last(batch);
         run > 0 && run >= first && listing->rows < most; run--) {
        struct run_record record;
        enum ma_status status = record_get(batch, call->arena, run, &record, err);

        if (status == MA_NOT_FOUND)
            continue;
        if (status != MA_OK)
            return status;
        if (wanted(&record, argc, argv))
            add_run(call, listing, &record);
    }
    return MA_OK;
}

/* An agent may be in the history and not in the configuration any more, or the other way
 * round; one that is in neither is mistyped. */
static enum exit_code check_agent(const struct invocation *call, const char *name)
{
    struct config *config = NULL;
    struct ma_error ignored; /* a configuration that is broken knows nobody */
    const char **names;
    size_t count = 0;
    enum exit_code code = EXIT_OK;

    if (folder_read(&config, call->folder, &ignored) == MA_OK &&
        config_agent_named(config, name) == NULL) {
        names = ARENA_ARRAY(call->arena, const char *, config->agent_count);
        for (; count < config->agent_count; count++)
            names[count] = config->agents[count].name;
        code = command_unknown("management agent", name, names, count);
    }
    if (config != NULL)
        config_free(config);
    return code;
}

static enum exit_code list(const struct invocation *call, int argc, const char **argv)
{
    struct listing listing = {.schema = "mactl/runs/1",
                              .key = "runs",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0],
                              .empty = "nothing was run here yet"};
    struct history_reader reader = {0};
    struct ma_error err = {0};
    size_t most;
    enum ma_status status;
    enum exit_code code = command_limit(given.limit, 50, &most);

    if (code != EXIT_OK)
        return code;
    status = begin(&reader, call, &err);
    if (status == MA_OK)
        status = list_runs(call, reader.batch, argc, argv, most, &listing, &err);
    end(&reader);
    if (status == MA_OK && argc > 0 && listing.rows == 0)
        code = check_agent(call, argv[0]);
    if (code != EXIT_OK)
        ; /* it was told */
    else if (status == MA_OK || (status == MA_NOT_FOUND && reader.is_instance))
        code = listing_print(call, &listing);
    else
        code = command_fail(&err);
    listing_drop(&listing);
    return code;
}

/* --- show ------------------------------------------------------------------------- */

static enum exit_code show_errors(const struct invocation *call, struct batch *batch,
                                  const struct run_record *record)
{
    struct ma_error err = {0};
    json_t *errors = NULL;
    json_t *error;
    size_t at;

    if (record_errors(batch, record->number, (unsigned)given.step, &errors, &err) !=
        MA_OK)
        return command_fail(&err);
    if (call->output == OUTPUT_JSON)
        return render_json(json_pack("{s:s, s:I, s:o}", "schema", "mactl/run-errors/1",
                                     "run", (json_int_t)record->number, "errors",
                                     errors));
    json_array_foreach(errors, at, error)
    {
        if (call->output != OUTPUT_JSONL) {
            render_error(call, error);
            continue;
        }
        json_dumpf(error, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
    }
    json_decref(errors);
    return EXIT_OK;
}

/* --- the objects behind a counter ------------------------------------------------- */

static const struct render_column object_columns[] = {
    {.title = "STEP", .number = true},
    {.title = "COUNTER"},
    {.title = "AGENT", .shrinks = true},
    {.title = "DN", .shrinks = true},
};

static const char *agent_name(const struct step_record *step, uint32_t number)
{
    for (size_t i = 0; i < step->agent_count; i++)
        if (step->agents[i].number == number)
            return step->agents[i].agent;
    return NULL;
}

static enum ma_status add_objects(const struct invocation *call, struct batch *batch,
                                  const struct run_record *record,
                                  const struct step_record *step, enum counter counter,
                                  struct listing *listing, struct ma_error *err)
{
    record_objects objects = {0};
    enum ma_status status = record_get_objects(batch, call->arena, record->number,
                                               step->number, counter, 0, &objects, err);

    for (size_t i = 0; status == MA_OK && i < objects.count; i++) {
        const struct record_object *object = &objects.items[i];
        const char *agent = agent_name(step, object->agent);
        const char *const cells[] = {arena_print(call->arena, "%u", step->number),
                                     counter_text(counter), agent, object->dn};

        listing_add(listing,
                    json_pack("{s:i, s:s, s:o, s:o, s:I}", "step", (int)step->number,
                              "counter", counter_text(counter), "agent",
                              json_of_text(agent), "dn", json_of_text(object->dn),
                              "object", (json_int_t)object->id),
                    cells);
    }
    VEC_FREE(&objects);
    return status;
}

static bool is_wanted_counter(enum counter counter)
{
    return strcmp(given.objects, "all") == 0 ||
           strcmp(given.objects, counter_text(counter)) == 0;
}

static enum ma_status add_step_objects(const struct invocation *call, struct batch *batch,
                                       const struct run_record *record,
                                       const struct step_record *step,
                                       struct listing *listing, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (given.step != 0 && step->number != (unsigned)given.step)
        return MA_OK;
    for (int c = 0; status == MA_OK && c < COUNTER_COUNT; c++)
        if (counter_has_detail((enum counter)c) && is_wanted_counter((enum counter)c))
            status =
                add_objects(call, batch, record, step, (enum counter)c, listing, err);
    return status;
}

static enum exit_code show_objects(const struct invocation *call, struct batch *batch,
                                   const struct run_record *record)
{
    struct listing listing = {.schema = "mactl/run-objects/1",
                              .key = "objects",
                              .columns = object_columns,
                              .column_count =
                                  sizeof object_columns / sizeof object_columns[0],
                              .name = 3,
                              .empty = "no objects"};
    struct ma_error err = {0};
    enum ma_status status = MA_OK;
    enum exit_code code;

    for (size_t i = 0; status == MA_OK && i < record->step_count; i++)
        status = add_step_objects(call, batch, record, &record->steps[i], &listing, &err);
    code = status == MA_OK ? listing_print(call, &listing) : command_fail(&err);
    listing_drop(&listing);
    return code;
}

/* --- one run ---------------------------------------------------------------------- */

/* Only the step that was asked for. */
static struct run_record narrowed(const struct run_record *record)
{
    struct run_record narrow = *record;

    for (size_t i = 0; given.step != 0 && i < record->step_count; i++)
        if (record->steps[i].number == (unsigned)given.step) {
            narrow.steps = &record->steps[i];
            narrow.step_count = 1;
        }
    return narrow;
}

static enum exit_code print_run(const struct invocation *call,
                                const struct run_record *record)
{
    struct run_record narrow = narrowed(record);

    if (call->output == OUTPUT_JSON || call->output == OUTPUT_JSONL)
        return render_json(record_json(&narrow));
    if (call->output == OUTPUT_CSV || call->output == OUTPUT_NAME)
        return command_error(EXIT_USAGE, NULL,
                             "a run comes as text, wide, json, jsonl or xml; as csv and "
                             "name come its --objects");
    render_run(call, &narrow);
    return EXIT_OK;
}

static enum exit_code print_xml(struct batch *batch, const struct run_record *record)
{
    struct run_record narrow = narrowed(record);
    BUF_AUTO out = {0};
    struct ma_error err = {0};

    if (history_xml(batch, &narrow, &out, &err) != MA_OK)
        return command_fail(&err);
    fwrite(out.at, 1, out.length, stdout);
    return EXIT_OK;
}

static enum ma_status find_run(const struct invocation *call, struct batch *batch,
                               const char *word, struct run_record *out,
                               struct ma_error *err)
{
    int64_t number;

    if (strcmp(word, "last") == 0)
        number = (int64_t)record_last(batch);
    else if (!text_to_number(slice_text(word), &number) || number <= 0)
        return ma_fail(err, MA_NOT_FOUND, "'%s' is no number of a run, nor \"last\"",
                       word);
    return record_get(batch, call->arena, (uint64_t)number, out, err);
}

static enum exit_code check_step(const struct run_record *record)
{
    if (given.step == 0)
        return EXIT_OK;
    for (size_t i = 0; i < record->step_count; i++)
        if (record->steps[i].number == (unsigned)given.step)
            return EXIT_OK;
    return command_error(EXIT_USAGE, NULL, "run %llu has %zu steps, no %d",
                         (unsigned long long)record->number, record->step_count,
                         given.step);
}

static enum exit_code check_counter(void)
{
    const char *names[COUNTER_COUNT + 1];
    size_t count = 0;

    if (given.objects == NULL || strcmp(given.objects, "all") == 0)
        return EXIT_OK;
    for (int c = 0; c < COUNTER_COUNT; c++) {
        if (!counter_has_detail((enum counter)c))
            continue;
        names[count++] = counter_text((enum counter)c);
        if (is_wanted_counter((enum counter)c))
            return EXIT_OK;
    }
    names[count++] = "all";
    return command_unknown("counter with objects", given.objects, names, count);
}

static enum exit_code print_wanted(const struct invocation *call, struct batch *batch,
                                   const struct run_record *record)
{
    enum exit_code code = check_step(record);

    if (code == EXIT_OK)
        code = check_counter();
    if (code != EXIT_OK)
        return code;
    if (given.objects != NULL)
        return show_objects(call, batch, record);
    if (given.errors)
        return show_errors(call, batch, record);
    return call->output == OUTPUT_XML ? print_xml(batch, record)
                                      : print_run(call, record);
}

static enum exit_code show(const struct invocation *call, int argc, const char **argv)
{
    struct history_reader reader = {0};
    struct run_record record;
    struct ma_error err = {0};
    enum ma_status status = begin(&reader, call, &err);
    enum exit_code code;

    (void)argc;
    if (status == MA_OK)
        status = find_run(call, reader.batch, argv[0], &record, &err);
    code =
        status == MA_OK ? print_wanted(call, reader.batch, &record) : command_fail(&err);
    end(&reader);
    free(given.objects);
    return code;
}

static const struct poptOption list_options[] = {
    {"limit", 'n', POPT_ARG_INT, &given.limit, 0, "At most so many runs; 50", "N"},
    POPT_TABLEEND};

static const struct poptOption show_options[] = {
    {"errors", 0, POPT_ARG_NONE, &given.errors, 0, "The objects that failed, and why",
     NULL},
    {"step", 0, POPT_ARG_INT, &given.step, 0, "Only this step", "N"},
    {"objects", 0, POPT_ARG_STRING, &given.objects, 0,
     "The objects behind a counter (\"stage-add\"), or behind all", "COUNTER|all"},
    POPT_TABLEEND};

const struct command command_runs_list = {
    .words = "runs list",
    .arguments = "[MA]",
    .summary = "The history of runs, the newest first",
    .options = list_options,
    .most = 1,
    .formats = FORMAT_LIST,
    .run = list,
};

const struct command command_runs_show = {
    .words = "runs show",
    .arguments = "RUN|last",
    .summary = "One run: its steps, counters, errors and objects",
    .help = "    mactl runs show last\n    mactl runs show 17 --errors\n"
            "    mactl runs show 17 --objects stage-delete -o name\n"
            "    mactl runs show 17 -o xml        as the product writes its history",
    .options = show_options,
    .least = 1,
    .most = 1,
    .formats = FORMAT_LIST | FORMAT(OUTPUT_XML),
    .run = show,
};
