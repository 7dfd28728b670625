/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/* mv-data: the metaverse with its schema, import flows, provisioning and deletion. */

static void *metaverse_begin(struct xml *xml, void *object)
{
    struct metaverse *metaverse = &((struct config *)object)->metaverse;

    if (metaverse->present) {
        xml_say(xml, FINDING_ERROR, NULL, NULL, "a second metaverse: the first is in %s",
                metaverse->file);
        return NULL;
    }
    metaverse->present = true;
    metaverse->file = xml->file;
    metaverse->place = xml_place(xml);
    return metaverse;
}

static void metaverse_end(struct xml *xml, void *object, struct slice text)
{
    struct metaverse *metaverse = object;

    (void)xml, (void)text;
    if (metaverse->extension != NULL && metaverse->extension[0] == '\0')
        metaverse->extension = NULL;
}

/* An exported agent brings the flows from it, and no more of the metaverse. */
static void *partial_begin(struct xml *xml, void *object)
{
    struct metaverse *metaverse = &((struct config *)object)->metaverse;

    metaverse->file = xml->file;
    return metaverse;
}

/* --- import flows ------------------------------------------------------------------ */

static void *set_begin(struct xml *xml, void *object)
{
    struct slice type = text_strip(xml_attribute(xml, "mv-object-type"));

    xml->mv_type = arena_textn(xml->arena, type.at, type.length);
    return object;
}

static void *group_begin(struct xml *xml, void *object)
{
    struct import_flow_group *group = object;

    group->mv_type = xml->mv_type == NULL ? "" : xml->mv_type;
    group->mv_attribute = "";
    return group;
}

static void group_end(struct xml *xml, void *object, struct slice text)
{
    struct import_flow_group *group = object;

    (void)text;
    for (size_t i = 0; i < group->count; i++) {
        const struct import_flow *flow = &group->flows[i];

        if (group->precedence == PRECEDENCE_MANUAL &&
            flow->mapping.kind != MAPPING_SCRIPTED)
            xml_say(xml, FINDING_WARNING, NULL,
                    "the flow contributes as if precedence were ranked",
                    "manual precedence is the extension's decision, and this flow "
                    "has no script");
    }
}

static void *flow_begin(struct xml *xml, void *object)
{
    struct import_flow *flow = object;

    (void)xml;
    flow->cs_type = "";
    return flow;
}

static void flow_end(struct xml *xml, void *object, struct slice text)
{
    struct import_flow *flow = object;

    (void)xml, (void)text;
    flow->mapping.place = flow->place;
}

static const struct choice precedences[] = {
    {"ranked", PRECEDENCE_RANKED},
    {"equal", PRECEDENCE_EQUAL},
    {"manual", PRECEDENCE_MANUAL},
    {"manual-precedence", PRECEDENCE_MANUAL},
    {NULL, 0},
};
static const struct attribute_row set_attributes[] = {
    {"mv-object-type", true, DUTY_MUST, CONTENT_WORD}, {.name = NULL}};
static const struct attribute_row group_attributes[] = {
    {"mv-attribute", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct import_flow_group, mv_attribute)},
    {"type", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct import_flow_group, precedence),
     .choices = precedences},
    {.name = NULL},
};
static const struct attribute_row flow_attributes[] = {
    {"src-ma", true, DUTY_MUST, CONTENT_GUID, FIELD(struct import_flow, agent)},
    {"cd-object-type", true, DUTY_MUST, CONTENT_WORD, FIELD(struct import_flow, cs_type)},
    {"id", false, DUTY_MUST, CONTENT_GUID, FIELD(struct import_flow, id)},
    {.name = NULL},
};

#define FLOWS "import-attribute-flow"
static const struct element flow_rows[] = {
    {FLOWS, OCCURS_OPTIONAL, DUTY_MUST},
    {FLOWS "/import-flow-set", OCCURS_MANY, DUTY_MUST, .attributes = set_attributes,
     .begin = set_begin},
    {FLOWS "/import-flow-set/import-flows", OCCURS_MANY, DUTY_MUST,
     .attributes = group_attributes, .begin = group_begin, .end = group_end,
     .list =
         LIST(struct metaverse, flow_groups, flow_group_count, struct import_flow_group)},
    {FLOWS "/import-flow-set/import-flows/import-flow", OCCURS_MANY, DUTY_MUST,
     .attributes = flow_attributes, .begin = flow_begin, .end = flow_end,
     .list = LIST(struct import_flow_group, flows, count, struct import_flow),
     .inner = offsetof(struct import_flow, mapping), .groups = GROUPS(&mapping_group)},
    {FLOWS "/per-ma-options", OCCURS_OPTIONAL, DUTY_MUST},
    {FLOWS "/per-ma-options/ma-options", OCCURS_MANY, DUTY_MUST,
     .attributes = ATTRIBUTES(
         {"ma-id", true, DUTY_MUST, CONTENT_GUID, FIELD(struct agent_options, agent)}),
     .list = LIST(struct metaverse, options, option_count, struct agent_options)},
    {FLOWS "/per-ma-options/ma-options/enable-recall", OCCURS_OPTIONAL, DUTY_MUST,
     CONTENT_FLAG, FIELD(struct agent_options, recall)},
};
const struct group flow_group = GROUP("import-attribute-flow", flow_rows);

/* --- the rest ---------------------------------------------------------------------- */

static void *deletion_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mv_deletion_rule *)object)->mv_type = "";
    return object;
}

static const struct choice provisionings[] = {
    {"none", PROVISION_NONE},
    {"scripted", PROVISION_SCRIPTED},
    {"sync-rule", PROVISION_SYNC_RULE},
    {"both", PROVISION_BOTH},
    {NULL, 0},
};
static const struct choice deletions[] = {
    {"declared-last", MV_DELETE_LAST},
    {"declared-any", MV_DELETE_ANY},
    {"scripted", MV_DELETE_SCRIPTED},
    {NULL, 0},
};
static const struct attribute_row deletion_attributes[] = {
    {"mv-object-type", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct mv_deletion_rule, mv_type)},
    {"type", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct mv_deletion_rule, kind),
     .choices = deletions},
    {"id", false, DUTY_KEEP, CONTENT_GUID},
    {.name = NULL},
};

static const struct element rows[] = {
    {"mv-data", OCCURS_ONE, DUTY_MUST, .begin = metaverse_begin, .end = metaverse_end,
     .groups = GROUPS(&flow_group)},
    {"mv-data/format-version", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     .end = xml_version_end},
    {"mv-data/version", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD},
    {"mv-data/schema", OCCURS_ONE, DUTY_MUST, .groups = GROUPS(&schema_group),
     .inner = offsetof(struct metaverse, schema)},
    {"mv-data/provisioning", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes =
         ATTRIBUTES({"type", true, DUTY_MUST, CONTENT_CHOICE,
                     FIELD(struct metaverse, provisioning), .choices = provisionings})},
    {"mv-data/mv-deletion", OCCURS_OPTIONAL, DUTY_MUST},
    {"mv-data/mv-deletion/mv-deletion-rule", OCCURS_MANY, DUTY_MUST,
     .attributes = deletion_attributes, .begin = deletion_begin,
     .list = LIST(struct metaverse, deletion_rules, deletion_rule_count,
                  struct mv_deletion_rule)},
    {"mv-data/mv-deletion/mv-deletion-rule/src-ma", OCCURS_MANY, DUTY_MUST, CONTENT_GUID,
     .field = {0, sizeof(struct guid)},
     .list = LIST_PLACELESS(struct mv_deletion_rule, agents, count, struct guid)},
    {"mv-data/extension", OCCURS_OPTIONAL, DUTY_MUST},
    {"mv-data/extension/assembly-name", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     FIELD(struct metaverse, extension)},
    {"mv-data/extension/application-protection", OCCURS_OPTIONAL, DUTY_MUST,
     CONTENT_CHOICE,
     .choices = (const struct choice[]){{"low", 0}, {"high", 1}, {NULL, 0}}},
    {"mv-data/password-change-history-size", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD},
    {"mv-data/password-sync", OCCURS_OPTIONAL, DUTY_SHOULD},
    {"mv-data/password-sync/password-sync-enabled", OCCURS_OPTIONAL, DUTY_SHOULD,
     CONTENT_FLAG,
     .remark = {FINDING_UNSUPPORTED, "password-sync-enabled",
                "passwords are not synchronised", "0"}},
    {"mv-data/parameter-values", OCCURS_OPTIONAL, DUTY_SHOULD},
    {"mv-data/parameter-values/parameter", OCCURS_MANY, DUTY_SHOULD, CONTENT_WORD,
     FIELD(struct parameter, value), .attributes = parameter_attributes,
     .begin = parameter_begin,
     .list = LIST(struct metaverse, parameters, parameter_count, struct parameter)},
};
const struct group metaverse_group = GROUP("mv-data", rows);

/* --- the files --------------------------------------------------------------------- */

static const struct attribute_row export_attributes[] = {
    {"server", false, DUTY_KEEP, CONTENT_WORD},
    {"export-date", false, DUTY_KEEP, CONTENT_WORD},
    {.name = NULL},
};
static const struct element root_rows[] = {
    {"saved-ma-configuration", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes = export_attributes, .groups = GROUPS(&agent_group)},
    {"saved-mv-configuration", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes = export_attributes, .groups = GROUPS(&metaverse_group)},
    {"export-ma", OCCURS_OPTIONAL, DUTY_MUST, .attributes = export_attributes,
     .groups = GROUPS(&agent_group)},
    {"export-ma/mv-data", OCCURS_OPTIONAL, DUTY_MUST, .begin = partial_begin,
     .groups = GROUPS(&flow_group)},
};
const struct group file_group = GROUP("files", root_rows);
