/* SPDX-License-Identifier: Apache-2.0 */
#include "object_lineage.h"

#include "object_parts.h"
#include "space/givers.h"

struct tracing {
    const struct object_style *style;
    const struct mv_object *object;
    object_lineages *out;
};

static const char *name_of(const struct tracing *t, enum value_type type,
                           struct slice value)
{
    const struct show *show = t->style->show;
    struct mv_object object;
    struct ma_error ignored; /* a reference to what is gone has no name */

    if (type != VALUE_REFERENCE ||
        mv_get_values(show->batch, t->style->arena, value_id(value), NULL, 0, &object,
                      &ignored) != MA_OK)
        return NULL;
    return show_mv_name(show, t->style->arena, &object);
}

static struct object_lineage line_of(const struct tracing *t,
                                     const struct object_lineage *value,
                                     const struct mv_lineage *line)
{
    struct contribution c = object_contribution(t->style, line);
    const struct rule *rule = guid_is_zero(&line->rule)
                                  ? NULL
                                  : program_rule(t->style->show->program, &line->rule);

    return (struct object_lineage){
        .attribute = value->attribute,
        .value = value->value,
        .name = value->name,
        .agent = c.agent,
        .dn = c.dn,
        .rule = c.rule,
        .has_precedence = rule != NULL,
        .precedence = rule == NULL ? 0 : rule->precedence,
        .run = line->run,
        .time = line->time,
    };
}

static void trace_value(struct tracing *t, const struct shown *shown, struct slice value)
{
    const struct mv_object *object = t->object;
    const struct attr *attr = shown->attr;
    const struct object_lineage bare = {
        .attribute = shown->name,
        .value = show_value(t->style->show, t->style->arena, NULL, attr->name, attr->type,
                            value),
        .name = name_of(t, attr->type, value)};
    size_t before = t->out->count;

    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == attr->name &&
            givers_line_has(object, &object->lineage[i], value))
            VEC_ADD(t->out, line_of(t, &bare, &object->lineage[i]));
    if (t->out->count == before)
        VEC_ADD(t->out, bare);
}

void object_lineage(const struct object_style *style, const struct mv_object *object,
                    object_lineages *out)
{
    struct tracing t = {.style = style, .object = object, .out = out};
    struct shown *all;
    size_t count = show_sorted(style->show, style->arena, NULL, &object->entry, &all);

    for (size_t i = 0; i < count; i++)
        for (uint32_t v = 0; v < all[i].attr->count; v++)
            trace_value(&t, &all[i], all[i].attr->values[v]);
}
