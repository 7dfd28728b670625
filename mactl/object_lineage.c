/* SPDX-License-Identifier: Apache-2.0 */
#include "object_lineage.h"

#include <string.h>

#include "object_parts.h"
#include "run/secret.h"
#include "sync/sync.h"

struct tracing {
    const struct object_style *style;
    const struct mv_object *object;
    object_lineages *out;
    candidate_list candidates; /* of the attribute in hand */
};

/* --- what a contributor gives now ------------------------------------------------- */

/* The values of a set are shown between its braces, each quoted. */
static bool gives(const struct sync_candidate *candidate, const char *value)
{
    const char *at = candidate->value;
    size_t length = strlen(value);

    while (at != NULL && (at = strstr(at, value)) != NULL) {
        if (at > candidate->value && at[-1] == '"' && at[length] == '"')
            return true;
        at++;
    }
    return candidate->value != NULL && strcmp(candidate->value, value) == 0;
}

static const struct sync_candidate *candidate_of(const struct tracing *t,
                                                 const struct mv_lineage *line)
{
    for (size_t i = 0; i < t->candidates.count; i++) {
        const struct sync_candidate *c = &t->candidates.items[i];

        if (c->agent == line->agent && c->object == line->object &&
            c->flow->rule != NULL && guid_equal(&c->flow->rule->id, &line->rule))
            return c;
    }
    return NULL;
}

/* --- one value -------------------------------------------------------------------- */

static struct object_lineage line_of(const struct tracing *t, const char *attribute,
                                     const char *value, const struct mv_lineage *line)
{
    struct contribution c = object_contribution(t->style, line);
    const struct rule *rule = guid_is_zero(&line->rule)
                                  ? NULL
                                  : program_rule(t->style->show->program, &line->rule);

    return (struct object_lineage){
        .attribute = attribute,
        .value = value,
        .agent = c.agent,
        .dn = c.dn,
        .rule = c.rule,
        .has_precedence = rule != NULL,
        .precedence = rule == NULL ? 0 : rule->precedence,
        .run = line->run,
        .time = line->time,
    };
}

/* Every contributor where none of them is known to give the value now. */
static void trace_value(struct tracing *t, uint32_t attribute, const char *name,
                        const char *value, bool sure)
{
    const struct mv_object *object = t->object;
    size_t before = t->out->count;

    for (uint32_t i = 0; i < object->lineage_count; i++) {
        const struct mv_lineage *line = &object->lineage[i];
        const struct sync_candidate *candidate;

        if (line->attribute != attribute)
            continue;
        candidate = sure ? candidate_of(t, line) : NULL;
        if (!sure || (candidate != NULL && gives(candidate, value)))
            VEC_ADD(t->out, line_of(t, name, value, line));
    }
    if (t->out->count > before)
        return;
    if (sure)
        trace_value(t, attribute, name, value, false);
    else
        VEC_ADD(t->out, ((struct object_lineage){.attribute = name, .value = value}));
}

static unsigned contributors(const struct mv_object *object, uint32_t attribute)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < object->lineage_count; i++)
        count += object->lineage[i].attribute == attribute;
    return count;
}

static void trace_attribute(struct tracing *t, const struct shown *shown)
{
    const struct show *show = t->style->show;
    const struct attr *attr = shown->attr;
    bool several = contributors(t->object, attr->name) > 1;
    struct ma_error ignored; /* then every contributor is named */

    if (several &&
        sync_explain_mv(show->batch, show->program, t->style->arena, t->object->id,
                        attr->name, &t->candidates, &ignored) != MA_OK)
        several = false;
    for (uint32_t i = 0; i < attr->count; i++)
        trace_value(t, attr->name, shown->name,
                    show_value(show, t->style->arena, NULL, attr->name, attr->type,
                               attr->values[i]),
                    several);
    VEC_FREE(&t->candidates);
}

void object_lineage(const struct object_style *style, const struct mv_object *object,
                    object_lineages *out)
{
    struct tracing t = {.style = style, .object = object, .out = out};
    struct shown *all;
    size_t count = show_sorted(style->show, style->arena, NULL, &object->entry, &all);

    for (size_t i = 0; i < count; i++)
        trace_attribute(&t, &all[i]);
}
