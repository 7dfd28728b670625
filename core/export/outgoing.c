/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An object as an agent is to be told of it: by value, by whole attributes or as a whole,
 * as its system can take it; values in the form that crosses the border; references as
 * the DNs that their targets have in the system.
 */

#include "export/state.h"
#include "store/look.h"

enum how { BY_VALUES = 1, BY_ATTRIBUTES, BY_OBJECTS }; /* export-type */

struct outgoing {
    struct batch *batch;
    struct arena *arena;
    const struct program *program;
    const struct compiled_agent *agent;
    enum how how;
    struct image before; /* what the system is taken to hold */
    struct image after;
    struct ma_attribute *attributes;
    size_t count;
    struct ma_error *err;
};

static struct ma_value value_out(struct slice value)
{
    return (struct ma_value){value.at, value.length};
}

struct attribute_info outgoing_attribute(const struct program *program,
                                         const struct compiled_agent *agent,
                                         uint32_t name)
{
    const struct schema_attribute *a;

    if (agent->attribute_count > 0)
        return program_cs_attribute(agent, program, name);
    a = schema_attribute(&agent->config->schema, names_text(program->names, name));
    if (a == NULL)
        return (struct attribute_info){0};
    return (struct attribute_info){.name = a->name,
                                   .type = a->type,
                                   .single = a->single_valued,
                                   .export_only = a->export_only,
                                   .read_only = a->read_only,
                                   .secret = a->encrypted,
                                   .known = true};
}

/* --- values ----------------------------------------------------------------------- */

/* NULL: nobody knows the target any more. Of it the batch keeps the name and no more. */
static enum ma_status name_of(struct outgoing *o, uint64_t id, const char **out)
{
    struct cs_object target;
    enum ma_status status = look_at(o->batch, o->agent->number, id, &target, o->err);
    const char *dn;

    *out = NULL;
    if (status == MA_NOT_FOUND)
        return MA_OK;
    if (status != MA_OK)
        return status;
    if (!object_place(&target, LAYER_UNCONFIRMED, &dn) || dn == NULL)
        dn = object_dn(o->arena, &target);
    *out = dn == NULL ? NULL : arena_text(o->arena, dn);
    return MA_OK;
}

/* Text is followed by a NUL at the border. */
static struct ma_value written(struct outgoing *o, enum value_type type,
                               struct slice value)
{
    return value_out(arena_slice(o->arena, value_write(o->arena, type, value)));
}

/* "B:8:00112233:cn=..." */
static const char *with_data(struct arena *arena, struct slice data, const char *dn)
{
    return data.length == 0
               ? dn
               : arena_print(arena, "%.*s:%s", (int)data.length, data.at, dn);
}

static enum ma_status write_values(struct outgoing *o, enum value_type type,
                                   const struct slice *values, uint32_t count,
                                   const struct ma_value **out, size_t *out_count)
{
    struct ma_value *list = ARENA_ARRAY(o->arena, struct ma_value, count);

    *out = list;
    *out_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *dn;

        if (type != VALUE_REFERENCE) {
            list[(*out_count)++] = written(o, type, values[i]);
            continue;
        }
        if (name_of(o, value_id(values[i]), &dn) != MA_OK)
            return o->err->status;
        if (dn != NULL)
            list[(*out_count)++] =
                ma_value_of(with_data(o->arena, value_data(values[i]), dn));
    }
    return MA_OK;
}

static enum ma_type type_out(enum value_type type)
{
    static const enum ma_type types[] = {
        [VALUE_NONE] = MA_UNTYPED,   [VALUE_STRING] = MA_TEXT,
        [VALUE_NUMBER] = MA_INTEGER, [VALUE_BOOLEAN] = MA_FLAG,
        [VALUE_BINARY] = MA_BYTES,   [VALUE_REFERENCE] = MA_REFERENCE,
    };

    return types[type];
}

static enum ma_status put_set(struct outgoing *o, uint32_t name, enum value_type type,
                              const struct slice *values, uint32_t count)
{
    struct ma_attribute *a = &o->attributes[o->count++];

    *a = (struct ma_attribute){.name = program_attribute_name(o->program, o->agent, name),
                               .op = MA_SET,
                               .type = type_out(type)};
    return write_values(o, type, values, count, &a->values, &a->count);
}

static enum ma_status put_values(struct outgoing *o, const struct attr_delta *d)
{
    struct ma_attribute *a = &o->attributes[o->count++];

    *a = (struct ma_attribute){.name =
                                   program_attribute_name(o->program, o->agent, d->name),
                               .op = MA_VALUES,
                               .type = type_out(d->type)};
    if (write_values(o, d->type, d->adds, d->add_count, &a->values, &a->count) != MA_OK)
        return o->err->status;
    return write_values(o, d->type, d->dels, d->del_count, &a->removed,
                        &a->removed_count);
}

/* --- attributes ------------------------------------------------------------------- */

/* Several values may have come to the system since the last import: then a set would
 * take away what the engine never knew. Where it is to be one value, it is set. */
static bool goes_by_value(const struct outgoing *o, const struct attr_delta *d)
{
    struct attribute_info info;

    if (o->how != BY_VALUES)
        return false;
    info = outgoing_attribute(o->program, o->agent, d->name);
    return info.known ? !info.single : d->op == DELTA_VALUES;
}

static enum ma_status put_change(struct outgoing *o, const struct attr_delta *d,
                                 enum form form)
{
    const struct attr *whole = entry_find(&o->after.entry, d->name);
    struct attr_delta by_value;

    if (form != FORM_OWN || !goes_by_value(o, d))
        return put_set(o, d->name, whole == NULL ? d->type : whole->type,
                       whole == NULL ? NULL : whole->values,
                       whole == NULL ? 0 : whole->count);
    by_value = attr_delta_by_value(o->arena, d, entry_find(&o->before.entry, d->name));
    return put_values(o, &by_value);
}

static enum ma_status put_changes(struct outgoing *o, const struct delta *delta,
                                  enum form form)
{
    o->attributes = ARENA_ARRAY(o->arena, struct ma_attribute, delta->count);
    for (uint32_t i = 0; i < delta->count; i++)
        if (put_change(o, &delta->attrs[i], form) != MA_OK)
            return o->err->status;
    return MA_OK;
}

/* What the system itself keeps is not sent back to it. */
static bool is_owned_by_system(const struct outgoing *o, uint32_t name)
{
    return outgoing_attribute(o->program, o->agent, name).read_only;
}

static enum ma_status put_whole(struct outgoing *o)
{
    const struct entry *entry = &o->after.entry;

    o->attributes = ARENA_ARRAY(o->arena, struct ma_attribute, entry->count);
    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *a = &entry->attrs[i];

        if (!is_owned_by_system(o, a->name) &&
            put_set(o, a->name, a->type, a->values, a->count) != MA_OK)
            return o->err->status;
    }
    return MA_OK;
}

enum { SHOWN_VALUES = 100 }; /* what an agent decides by is short */

static enum ma_status put_shown(struct outgoing *o)
{
    const struct entry *entry = &o->after.entry;

    o->attributes = ARENA_ARRAY(o->arena, struct ma_attribute, entry->count);
    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *a = &entry->attrs[i];

        if (a->count <= SHOWN_VALUES &&
            put_set(o, a->name, a->type, a->values, a->count) != MA_OK)
            return o->err->status;
    }
    return MA_OK;
}

/* --- entries ---------------------------------------------------------------------- */

static enum ma_change change_of(const struct outgoing *o, const struct delta *delta,
                                enum form form)
{
    if (delta->op == DELTA_DELETE)
        return MA_DELETE;
    if (form == FORM_ADD || (delta->op == DELTA_ADD && form == FORM_OWN))
        return MA_ADD;
    if (delta->op == DELTA_DELETE_ADD)
        return MA_DELETE_ADD;
    return o->how == BY_OBJECTS ? MA_REPLACE : MA_MODIFY;
}

static enum ma_status put_attributes(struct outgoing *o, enum ma_change change,
                                     const struct delta *delta, enum form form)
{
    if (change == MA_DELETE)
        return MA_OK;
    /* An add that became an update: each attribute as it shall be. */
    if (change == MA_MODIFY)
        return put_changes(o, delta, form);
    return put_whole(o);
}

static const struct ma_entry *finish(struct outgoing *o, const struct cs_object *object,
                                     enum ma_change change)
{
    struct ma_entry *entry = arena_zero(o->arena, sizeof *entry);
    uint32_t type =
        o->after.exists ? o->after.object_type : object_type(o->arena, object);

    entry->size = sizeof *entry;
    entry->change = change;
    entry->anchor = value_out(arena_slice(o->arena, object->anchor));
    entry->dn = change != MA_ADD && o->before.exists ? o->before.dn : o->after.dn;
    if (entry->dn == NULL)
        entry->dn = object_dn(o->arena, object);
    if (change != MA_ADD && o->before.exists && o->after.dn != NULL &&
        (o->before.dn == NULL || strcmp(o->before.dn, o->after.dn) != 0))
        entry->new_dn = o->after.dn;
    entry->object_type =
        type == NAME_NONE ? NULL : program_type_name(o->program, o->agent, type);
    entry->attributes = o->attributes;
    entry->count = o->count;
    return entry;
}

static enum how how_of(const struct agent *agent, uint32_t capabilities)
{
    if ((capabilities & MA_CAN_WHOLE_OBJECTS_ONLY) != 0)
        return BY_OBJECTS;
    return agent->export_type == BY_ATTRIBUTES || agent->export_type == BY_OBJECTS
               ? (enum how)agent->export_type
               : BY_VALUES;
}

bool outgoing_by_value(const struct compiled_agent *agent, uint32_t plugin_capabilities,
                       enum form form)
{
    return form == FORM_OWN && how_of(agent->config, plugin_capabilities) == BY_VALUES;
}

const struct ma_entry *
outgoing_entry(struct batch *batch, struct arena *arena, const struct program *program,
               const struct compiled_agent *agent, uint32_t plugin_capabilities,
               const struct cs_object *object, const struct delta *delta, enum form form,
               struct ma_error *err)
{
    struct outgoing o = {.batch = batch,
                         .arena = arena,
                         .program = program,
                         .agent = agent,
                         .how = how_of(agent->config, plugin_capabilities),
                         .before = object_image(arena, object, LAYER_UNCONFIRMED),
                         .err = err};
    enum ma_change change;

    o.after = delta_apply(arena, &o.before, delta);
    change = change_of(&o, delta, form);
    if (put_attributes(&o, change, delta, form) != MA_OK)
        return NULL;
    return finish(&o, object, change);
}

const struct ma_entry *export_entry(struct batch *batch, struct arena *arena,
                                    const struct program *program,
                                    const struct compiled_agent *agent,
                                    const struct cs_object *object, struct ma_error *err)
{
    struct delta pending = delta_merge(arena, &object->escrowed, &object->unapplied);

    if (delta_is_empty(&pending)) {
        (void)ma_fail(err, MA_NOT_FOUND, "nothing is pending");
        return NULL;
    }
    return outgoing_entry(batch, arena, program, agent, 0, object, &pending, FORM_OWN,
                          err);
}

const struct ma_entry *export_stored_entry(struct batch *batch, struct arena *arena,
                                           const struct program *program,
                                           const struct compiled_agent *agent,
                                           const struct cs_object *object,
                                           struct ma_error *err)
{
    struct outgoing o = {
        .batch = batch, .arena = arena, .program = program, .agent = agent, .err = err};

    o.before = o.after = object_image(arena, object, LAYER_IMPORT);
    if (!o.after.exists) {
        (void)ma_fail(err, MA_NOT_FOUND, "no import has shown it");
        return NULL;
    }
    return put_shown(&o) == MA_OK ? finish(&o, object, MA_PRESENT) : NULL;
}
