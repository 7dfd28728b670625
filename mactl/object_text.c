/* SPDX-License-Identifier: Apache-2.0 */
#include "object_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "show/query.h"
#include "show/secret.h"

enum { NAME_WIDTH = 28 };

/* --- small parts ------------------------------------------------------------------ */

/* One line per value, whatever it holds. */
static void put_value(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            buf_text(out, "\\n");
        else if (*text == '\r')
            buf_text(out, "\\r");
        else
            buf_char(out, *text);
    }
    buf_char(out, '\n');
}

static void put_line(struct buf *out, const char *title, const char *value)
{
    if (value == NULL)
        return;
    buf_print(out, "%-*s  ", NAME_WIDTH - 14, title);
    put_value(out, value);
}

static void put_attribute(struct buf *out, char mark, const char *name, const char *value)
{
    buf_print(out, "  %c %-*s ", mark, NAME_WIDTH, name);
    put_value(out, value);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* --- references ------------------------------------------------------------------- */

/* A transient has given its DN away, and the one it has instead differs in every store:
 * in a plain text it is called by the one it had. */
static const char *dn_of(const struct object_style *style, const struct cs_object *object)
{
    if (style->plain && object->transient && object->has_hologram)
        return arena_print(style->arena, "(transient) %s", object->hologram.dn);
    return object_dn(style->arena, object);
}

static const char *plain_dn(const struct object_style *style, const char *dn)
{
    static const char prefix[] = "mactl-transient=";

    return style->plain && strncmp(dn, prefix, sizeof prefix - 1) == 0 ? "(transient)"
                                                                       : dn;
}

static const char *dn_by_id(const struct object_style *style, uint32_t agent, uint64_t id)
{
    struct cs_object object;
    struct ma_error ignored; /* then it has none to be shown */

    return cs_get_outline(style->show->batch, style->arena, agent, id, &object,
                          &ignored) == MA_OK
               ? dn_of(style, &object)
               : NULL;
}

/* In a plain text a metaverse object goes by its first connector in the order of names:
 * ids and GUIDs are not the same twice. */
static const char *connector_label(const struct object_style *style, uint64_t mv)
{
    connector_list connectors = {0};
    const char *best = NULL;
    struct ma_error ignored;

    if (mv_connectors(style->show->batch, mv, &connectors, &ignored) != MA_OK)
        connectors.count = 0;
    for (size_t i = 0; i < connectors.count; i++) {
        const struct compiled_agent *agent =
            program_agent(style->show->program, connectors.items[i].agent);
        const char *dn =
            dn_by_id(style, connectors.items[i].agent, connectors.items[i].id);
        const char *label = arena_print(
            style->arena, "%s: %s", agent == NULL ? OBJECT_NO_AGENT : agent->config->name,
            dn == NULL ? "?" : dn);

        if (best == NULL || strcmp(label, best) < 0)
            best = label;
    }
    VEC_FREE(&connectors);
    return best == NULL ? "(no connector)" : best;
}

const char *object_mv_label(const struct object_style *style,
                            const struct mv_object *object)
{
    const char *type = program_type_name(style->show->program, NULL, object->type);
    char guid[GUID_TEXT];

    if (style->plain)
        return connector_label(style, object->id);
    return arena_print(style->arena, "%s \"%s\" (%s)", type,
                       show_mv_name(style->show, style->arena, object),
                       guid_format(&object->guid, GUID_PLAIN, guid));
}

static const char *mv_label_of(const struct object_style *style, uint64_t mv)
{
    struct mv_object object;
    struct ma_error ignored;

    if (mv_get(style->show->batch, style->arena, mv, &object, &ignored) != MA_OK)
        return "(dangling)";
    return object_mv_label(style, &object);
}

static const char *value_text(const struct object_style *style,
                              const struct compiled_agent *space, const struct attr *attr,
                              struct slice value)
{
    const char *name = names_text(style->show->program->names, attr->name);

    if (space == NULL && attr->type == VALUE_REFERENCE &&
        !secret_attribute(style->show->program, space, name))
        return mv_label_of(style, value_id(value));
    return show_value(style->show, style->arena, space, attr->name, attr->type, value);
}

/* --- images and deltas ------------------------------------------------------------ */

/* References are stored by number: the order of the texts is the one that stays. */
static const char **sorted_values(const struct object_style *style,
                                  const struct compiled_agent *space,
                                  const struct attr *attr)
{
    const char **texts = ARENA_ARRAY(style->arena, const char *, attr->count);

    for (uint32_t i = 0; i < attr->count; i++)
        texts[i] = value_text(style, space, attr, attr->values[i]);
    qsort(texts, attr->count, sizeof texts[0], by_text);
    return texts;
}

static void put_values(const struct object_style *style,
                       const struct compiled_agent *space, char mark, const char *name,
                       const struct attr *attr, struct buf *out)
{
    const char **texts = sorted_values(style, space, attr);

    for (uint32_t i = 0; i < attr->count; i++)
        put_attribute(out, mark, name, texts[i]);
}

static void put_entry(const struct object_style *style,
                      const struct compiled_agent *space, const struct entry *entry,
                      struct buf *out)
{
    struct shown *all;
    size_t count = show_sorted(style->show, style->arena, space, entry, &all);

    for (size_t i = 0; i < count; i++)
        put_values(style, space, ' ', all[i].name, all[i].attr, out);
}

static struct attr half(const struct attr_delta *change, bool adds)
{
    return (struct attr){change->name, change->type,
                         adds ? change->add_count : change->del_count,
                         adds ? change->adds : change->dels};
}

static void put_change(const struct object_style *style,
                       const struct compiled_agent *space,
                       const struct attr_delta *change, struct buf *out)
{
    const char *name = program_attribute_name(style->show->program, space, change->name);
    struct attr adds = half(change, true);
    struct attr dels = half(change, false);

    if (change->op == DELTA_SET && change->add_count == 0)
        put_attribute(out, '-', name, "(all)");
    put_values(style, space, change->op == DELTA_SET ? '~' : '+', name, &adds, out);
    put_values(style, space, '-', name, &dels, out);
}

/* By the names of the attributes: numbers are given in the order in which they came. */
static void put_changes(const struct object_style *style,
                        const struct compiled_agent *space, const struct delta *delta,
                        struct buf *out)
{
    struct attr *attrs = ARENA_ARRAY(style->arena, struct attr, delta->count);
    struct entry names = {.count = delta->count, .attrs = attrs};
    struct shown *all;
    size_t count;

    for (uint32_t i = 0; i < delta->count; i++)
        attrs[i] = (struct attr){.name = delta->attrs[i].name};
    count = show_sorted(style->show, style->arena, space, &names, &all);
    for (size_t i = 0; i < count; i++)
        put_change(style, space, &delta->attrs[all[i].attr - attrs], out);
}

void object_delta_text(const struct object_style *style,
                       const struct compiled_agent *agent, const struct delta *delta,
                       struct buf *out)
{
    if (delta->dn != NULL)
        put_attribute(out, '>', "dn", plain_dn(style, delta->dn));
    if (delta->object_type != NAME_NONE)
        put_attribute(out, '~', "(type)",
                      program_type_name(style->show->program, agent, delta->object_type));
    put_changes(style, agent, delta, out);
}

void object_image_text(const struct object_style *style,
                       const struct compiled_agent *agent, const struct image *image,
                       struct buf *out)
{
    if (image->exists && image->dn != NULL)
        put_attribute(out, ' ', "dn", image->dn);
    if (image->exists)
        put_entry(style, agent, &image->entry, out);
}

static void put_delta(const struct object_style *style,
                      const struct compiled_agent *agent, const char *title,
                      const struct delta *delta, struct buf *out)
{
    if (delta_is_empty(delta))
        return;
    buf_print(out, "%s (%s)\n", title, show_delta_op(delta));
    object_delta_text(style, agent, delta, out);
}

/* --- connector-space objects ------------------------------------------------------ */

static void put_link(const struct object_style *style, const struct cs_object *object,
                     struct buf *out)
{
    const char *rule = object_rule(style, &object->link_rule);
    const char *state = query_state(object);

    if (object->mv == 0) {
        put_line(out, "state", state);
        return;
    }
    put_line(out, "state",
             arena_print(style->arena, "%s (%s%s%s)", state,
                         object_cause(object->link_cause), rule == NULL ? "" : ", ",
                         rule == NULL ? "" : rule));
    put_line(out, "metaverse", mv_label_of(style, object->mv));
}

static void put_flags(const struct cs_object *object, struct buf *out)
{
    struct object_flag flags[OBJECT_FLAGS];
    BUF_AUTO text = {0};

    object_flags(object, flags);
    for (size_t i = 0; i < OBJECT_FLAGS; i++)
        if (flags[i].set)
            buf_print(&text, "%s%s", text.length == 0 ? "" : " ", flags[i].name);
    put_line(out, "flags", text.length == 0 ? NULL : text.at);
}

/* The text of an error may name numbers and times of a run: plain has its type only. */
static void put_error(const struct object_style *style, const char *title,
                      const struct object_error *error, struct buf *out)
{
    if (error->count == 0)
        return;
    if (style->plain)
        put_line(out, title,
                 arena_print(style->arena, "%s x%u%s%s", error->type, error->count,
                             error->attribute == NULL ? "" : " ",
                             error->attribute == NULL ? "" : error->attribute));
    else
        put_line(out, title,
                 arena_print(style->arena, "%s, %u times: %s", error->type, error->count,
                             error->text == NULL ? "" : error->text));
}

static void put_owned(const struct object_style *style,
                      const struct compiled_agent *agent, const struct cs_object *object,
                      struct buf *out)
{
    for (uint32_t i = 0; i < object->owned_count; i++) {
        const struct owned_value *owned = &object->owned[i];
        const char *name =
            program_attribute_name(style->show->program, agent, owned->attribute);
        enum value_type type =
            program_cs_attribute(agent, style->show->program, owned->attribute).type;

        if (i == 0)
            buf_text(out, "values that the engine added\n");
        put_attribute(out, ' ', name,
                      show_value(style->show, style->arena, agent, owned->attribute, type,
                                 owned->value));
    }
}

void object_cs_text(const struct object_style *style, const struct compiled_agent *agent,
                    const struct cs_object *object, struct buf *out)
{
    const char *type =
        program_type_name(style->show->program, agent, object_type(style->arena, object));
    const char *dn = dn_of(style, object);
    char guid[GUID_TEXT];

    put_line(out, "dn", dn == NULL ? "(none)" : dn);
    put_line(out, "agent", agent->config->name);
    put_line(out, "type", type[0] == '\0' ? NULL : type);
    put_link(style, object, out);
    put_line(out, "anchor", object_anchor(style->arena, object->anchor));
    if (!style->plain)
        put_line(out, "guid", guid_format(&object->guid, GUID_PLAIN, guid));
    put_flags(object, out);
    put_error(style, "import error", &object->import_error, out);
    put_error(style, "export error", &object->export_error, out);
    if (object->has_hologram) {
        buf_text(out, "synchronized\n");
        put_entry(style, agent, &object->hologram.entry, out);
    }
    put_delta(style, agent, "pending import", &object->pending_import, out);
    put_delta(style, agent, "unconfirmed export", &object->unconfirmed, out);
    put_delta(style, agent, "escrowed export", &object->escrowed, out);
    put_delta(style, agent, "pending export", &object->unapplied, out);
    put_owned(style, agent, object, out);
}

/* --- metaverse objects ------------------------------------------------------------ */

/* "<- HR, rule, run 12"; in a plain text the object instead of the run, as another one
 * of the same agent may have given the value. */
static const char *lineage_text(const struct object_style *style,
                                const struct mv_lineage *lineage)
{
    struct contribution c = object_contribution(style, lineage);
    struct arena *arena = style->arena;
    const char *dn =
        style->plain ? dn_by_id(style, lineage->agent, lineage->object) : NULL;
    const char *last =
        style->plain ? (dn == NULL ? "(gone)" : dn)
                     : arena_print(arena, "run %llu", (unsigned long long)lineage->run);

    return arena_print(arena, "      <- %s, %s%s%s\n", c.agent,
                       c.rule == NULL ? "" : c.rule, c.rule == NULL ? "" : ", ", last);
}

static void put_lineage(const struct object_style *style, const struct mv_object *object,
                        uint32_t attribute, struct buf *out)
{
    VEC_OF(const char *) lines = {0};

    for (uint32_t i = 0; i < object->lineage_count; i++)
        if (object->lineage[i].attribute == attribute)
            VEC_ADD(&lines, lineage_text(style, &object->lineage[i]));
    if (lines.count > 1)
        qsort(lines.items, lines.count, sizeof lines.items[0], by_text);
    for (size_t i = 0; i < lines.count; i++) /* one who gave in several runs, once */
        if (i == 0 || strcmp(lines.items[i - 1], lines.items[i]) != 0)
            buf_text(out, lines.items[i]);
    VEC_FREE(&lines);
}

static const char *connector_text(const struct object_style *style,
                                  const struct mv_connector *connector)
{
    const struct compiled_agent *agent =
        program_agent(style->show->program, connector->agent);
    struct cs_object object;
    struct ma_error ignored;
    const char *dn;

    if (cs_get(style->show->batch, style->arena, connector->agent, connector->id, &object,
               &ignored) != MA_OK)
        return "(dangling)";
    dn = dn_of(style, &object);
    return arena_print(style->arena, "%s: %s (%s)",
                       agent == NULL ? OBJECT_NO_AGENT : agent->config->name,
                       dn == NULL ? "(no DN)" : dn, object_cause(object.link_cause));
}

static void put_connectors(const struct object_style *style,
                           const struct mv_object *object, struct buf *out)
{
    connector_list connectors = {0};
    struct ma_error ignored;
    const char **texts;

    if (mv_connectors(style->show->batch, object->id, &connectors, &ignored) != MA_OK)
        connectors.count = 0;
    texts = ARENA_ARRAY(style->arena, const char *, connectors.count);
    for (size_t i = 0; i < connectors.count; i++)
        texts[i] = connector_text(style, &connectors.items[i]);
    qsort(texts, connectors.count, sizeof texts[0], by_text);
    for (size_t i = 0; i < connectors.count; i++)
        put_line(out, i == 0 ? "connectors" : "", texts[i]);
    VEC_FREE(&connectors);
}

void object_mv_text(const struct object_style *style, const struct mv_object *object,
                    struct buf *out)
{
    struct shown *all;
    size_t count = show_sorted(style->show, style->arena, NULL, &object->entry, &all);

    put_line(out, "metaverse", object_mv_label(style, object));
    put_line(out, "type", program_type_name(style->show->program, NULL, object->type));
    if (object->reference_retry || object->provisioning_retry || object->changed)
        put_line(out, "flags",
                 arena_print(style->arena, "%s%s%s",
                             object->reference_retry ? "reference-retry " : "",
                             object->provisioning_retry ? "provisioning-retry " : "",
                             object->changed ? "changed" : ""));
    put_connectors(style, object, out);
    buf_text(out, "attributes\n");
    for (size_t i = 0; i < count; i++) {
        put_values(style, NULL, ' ', all[i].name, all[i].attr, out);
        put_lineage(style, object, all[i].attr->name, out);
    }
}
