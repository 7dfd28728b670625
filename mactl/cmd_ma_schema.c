/* SPDX-License-Identifier: Apache-2.0 */

/* mactl ma schema: what the system of an agent is made of, and what the configuration
 * says of it. */

#include <strings.h>

#include "cmd_ma.h"
#include "commands.h"
#include "designer/discovery.h"
#include "model/schema_diff.h"
#include "open.h"
#include "render.h"

struct comparison {
    const struct invocation *call;
    const struct agent *agent;
    struct discovered found;
    const struct schema_difference *differences;
    size_t count;
    bool stored;
};

/* --- what is of interest ---------------------------------------------------------- */

static bool is_in(const char *const *list, const char *name)
{
    for (; list != NULL && *list != NULL; list++)
        if (strcasecmp(*list, name) == 0)
            return true;
    return false;
}

static bool is_selected_type(const struct agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        if (agent->partitions[i].selected &&
            is_in(agent->partitions[i].object_types, name))
            return true;
    return false;
}

static bool is_selected(const struct agent *agent, const struct schema_difference *d)
{
    return d->is_class ? is_selected_type(agent, d->name)
                       : is_in(agent->attributes, d->name);
}

static const char *const changes[] = {
    [SCHEMA_NEW] = "new", [SCHEMA_GONE] = "gone", [SCHEMA_CHANGED] = "changed"};

static size_t count_of(const struct comparison *c, enum schema_change change,
                       bool is_class)
{
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++)
        count +=
            c->differences[i].change == change && c->differences[i].is_class == is_class;
    return count;
}

/* --- places ----------------------------------------------------------------------- */

/* Calls for every partition and container that only one side has. */
typedef void (*place_fn)(void *context, const char *change, const char *what,
                         const char *name, bool selected);

static const struct partition *configured(const struct agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        if (strcasecmp(agent->partitions[i].name, name) == 0)
            return &agent->partitions[i];
    return NULL;
}

/* Below a partition that was looked into. */
static bool was_looked_for(const struct comparison *c, const char *container)
{
    const char *first = c->found.containers[0];
    size_t length = strlen(container);

    for (const char *const *p = c->found.partitions; *p != NULL; p++) {
        size_t own = strlen(*p);

        if (first != NULL && length > own &&
            strcasecmp(container + length - own, *p) == 0 && strlen(first) > own &&
            strcasecmp(first + strlen(first) - own, *p) == 0)
            return true;
    }
    return false;
}

static void each_container(const struct comparison *c, const char *const *names,
                           place_fn take, void *context)
{
    for (; names != NULL && *names != NULL; names++)
        if (was_looked_for(c, *names) && !is_in(c->found.containers, *names))
            take(context, "gone", "container", *names, true);
}

static void each_place(const struct comparison *c, place_fn take, void *context)
{
    const struct agent *agent = c->agent;

    for (const char *const *p = c->found.partitions; *p != NULL; p++)
        if (configured(agent, *p) == NULL)
            take(context, "new", "partition", *p, false);
    for (size_t i = 0; i < agent->partition_count; i++) {
        const struct partition *p = &agent->partitions[i];

        if (!is_in(c->found.partitions, p->name))
            take(context, "gone", "partition", p->name, p->selected);
        else if (p->selected)
            each_container(c, p->inclusions, take, context);
    }
}

/* --- text ------------------------------------------------------------------------- */

static void print_counts(const struct comparison *c, const char *what, bool is_class,
                         size_t found, size_t stored)
{
    printf("  %-10s  %zu found, %zu stored: %zu new, %zu gone, %zu changed\n", what,
           found, stored, count_of(c, SCHEMA_NEW, is_class),
           count_of(c, SCHEMA_GONE, is_class), count_of(c, SCHEMA_CHANGED, is_class));
}

static void print_difference(const struct comparison *c,
                             const struct schema_difference *d)
{
    struct arena *arena = c->call->arena;

    printf("  %-7s  %-9s  %s", changes[d->change], d->is_class ? "class" : "attribute",
           render_clean(arena, d->name));
    if (d->detail != NULL)
        printf(": %s", render_clean(arena, d->detail));
    putchar('\n');
}

static void print_place(void *context, const char *change, const char *what,
                        const char *name, bool selected)
{
    const struct comparison *c = context;

    if (selected || c->call->verbose > 0)
        printf("  %-7s  %-9s  %s\n", change, what, render_clean(c->call->arena, name));
}

static void print_all(struct comparison *c)
{
    const struct schema *stored = &c->agent->schema;
    const struct schema *found = &c->found.schema;

    puts(render_clean(c->call->arena, c->agent->name));
    print_counts(c, "attributes", false, found->attribute_count, stored->attribute_count);
    print_counts(c, "classes", true, found->class_count, stored->class_count);
    for (size_t i = 0; i < c->count; i++)
        if (c->call->verbose > 0 || is_selected(c->agent, &c->differences[i]))
            print_difference(c, &c->differences[i]);
    each_place(c, print_place, c);
    if (c->stored)
        puts("  the schema of the configuration is now that of the system");
}

/* --- JSON ------------------------------------------------------------------------- */

static json_t *differences_json(const struct comparison *c)
{
    json_t *all = json_array();

    for (size_t i = 0; i < c->count; i++) {
        const struct schema_difference *d = &c->differences[i];

        json_array_append_new(all, json_pack("{s:s, s:s, s:o, s:b, s:o}", "change",
                                             changes[d->change], "of",
                                             d->is_class ? "class" : "attribute", "name",
                                             render_text(d->name), "selected",
                                             (int)is_selected(c->agent, d), "detail",
                                             render_text(d->detail)));
    }
    return all;
}

static void add_place(void *context, const char *change, const char *what,
                      const char *name, bool selected)
{
    json_array_append_new(context, json_pack("{s:s, s:s, s:o, s:b}", "change", change,
                                             "of", what, "name", render_text(name),
                                             "selected", (int)selected));
}

static json_t *attributes_json(const struct comparison *c)
{
    const struct schema *schema = &c->found.schema;
    json_t *all = json_array();

    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *a = &schema->attributes[i];
        const struct discovered_id *id = &c->found.attributes[i];

        json_array_append_new(
            all,
            json_pack("{s:o, s:s, s:o, s:b, s:b, s:b, s:b, s:o}", "name",
                      render_text(a->name), "type", value_type_name(a->type), "syntax",
                      render_text(a->syntax), "single_valued", (int)a->single_valued,
                      "read_only", (int)a->read_only, "linked", (int)id->linked,
                      "constructed", (int)id->constructed, "id", render_text(id->id)));
    }
    return all;
}

static json_t *classes_json(const struct comparison *c)
{
    const struct schema *schema = &c->found.schema;
    json_t *all = json_array();

    for (size_t i = 0; i < schema->class_count; i++) {
        const struct schema_class *class = &schema->classes[i];
        json_t *attributes = json_array();

        for (size_t k = 0; k < class->attribute_count; k++)
            json_array_append_new(
                attributes, render_text(schema->attributes[class->attributes[k]].name));
        json_array_append_new(
            all,
            json_pack(
                "{s:o, s:o, s:b, s:o, s:o}", "name", render_text(class->name), "superior",
                render_text(class->superior < 0 ? NULL
                                                : schema->classes[class->superior].name),
                "structural", (int)(class->kind == CLASS_STRUCTURAL), "id",
                render_text(c->found.classes[i].id), "attributes", attributes));
    }
    return all;
}

static json_t *names_json(const char *const *names)
{
    json_t *all = json_array();

    for (; *names != NULL; names++)
        json_array_append_new(all, render_text(*names));
    return all;
}

static enum exit_code print_json(struct comparison *c)
{
    json_t *places = json_array();

    each_place(c, add_place, places);
    return render_json(json_pack(
        "{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "mactl/ma-schema/1",
        "agent", render_text(c->agent->name), "stored", (int)c->stored, "differences",
        differences_json(c), "places", places, "attributes", attributes_json(c),
        "classes", classes_json(c), "partitions", names_json(c->found.partitions),
        "containers", names_json(c->found.containers)));
}

/* --- the command ------------------------------------------------------------------ */

static int refresh;

static enum exit_code compare(struct comparison *c, struct instance *instance)
{
    struct ma_error err = {0};
    enum ma_status status =
        discovery_read(c->call->arena, instance, c->agent, &c->found, &err);

    if (status == MA_OK)
        c->count = schema_differences(c->call->arena, &c->agent->schema, &c->found.schema,
                                      &c->differences);
    if (status == MA_OK && refresh != 0 && c->count > 0) {
        status = discovery_store(instance, c->agent, &c->found, &err);
        c->stored = status == MA_OK;
    }
    if (status != MA_OK)
        return command_fail(&err);
    if (c->call->output == OUTPUT_JSON)
        return print_json(c);
    print_all(c);
    return EXIT_OK;
}

static const struct poptOption options[] = {
    {"refresh", 0, POPT_ARG_NONE, &refresh, 0,
     "The schema of the configuration becomes that of the system", NULL},
    POPT_TABLEEND};

static enum exit_code schema(const struct invocation *call, int argc, const char **argv)
{
    struct ma_view view = {0};
    struct comparison c = {.call = call};
    enum exit_code code = ma_open(&view, call);

    (void)argc;
    if (code == EXIT_OK) {
        c.agent = open_agent(view.config, argv[0]);
        code = c.agent == NULL ? EXIT_USAGE : compare(&c, view.instance);
    }
    ma_close(&view);
    return code;
}

const struct command command_ma_schema = {
    .words = "ma schema",
    .arguments = "MA",
    .summary = "What the system of an agent is made of, beside what is configured",
    .help =
        "Asks the system for its attributes, classes, partitions and containers, and "
        "shows what is\nnew, gone or changed beside the schema of the configuration: "
        "of what is selected, with -v\nall. --refresh writes the schema into the "
        "agent's file; flows to what is gone are left\nout from then on. -o json has "
        "all that was found.\n\n    mactl -C sync ma schema fabrikam.example\n    mactl "
        "-C sync ma schema fabrikam.example --refresh",
    .options = options,
    .least = 1,
    .most = 1,
    .run = schema,
};
