/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two states of an instance side by side: which objects are not as they were, in which
 * attributes, and which rule says so. Rows are read from both; nothing is remembered of
 * the run in between, so nothing that it did can be missed.
 */

#include <string.h>

#include "run/preview.h"
#include "store/cs.h"
#include "store/mv.h"
#include "sync/sync.h"

enum { CHUNK = 1000 };

struct comparing {
    struct preview *p;
    const struct compiled_agent *agent; /* NULL: the metaverse */
    void (*each)(void *context, const struct change *change);
    void *context;
    struct arena arena; /* of one object */
};

/* --- rules ------------------------------------------------------------------------ */

static const char *rule_label(struct arena *arena, const struct rule *rule,
                              const struct place *place)
{
    if (rule != NULL && rule->name != NULL && rule->name[0] != '\0')
        return rule->name;
    return place->file == NULL ? NULL
                               : arena_print(arena, "%s:%u", place->file, place->line);
}

static const char *rule_of_id(struct comparing *c, const struct opened *opened,
                              const struct guid *id)
{
    const struct rule *rule = guid_is_zero(id) ? NULL : program_rule(opened->program, id);

    return rule == NULL ? NULL : rule_label(&c->arena, rule, &rule->place);
}

static const char *mv_rule(struct comparing *c, const struct opened *opened,
                           const struct mv_object *object, uint32_t attribute)
{
    const struct mv_lineage *line = mv_lineage_of(object, attribute);

    return line == NULL ? NULL : rule_of_id(c, opened, &line->rule);
}

/* The flow that would win now; to be asked only where something changed. */
static const char *cs_rule(struct comparing *c, const struct opened *opened,
                           struct batch *batch, uint64_t id, uint32_t attribute)
{
    candidate_list candidates = {0};
    const char *rule = NULL;
    struct ma_error ignored; /* then there is nobody to name */

    if (sync_explain_cs(batch, opened->program, &c->arena, c->agent->number, id,
                        attribute, &candidates, &ignored) == MA_OK)
        for (size_t i = 0; rule == NULL && i < candidates.count; i++)
            if (strncmp(candidates.items[i].verdict, "won", 3) == 0)
                rule = rule_label(&c->arena, candidates.items[i].flow->rule,
                                  &candidates.items[i].flow->place);
    VEC_FREE(&candidates);
    return rule;
}

/* --- attributes ------------------------------------------------------------------- */

/* Values of `a` that `b` does not have. */
static const struct slice *without(struct arena *arena, const struct attr *a,
                                   const struct attr *b, uint32_t *count)
{
    struct slice *out;

    *count = 0;
    if (a == NULL)
        return NULL;
    out = ARENA_ARRAY(arena, struct slice, a->count);
    for (uint32_t i = 0; i < a->count; i++)
        if (b == NULL || !attr_has(b, a->values[i]))
            out[(*count)++] = a->values[i];
    return out;
}

static bool compare_attribute(struct comparing *c, const struct attr *was,
                              const struct attr *is, struct change_attribute *out)
{
    const struct attr *any = is != NULL ? is : was;

    *out = (struct change_attribute){.number = any->name, .type = any->type};
    out->gone = without(&c->arena, was, is, &out->gone_count);
    out->come = without(&c->arena, is, was, &out->come_count);
    out->name = program_attribute_name(c->p->after.program, c->agent, any->name);
    return out->gone_count + out->come_count > 0;
}

/* Both are sorted by number. */
static void compare_entries(struct comparing *c, const struct entry *was,
                            const struct entry *is, struct change *change)
{
    struct change_attribute *out =
        ARENA_ARRAY(&c->arena, struct change_attribute, was->count + is->count);
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < was->count || j < is->count) {
        const struct attr *a = i < was->count ? &was->attrs[i] : NULL;
        const struct attr *b = j < is->count ? &is->attrs[j] : NULL;

        if (a != NULL && b != NULL && a->name != b->name) {
            if (a->name < b->name)
                b = NULL;
            else
                a = NULL;
        }
        i += a != NULL;
        j += b != NULL;
        if (compare_attribute(c, a, b, &out[change->attribute_count]))
            change->attribute_count++;
    }
    change->attributes = out;
}

static const char *other(const char *rule, const char *old)
{
    return old == NULL || (rule != NULL && strcmp(rule, old) == 0) ? NULL : old;
}

/* --- one object ------------------------------------------------------------------- */

static const char *operation(const struct image *was, const struct image *is,
                             const struct change *change)
{
    if (!was->exists || !is->exists)
        return was->exists ? "delete" : is->exists ? "add" : "none";
    if (was->object_type != is->object_type)
        return "delete-add";
    if (was->dn != NULL && is->dn != NULL && strcmp(was->dn, is->dn) != 0)
        return "rename";
    return change->attribute_count > 0 ? "update" : "none";
}

static bool is_told(const struct change *change)
{
    return strcmp(change->operation, "none") != 0 || change->link != NULL ||
           change->error != NULL;
}

static struct image image_of_mv(const struct mv_object *object)
{
    return (struct image){
        .exists = object->id != 0, .object_type = object->type, .entry = object->entry};
}

static const char *label_of_mv(struct comparing *c, struct batch *batch,
                               const struct opened *opened, const struct mv_object *o)
{
    const struct show show = {batch, opened->program};

    return show_mv_name(&show, &c->arena, o);
}

static enum ma_status get_mv(struct comparing *c, struct batch *batch, uint64_t id,
                             struct mv_object *out, struct ma_error *err)
{
    enum ma_status status = mv_get(batch, &c->arena, id, out, err);

    if (status == MA_NOT_FOUND)
        *out = (struct mv_object){0};
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status compare_mv(struct comparing *c, uint64_t id, struct ma_error *err)
{
    struct preview *p = c->p;
    struct change change = {.id = id};
    struct mv_object was;
    struct mv_object is;
    struct image a;
    struct image b;

    if (get_mv(c, p->old, id, &was, err) != MA_OK ||
        get_mv(c, p->now, id, &is, err) != MA_OK)
        return err->status;
    a = image_of_mv(&was);
    b = image_of_mv(&is);
    compare_entries(c, &a.entry, &b.entry, &change);
    change.operation = operation(&a, &b, &change);
    if (!is_told(&change))
        return MA_OK;
    change.name = is.id != 0 ? label_of_mv(c, p->now, &p->after, &is)
                             : label_of_mv(c, p->old, &p->before, &was);
    change.type =
        program_type_name(p->after.program, NULL, is.id != 0 ? is.type : was.type);
    for (size_t i = 0; i < change.attribute_count; i++) {
        struct change_attribute *attribute = &change.attributes[i];

        attribute->rule = mv_rule(c, &p->after, &is, attribute->number);
        attribute->old_rule =
            other(attribute->rule, mv_rule(c, &p->before, &was, attribute->number));
    }
    c->each(c->context, &change);
    return MA_OK;
}

static const char *link_change(const struct cs_object *was, const struct cs_object *is)
{
    static const char *const made[] = {
        [LINK_NONE] = "joined",          [LINK_JOIN] = "joined",
        [LINK_PROJECTION] = "projected", [LINK_PROVISIONING] = "provisioned",
        [LINK_MANUAL] = "joined",
    };

    if (was->mv != is->mv)
        return is->mv == 0    ? "disconnected"
               : was->mv == 0 ? made[is->link_cause]
                              : "moved";
    return is->state == STATE_FILTERED && was->state != STATE_FILTERED ? "filtered"
                                                                       : NULL;
}

static const char *new_error(struct arena *arena, const struct cs_object *was,
                             const struct cs_object *is)
{
    const struct object_error *error = &is->import_error;

    if (error->count == 0 || error->count == was->import_error.count)
        return NULL;
    return error->text == NULL ? error->type
                               : arena_print(arena, "%s: %s", error->type, error->text);
}

static enum ma_status get_cs(struct comparing *c, struct batch *batch, uint64_t id,
                             struct cs_object *out, struct ma_error *err)
{
    enum ma_status status = cs_get(batch, &c->arena, c->agent->number, id, out, err);

    if (status == MA_NOT_FOUND)
        *out = (struct cs_object){0};
    return status == MA_NOT_FOUND ? MA_OK : status;
}

/* Values of the old state are worth a look only where the rules may be others, or where
 * nobody gives them any more. */
static void name_cs_rules(struct comparing *c, struct change *change)
{
    struct preview *p = c->p;

    for (size_t i = 0; i < change->attribute_count; i++) {
        struct change_attribute *attribute = &change->attributes[i];

        attribute->rule = cs_rule(c, &p->after, p->now, change->id, attribute->number);
        if (attribute->gone_count > 0 && (p->config_differs || attribute->rule == NULL))
            attribute->old_rule =
                other(attribute->rule,
                      cs_rule(c, &p->before, p->old, change->id, attribute->number));
    }
}

static enum ma_status compare_cs(struct comparing *c, uint64_t id, struct ma_error *err)
{
    struct preview *p = c->p;
    struct change change = {.agent = c->agent, .id = id};
    struct cs_object was;
    struct cs_object is;
    struct image a;
    struct image b;

    if (get_cs(c, p->old, id, &was, err) != MA_OK ||
        get_cs(c, p->now, id, &is, err) != MA_OK)
        return err->status;
    a = object_image(&c->arena, &was, LAYER_UNAPPLIED);
    b = object_image(&c->arena, &is, LAYER_UNAPPLIED);
    compare_entries(c, &a.entry, &b.entry, &change);
    change.operation = operation(&a, &b, &change);
    change.link = link_change(&was, &is);
    change.error = new_error(&c->arena, &was, &is);
    if (!is_told(&change))
        return MA_OK;
    change.name = object_dn(&c->arena, b.exists ? &is : &was);
    change.old_dn = strcmp(change.operation, "rename") == 0 ? a.dn : NULL;
    change.type = program_type_name(p->after.program, c->agent,
                                    b.exists ? b.object_type : a.object_type);
    change.rule = change.link == NULL ? NULL
                  : is.mv != 0        ? rule_of_id(c, &p->after, &is.link_rule)
                                      : rule_of_id(c, &p->before, &was.link_rule);
    if (a.exists && b.exists)
        name_cs_rules(c, &change);
    else if (b.exists)
        for (size_t i = 0; i < change.attribute_count; i++)
            change.attributes[i].rule =
                cs_rule(c, &p->after, p->now, id, change.attributes[i].number);
    c->each(c->context, &change);
    return MA_OK;
}

/* --- all of them ------------------------------------------------------------------ */

static enum ma_status scan(struct comparing *c, struct batch *batch, uint64_t after,
                           id_list *out, struct ma_error *err)
{
    return c->agent == NULL ? mv_scan(batch, after, CHUNK, out, err)
                            : cs_scan(batch, c->agent->number, after, CHUNK, out, err);
}

/* The ids of both, each once: the two chunks up to where the shorter one ends. */
static enum ma_status compare_space(struct comparing *c, struct ma_error *err)
{
    id_list old = {0};
    id_list now = {0};
    uint64_t after = 0;
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more) {
        size_t i = 0;
        size_t j = 0;

        old.count = now.count = 0;
        status = scan(c, c->p->old, after, &old, err);
        if (status == MA_OK)
            status = scan(c, c->p->now, after, &now, err);
        more = old.count + now.count > 0;
        while (status == MA_OK && (i < old.count || j < now.count)) {
            if ((i == old.count && old.count == CHUNK) ||
                (j == now.count && now.count == CHUNK))
                break; /* what follows there is not known yet */
            after = j == now.count || (i < old.count && old.items[i] < now.items[j])
                        ? old.items[i]
                        : now.items[j];
            i += i < old.count && old.items[i] == after;
            j += j < now.count && now.items[j] == after;
            arena_reset(&c->arena);
            status =
                c->agent == NULL ? compare_mv(c, after, err) : compare_cs(c, after, err);
        }
    }
    VEC_FREE(&old);
    VEC_FREE(&now);
    return status;
}

enum ma_status preview_changes(struct preview *preview,
                               void (*each)(void *context, const struct change *change),
                               void *context, struct ma_error *err)
{
    const struct program *program = preview->after.program;
    struct comparing c = {.p = preview, .each = each, .context = context};
    enum ma_status status = compare_space(&c, err);

    for (size_t i = 0; status == MA_OK && i < program->agent_count; i++) {
        c.agent = &program->agents[i];
        status = compare_space(&c, err);
    }
    arena_free(&c.arena);
    return status;
}
