/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"

/*
 * What a flow does with its sources: the mappings of import-flow and export-flow, those
 * of compiled FIM rules with their fn/arg trees, and the scopes of rules. The object of
 * all of it is a struct mapping.
 */

const struct choice scope_operators[] = {
    {"EQUAL", SCOPE_EQUAL},
    {"NOTEQUAL", SCOPE_NOTEQUAL},
    {"LESSTHAN", SCOPE_LESSTHAN},
    {"LESSTHAN_OR_EQUAL", SCOPE_LESSTHAN_OR_EQUAL},
    {"GREATERTHAN", SCOPE_GREATERTHAN},
    {"GREATERTHAN_OR_EQUAL", SCOPE_GREATERTHAN_OR_EQUAL},
    {"CONTAINS", SCOPE_CONTAINS},
    {"NOTCONTAINS", SCOPE_NOTCONTAINS},
    {"STARTSWITH", SCOPE_STARTSWITH},
    {"NOTSTARTSWITH", SCOPE_NOTSTARTSWITH},
    {"ENDSWITH", SCOPE_ENDSWITH},
    {"NOTENDSWITH", SCOPE_NOTENDSWITH},
    {"ISNULL", SCOPE_ISNULL},
    {"ISNOTNULL", SCOPE_ISNOTNULL},
    {"ISIN", SCOPE_ISIN},
    {"ISNOTIN", SCOPE_ISNOTIN},
    {"ISBITSET", SCOPE_ISBITSET},
    {"ISBITNOTSET", SCOPE_ISBITNOTSET},
    {"ISNOTBITSET", SCOPE_ISBITNOTSET}, /* as the documentation prints it */
    {"ISMEMBEROF", SCOPE_ISMEMBEROF},
    {"ISNOTMEMBEROF", SCOPE_ISNOTMEMBEROF},
    {NULL, 0},
};

const struct choice merge_types[] = {
    {"Update", MERGE_UPDATE},
    {"Replace", MERGE_REPLACE},
    {"Merge", MERGE_MERGE},
    {"MergeCaseInsensitive", MERGE_CASE_INSENSITIVE},
    {NULL, 0},
};

static void *scope_begin(struct xml *xml, void *object)
{
    struct clause *clause = object;

    (void)xml;
    clause->attribute = "";
    clause->value = "";
    return clause;
}

static const struct element clause_rows[] = {
    {"scope", OCCURS_MANY, DUTY_MUST, .begin = scope_begin,
     .list = LIST(struct clause_group, clauses, count, struct clause)},
    {"scope/csAttribute", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct clause, attribute)},
    {"scope/csOperator", OCCURS_ONE, DUTY_MUST, CONTENT_CHOICE, FIELD(struct clause, op),
     .choices = scope_operators},
    {"scope/csValue", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_DATA,
     FIELD(struct clause, value)},
};
const struct group clause_group_rows = GROUP("scope", clause_rows);

/* --- fn/arg ---------------------------------------------------------------------- */

static void *function_begin(struct xml *xml, void *object)
{
    struct mapping *mapping = object;
    struct function_node *node = ARENA_ARRAY(xml->arena, struct function_node, 1);

    node->place = xml_place(xml);
    mapping->function = node;
    mapping->kind = MAPPING_EXPRESSION;
    return node;
}

static void argument_end(struct xml *xml, void *object, struct slice text)
{
    struct function_node *node = object;

    (void)text;
    if (node->name != NULL)
        node->text = NULL;
    else if (node->text == NULL)
        node->text = arena_text(xml->arena, "");
}

static const struct group function_group;
static const struct attribute_row function_attributes[] = {
    {"id", true, DUTY_MUST, CONTENT_WORD, FIELD(struct function_node, name)},
    {"isCustomExpression", false, DUTY_KEEP, CONTENT_FLAG},
    {.name = NULL},
};
static const struct element function_rows[] = {
    {"arg", OCCURS_MANY, DUTY_MUST, CONTENT_DATA, FIELD(struct function_node, text),
     .list = LIST(struct function_node, arguments, argument_count, struct function_node),
     .end = argument_end},
    {"arg/fn", OCCURS_OPTIONAL, DUTY_MUST, .attributes = function_attributes,
     .groups = GROUPS(&function_group)},
};
static const struct group function_group = GROUP("fn", function_rows);

/* --- the value of a compiled rule ------------------------------------------------- */

static void *flow_scope_begin(struct xml *xml, void *object)
{
    if (xml_once(xml, "scoping"))
        xml_say(xml, FINDING_UNSUPPORTED, "scope inside a compiled flow",
                "the flow holds for every object of its rule",
                "a flow of a compiled rule has a scope of its own");
    return object;
}

static const struct attribute_row value_flow_attributes[] = {
    {"allows-null", false, DUTY_MUST, CONTENT_FLAG, FIELD(struct mapping, allows_null)},
    {.name = NULL},
};
static const struct element value_rows[] = {
    {"src", OCCURS_OPTIONAL, DUTY_KEEP},
    {"src/attr", OCCURS_MANY, DUTY_KEEP, CONTENT_WORD},
    {"dest", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD},
    {"scoping", OCCURS_OPTIONAL, DUTY_SHOULD},
    {"scoping/scope", OCCURS_MANY, DUTY_SHOULD, CONTENT_ANYTHING,
     .begin = flow_scope_begin},
    {"fn", OCCURS_OPTIONAL, DUTY_MUST, .attributes = function_attributes,
     .begin = function_begin, .groups = GROUPS(&function_group)},
};
static const struct group value_group = GROUP("sync-rule-value", value_rows);

/* --- mappings --------------------------------------------------------------------- */

static void *direct_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->kind = MAPPING_DIRECT;
    return object;
}

static void *constant_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->kind = MAPPING_CONSTANT;
    return object;
}

static void *scripted_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->kind = MAPPING_SCRIPTED;
    return object;
}

static void *dn_part_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->kind = MAPPING_DN_PART;
    return object;
}

static void *expression_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->kind = MAPPING_EXPRESSION;
    return object;
}

static void *sync_rule_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct mapping *)object)->sync_rule = true;
    return object;
}

/* A constant without an element of its own is an empty one. */
static void constant_end(struct xml *xml, void *object, struct slice text)
{
    struct mapping *mapping = object;

    (void)text;
    if (mapping->kind == MAPPING_CONSTANT && mapping->constant == NULL)
        mapping->constant = arena_text(xml->arena, "");
    if (mapping->kind != MAPPING_CONSTANT)
        mapping->constant = NULL;
}

static void direct_end(struct xml *xml, void *object, struct slice text)
{
    const struct mapping *mapping = object;

    (void)text;
    if (mapping->source_count != 1)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a direct mapping wants one source attribute, not %zu",
                mapping->source_count);
}

static void dn_part_end(struct xml *xml, void *object, struct slice text)
{
    (void)text;
    if (((const struct mapping *)object)->dn_part == 0)
        xml_say(xml, FINDING_ERROR, NULL, NULL, "parts of a DN are counted from 1");
}

static void script_end(struct xml *xml, void *object, struct slice text)
{
    struct mapping *mapping = object;

    (void)text;
    if (mapping->script == NULL)
        mapping->script = arena_text(xml->arena, "");
}

static void sync_rule_end(struct xml *xml, void *object, struct slice text)
{
    const struct mapping *mapping = object;

    constant_end(xml, object, text);
    if (mapping->kind == MAPPING_DIRECT)
        direct_end(xml, object, text);
    if (mapping->kind == MAPPING_EXPRESSION && mapping->function == NULL)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "mapping-type is expression, and there is no fn");
}

static const struct choice mapping_types[] = {
    {"direct", MAPPING_DIRECT},
    {"constant", MAPPING_CONSTANT},
    {"expression", MAPPING_EXPRESSION},
    {NULL, 0},
};

static const struct attribute_row sync_rule_attributes[] = {
    {"mapping-type", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct mapping, kind),
     .choices = mapping_types},
    {"sync-rule-id", true, DUTY_MUST, CONTENT_GUID, FIELD(struct mapping, sync_rule_id)},
    {"sync-rule-mapping-id", false, DUTY_KEEP, CONTENT_GUID},
    {"initial-flow-only", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct mapping, initial_flow_only)},
    {"is-existence-test", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct mapping, existence_test)},
    {.name = NULL},
};

void *source_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct source_attribute *)object)->name = "";
    return object;
}

const struct attribute_row source_attributes[] = {
    {"intrinsic", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct source_attribute, intrinsic)},
    {.name = NULL},
};

#define SOURCE(path, how)                                                                \
    {                                                                                    \
        path, how, DUTY_MUST, CONTENT_WORD, FIELD(struct source_attribute, name),        \
            .attributes = source_attributes, .begin = source_begin,                      \
            .list = LIST_PLACELESS(struct mapping, sources, source_count,                \
                                   struct source_attribute)                              \
    }

static const struct element mapping_rows[] = {
    {"direct-mapping", OCCURS_OPTIONAL, DUTY_MUST, .begin = direct_begin,
     .end = direct_end},
    SOURCE("direct-mapping/src-attribute", OCCURS_MANY),
    {"constant-mapping", OCCURS_OPTIONAL, DUTY_MUST, .begin = constant_begin,
     .end = constant_end},
    {"constant-mapping/constant-value", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_DATA,
     FIELD(struct mapping, constant)},
    {"scripted-mapping", OCCURS_OPTIONAL, DUTY_MUST, .begin = scripted_begin,
     .end = script_end},
    SOURCE("scripted-mapping/src-attribute", OCCURS_MANY),
    {"scripted-mapping/script-context", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct mapping, script)},
    {"dn-part-mapping", OCCURS_OPTIONAL, DUTY_MUST, .begin = dn_part_begin,
     .end = dn_part_end},
    {"dn-part-mapping/dn-part", OCCURS_ONE, DUTY_MUST, CONTENT_NUMBER,
     FIELD(struct mapping, dn_part)},
    /* ours: what a rule of Azure AD Connect can say, for a flow of this form */
    {"expression-mapping", OCCURS_OPTIONAL, DUTY_MUST, .begin = expression_begin},
    SOURCE("expression-mapping/src-attribute", OCCURS_MANY),
    {"expression-mapping/expression", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct mapping, expression)},
    {"sync-rule-mapping", OCCURS_OPTIONAL, DUTY_MUST, .attributes = sync_rule_attributes,
     .begin = sync_rule_begin, .end = sync_rule_end},
    SOURCE("sync-rule-mapping/src-attribute", OCCURS_MANY),
    {"sync-rule-mapping/sync-rule-value", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_DATA,
     FIELD(struct mapping, constant)},
    {"sync-rule-mapping/sync-rule-value/import-flow", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes = value_flow_attributes, .groups = GROUPS(&value_group)},
    {"sync-rule-mapping/sync-rule-value/export-flow", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes = value_flow_attributes, .groups = GROUPS(&value_group)},
};
const struct group mapping_group = GROUP("mapping", mapping_rows);
