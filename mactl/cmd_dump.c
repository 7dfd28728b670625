/* SPDX-License-Identifier: Apache-2.0 */

/*
 * mactl dump: everything that the store knows, as text that is the same whenever the
 * state is: sorted, without numbers, GUIDs and times. Tests compare two of them.
 */

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "object_text.h"
#include "reading.h"

struct dumped {
    char *text; /* its first line is its name, so it is the key too */
};

typedef VEC_OF(struct dumped) dumped_list;

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct dumped *)a)->text, ((const struct dumped *)b)->text);
}

static void print_all(dumped_list *all)
{
    if (all->count > 1)
        qsort(all->items, all->count, sizeof all->items[0], by_text);
    for (size_t i = 0; i < all->count; i++) {
        printf("%s\n", all->items[i].text);
        free(all->items[i].text);
    }
    VEC_FREE(all);
}

enum { PAGE = 500 };

/* --- an object -------------------------------------------------------------------- */

static enum ma_status dump_cs_object(const struct reading *reading,
                                     const struct compiled_agent *agent, uint64_t id,
                                     dumped_list *all, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const struct object_style style = {
        .show = &reading->show, .arena = &arena, .plain = true};
    struct cs_object object;
    struct buf out = {0};
    enum ma_status status =
        cs_get(reading->batch, &arena, agent->number, id, &object, err);

    if (status != MA_OK)
        return status;
    object_cs_text(&style, agent, &object, &out);
    VEC_ADD(all, (struct dumped){buf_steal(&out)});
    return MA_OK;
}

static enum ma_status dump_mv_object(const struct reading *reading, uint64_t id,
                                     dumped_list *all, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const struct object_style style = {
        .show = &reading->show, .arena = &arena, .plain = true};
    struct mv_object object;
    struct buf out = {0};
    enum ma_status status = mv_get(reading->batch, &arena, id, &object, err);

    if (status != MA_OK)
        return status;
    object_mv_text(&style, &object, &out);
    VEC_ADD(all, (struct dumped){buf_steal(&out)});
    return MA_OK;
}

/* --- a space ---------------------------------------------------------------------- */

/* Of an agent, or the metaverse where there is none. */
static enum ma_status scan(const struct reading *reading,
                           const struct compiled_agent *agent, uint64_t after,
                           id_list *ids, struct ma_error *err)
{
    return agent == NULL ? mv_scan(reading->batch, after, PAGE, ids, err)
                         : cs_scan(reading->batch, agent->number, after, PAGE, ids, err);
}

static enum ma_status dump_space(const struct reading *reading,
                                 const struct compiled_agent *agent, struct ma_error *err)
{
    dumped_list all = {0};
    id_list ids = {0};
    uint64_t after = 0;
    bool more = true;
    enum ma_status status = MA_OK;

    while (status == MA_OK && more) {
        ids.count = 0;
        status = scan(reading, agent, after, &ids, err);
        more = ids.count == PAGE;
        for (size_t i = 0; status == MA_OK && i < ids.count; i++) {
            after = ids.items[i];
            status = agent == NULL ? dump_mv_object(reading, after, &all, err)
                                   : dump_cs_object(reading, agent, after, &all, err);
        }
    }
    print_all(&all);
    VEC_FREE(&ids);
    return status;
}

static int by_agent_name(const void *a, const void *b)
{
    const struct compiled_agent *const *first = a;
    const struct compiled_agent *const *second = b;

    return strcmp((*first)->config->name, (*second)->config->name);
}

static enum ma_status dump_spaces(const struct reading *reading, struct arena *arena,
                                  struct ma_error *err)
{
    const struct program *program = reading->opened.program;
    const struct compiled_agent **agents =
        ARENA_ARRAY(arena, const struct compiled_agent *, program->agent_count);
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < program->agent_count; i++)
        agents[i] = &program->agents[i];
    qsort(agents, program->agent_count, sizeof agents[0], by_agent_name);
    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++)
        status = dump_space(reading, agents[i], err);
    return status;
}

/* --- the command ------------------------------------------------------------------ */

static enum exit_code dump(const struct invocation *call, int argc, const char **argv)
{
    bool cs = argc == 0 || strcmp(argv[0], "cs") == 0;
    bool mv = argc == 0 || strcmp(argv[0], "mv") == 0;
    struct reading reading = {0};
    struct ma_error err = {0};
    enum ma_status status;

    if (!cs && !mv)
        return command_error(EXIT_USAGE, NULL, "mactl dump %s: cs, mv, or both without",
                             argv[0]);
    status = reading_begin(&reading, call, &err);
    if (status == MA_OK && cs)
        status = dump_spaces(&reading, call->arena, &err);
    if (status == MA_OK && mv)
        status = dump_space(&reading, NULL, &err);
    reading_end(&reading);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

const struct command command_dump = {
    .words = "dump",
    .arguments = "[cs|mv]",
    .summary = "Every object of the store as sorted text, to compare two states",
    .help = "Without numbers, GUIDs and times, so that two runs of one scenario give the "
            "same text.\n\n    mactl dump >before; mactl run-profile HR 'Full Import'; "
            "mactl dump | diff before -",
    .most = 1,
    .run = dump,
};
