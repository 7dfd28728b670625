/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/scripted.h"

#include <strings.h>

#include "base/buf.h"
#include "space/tower.h"
#include "store/tree.h"
#include "sync/border.h"
#include "sync/provision.h"
#include "sync/rename.h"
#include "sync/script.h"

/* The product's limit of calls for one object in one go. */
enum { MOST_CALLS = 10 };

struct scripted {
    struct ma_connectors head;
    struct unit *unit;
    struct meta *meta;
};

static const struct compiled_agent *agent_named(const struct scripted *s,
                                                const char *name)
{
    const struct program *program = s->unit->sync->program;

    for (size_t i = 0; i < program->agent_count; i++)
        if (strcasecmp(program->agents[i].config->name, name) == 0)
            return &program->agents[i];
    return NULL;
}

static struct connector *find(const struct scripted *s, const char *agent, size_t index)
{
    const struct compiled_agent *found = agent_named(s, agent);

    for (size_t i = 0; i < s->meta->connectors.count; i++)
        if (s->meta->connectors.items[i]->agent == found && index-- == 0)
            return s->meta->connectors.items[i];
    return NULL;
}

static size_t connectors_count(struct ma_connectors *head, const char *agent)
{
    const struct scripted *s = (const struct scripted *)head;
    size_t count = 0;

    while (find(s, agent, count) != NULL)
        count++;
    return count;
}

static const struct ma_entry *connectors_at(struct ma_connectors *head, const char *agent,
                                            size_t index)
{
    struct scripted *s = (struct scripted *)head;
    struct connector *connector = find(s, agent, index);
    struct view view;

    if (connector == NULL)
        return NULL;
    view = view_of_connector(s->unit, connector, false);
    return border_entry(&view, NULL, 0);
}

/* --- a new object ----------------------------------------------------------------- */

struct adding {
    struct scripted *s;
    const struct compiled_agent *agent;
    const struct ma_entry *entry;
    struct entry values;
    const char *dn;
    struct ma_error *err;
};

static enum ma_status read_reference(struct adding *a, struct slice text,
                                     struct slice *out)
{
    struct unit *unit = a->s->unit;
    const char *dn = arena_textn(unit->arena, text.at, text.length);
    uint64_t id;
    enum ma_status status = cs_reference(unit->sync->batch, a->agent->number, dn,
                                         PLACEHOLDER_LINK, &id, a->err);

    if (status == MA_OK)
        *out = value_of_id(unit->arena, id);
    return status;
}

static enum ma_status read_attribute(struct adding *a, const struct ma_attribute *given,
                                     struct entry_builder *builder)
{
    struct unit *unit = a->s->unit;
    const struct program *program = unit->sync->program;
    uint32_t name = names_find(program->names, slice_text(given->name));
    struct attribute_info info = program_cs_attribute(a->agent, program, name);
    struct slice *values = ARENA_ARRAY(unit->arena, struct slice, given->count);
    enum ma_status status = MA_OK;

    if (!info.known)
        return ma_fail(a->err, MA_INVALID, "the schema of '%s' has no attribute '%s'",
                       a->agent->config->name, given->name);
    for (size_t i = 0; status == MA_OK && i < given->count; i++) {
        struct slice text = arena_slice(
            unit->arena, slice_of(given->values[i].data, given->values[i].length));

        status = info.type == VALUE_REFERENCE
                     ? read_reference(a, text, &values[i])
                     : value_read(unit->arena, info.type, text, &values[i], a->err);
    }
    if (status == MA_OK)
        entry_add(builder, name, info.type, values, (uint32_t)given->count);
    return status;
}

static enum ma_status read_values(struct adding *a)
{
    struct entry_builder builder = entry_builder(a->s->unit->arena);
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < a->entry->count; i++)
        status = read_attribute(a, &a->entry->attributes[i], &builder);
    a->values = entry_build(&builder);
    return status;
}

static const char *const *parts_of_dn(const struct adding *a)
{
    const struct agent *config = a->agent->config;

    for (size_t i = 0; i < config->dn_construction_count; i++) {
        const struct dn_construction *dn = &config->dn_construction[i];

        if (dn->object_type == NULL ||
            strcasecmp(dn->object_type, a->entry->object_type) == 0)
            return dn->attributes;
    }
    return config->anchor;
}

/* Without a DN of its own an object goes by the attributes that form it. */
static enum ma_status make_dn(struct adding *a)
{
    const char *const *parts = parts_of_dn(a);
    BUF_AUTO text = {0};

    if (a->entry->dn != NULL && a->entry->dn[0] != '\0') {
        a->dn = arena_text(a->s->unit->arena, a->entry->dn);
        return MA_OK;
    }
    for (size_t i = 0; parts != NULL && parts[i] != NULL; i++) {
        const char *value = ma_text(a->entry, parts[i]);

        if (value == NULL)
            return ma_fail(a->err, MA_INVALID, "no DN, and no '%s' to make it of",
                           parts[i]);
        buf_print(&text, "%s%s", i == 0 ? "" : "+", value);
    }
    if (text.length == 0)
        return ma_fail(a->err, MA_INVALID, "a new object of '%s' needs a DN",
                       a->agent->config->name);
    a->dn = arena_text(a->s->unit->arena, text.at);
    return MA_OK;
}

/* A name that a placeholder holds is free. */
static enum ma_status claim_dn(struct adding *a, struct cs_object *object)
{
    struct batch *batch = a->s->unit->sync->batch;
    struct cs_object holder;
    uint64_t id;
    enum ma_status status = cs_find_dn(batch, a->agent->number, a->dn, &id, a->err);

    if (status == MA_NOT_FOUND)
        return tree_parents(batch, a->agent->number, a->dn, a->err);
    if (status == MA_OK)
        status = cs_get_outline(batch, a->s->unit->arena, a->agent->number, id, &holder,
                                a->err);
    if (status != MA_OK)
        return status;
    if (holder.placeholder == PLACEHOLDER_NOT)
        return ma_fail(a->err, MA_CONFLICT, "'%s' has an object '%s' already",
                       a->agent->config->name, a->dn);
    object->id = holder.id;
    object->guid = holder.guid;
    return MA_OK;
}

static enum ma_status create(struct adding *a)
{
    struct unit *unit = a->s->unit;
    struct cs_object object = {.guid = guid_new(),
                               .agent = a->agent->number,
                               .partition = provision_partition(a->agent, a->dn)};
    struct image wanted = {.exists = true,
                           .object_type = names_find(unit->sync->program->names,
                                                     slice_text(a->entry->object_type)),
                           .dn = a->dn,
                           .entry = a->values};
    struct connector *connector;
    enum ma_status status = claim_dn(a, &object);

    if (status != MA_OK)
        return status;
    tower_want(unit->arena, &object, &wanted);
    status = unit_new_connector(unit, &object, &connector, a->err);
    if (status == MA_OK)
        unit_link(unit, a->s->meta, connector, LINK_PROVISIONING, NULL);
    return status;
}

static enum ma_status connectors_add(struct ma_connectors *head, const char *agent,
                                     const struct ma_entry *entry, struct ma_error *err)
{
    struct scripted *s = (struct scripted *)head;
    struct adding a = {
        .s = s, .agent = agent_named(s, agent), .entry = entry, .err = err};
    enum ma_status status;

    if (a.agent == NULL)
        return ma_fail(err, MA_NOT_FOUND, "there is no management agent '%s'", agent);
    if (entry->object_type == NULL ||
        schema_class(&a.agent->config->schema, entry->object_type) == NULL)
        return ma_fail(err, MA_INVALID, "the schema of '%s' has no class '%s'", agent,
                       entry->object_type == NULL ? "" : entry->object_type);
    status = make_dn(&a);
    if (status == MA_OK)
        status = read_values(&a);
    return status == MA_OK ? create(&a) : status;
}

/* --- what is there ---------------------------------------------------------------- */

static enum ma_status no_connector(const char *agent, size_t index, struct ma_error *err)
{
    return ma_fail(err, MA_NOT_FOUND, "there is no connector %zu of '%s'", index, agent);
}

static enum ma_status connectors_rename(struct ma_connectors *head, const char *agent,
                                        size_t index, const char *dn,
                                        struct ma_error *err)
{
    struct scripted *s = (struct scripted *)head;
    struct connector *connector = find(s, agent, index);
    struct image wanted;
    uint64_t id;

    if (connector == NULL)
        return no_connector(agent, index, err);
    if (cs_find_dn(s->unit->sync->batch, connector->agent->number, dn, &id, err) ==
            MA_OK &&
        id != connector->object.id)
        return ma_fail(err, MA_CONFLICT, "'%s' has an object '%s' already", agent, dn);
    if (rename_check(s->unit, connector, dn, err) != MA_OK)
        return err->status;
    wanted = object_image(s->unit->arena, &connector->object, LAYER_UNAPPLIED);
    wanted.dn = arena_text(s->unit->arena, dn);
    tower_want(s->unit->arena, &connector->object, &wanted);
    unit_tower_changed(connector);
    return MA_OK;
}

static enum ma_status connectors_disconnect(struct ma_connectors *head, const char *agent,
                                            size_t index, struct ma_error *err)
{
    struct scripted *s = (struct scripted *)head;
    struct connector *connector = find(s, agent, index);

    if (connector == NULL)
        return no_connector(agent, index, err);
    return provision_end(s->unit, s->meta, connector, err);
}

enum ma_status scripted_run(struct unit *unit, struct meta *meta, struct ma_error *err)
{
    struct scripted s = {.head = {.size = sizeof s.head,
                                  .count = connectors_count,
                                  .at = connectors_at,
                                  .add = connectors_add,
                                  .rename = connectors_rename,
                                  .disconnect = connectors_disconnect},
                         .unit = unit,
                         .meta = meta};

    if (++meta->provision_calls > MOST_CALLS)
        return unit_fail(unit, err, "extension-provisioning-call-limit-reached",
                         "provisioning", NULL,
                         "Provision was called %d times for one object", MOST_CALLS);
    return script_provision(unit, meta, &s.head, err);
}
