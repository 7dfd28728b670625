/* SPDX-License-Identifier: Apache-2.0 */

/* mactl db stats|verify|backup: care of the store. All of them read only, so a run may go
 * on beside them. */

#include "commands.h"
#include "open.h"
#include "render.h"
#include "store/verify.h"

/* --- the store -------------------------------------------------------------------- */

static enum exit_code open_store(struct store **out, const struct invocation *call)
{
    static const struct store_options readonly = {.read_only = true};
    struct instance *instance = NULL;
    struct ma_error err = {0};
    enum exit_code code = open_instance(&instance, call);
    enum ma_status status;

    if (code != EXIT_OK)
        return code;
    status = store_open(out, instance_path(instance, "store"), &readonly, &err);
    instance_close(instance);
    if (status == MA_NOT_FOUND)
        return command_error(EXIT_USAGE, "mactl run-profile MA PROFILE", "%s", err.text);
    if (status == MA_INVALID)
        return command_error(EXIT_INTERNAL, NULL, "%s", err.text);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

/* --- stats ------------------------------------------------------------------------ */

static const struct render_column stats_columns[] = {
    {.title = "TABLE"},
    {.title = "ROWS", .number = true},
    {.title = "BYTES", .number = true},
};

static enum exit_code stats_json(const struct store_stats *stats)
{
    json_t *tables = json_object();

    for (int i = 0; i < TABLE_COUNT; i++)
        json_object_set_new(tables, store_table_name((enum store_table)i),
                            json_pack("{s:I, s:I}", "rows", (json_int_t)stats->rows[i],
                                      "bytes", (json_int_t)stats->bytes[i]));
    json_object_set_new(tables, "index",
                        json_pack("{s:I, s:I}", "rows", (json_int_t)stats->index_entries,
                                  "bytes", (json_int_t)stats->index_bytes));
    return render_json(
        json_pack("{s:s, s:o, s:I, s:I, s:I}", "schema", "mactl/db-stats/1", "tables",
                  tables, "file_bytes", (json_int_t)stats->file_bytes, "map_bytes",
                  (json_int_t)stats->map_bytes, "readers", (json_int_t)stats->readers));
}

static const char *number_text(struct arena *arena, uint64_t number)
{
    return arena_print(arena, "%llu", (unsigned long long)number);
}

static enum exit_code stats_text(const struct invocation *call,
                                 const struct store_stats *stats)
{
    const char *cells[(TABLE_COUNT + 1) * 3];
    const char **cell = cells;

    for (int i = 0; i < TABLE_COUNT; i++) {
        *cell++ = store_table_name((enum store_table)i);
        *cell++ = number_text(call->arena, stats->rows[i]);
        *cell++ = number_text(call->arena, stats->bytes[i]);
    }
    *cell++ = "index";
    *cell++ = number_text(call->arena, stats->index_entries);
    *cell++ = number_text(call->arena, stats->index_bytes);
    render_table(call, stats_columns, 3, cells, TABLE_COUNT + 1);
    printf("\nfile %llu bytes, %llu of address space, %llu readers\n",
           (unsigned long long)stats->file_bytes, (unsigned long long)stats->map_bytes,
           (unsigned long long)stats->readers);
    return EXIT_OK;
}

static enum exit_code stats(const struct invocation *call, int argc, const char **argv)
{
    struct store *store = NULL;
    struct store_stats numbers;
    struct ma_error err = {0};
    enum exit_code code = open_store(&store, call);

    (void)argc;
    (void)argv;
    if (code != EXIT_OK)
        return code;
    if (store_statistics(store, &numbers, &err) != MA_OK)
        code = command_fail(&err);
    else
        code = call->output == OUTPUT_JSON ? stats_json(&numbers)
                                           : stats_text(call, &numbers);
    store_close(store);
    return code;
}

/* --- verify ----------------------------------------------------------------------- */

struct verdict {
    json_t *defects; /* NULL: text */
};

static void take_defect(void *context, const char *defect)
{
    struct verdict *verdict = context;

    if (verdict->defects == NULL)
        printf("%s\n", defect);
    else
        json_array_append_new(verdict->defects, render_text(defect));
}

static void verify_json(json_t *defects, const struct store_verification *result)
{
    render_json(json_pack("{s:s, s:b, s:I, s:I, s:I, s:o}", "schema", "mactl/db-verify/1",
                          "sound", result->defects == 0, "objects",
                          (json_int_t)result->objects, "rows", (json_int_t)result->rows,
                          "index_entries", (json_int_t)result->index_entries, "defects",
                          defects));
}

static enum exit_code verify_text(const struct store_verification *result)
{
    if (result->defects == 0) {
        printf("sound: %llu objects, %llu rows and %llu index entries agree\n",
               (unsigned long long)result->objects, (unsigned long long)result->rows,
               (unsigned long long)result->index_entries);
        return EXIT_OK;
    }
    return command_error(
        EXIT_INTERNAL, "put a backup in its place, or import in full into a new store",
        "the store has %llu defects", (unsigned long long)result->defects);
}

static enum exit_code verify(const struct invocation *call, int argc, const char **argv)
{
    struct verdict verdict = {.defects =
                                  call->output == OUTPUT_JSON ? json_array() : NULL};
    struct store *store = NULL;
    struct store_verification result;
    struct ma_error err = {0};
    enum exit_code code = open_store(&store, call);

    (void)argc;
    (void)argv;
    if (code == EXIT_OK &&
        store_verify(store, take_defect, &verdict, &result, &err) != MA_OK)
        code = command_fail(&err);
    else if (code == EXIT_OK && verdict.defects == NULL)
        code = verify_text(&result);
    else if (code == EXIT_OK) {
        verify_json(json_incref(verdict.defects), &result);
        code = result.defects == 0 ? EXIT_OK : EXIT_INTERNAL;
    }
    json_decref(verdict.defects);
    store_close(store);
    return code;
}

/* --- backup ----------------------------------------------------------------------- */

static enum exit_code backup(const struct invocation *call, int argc, const char **argv)
{
    struct store *store = NULL;
    struct ma_error err = {0};
    enum exit_code code = open_store(&store, call);

    (void)argc;
    if (code != EXIT_OK)
        return code;
    if (store_backup(store, argv[0], &err) != MA_OK)
        code = err.status == MA_CONFLICT ? command_error(EXIT_USAGE, NULL, "%s", err.text)
                                         : command_fail(&err);
    else
        command_next(call, "to go back to it, put %s in the place of %s/store", argv[0],
                     call->folder);
    store_close(store);
    return code;
}

const struct command command_db_stats = {
    .words = "db stats",
    .summary = "Rows and bytes of the store, by table",
    .help = "    mactl db stats\n    mactl db stats -o json",
    .run = stats,
};

const struct command command_db_verify = {
    .words = "db verify",
    .summary = "Whether everything in the store agrees",
    .help = "Reads every object and looks for what must follow from it: index, "
            "references,\nlinks, queues, values, counts; and for what is left over. One "
            "line a defect.\nChanges nothing; a run may go on.",
    .run = verify,
};

const struct command command_db_backup = {
    .words = "db backup",
    .arguments = "DIR",
    .summary = "A consistent copy of the store in a new folder",
    .help =
        "The copy is of the last commit, compacted, and a store of its own; a run may "
        "go on.\n\n    mactl db backup /var/backups/corp-$(date +%F)",
    .least = 1,
    .most = 1,
    .run = backup,
};
