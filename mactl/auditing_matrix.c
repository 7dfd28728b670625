/* SPDX-License-Identifier: Apache-2.0 */
#include "auditing_matrix.h"

#include <string.h>

#include "listing.h"
#include "render_run.h"

static const struct render_column columns[] = {
    {.title = "FEATURE"},
    {.title = "AT", .shrinks = true},
    {.title = "CLASS"},
    {.title = "RESULT"},
    {.title = "OBJECTS", .number = true},
    {.title = "ALLOWED", .number = true},
    {.title = "REFUSED", .number = true},
    {.title = "UNSURE", .number = true},
    {.title = "DECIDED BY", .shrinks = true},
    {.title = "ENTRY", .wide = true},
};

static const char *number(struct arena *arena, uint64_t count)
{
    return arena_print(arena, "%llu", (unsigned long long)count);
}

/* What is to blame: of a cell that passes, an entry that does not say more than OK. */
static bool is_remark(const struct audit_decider *decider)
{
    return decider->code != NULL &&
           (decider->verdict != MA_ALLOWED || strcmp(decider->code, "OK") != 0);
}

static bool has_code(const struct audit_cell *cell, size_t before, const char *code)
{
    for (size_t i = 0; i < before; i++)
        if (is_remark(&cell->deciders.items[i]) &&
            strcmp(cell->deciders.items[i].code, code) == 0)
            return true;
    return false;
}

/* "NO-ACE, DENY-ACE"; NULL: nothing to remark. */
static const char *codes(struct arena *arena, const struct audit_cell *cell)
{
    const char *text = NULL;

    for (size_t i = 0; i < cell->deciders.count; i++) {
        const struct audit_decider *decider = &cell->deciders.items[i];

        if (!is_remark(decider) || has_code(cell, i, decider->code))
            continue;
        text = text == NULL ? decider->code
                            : arena_print(arena, "%s, %s", text, decider->code);
    }
    return text;
}

/* The first that is one, and how many others there are. */
static const char *entries(struct arena *arena, const struct audit_cell *cell)
{
    const char *first = NULL;
    size_t others = 0;

    for (size_t i = 0; i < cell->deciders.count; i++) {
        const char *entry = cell->deciders.items[i].entry;

        if (first == NULL)
            first = entry;
        else
            others += entry != NULL;
    }
    return others == 0 ? first : arena_print(arena, "%s and %zu more", first, others);
}

static void add_row(const struct auditing *auditing, const struct audit_cell *cell,
                    struct listing *listing)
{
    struct arena *arena = auditing->call->arena;
    const struct audit_matrix *matrix = auditing->matrix;
    const char *const cells[] = {
        matrix->features.items[cell->feature],
        cell->container,
        cell->object_type,
        audit_result_text(audit_cell_result(cell)),
        number(arena, cell->objects),
        number(arena, cell->writes[MA_ALLOWED]),
        number(arena, cell->writes[MA_REFUSED]),
        number(arena, cell->writes[MA_UNSURE]),
        codes(arena, cell),
        entries(arena, cell),
    };

    listing_add(listing, audit_cell_json(matrix, cell), cells);
}

static void summary(const struct auditing *auditing, const size_t *results)
{
    const struct invocation *call = auditing->call;

    if ((call->output == OUTPUT_TEXT || call->output == OUTPUT_WIDE) && !call->quiet)
        fprintf(stderr,
                "%zu pass, %zu over-granted, %zu unsure, %zu fail; %zu features have "
                "nothing here to be asked for\n",
                results[AUDIT_PASSES], results[AUDIT_OVER_GRANTED], results[AUDIT_UNSURE],
                results[AUDIT_FAILS], results[AUDIT_NOTHING]);
}

static enum exit_code print(const struct auditing *auditing)
{
    struct listing listing = {.schema = "mactl/acl-matrix/1",
                              .key = "cells",
                              .columns = columns,
                              .column_count = sizeof columns / sizeof columns[0]};
    size_t results[AUDIT_FAILS + 1] = {0};
    enum exit_code code;

    audit_matrix_sort(auditing->matrix);
    for (size_t i = 0; i < auditing->matrix->cells.count; i++) {
        const struct audit_cell *cell = &auditing->matrix->cells.items[i];

        results[audit_cell_result(cell)]++;
        add_row(auditing, cell, &listing);
    }
    summary(auditing, results);
    code = listing_print(auditing->call, &listing);
    if (code != EXIT_OK)
        return code;
    if (auditing->matrix->besides > 0)
        command_next(auditing->call,
                     "mactl acl audit %s, which has what is to be said of the account "
                     "and its domain, too",
                     render_word(auditing->call->arena, auditing->agent->config->name));
    return results[AUDIT_OVER_GRANTED] + results[AUDIT_UNSURE] + results[AUDIT_FAILS] > 0
               ? EXIT_DIFFERENCES
               : EXIT_OK;
}

enum exit_code auditing_matrix(const struct invocation *call, const char *agent,
                               const struct auditing_options *options)
{
    struct audit_matrix matrix;
    struct auditing auditing = {.call = call, .options = options, .matrix = &matrix};
    struct ma_error err = {0};
    enum exit_code code;

    audit_matrix_begin(&matrix, call->arena);
    code = auditing_run(&auditing, agent, &err) == MA_OK ? print(&auditing)
                                                         : command_fail(&err);
    audit_matrix_end(&matrix);
    auditing_end(&auditing);
    return code;
}
