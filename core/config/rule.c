/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/* A synchronisation rule of Azure AD Connect: one a file. */

static void *rule_begin(struct xml *xml, void *object)
{
    struct sync_rule *rule = object;

    (void)xml;
    rule->name = "";
    rule->description = "";
    rule->immutable_tag = "";
    rule->source_type = "";
    rule->target_type = "";
    rule->soft_delete_expiry = "";
    return rule;
}

/* Zero of any TimeSpan: no digit but noughts. */
static void expiry_end(struct xml *xml, void *object, struct slice text)
{
    (void)object;
    if (text.length > 0 &&
        strpbrk(arena_textn(xml->arena, text.at, text.length), "123456789") != NULL)
        xml_say(xml, FINDING_WARNING, NULL,
                "kept in the file, not acted on: what leaves the rule is "
                "deprovisioned at once",
                "softDeleteExpiryInterval is %.*s", (int)text.length, text.at);
}

/* A group without a clause would hold for everything, beside groups that do not. */
static void drop_empty_groups(struct sync_rule *rule)
{
    struct clause_group *groups = (struct clause_group *)(uintptr_t)rule->scope;
    size_t kept = 0;

    for (size_t i = 0; i < rule->scope_count; i++)
        if (groups[i].count > 0)
            groups[kept++] = groups[i];
    rule->scope_count = kept;
}

static void drop_empty_joins(struct sync_rule *rule)
{
    struct join_group *groups = (struct join_group *)(uintptr_t)rule->joins;
    size_t kept = 0;

    for (size_t i = 0; i < rule->join_count; i++)
        if (groups[i].count > 0)
            groups[kept++] = groups[i];
    rule->join_count = kept;
}

static void rule_end(struct xml *xml, void *object, struct slice text)
{
    (void)xml, (void)text;
    drop_empty_groups(object);
    drop_empty_joins(object);
}

static void *condition_begin(struct xml *xml, void *object)
{
    struct join_condition *condition = object;

    (void)xml;
    condition->cs_attribute = "";
    condition->mv_attribute = "";
    return condition;
}

static void *mapping_begin(struct xml *xml, void *object)
{
    struct rule_mapping *mapping = object;

    (void)xml;
    mapping->destination = "";
    mapping->mapping.place = mapping->place;
    mapping->mapping.allows_null = true;
    return mapping;
}

/* The expression decides; without it, sources make a direct flow and text a constant. */
static void mapping_end(struct xml *xml, void *object, struct slice text)
{
    struct rule_mapping *mapping = object;
    struct mapping *what = &mapping->mapping;

    (void)text;
    if (what->expression != NULL && what->expression[0] != '\0') {
        what->kind = MAPPING_EXPRESSION;
        what->constant = NULL;
    } else if (what->source_count > 0) {
        what->kind = MAPPING_DIRECT;
        what->constant = NULL;
        what->expression = NULL;
    } else {
        what->kind = MAPPING_CONSTANT;
        what->expression = NULL;
    }
    if (what->kind == MAPPING_DIRECT && what->source_count > 1)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a mapping without expression wants one source attribute, not %zu",
                what->source_count);
    if (what->kind == MAPPING_CONSTANT && what->constant == NULL)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a mapping wants a source attribute, a constant or an expression");
}

static const struct choice directions[] = {
    {"Inbound", RULE_INBOUND}, {"Outbound", RULE_OUTBOUND}, {NULL, 0}};
static const struct choice link_types[] = {
    {"Join", LINK_TYPE_JOIN},
    {"Provision", LINK_TYPE_PROVISION},
    {"StickyJoin", LINK_TYPE_STICKY_JOIN},
    {NULL, 0},
};

static const struct attribute_row mapping_attributes[] = {
    {"execute-once", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct rule_mapping, execute_once)},
    {.name = NULL},
};

#define RULE "synchronizationRule"
#define MAPPING RULE "/attribute-mappings/mapping"
#define MAPPED_OFFSET(member)                                                            \
    (offsetof(struct rule_mapping, mapping) + offsetof(struct mapping, member))
#define MAPPED(member)                                                                   \
    {                                                                                    \
        MAPPED_OFFSET(member), sizeof(((struct mapping *)0)->member)                     \
    }
#define KEPT(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD                                   \
    }
#define WORD(path, how, duty, member)                                                    \
    {                                                                                    \
        path, how, duty, CONTENT_WORD, FIELD(struct sync_rule, member)                   \
    }

static const struct element rows[] = {
    {RULE, OCCURS_MANY, DUTY_MUST, .begin = rule_begin, .end = rule_end,
     .list = LIST(struct config, rules, rule_count, struct sync_rule)},
    {RULE "/id", OCCURS_ONE, DUTY_MUST, CONTENT_GUID, FIELD(struct sync_rule, id)},
    KEPT(RULE "/internal-id"),
    KEPT(RULE "/version"),
    WORD(RULE "/name", OCCURS_ONE, DUTY_MUST, name),
    WORD(RULE "/description", OCCURS_OPTIONAL, DUTY_KEEP, description),
    WORD(RULE "/immutable-tag", OCCURS_OPTIONAL, DUTY_KEEP, immutable_tag),
    {RULE "/direction", OCCURS_ONE, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct sync_rule, direction), .choices = directions},
    {RULE "/disabled", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct sync_rule, disabled)},
    {RULE "/connector", OCCURS_ONE, DUTY_MUST, CONTENT_GUID,
     FIELD(struct sync_rule, agent)},
    WORD(RULE "/sourceObjectType", OCCURS_ONE, DUTY_MUST, source_type),
    WORD(RULE "/targetObjectType", OCCURS_ONE, DUTY_MUST, target_type),
    {RULE "/linkType", OCCURS_ONE, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct sync_rule, link_type), .choices = link_types},
    {RULE "/precedence", OCCURS_ONE, DUTY_MUST, CONTENT_NUMBER,
     FIELD(struct sync_rule, precedence)},
    KEPT(RULE "/precedence-after"),
    KEPT(RULE "/precedence-before"),
    {RULE "/softDeleteExpiryInterval", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD,
     FIELD(struct sync_rule, soft_delete_expiry), .end = expiry_end},
    {RULE "/EnablePasswordSync", OCCURS_OPTIONAL, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct sync_rule, password_sync)},
    {RULE "/attribute-mappings", OCCURS_OPTIONAL, DUTY_MUST},
    {MAPPING, OCCURS_MANY, DUTY_MUST, .attributes = mapping_attributes,
     .begin = mapping_begin, .end = mapping_end,
     .list = LIST(struct sync_rule, mappings, mapping_count, struct rule_mapping)},
    {MAPPING "/dest", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct rule_mapping, destination)},
    {MAPPING "/src", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_DATA, MAPPED(constant)},
    {MAPPING "/src/attr", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     FIELD(struct source_attribute, name), .begin = source_begin,
     .list = {MAPPED_OFFSET(sources), MAPPED_OFFSET(source_count),
              sizeof(struct source_attribute), 0}},
    {MAPPING "/expression", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD, MAPPED(expression)},
    {MAPPING "/valueMergeType", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct rule_mapping, merge), .choices = merge_types},
    {RULE "/relationshipCriteria", OCCURS_OPTIONAL, DUTY_MUST},
    {RULE "/relationshipCriteria/conditions", OCCURS_MANY, DUTY_MUST,
     .list = LIST(struct sync_rule, joins, join_count, struct join_group)},
    {RULE "/relationshipCriteria/conditions/condition", OCCURS_MANY, DUTY_MUST,
     .begin = condition_begin,
     .list = LIST_PLACELESS(struct join_group, conditions, count, struct join_condition)},
    {RULE "/relationshipCriteria/conditions/condition/caseSensitive", OCCURS_OPTIONAL,
     DUTY_MUST, CONTENT_FLAG, FIELD(struct join_condition, case_sensitive)},
    {RULE "/relationshipCriteria/conditions/condition/csAttribute", OCCURS_ONE, DUTY_MUST,
     CONTENT_WORD, FIELD(struct join_condition, cs_attribute)},
    {RULE "/relationshipCriteria/conditions/condition/ilmAttribute", OCCURS_ONE,
     DUTY_MUST, CONTENT_WORD, FIELD(struct join_condition, mv_attribute)},
    {RULE "/synchronizationCriteria", OCCURS_OPTIONAL, DUTY_MUST},
    {RULE "/synchronizationCriteria/conditions", OCCURS_MANY, DUTY_MUST,
     .list = LIST(struct sync_rule, scope, scope_count, struct clause_group),
     .groups = GROUPS(&clause_group_rows)},
};
const struct group rule_group = GROUP("synchronization-rule", rows);
