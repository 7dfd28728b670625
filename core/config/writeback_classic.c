/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "config/writeback_parts.h"

/*
 * The classic form: an import flow of the cloud's agent into the metaverse, an export
 * flow of the directory's agent out of it. The address is one value among others, which a
 * flow of the product could not say: its flow is an expression whose values are merged.
 */

struct types {
    const char *cs; /* of the directory */
    const char *mv;
    const char *cloud;
    bool mailbox; /* all values; else the address alone */
};

/* --- types ------------------------------------------------------------------------ */

static const char *mv_type_of(const struct agent *agent, const char *cs_type)
{
    for (size_t i = 0; i < agent->export_set_count; i++)
        if (strcasecmp(agent->export_sets[i].cs_type, cs_type) == 0)
            return agent->export_sets[i].mv_type;
    for (size_t i = 0; i < agent->join_count; i++)
        if (strcasecmp(agent->joins[i].cs_type, cs_type) == 0 &&
            agent->joins[i].count > 0 && agent->joins[i].criteria[0].mv_type != NULL)
            return agent->joins[i].criteria[0].mv_type;
    for (size_t i = 0; i < agent->projection_count; i++)
        if (strcasecmp(agent->projections[i].cs_type, cs_type) == 0 &&
            agent->projections[i].mv_type != NULL)
            return agent->projections[i].mv_type;
    return NULL;
}

/* What the people of the cloud are called there. */
static const char *cloud_type(const struct agent *cloud)
{
    static const char *const names[] = {"user", "person"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (schema_class(&cloud->schema, names[i]) != NULL)
            return names[i];
    return NULL;
}

/* By whichever name the cloud's agent has it; NULL: it has none. */
static const char *cloud_name(const struct writing *w, const struct writeback_value *v)
{
    const char *const names[] = {v->cloud, v->names[0], v->names[1]};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i] != NULL && schema_attribute(&w->cloud->schema, names[i]) != NULL)
            return names[i];
    return NULL;
}

/* --- what is there ---------------------------------------------------------------- */

static bool is_exported(const struct writing *w, const char *type, const char *attribute)
{
    for (size_t i = 0; attribute != NULL && i < w->ad->export_set_count; i++) {
        const struct export_flow_set *set = &w->ad->export_sets[i];

        for (size_t k = 0; strcasecmp(set->cs_type, type) == 0 && k < set->count; k++)
            if (strcasecmp(set->flows[k].cs_attribute, attribute) == 0)
                return true;
    }
    return false;
}

static bool is_imported(const struct writing *w, const struct types *types,
                        const char *attribute)
{
    const struct metaverse *mv = &w->config->metaverse;

    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t k = 0; k < mv->flow_groups[i].count; k++)
            if (strcasecmp(mv->flow_groups[i].mv_type, types->mv) == 0 &&
                strcasecmp(mv->flow_groups[i].mv_attribute, attribute) == 0 &&
                guid_equal(&mv->flow_groups[i].flows[k].agent, &w->cloud->id))
                return true;
    return false;
}

/* --- flows ------------------------------------------------------------------------ */

static const char *id_of(struct writing *w, const struct agent *agent, const char *words)
{
    const struct guid id = writeback_id(agent, words);
    char *text = arena_alloc(w->arena, GUID_TEXT);

    return guid_format(&id, GUID_BRACED_UPPER, text);
}

static int set_of(const struct changed_file *file, int all, const char *name,
                  const char *cs_type, const char *mv_type)
{
    int at = LAYOUT_NONE;

    while ((at = layout_child(&file->layout, all, name, at)) != LAYOUT_NONE) {
        const char *cs = layout_attribute(&file->layout, at, "cd-object-type");
        const char *mv = layout_attribute(&file->layout, at, "mv-object-type");

        if ((cs_type == NULL || (cs != NULL && strcasecmp(cs, cs_type) == 0)) &&
            mv != NULL && strcasecmp(mv, mv_type) == 0)
            return at;
    }
    return LAYOUT_NONE;
}

/* All flows of one list, in the set that is there, or in a new one. */
static void append_flows(struct writing *w, struct changed_file *file, int all, int set,
                         const char *tag, const char *attributes, const char *flows)
{
    if (set != LAYOUT_NONE)
        splice_append(&file->splices, set, flows);
    else
        splice_append(
            &file->splices, all,
            arena_print(w->arena, "<%s %s>\n%s\n</%s>", tag, attributes, flows, tag));
}

static enum ma_status add_exports(struct writing *w, const struct types *types,
                                  const char *flows)
{
    struct changed_file *file;
    int data;
    int all;
    enum ma_status status;

    if (flows[0] == '\0')
        return MA_OK;
    status = writeback_agent_file(w, w->ad, &file, &data);
    if (status != MA_OK)
        return status;
    all = layout_child(&file->layout, data, "export-attribute-flow", LAYOUT_NONE);
    if (all == LAYOUT_NONE)
        return ma_fail(w->err, MA_INVALID, "%s: there is no <export-attribute-flow>",
                       file->path);
    append_flows(w, file, all, set_of(file, all, "export-flow-set", types->cs, types->mv),
                 "export-flow-set",
                 arena_print(w->arena, "cd-object-type=\"%s\" mv-object-type=\"%s\"",
                             types->cs, types->mv),
                 flows);
    return MA_OK;
}

static enum ma_status add_imports(struct writing *w, const struct types *types,
                                  const char *flows)
{
    struct changed_file *file;
    int all;
    enum ma_status status;

    if (flows[0] == '\0')
        return MA_OK;
    status = writeback_file(w, w->config->metaverse.file, &file);
    if (status != MA_OK)
        return status;
    all = layout_path(&file->layout, 0, "mv-data/import-attribute-flow");
    if (all == LAYOUT_NONE)
        return ma_fail(w->err, MA_INVALID, "%s: there is no <import-attribute-flow>",
                       file->path);
    append_flows(w, file, all, set_of(file, all, "import-flow-set", NULL, types->mv),
                 "import-flow-set",
                 arena_print(w->arena, "mv-object-type=\"%s\"", types->mv), flows);
    return MA_OK;
}

static const char address[] =
    "IIF(IsNullOrEmpty([cloudLegacyExchangeDN]),NULL,\"x500:\" & "
    "[cloudLegacyExchangeDN])";

/* Of each class an id of its own; users had theirs before there were others. */
static const char *export_id(struct writing *w, const char *cs_type,
                             const char *attribute)
{
    return id_of(w, w->ad,
                 strcasecmp(cs_type, "user") == 0
                     ? attribute
                     : arena_print(w->arena, "%s %s", cs_type, attribute));
}

static const char *address_xml(struct writing *w, const char *id)
{
    return arena_print(w->arena,
                       "<export-flow cd-attribute=\"proxyAddresses\" id=\"%s\" "
                       "value-merge-type=\"MergeCaseInsensitive\">\n"
                       "  <expression-mapping>\n"
                       "    <src-attribute>cloudLegacyExchangeDN</src-attribute>\n"
                       "    <expression>%s</expression>\n"
                       "  </expression-mapping>\n</export-flow>\n",
                       id, splice_escape(w->arena, address));
}

static const char *export_xml(struct writing *w, const struct types *types,
                              const struct writeback_value *v, const char *attribute)
{
    const char *id = export_id(w, types->cs, attribute);

    if (v->how == WRITEBACK_X500)
        return address_xml(w, id);
    return arena_print(
        w->arena,
        "<export-flow cd-attribute=\"%s\" id=\"%s\" suppress-deletions=\"true\">\n"
        "  <direct-mapping>\n    <src-attribute>%s</src-attribute>\n"
        "  </direct-mapping>\n</export-flow>\n",
        attribute, id, v->cloud);
}

static const char *import_xml(struct writing *w, const struct types *types,
                              const struct writeback_value *v, const char *source)
{
    char cloud[GUID_TEXT];

    return arena_print(
        w->arena,
        "<import-flows mv-attribute=\"%s\" type=\"ranked\">\n"
        "  <import-flow src-ma=\"%s\" cd-object-type=\"%s\" id=\"%s\">\n"
        "    <direct-mapping>\n      <src-attribute>%s</src-attribute>\n"
        "    </direct-mapping>\n  </import-flow>\n</import-flows>\n",
        v->cloud, guid_format(&w->cloud->id, GUID_BRACED_UPPER, cloud), types->cloud,
        types->mailbox
            ? id_of(w, w->cloud, v->cloud)
            : id_of(w, w->cloud, arena_print(w->arena, "%s %s", types->cloud, v->cloud)),
        source);
}

/* --- all of it -------------------------------------------------------------------- */

struct flows {
    const char *exports;
    const char *imports;
};

static enum ma_status add_value(struct writing *w, const struct types *types,
                                const struct writeback_value *v, struct flows *flows)
{
    const char *source = cloud_name(w, v);
    const char *target = writeback_spelling(w, v);
    enum ma_status status = MA_OK;

    if (is_exported(w, types->cs, v->names[0]) ||
        is_exported(w, types->cs, v->names[1])) {
        w->any = true;
        return MA_OK;
    }
    target = target == NULL ? v->names[0] : target;
    source = source == NULL ? v->cloud : source;
    if (!writeback_select(w, w->cloud, source, &status) ||
        !writeback_select(w, w->ad, target, &status))
        return status;
    status = writeback_declare(w, types->mv, v->cloud, v->syntax, v->single);
    if (status != MA_OK)
        return status;
    w->any = true;
    if (!is_imported(w, types, v->cloud)) {
        flows->imports = arena_print(w->arena, "%s%s", flows->imports,
                                     import_xml(w, types, v, source));
        writeback_done(w, "import flow: %s.%s <- %s.%s of %s", types->mv, v->cloud,
                       types->cloud, source, w->cloud->name);
    }
    flows->exports =
        arena_print(w->arena, "%s%s", flows->exports, export_xml(w, types, v, target));
    writeback_done(w, "export flow: %s.%s of %s <- %s.%s", types->cs, target, w->ad->name,
                   types->mv, v->cloud);
    return MA_OK;
}

static enum ma_status add_values(struct writing *w, const struct types *types)
{
    struct flows flows = {"", ""};
    enum ma_status status = MA_OK;

    for (const struct writeback_value *v = writeback_values;
         status == MA_OK && v->cloud != NULL; v++)
        if (types->mailbox || v->how == WRITEBACK_X500)
            status = add_value(w, types, v, &flows);
    if (status == MA_OK)
        status = add_imports(w, types, flows.imports);
    if (status == MA_OK)
        status = add_exports(w, types, flows.exports);
    return status;
}

/* Contacts and groups have an address alone, where both sides and the rules know them. */
static enum ma_status add_addresses(struct writing *w, const char *person)
{
    static const char *const names[] = {"contact", "group"};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < sizeof names / sizeof names[0]; i++) {
        const struct types types = {names[i], mv_type_of(w->ad, names[i]), names[i],
                                    false};

        if (types.mv == NULL || schema_class(&w->cloud->schema, names[i]) == NULL)
            continue;
        if (strcasecmp(types.mv, person) != 0)
            status = add_values(w, &types);
        else
            writeback_note(w,
                           "proxyAddresses of %s is left out: in the metaverse it is a "
                           "%s, as users are",
                           names[i], person);
    }
    return status;
}

enum ma_status writeback_classic(struct writing *w)
{
    static const char user[] = "user";
    const char *person = mv_type_of(w->ad, user);
    const struct types types = {user, person == NULL ? "person" : person,
                                cloud_type(w->cloud), true};
    enum ma_status status;

    if (types.cloud == NULL)
        return ma_fail(w->err, MA_INVALID,
                       "'%s' has neither users nor persons: nothing can come from it",
                       w->cloud->name);
    status = add_values(w, &types);
    return status == MA_OK ? add_addresses(w, types.mv) : status;
}

/* --- and back --------------------------------------------------------------------- */

static bool is_ours(struct writing *w, const char *cs_type, const char *attribute,
                    const char *id)
{
    return cs_type != NULL && attribute != NULL && id != NULL &&
           strcasecmp(id, export_id(w, cs_type, attribute)) == 0;
}

/* The flows that were added here are known by their ids; those of others stay. */
static void remove_exports(struct writing *w, struct changed_file *file, int set)
{
    const char *type = layout_attribute(&file->layout, set, "cd-object-type");
    int at = LAYOUT_NONE;

    while ((at = layout_child(&file->layout, set, "export-flow", at)) != LAYOUT_NONE) {
        const char *attribute = layout_attribute(&file->layout, at, "cd-attribute");

        if (!is_ours(w, type, attribute, layout_attribute(&file->layout, at, "id")))
            continue;
        splice_remove(&file->splices, at);
        writeback_done(w, "export flow: %s of %s is taken out", attribute, w->ad->name);
    }
}

enum ma_status writeback_classic_off(struct writing *w)
{
    struct changed_file *file;
    int data = LAYOUT_NONE;
    int all;
    int set = LAYOUT_NONE;
    enum ma_status status = writeback_agent_file(w, w->ad, &file, &data);

    if (status != MA_OK)
        return status;
    all = layout_child(&file->layout, data, "export-attribute-flow", LAYOUT_NONE);
    while (all != LAYOUT_NONE &&
           (set = layout_child(&file->layout, all, "export-flow-set", set)) !=
               LAYOUT_NONE)
        remove_exports(w, file, set);
    return MA_OK;
}
