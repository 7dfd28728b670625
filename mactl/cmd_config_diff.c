/* SPDX-License-Identifier: Apache-2.0 */

/* mactl config diff: what another configuration says otherwise. */

#include <string.h>

#include "base/json.h"
#include "command.h"
#include "commands.h"
#include "designer/difference.h"
#include "open.h"
#include "render.h"
#include "render_run.h"

/* --- showing ---------------------------------------------------------------------- */

static const char *const words[] = {[DIFFERENCE_ADDED] = "added",
                                    [DIFFERENCE_REMOVED] = "removed",
                                    [DIFFERENCE_CHANGED] = "changed"};

static json_t *difference_json(const struct difference *d)
{
    json_t *object = json_pack("{s:s, s:s}", "part", difference_part(d->part), "change",
                               words[d->kind]);

    json_put_text(object, "name", d->thing);
    json_put_text(object, "agent", d->owner);
    json_put_text(object, "what", d->what[0] == '\0' ? NULL : d->what);
    json_put_text(object, "before", d->what[0] == '\0' ? NULL : d->old);
    json_put_text(object, "after", d->what[0] == '\0' ? NULL : d->now);
    return object;
}

static bool same_thing(const struct difference *a, const struct difference *b)
{
    return a->part == b->part && strcmp(a->thing, b->thing) == 0 &&
           (a->owner == NULL) == (b->owner == NULL) &&
           (a->owner == NULL || strcmp(a->owner, b->owner) == 0);
}

static void print_thing(const struct invocation *call, const struct difference *d)
{
    static const char marks[] = {
        [DIFFERENCE_ADDED] = '+', [DIFFERENCE_REMOVED] = '-', [DIFFERENCE_CHANGED] = '~'};
    bool whole = d->what[0] == '\0';

    printf("%c %s", whole ? marks[d->kind] : '~', difference_part(d->part));
    if (d->part != FACT_METAVERSE)
        printf(" \"%s\"", render_clean(call->arena, d->thing));
    if (d->owner != NULL)
        printf(" of %s", render_clean(call->arena, d->owner));
    putchar('\n');
}

/* What is there without a value is named only. */
static void print_value(const struct invocation *call, char mark, const char *what,
                        const char *value)
{
    printf("    %c %s", mark, render_clean(call->arena, what));
    if (value[0] != '\0')
        printf(": %s", render_clean(call->arena, value));
    putchar('\n');
}

static void print_one(const struct invocation *call, const struct difference *d,
                      const struct difference *before)
{
    if (before == NULL || !same_thing(before, d) || d->what[0] == '\0')
        print_thing(call, d);
    if (d->what[0] == '\0')
        return;
    if (d->old != NULL)
        print_value(call, '-', d->what, d->old);
    if (d->now != NULL)
        print_value(call, '+', d->what, d->now);
}

static enum exit_code print(const struct invocation *call, const difference_list *found)
{
    json_t *list;

    if (call->output == OUTPUT_JSON) {
        list = json_array();
        for (size_t i = 0; i < found->count; i++)
            json_array_append_new(list, difference_json(&found->items[i]));
        render_json(json_pack("{s:s, s:o}", "schema", "mactl/config-diff/1",
                              "differences", list));
    } else {
        for (size_t i = 0; i < found->count; i++)
            print_one(call, &found->items[i], i == 0 ? NULL : &found->items[i - 1]);
        if (found->count == 0 && !call->quiet)
            puts("no differences");
    }
    return found->count == 0 ? EXIT_OK : EXIT_DIFFERENCES;
}

/* --- the command ------------------------------------------------------------------ */

static enum exit_code diff(const struct invocation *call, int argc, const char **argv)
{
    struct config *old = NULL;
    struct config *now = NULL;
    difference_list found = {0};
    enum exit_code code = EXIT_OK;

    if (call->output != OUTPUT_TEXT && call->output != OUTPUT_WIDE &&
        call->output != OUTPUT_JSON)
        return command_error(EXIT_USAGE, NULL, "a diff comes as text or json");
    if (argc < 2 && !open_is_instance(call->folder))
        return command_error(EXIT_USAGE, NULL,
                             "config diff A B, or A alone within an instance (-C DIR)");
    code = open_config_at(&old, call, argv[0]);
    if (code == EXIT_OK)
        code = open_config_at(&now, call, argc > 1 ? argv[1] : call->folder);
    if (code == EXIT_OK) {
        difference_find(old, now, call->arena, &found);
        code = print(call, &found);
    }
    VEC_FREE(&found);
    if (old != NULL)
        config_free(old);
    if (now != NULL)
        config_free(now);
    return code;
}

const struct command command_config_diff = {
    .words = "config diff",
    .arguments = "A [B]",
    .summary = "What B says otherwise than A, by meaning",
    .help = "Each is an export, a config/ or an instance; without B, the instance of -C "
            "is looked at.\nOrder without a meaning, the spelling of GUIDs and of "
            "expressions, descriptions, versions\nand times are no difference. Exit code "
            "20: there are some.\n\n"
            "    mactl config diff export export",
    .least = 1,
    .most = 2,
    .formats = FORMAT_ANY,
    .run = diff,
};
