/* SPDX-License-Identifier: Apache-2.0 */

/* What the configuration answers a plugin: parameters, secrets, the schema, partitions.
 */

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "config/secret.h"
#include "plugin/host_state.h"

/* --- parameters ------------------------------------------------------------------- */

struct list {
    const struct parameter *items;
    size_t count;
};

enum { SOURCES = 5 };

/* The sources of a parameter, the first that has it decides. */
static void sources(const struct host *host, struct list lists[SOURCES])
{
    const struct host_request *r = &host->request;

    memset(lists, 0, SOURCES * sizeof lists[0]);
    lists[0] = (struct list){r->step, r->step_count};
    if (r->binding != NULL)
        lists[1] = (struct list){r->binding->parameters, r->binding->parameter_count};
    if (r->agent != NULL) {
        lists[2] =
            (struct list){r->agent->private_configuration, r->agent->private_count};
        lists[3] = (struct list){r->agent->parameters, r->agent->parameter_count};
        lists[4] = (struct list){host->mappings, r->agent->component_count};
    }
}

/* The index-th of that name; *seen counts those that were met. */
static const char *nth(struct list list, const char *name, size_t index, size_t *seen)
{
    *seen = 0;
    for (size_t i = 0; i < list.count; i++)
        if (!list.items[i].encrypted && strcasecmp(list.items[i].name, name) == 0 &&
            (*seen)++ == index)
            return list.items[i].value == NULL ? "" : list.items[i].value;
    return NULL;
}

static const char *fallback(const struct host *host, const char *name)
{
    const struct ma_plugin *plugin = host->request.plugin;
    const struct ma_param *p = plugin == NULL ? NULL : plugin->params;

    for (; p != NULL && p->name != NULL; p++)
        if (strcasecmp(p->name, name) == 0)
            return p->fallback;
    return NULL;
}

static const char *host_param_at(const struct ma_host *services, const char *name,
                                 size_t index)
{
    const struct host *host = host_of(services);
    struct list lists[SOURCES];

    sources(host, lists);
    for (size_t i = 0; i < SOURCES; i++) {
        size_t seen;
        const char *value = nth(lists[i], name, index, &seen);

        if (value != NULL || seen > 0)
            return value;
    }
    return index == 0 ? fallback(host, name) : NULL;
}

static const char *host_param(const struct ma_host *services, const char *name)
{
    return host_param_at(services, name, 0);
}

static const char *host_param_item(const struct ma_host *services, size_t index,
                                   const char **name)
{
    const struct agent *agent = host_of(services)->request.agent;

    if (agent == NULL || index >= agent->private_count)
        return NULL;
    *name = agent->private_configuration[index].name;
    return agent->private_configuration[index].value == NULL
               ? ""
               : agent->private_configuration[index].value;
}

/* --- partitions ------------------------------------------------------------------- */

static const struct ma_partition *host_partition(const struct ma_host *services,
                                                 size_t index)
{
    const struct host *host = host_of(services);

    return index < host->partition_count ? &host->partitions[index] : NULL;
}

static const struct partition *find_partition(const struct agent *agent, const char *name)
{
    for (size_t i = 0; agent != NULL && name != NULL && i < agent->partition_count; i++)
        if (strcasecmp(agent->partitions[i].name, name) == 0)
            return &agent->partitions[i];
    return NULL;
}

static const char *host_partition_param(const struct ma_host *services,
                                        const char *partition, const char *name,
                                        size_t index)
{
    const struct partition *p =
        find_partition(host_of(services)->request.agent, partition);
    size_t seen;

    return p == NULL ? NULL
                     : nth((struct list){p->parameters, p->parameter_count}, name, index,
                           &seen);
}

/* --- secrets ---------------------------------------------------------------------- */

static const struct secret_source *find_secret(const struct host *host, const char *name)
{
    const struct agent_binding *binding = host->request.binding;

    for (size_t i = 0; binding != NULL && i < binding->secret_count; i++)
        if (strcasecmp(binding->secrets[i].name, name) == 0)
            return &binding->secrets[i];
    return NULL;
}

static enum ma_status host_secret(const struct ma_host *services, const char *name,
                                  char *out, size_t capacity, struct ma_error *err)
{
    const struct host *host = host_of(services);
    const struct secret_source *source = find_secret(host, name);

    if (capacity == 0)
        return ma_fail(err, MA_BROKEN, "no room for the secret '%s'", name);
    if (host->request.without_secrets)
        return ma_fail(err, MA_DENIED, "there are no secrets in this kind of call");
    if (source == NULL)
        return ma_fail(err, MA_NOT_FOUND,
                       "mactl.xml does not say where the secret '%s' comes from", name);
    if (source->kind == SECRET_FILE || source->kind == SECRET_CREDENTIAL ||
        host->request.secret == NULL)
        return secret_read(source, host->request.instance, out, capacity, err);
    return host->request.secret(host->request.secret_context, source, out, capacity, err);
}

/* --- schema ----------------------------------------------------------------------- */

static const enum ma_type type_of[] = {
    [VALUE_NONE] = MA_UNTYPED,   [VALUE_STRING] = MA_TEXT,
    [VALUE_NUMBER] = MA_INTEGER, [VALUE_BOOLEAN] = MA_FLAG,
    [VALUE_BINARY] = MA_BYTES,   [VALUE_REFERENCE] = MA_REFERENCE,
};

static bool is_anchor(const struct agent *agent, const char *name)
{
    for (size_t i = 0; agent->anchor != NULL && agent->anchor[i] != NULL; i++)
        if (strcasecmp(agent->anchor[i], name) == 0)
            return true;
    return false;
}

static const struct ma_schema_attribute *make_attributes(struct host *host)
{
    const struct agent *agent = host->request.agent;
    const struct schema *from = &agent->schema;
    struct ma_schema_attribute *all =
        ARENA_ARRAY(&host->arena, struct ma_schema_attribute, from->attribute_count);

    for (size_t i = 0; i < from->attribute_count; i++) {
        const struct schema_attribute *a = &from->attributes[i];

        all[i] = (struct ma_schema_attribute){
            .name = a->name,
            .type = type_of[a->type],
            .single_valued = a->single_valued,
            .export_only = a->export_only,
            .read_only = a->read_only,
            .anchor = is_anchor(agent, a->name),
            .secret = a->encrypted,
        };
    }
    return all;
}

/* Marks what this class may hold: its own, its superiors' and its auxiliaries'. A class
 * that was met ends the walk, so a circle does too. */
static void mark_class(const struct schema *schema, int index, bool *classes,
                       bool *attributes)
{
    while (index >= 0 && (size_t)index < schema->class_count && !classes[index]) {
        const struct schema_class *c = &schema->classes[index];

        classes[index] = true;
        for (size_t i = 0; i < c->attribute_count; i++)
            attributes[c->attributes[i]] = true;
        for (size_t i = 0; i < c->auxiliary_count; i++)
            mark_class(schema, c->auxiliaries[i], classes, attributes);
        index = c->superior;
    }
}

static const char *const *class_attributes(struct host *host, int index)
{
    const struct schema *schema = &host->request.agent->schema;
    bool *classes = mem_zero_array(schema->class_count + 1, sizeof *classes);
    bool *attributes = mem_zero_array(schema->attribute_count + 1, sizeof *attributes);
    const char **names;
    size_t count = 0;

    mark_class(schema, index, classes, attributes);
    for (size_t i = 0; i < schema->attribute_count; i++)
        count += attributes[i];
    names = ARENA_ARRAY(&host->arena, const char *, count + 1);
    count = 0;
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (attributes[i])
            names[count++] = schema->attributes[i].name;
    free(classes);
    free(attributes);
    return names;
}

static const struct ma_schema_class *make_classes(struct host *host)
{
    const struct schema *from = &host->request.agent->schema;
    struct ma_schema_class *all =
        ARENA_ARRAY(&host->arena, struct ma_schema_class, from->class_count);

    for (size_t i = 0; i < from->class_count; i++) {
        const struct schema_class *c = &from->classes[i];

        all[i] = (struct ma_schema_class){
            .name = c->name,
            /* the top of Active Directory is its own superior */
            .superior = c->superior < 0 || c->superior == (int)i
                            ? NULL
                            : from->classes[c->superior].name,
            .structural = c->kind == CLASS_STRUCTURAL,
            .attributes = class_attributes(host, (int)i),
        };
    }
    return all;
}

static const struct ma_schema *host_schema(const struct ma_host *services)
{
    struct host *host = (struct host *)(uintptr_t)services;
    struct ma_schema *schema;

    if (host->schema != NULL)
        return host->schema;
    schema = arena_zero(&host->arena, sizeof *schema);
    schema->size = sizeof *schema;
    if (host->request.agent != NULL) {
        schema->attributes = make_attributes(host);
        schema->attribute_count = host->request.agent->schema.attribute_count;
        schema->classes = make_classes(host);
        schema->class_count = host->request.agent->schema.class_count;
    }
    host->schema = schema;
    return schema;
}

static const char *host_folder(const struct ma_host *services)
{
    return host_of(services)->request.madata;
}

/* --- its life --------------------------------------------------------------------- */

/* "ou=organizationalUnit" each, under the name that mactl.xml has for them. */
static void make_mappings(struct host *host)
{
    const struct agent *agent = host->request.agent;

    if (agent == NULL)
        return;
    host->mappings = ARENA_ARRAY(&host->arena, struct parameter, agent->component_count);
    for (size_t i = 0; i < agent->component_count; i++) {
        const struct component_mapping *m = &agent->component_mappings[i];

        host->mappings[i] = (struct parameter){
            .name = "component-mapping",
            .value = arena_print(&host->arena, "%s=%s", m->dn_component, m->object_class),
        };
    }
}

static void make_partitions(struct host *host)
{
    const struct agent *agent = host->request.agent;

    if (agent == NULL)
        return;
    host->partitions =
        ARENA_ARRAY(&host->arena, struct ma_partition, agent->partition_count);
    for (size_t i = 0; i < agent->partition_count; i++) {
        const struct partition *p = &agent->partitions[i];
        char *id = arena_alloc(&host->arena, GUID_TEXT);

        if (p->selected)
            host->partitions[host->partition_count++] = (struct ma_partition){
                .size = sizeof(struct ma_partition),
                .id = guid_format(&p->id, GUID_PLAIN, id),
                .name = p->name,
            };
    }
}

void host_config_begin(struct host *host)
{
    struct ma_host *services = &host->services;

    make_mappings(host);
    make_partitions(host);
    services->param = host_param;
    services->param_at = host_param_at;
    services->secret = host_secret;
    services->schema = host_schema;
    services->folder = host_folder;
    services->param_item = host_param_item;
    services->partition = host_partition;
    services->partition_param = host_partition_param;
}
