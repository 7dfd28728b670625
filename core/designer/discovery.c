/* SPDX-License-Identifier: Apache-2.0 */
#include "designer/discovery.h"

#include <strings.h>

#include "base/error.h"
#include "base/vec.h"
#include "config/agent_schema.h"
#include "plugin/host.h"
#include "plugin/plugin.h"

struct discovery {
    struct arena *arena;
    struct discovered *out;
    bool told;
    VEC_OF(const char *) partitions;
    VEC_OF(const char *) containers;
};

/* --- what the plugin tells --------------------------------------------------------- */

static const char *text_of(struct arena *arena, const char *text)
{
    return text == NULL ? "" : arena_text(arena, text);
}

static const char *hex_of(struct arena *arena, struct ma_value id)
{
    char *out;

    if (id.length == 0)
        return NULL;
    out = arena_zero(arena, 2 * id.length + 1);
    for (size_t i = 0; i < id.length; i++)
        snprintf(out + 2 * i, 3, "%02x", (unsigned char)id.data[i]);
    return out;
}

static const struct {
    enum ma_type type;
    const char *syntax;
} syntaxes[] = {
    {MA_INTEGER, "1.3.6.1.4.1.1466.115.121.1.27"},
    {MA_FLAG, "1.3.6.1.4.1.1466.115.121.1.7"},
    {MA_BYTES, "1.3.6.1.4.1.1466.115.121.1.40"},
    {MA_REFERENCE, "1.3.6.1.4.1.1466.115.121.1.12"},
    {MA_TEXT, "1.3.6.1.4.1.1466.115.121.1.15"},
    {MA_UNTYPED, "1.3.6.1.4.1.1466.115.121.1.15"},
};

/* Of a syntax that the configuration has no word for, the one of its type. */
static void put_syntax(struct arena *arena, const struct ma_schema_attribute *from,
                       struct schema_attribute *to)
{
    to->syntax = text_of(arena, from->syntax);
    for (size_t i = 0; !schema_type_of_syntax(to->syntax, &to->type) &&
                       i < sizeof syntaxes / sizeof syntaxes[0];
         i++)
        if (syntaxes[i].type == from->type)
            to->syntax = syntaxes[i].syntax;
}

static void take_attributes(struct discovery *d, const struct ma_schema *from)
{
    struct schema_attribute *all =
        ARENA_ARRAY(d->arena, struct schema_attribute, from->attribute_count);
    struct discovered_id *ids =
        ARENA_ARRAY(d->arena, struct discovered_id, from->attribute_count);

    for (size_t i = 0; i < from->attribute_count; i++) {
        const struct ma_schema_attribute *a = &from->attributes[i];

        all[i] = (struct schema_attribute){.name = text_of(d->arena, a->name),
                                           .single_valued = a->single_valued,
                                           .export_only = a->export_only,
                                           .read_only = a->read_only,
                                           .encrypted = a->secret};
        put_syntax(d->arena, a, &all[i]);
        ids[i] =
            (struct discovered_id){hex_of(d->arena, a->id), a->linked, a->constructed};
    }
    d->out->schema.attributes = all;
    d->out->schema.attribute_count = from->attribute_count;
    d->out->attributes = ids;
}

/* --- names become indexes ---------------------------------------------------------- */

struct named {
    const char *name;
    int index;
};

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int index_of(const struct named *all, size_t count, const char *name)
{
    const struct named wanted = {name, 0};
    const struct named *found = name == NULL || count == 0
                                    ? NULL
                                    : bsearch(&wanted, all, count, sizeof *all, by_name);

    return found == NULL ? -1 : found->index;
}

static const struct named *attribute_index(struct discovery *d)
{
    const struct schema *s = &d->out->schema;
    struct named *all = ARENA_ARRAY(d->arena, struct named, s->attribute_count);

    for (size_t i = 0; i < s->attribute_count; i++)
        all[i] = (struct named){s->attributes[i].name, (int)i};
    if (s->attribute_count > 0)
        qsort(all, s->attribute_count, sizeof *all, by_name);
    return all;
}

static const struct named *class_index(struct discovery *d, const struct ma_schema *from)
{
    struct named *all = ARENA_ARRAY(d->arena, struct named, from->class_count);

    for (size_t i = 0; i < from->class_count; i++)
        all[i] = (struct named){text_of(d->arena, from->classes[i].name), (int)i};
    if (from->class_count > 0)
        qsort(all, from->class_count, sizeof *all, by_name);
    return all;
}

static void take_members(struct discovery *d, const struct named *names,
                         const char *const *from, struct schema_class *to)
{
    size_t count = 0;
    int *members;

    while (from != NULL && from[count] != NULL)
        count++;
    members = ARENA_ARRAY(d->arena, int, count);
    for (size_t i = 0; i < count; i++) {
        int at = index_of(names, d->out->schema.attribute_count, from[i]);

        if (at >= 0)
            members[to->attribute_count++] = at;
    }
    to->attributes = members;
    to->required = ARENA_ARRAY(d->arena, bool, count);
}

static void take_classes(struct discovery *d, const struct ma_schema *from)
{
    const struct named *attributes = attribute_index(d);
    const struct named *classes = class_index(d, from);
    struct schema_class *all =
        ARENA_ARRAY(d->arena, struct schema_class, from->class_count);
    struct discovered_id *ids =
        ARENA_ARRAY(d->arena, struct discovered_id, from->class_count);

    for (size_t i = 0; i < from->class_count; i++) {
        const struct ma_schema_class *c = &from->classes[i];

        all[i] = (struct schema_class){
            .name = text_of(d->arena, c->name),
            .kind = c->structural ? CLASS_STRUCTURAL : CLASS_AUXILIARY,
            .superior = index_of(classes, from->class_count, c->superior),
        };
        if (all[i].superior == (int)i)
            all[i].superior = -1; /* top is above itself in directories */
        take_members(d, attributes, c->attributes, &all[i]);
        ids[i].id = hex_of(d->arena, c->id);
    }
    d->out->schema.classes = all;
    d->out->schema.class_count = from->class_count;
    d->out->classes = ids;
}

static enum ma_status on_schema(void *context, const struct ma_schema *schema,
                                struct ma_error *err)
{
    struct discovery *d = context;

    if (d->told)
        return ma_fail(err, MA_BROKEN, "the schema was told twice");
    d->told = true;
    take_attributes(d, schema);
    take_classes(d, schema);
    return MA_OK;
}

static enum ma_status on_partition(void *context, const struct ma_partition *partition,
                                   struct ma_error *err)
{
    struct discovery *d = context;
    const char *name = text_of(d->arena, partition->name);

    (void)err;
    if (partition->is_container)
        VEC_ADD(&d->containers, name);
    else
        VEC_ADD(&d->partitions, name);
    return MA_OK;
}

/* --- asking ------------------------------------------------------------------------ */

static enum ma_status ask(struct discovery *d, struct instance *instance,
                          const struct agent *agent, struct plugin *plugin,
                          struct ma_error *err)
{
    const struct ma_plugin *description = plugin_description(plugin);
    const struct host_request request = {
        .agent = agent,
        .binding = instance_binding(instance, agent),
        .plugin = description,
        .madata = instance_madata(instance, agent->name),
        .instance = instance->folder,
        .sink = {.context = d,
                 .found_schema = on_schema,
                 .found_partition = on_partition},
    };
    struct ma_host *host;
    void *session = NULL;
    enum ma_status status;

    if (description->agent == NULL || description->agent->discover == NULL)
        return ma_fail(err, MA_NOT_FOUND,
                       "plugin '%s' cannot tell what its system is made of",
                       description->name);
    host = host_new(&request);
    status = description->agent->open(host, &session, err);
    if (status == MA_OK)
        status = description->agent->discover(session, err);
    if (status == MA_OK && !d->told)
        status = ma_fail(err, MA_BROKEN, "plugin '%s' told no schema", description->name);
    if (session != NULL)
        description->agent->close(session);
    host_free(host);
    return status;
}

enum ma_status discovery_read(struct arena *arena, struct instance *instance,
                              const struct agent *agent, struct discovered *out,
                              struct ma_error *err)
{
    struct discovery d = {.arena = arena, .out = out};
    const char *name = instance_plugin(instance, agent);
    struct plugin *plugin = NULL;
    enum ma_status status;

    *out = (struct discovered){0};
    if (name == NULL)
        return ma_fail(err, MA_NOT_FOUND, "no plugin serves '%s'", agent->name);
    status = plugin_load(&plugin, name, plugin_folders(arena, instance->folder), err);
    if (status == MA_OK)
        status = ask(&d, instance, agent, plugin, err);
    plugin_unload(plugin);
    VEC_ADD(&d.partitions, NULL);
    VEC_ADD(&d.containers, NULL);
    out->partitions = arena_copy(arena, d.partitions.items,
                                 d.partitions.count * sizeof *d.partitions.items);
    out->containers = arena_copy(arena, d.containers.items,
                                 d.containers.count * sizeof *d.containers.items);
    VEC_FREE(&d.partitions);
    VEC_FREE(&d.containers);
    return status;
}

/* --- storing ----------------------------------------------------------------------- */

/* What no system tells stays as the configuration has it. */
static struct schema with_what_was_said(struct arena *arena, const struct schema *before,
                                        const struct schema *now)
{
    struct schema out = *now;
    struct schema_attribute *all =
        arena_copy(arena, now->attributes, now->attribute_count * sizeof *all);

    for (size_t i = 0; i < now->attribute_count; i++) {
        const struct schema_attribute *was = schema_attribute(before, all[i].name);

        if (was == NULL)
            continue;
        all[i].export_only |= was->export_only;
        all[i].encrypted |= was->encrypted;
        all[i].immutable |= was->immutable;
        all[i].indexed |= was->indexed;
    }
    out.attributes = all;
    out.validated = before->validated;
    return out;
}

enum ma_status discovery_store(struct instance *instance, const struct agent *agent,
                               const struct discovered *found, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const struct schema schema =
        with_what_was_said(&arena, &agent->schema, &found->schema);

    return agent_schema_store(instance->folder, agent, &schema, err);
}
