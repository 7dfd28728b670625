/* SPDX-License-Identifier: Apache-2.0 */
#include "render_preview.h"

#include <string.h>

#include "base/json.h"
#include "refused.h"
#include "render.h"
#include "render_run.h"

/* An object whose export changes: who is asked whether it will be refused. */
struct exported {
    const struct compiled_agent *agent;
    uint64_t id;
    const char *dn;
    json_t *json; /* of the change, borrowed; NULL: there is none */
};

typedef VEC_OF(struct exported) exported_list;

/* What has been seen of the changes so far; the counts are by name, in order. */
struct sums {
    const struct invocation *call;
    const struct preview *preview;
    json_t *objects; /* space -> operation or link -> number */
    json_t *rules;   /* rule -> space -> attribute -> number of objects */
    json_t *list;    /* every change, where it is wanted at the end */
    exported_list exported;
    refused_groups refused;
    uint64_t count;
    bool in_full;
};

static const char *space_name(const struct change *change)
{
    return change->agent == NULL ? "metaverse" : change->agent->config->name;
}

/* --- counting --------------------------------------------------------------------- */

static json_t *member(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);

    if (found == NULL) {
        found = json_object();
        json_object_set_new(object, key, found);
    }
    return found;
}

static void count_one(json_t *object, const char *key)
{
    json_int_t count = json_integer_value(json_object_get(object, key));

    json_object_set_new(object, key, json_integer(count + 1));
}

static void count_rule(struct sums *sums, const struct change *change, const char *rule,
                       const char *attribute)
{
    if (rule != NULL)
        count_one(member(member(sums->rules, rule), space_name(change)), attribute);
}

/* A rule is counted where it brings a value or, by its going, takes one. */
static void count(struct sums *sums, const struct change *change)
{
    json_t *space = member(sums->objects, space_name(change));

    sums->count++;
    if (strcmp(change->operation, "none") != 0)
        count_one(space, change->operation);
    if (change->link != NULL)
        count_one(space, change->link);
    if (change->error != NULL)
        count_one(space, "error");
    count_rule(sums, change, change->rule, "(link)");
    for (size_t i = 0; i < change->attribute_count; i++) {
        const struct change_attribute *a = &change->attributes[i];

        count_rule(sums, change, a->rule != NULL ? a->rule : a->old_rule, a->name);
    }
}

/* --- one change as JSON ----------------------------------------------------------- */

static struct show show_of(const struct sums *sums, bool now)
{
    const struct preview *p = sums->preview;

    return now ? (struct show){p->now, p->after.program}
               : (struct show){p->old, p->before.program};
}

static json_t *values_json(const struct sums *sums, const struct change *change,
                           const struct change_attribute *a, bool come)
{
    const struct show show = show_of(sums, come);

    return show_values_json(&show, change->agent, a->number, a->type,
                            come ? a->come : a->gone,
                            come ? a->come_count : a->gone_count);
}

static json_t *attribute_json(const struct sums *sums, const struct change *change,
                              const struct change_attribute *a)
{
    json_t *object = json_object();

    json_put_text(object, "name", a->name);
    json_object_set_new(object, "delete", values_json(sums, change, a, false));
    json_object_set_new(object, "add", values_json(sums, change, a, true));
    json_put_text(object, "rule", a->rule);
    json_put_text(object, "rule_before", a->old_rule);
    return object;
}

static json_t *change_json(const struct sums *sums, const struct change *change)
{
    json_t *object = json_object();
    json_t *attributes = json_array();

    json_put_text(object, "space", space_name(change));
    json_put_text(object, change->agent == NULL ? "name" : "dn", change->name);
    json_put_text(object, "type", change->type);
    json_put_text(object, "operation", change->operation);
    json_put_text(object, "dn_before", change->old_dn);
    json_put_text(object, "link", change->link);
    json_put_text(object, "rule", change->rule);
    json_put_text(object, "error", change->error);
    for (size_t i = 0; i < change->attribute_count; i++)
        json_array_append_new(attributes,
                              attribute_json(sums, change, &change->attributes[i]));
    json_object_set_new(object, "attributes", attributes);
    return object;
}

/* --- one change as text ----------------------------------------------------------- */

static char mark_of(const struct change *change)
{
    static const struct {
        const char *operation;
        char mark;
    } marks[] = {{"add", '+'}, {"delete", '-'}, {"rename", '>'}, {"none", '='}};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strcmp(marks[i].operation, change->operation) == 0)
            return marks[i].mark;
    return '~';
}

enum { VALUES_SHOWN = 10, NAME_WIDTH = 24 };

static void print_values(const struct sums *sums, const struct change *change,
                         const struct change_attribute *a, bool come, struct arena *arena)
{
    const struct show show = show_of(sums, come);
    const struct slice *values = come ? a->come : a->gone;
    uint32_t n = come ? a->come_count : a->gone_count;

    for (uint32_t i = 0; i < n && i < VALUES_SHOWN; i++)
        printf("    %c %-*s %s\n", come ? '+' : '-', NAME_WIDTH, a->name,
               render_clean(arena, show_value(&show, arena, change->agent, a->number,
                                              a->type, values[i])));
    if (n > VALUES_SHOWN)
        printf("    %c %-*s and %u more: -o json has all\n", come ? '+' : '-', NAME_WIDTH,
               a->name, n - VALUES_SHOWN);
}

static void print_attribute(const struct sums *sums, const struct change *change,
                            const struct change_attribute *a)
{
    ARENA_AUTO arena = {0};

    print_values(sums, change, a, false, &arena);
    print_values(sums, change, a, true, &arena);
    if (a->rule != NULL)
        printf("      by '%s'", a->rule);
    else
        fputs("      no rule gives it", stdout);
    if (a->old_rule != NULL)
        printf(", was by '%s'", a->old_rule);
    putchar('\n');
}

static void print_change(const struct sums *sums, const struct change *change)
{
    ARENA_AUTO arena = {0};

    printf("%c %s: %s  %s  %s", mark_of(change), space_name(change),
           change->name == NULL ? "(no DN)" : render_clean(&arena, change->name),
           change->type == NULL ? "" : change->type, change->operation);
    if (change->link != NULL)
        printf("  %s", change->link);
    if (change->rule != NULL)
        printf(" by '%s'", change->rule);
    putchar('\n');
    if (change->old_dn != NULL)
        printf("    was %s\n", render_clean(&arena, change->old_dn));
    if (change->error != NULL)
        printf("    error %s\n", render_clean(&arena, change->error));
    for (size_t i = 0; i < change->attribute_count; i++)
        print_attribute(sums, change, &change->attributes[i]);
}

static void note_export(struct sums *sums, const struct change *change, json_t *json)
{
    if (change->agent != NULL && strcmp(change->operation, "none") != 0)
        VEC_ADD(&sums->exported,
                (struct exported){.agent = change->agent,
                                  .id = change->id,
                                  .dn = change->name == NULL
                                            ? NULL
                                            : arena_text(sums->call->arena, change->name),
                                  .json = json});
}

/* Where each is printed as JSON it waits for what agents say to all of them. */
static void on_change(void *context, const struct change *change)
{
    struct sums *sums = context;
    enum output output = sums->call->output;
    json_t *json = NULL;

    count(sums, change);
    if (output == OUTPUT_JSON || output == OUTPUT_JSONL) {
        json = change_json(sums, change);
        json_array_append_new(sums->list, json);
    } else if (sums->in_full)
        print_change(sums, change);
    note_export(sums, change, json);
}

/* --- what will be refused --------------------------------------------------------- */

static void ask_agent(struct sums *sums, const struct exported *all, size_t count)
{
    const struct compiled_agent *agent = all[0].agent;
    refusal_list found = {0};
    id_list ids = {0};
    const struct refusals_request request = {.opened = &sums->preview->after,
                                             .batch = sums->preview->now,
                                             .agent = agent,
                                             .ids = &ids,
                                             .arena = sums->call->arena};

    for (size_t i = 0; i < count; i++)
        VEC_ADD(&ids, all[i].id);
    refused_find(&request, &found);
    for (size_t i = 0; i < count; i++) {
        refused_group(&sums->refused, &found, all[i].id, agent->config->name, all[i].dn);
        if (all[i].json != NULL)
            refused_put_json(all[i].json, &found, all[i].id);
    }
    VEC_FREE(&ids);
    VEC_FREE(&found);
}

/* Those of one agent come one after the other. */
static void ask_agents(struct sums *sums)
{
    const struct exported *all = sums->exported.items;

    for (size_t i = 0, end; i < sums->exported.count; i = end) {
        for (end = i; end < sums->exported.count && all[end].agent == all[i].agent;)
            end++;
        ask_agent(sums, &all[i], end - i);
    }
}

static void print_lines(const struct sums *sums)
{
    json_t *change;
    size_t i;

    json_array_foreach(sums->list, i, change)
    {
        json_dumpf(change, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
    }
}

/* --- the summary ------------------------------------------------------------------ */

static void print_objects(const struct sums *sums)
{
    const char *space;
    const char *what;
    json_t *counts;
    json_t *number;

    json_object_foreach(sums->objects, space, counts)
    {
        printf("  %-24s", space);
        json_object_foreach(counts, what, number)
            printf("  %s %lld", what, (long long)json_integer_value(number));
        putchar('\n');
    }
}

static void rule_row(const struct sums *sums, json_t *rows, const char *rule,
                     const char *space, const json_t *attributes)
{
    const char *attribute;
    json_t *number;

    (void)sums;
    json_object_foreach((json_t *)(uintptr_t)attributes, attribute, number)
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:O}", "rule", rule,
                                              "space", space, "attribute", attribute,
                                              "objects", number));
}

static json_t *rule_rows(const struct sums *sums)
{
    json_t *rows = json_array();
    const char *rule;
    const char *space;
    json_t *spaces;
    json_t *attributes;

    json_object_foreach(sums->rules, rule, spaces)
        json_object_foreach(spaces, space, attributes)
            rule_row(sums, rows, rule, space, attributes);
    return rows;
}

static void print_rules(const struct sums *sums)
{
    static const struct render_column columns[] = {
        {.title = "RULE", .shrinks = true},
        {.title = "SPACE", .shrinks = true},
        {.title = "ATTRIBUTE"},
        {.title = "OBJECTS", .number = true},
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    json_t *rows = rule_rows(sums);
    size_t count = json_array_size(rows);
    const char **cells = ARENA_ARRAY(sums->call->arena, const char *, count *COLUMNS);
    size_t at;
    json_t *row;

    json_array_foreach(rows, at, row)
    {
        const char **cell = &cells[at * COLUMNS];

        cell[0] = json_string_value(json_object_get(row, "rule"));
        cell[1] = json_string_value(json_object_get(row, "space"));
        cell[2] = json_string_value(json_object_get(row, "attribute"));
        cell[3] =
            arena_print(sums->call->arena, "%lld",
                        (long long)json_integer_value(json_object_get(row, "objects")));
    }
    if (count > 0)
        render_table(sums->call, columns, COLUMNS, cells, count);
    json_decref(rows);
}

static void print_summary(const struct sums *sums)
{
    const struct run_record *record = &sums->preview->record;

    if (sums->in_full && sums->count > 0)
        putchar('\n');
    render_run(sums->call, record);
    if (sums->count == 0) {
        puts("nothing would change");
        return;
    }
    printf("%s would change\n",
           render_count(sums->call->arena, (size_t)sums->count, "object", "objects"));
    if (sums->preview->object == 0) { /* else it is all there already */
        print_objects(sums);
        print_rules(sums);
    }
    refused_print_groups(sums->call->arena, &sums->refused);
    if (sums->preview->object == 0 && !sums->in_full)
        command_next(sums->call, "--changes shows every object and value");
}

static enum exit_code print_end(const struct sums *sums)
{
    json_t *record;

    if (sums->call->output == OUTPUT_JSONL) {
        print_lines(sums);
        return EXIT_OK;
    }
    if (sums->call->output != OUTPUT_JSON) {
        print_summary(sums);
        return EXIT_OK;
    }
    record = record_json(&sums->preview->record);
    json_object_del(record, "schema");
    return render_json(
        json_pack("{s:s, s:o, s:I, s:O, s:o, s:o, s:O}", "schema", "mactl/preview/1",
                  "run", record, "count", (json_int_t)sums->count, "objects",
                  sums->objects, "rules", rule_rows(sums), "refused",
                  refused_groups_json(&sums->refused), "changes", sums->list));
}

/* What went wrong comes before what is different: one code never means both. */
enum exit_code render_preview(const struct invocation *call, struct preview *preview,
                              bool in_full)
{
    struct sums sums = {.call = call,
                        .preview = preview,
                        .objects = json_object(),
                        .rules = json_object(),
                        .list = json_array(),
                        .in_full = in_full || preview->object != 0};
    struct ma_error err = {0};
    enum exit_code code;

    if (preview_changes(preview, on_change, &sums, &err) != MA_OK)
        code = command_fail(&err);
    else {
        ask_agents(&sums);
        code = print_end(&sums);
    }
    if (code == EXIT_OK)
        code = render_exit(preview->record.result, 0);
    if (code == EXIT_OK && sums.count > 0)
        code = EXIT_DIFFERENCES;
    json_decref(sums.objects);
    json_decref(sums.rules);
    json_decref(sums.list);
    VEC_FREE(&sums.exported);
    VEC_FREE(&sums.refused);
    return code;
}
