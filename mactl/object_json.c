/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/vec.h"
#include "object_parts.h"
#include "show/query.h"
#include "show/show.h"

/* --- connector space, JSON -------------------------------------------------------- */

static json_t *error_json(const struct object_error *error)
{
    json_t *object;

    if (error->count == 0)
        return json_null();
    object = json_object();
    show_put_error(object, error);
    json_put_time(object, "last_occurred", error->last);
    return object;
}

static json_t *flags_json(const struct cs_object *object)
{
    struct object_flag flags[OBJECT_FLAGS];
    json_t *all = json_array();

    object_flags(object, flags);
    for (size_t i = 0; i < OBJECT_FLAGS; i++)
        if (flags[i].set)
            json_array_append_new(all, json_string(flags[i].name));
    return all;
}

static json_t *link_json(const struct object_style *style, const struct cs_object *object)
{
    struct mv_object mv;
    struct ma_error ignored;
    char guid[GUID_TEXT];
    json_t *link;

    if (object->mv == 0 ||
        mv_get(style->show->batch, style->arena, object->mv, &mv, &ignored) != MA_OK)
        return json_null();
    link = json_pack("{s:s}", "guid", guid_format(&mv.guid, GUID_PLAIN, guid));
    json_put_text(link, "type", program_type_name(style->show->program, NULL, mv.type));
    json_put_text(link, "name", show_mv_name(style->show, style->arena, &mv));
    json_put_text(link, "cause", object_cause(object->link_cause));
    json_put_text(link, "rule", object_rule(style, &object->link_rule));
    return link;
}

static json_t *layers_json(const struct object_style *style,
                           const struct compiled_agent *agent,
                           const struct cs_object *object)
{
    const struct show *show = style->show;
    struct image none = {.exists = false};

    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o}", "synchronized",
        show_image_json(show, agent, object->has_hologram ? &object->hologram : &none),
        "pending_import", show_delta_json(show, agent, &object->pending_import),
        "unconfirmed_export", show_delta_json(show, agent, &object->unconfirmed),
        "escrowed_export", show_delta_json(show, agent, &object->escrowed),
        "unapplied_export", show_delta_json(show, agent, &object->unapplied));
}

json_t *object_cs_json(const struct object_style *style,
                       const struct compiled_agent *agent, const struct cs_object *object)
{
    json_t *json = json_pack("{s:s}", "schema", "mactl/cs-object/1");
    char guid[GUID_TEXT];

    json_put_text(json, "dn", object_dn(style->arena, object));
    json_put_text(json, "agent", agent->config->name);
    json_put_text(json, "type",
                  program_type_name(style->show->program, agent,
                                    object_type(style->arena, object)));
    json_put_text(json, "state", query_state(object));
    json_put_text(json, "guid", guid_format(&object->guid, GUID_PLAIN, guid));
    json_put_text(json, "anchor", object_anchor(style->arena, object->anchor));
    json_object_set_new(json, "metaverse", link_json(style, object));
    json_object_set_new(json, "flags", flags_json(object));
    json_object_set_new(json, "import_error", error_json(&object->import_error));
    json_object_set_new(json, "export_error", error_json(&object->export_error));
    json_object_set_new(json, "layers", layers_json(style, agent, object));
    return json;
}

/* --- metaverse, JSON -------------------------------------------------------------- */

static json_t *lineage_json(const struct object_style *style,
                            const struct mv_object *object, uint32_t attribute,
                            enum value_type type)
{
    json_t *all = json_array();

    for (uint32_t i = 0; i < object->lineage_count; i++) {
        struct contribution c;
        json_t *one;

        if (object->lineage[i].attribute != attribute)
            continue;
        c = object_contribution(style, &object->lineage[i]);
        one = json_pack("{s:o}", "agent", json_of_text(c.agent));
        json_put_text(one, "dn", c.dn);
        json_put_text(one, "rule", c.rule);
        json_put_number(one, "run", c.lineage->run);
        json_put_time(one, "time", c.lineage->time);
        if (c.lineage->value_count > 0) /* else those that no other has */
            json_object_set_new(one, "values",
                                show_values_json(style->show, NULL, attribute, type,
                                                 c.lineage->values,
                                                 c.lineage->value_count));
        json_array_append_new(all, one);
    }
    return all;
}

static json_t *attributes_json(const struct object_style *style,
                               const struct mv_object *object)
{
    json_t *all = json_object();
    struct shown *shown;
    size_t count = show_sorted(style->show, style->arena, NULL, &object->entry, &shown);

    for (size_t i = 0; i < count; i++) {
        const struct attr *a = shown[i].attr;

        json_object_set_new(all, shown[i].name,
                            json_pack("{s:o, s:o}", "values",
                                      show_values_json(style->show, NULL, a->name,
                                                       a->type, a->values, a->count),
                                      "lineage",
                                      lineage_json(style, object, a->name, a->type)));
    }
    return all;
}

static json_t *connectors_json(const struct object_style *style,
                               const struct mv_object *object)
{
    json_t *all = json_array();
    connector_list connectors = {0};
    struct ma_error ignored;

    if (mv_connectors(style->show->batch, object->id, &connectors, &ignored) != MA_OK)
        connectors.count = 0;
    for (size_t i = 0; i < connectors.count; i++) {
        const struct compiled_agent *agent =
            program_agent(style->show->program, connectors.items[i].agent);

        json_array_append_new(
            all, json_pack("{s:o, s:o}", "agent",
                           json_of_text(agent == NULL ? NULL : agent->config->name), "dn",
                           json_of_text(show_dn(style->show, style->arena,
                                                connectors.items[i].agent,
                                                connectors.items[i].id))));
    }
    VEC_FREE(&connectors);
    return all;
}

json_t *object_mv_json(const struct object_style *style, const struct mv_object *object)
{
    json_t *json = json_pack("{s:s}", "schema", "mactl/mv-object/1");
    char guid[GUID_TEXT];

    json_put_text(json, "guid", guid_format(&object->guid, GUID_PLAIN, guid));
    json_put_text(json, "type",
                  program_type_name(style->show->program, NULL, object->type));
    json_put_text(json, "name", show_mv_name(style->show, style->arena, object));
    json_object_set_new(json, "connectors", connectors_json(style, object));
    json_object_set_new(json, "attributes", attributes_json(style, object));
    return json;
}
