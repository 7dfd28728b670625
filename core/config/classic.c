/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/*
 * The rules of the classic family that stand in an agent's file: connector filter, join,
 * projection, export flow, deprovisioning. The object on top is a struct agent.
 */

/* --- connector filter -------------------------------------------------------------- */

/* The spellings that were seen in files first; the others are those of the manual's
 * names, accepted because no file with them is public. */
static const struct choice filter_operators[] = {
    {"equality", SCOPE_EQUAL},
    {"inequality", SCOPE_NOTEQUAL},
    {"present", SCOPE_ISNOTNULL},
    {"not-present", SCOPE_ISNULL},
    {"substring-start", SCOPE_STARTSWITH},
    {"not-substring-start", SCOPE_NOTSTARTSWITH},
    {"substring-end", SCOPE_ENDSWITH},
    {"not-substring-end", SCOPE_NOTENDSWITH},
    {"substring-any", SCOPE_CONTAINS},
    {"not-substring-any", SCOPE_NOTCONTAINS},
    {"less", SCOPE_LESSTHAN},
    {"less-or-equal", SCOPE_LESSTHAN_OR_EQUAL},
    {"greater", SCOPE_GREATERTHAN},
    {"greater-or-equal", SCOPE_GREATERTHAN_OR_EQUAL},
    {"bit-on", SCOPE_ISBITSET},
    {"bit-off", SCOPE_ISBITNOTSET},
    {"true", SCOPE_COUNT}, /* EQUAL true */
    {"false", SCOPE_COUNT + 1},
    {NULL, 0},
};

static void *condition_begin(struct xml *xml, void *object)
{
    struct clause *clause = object;

    (void)xml;
    clause->attribute = "";
    clause->value = "";
    return clause;
}

static void condition_end(struct xml *xml, void *object, struct slice text)
{
    struct clause *clause = object;

    (void)xml, (void)text;
    if (clause->op < SCOPE_COUNT)
        return;
    clause->value = (int)clause->op == SCOPE_COUNT ? "true" : "false";
    clause->op = SCOPE_EQUAL;
}

/* Azure AD Connect has join and projection too, and leaves them empty. */
/* A filter set without @type scripted has no script. */
static void *classic_begin(struct xml *xml, void *object)
{
    xml->has_classic_rules = true;
    return object;
}

static void *filter_begin(struct xml *xml, void *object)
{
    struct filter_set *set = object;
    struct slice type = xml_attribute(xml, "type");

    set->cs_type = "";
    if (text_caseequal(text_strip(type), slice_text("scripted")))
        set->script = "FilterForDisconnection";
    return set;
}

static const struct choice filter_types[] = {{"declared", 0}, {"scripted", 1}, {NULL, 0}};
static const struct attribute_row filter_attributes[] = {
    {"cd-object-type", true, DUTY_MUST, CONTENT_WORD, FIELD(struct filter_set, cs_type)},
    {"type", false, DUTY_MUST, CONTENT_CHOICE, .choices = filter_types},
    {"import-filter", false, DUTY_SHOULD, CONTENT_FLAG,
     .remark = {FINDING_APPROXIMATED, "filter-set with import-filter",
                "the filter applies at synchronisation: the objects are in the connector "
                "space as filtered disconnectors",
                "0"}},
    {"id", false, DUTY_KEEP, CONTENT_WORD},
    {.name = NULL},
};
static const struct attribute_row condition_attributes[] = {
    {"cd-attribute", true, DUTY_MUST, CONTENT_WORD, FIELD(struct clause, attribute)},
    {"operator", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct clause, op),
     .choices = filter_operators},
    {"intrinsic", false, DUTY_MUST, CONTENT_FLAG},
    {"ui-radix", false, DUTY_KEEP, CONTENT_WORD},
    {.name = NULL},
};

/* --- join -------------------------------------------------------------------------- */

static const struct choice criterion_types[] = {
    {"none", false}, {"sync-rule", true}, {NULL, 0}};
static const struct attribute_row criterion_attributes[] = {
    {"id", true, DUTY_MUST, CONTENT_GUID, FIELD(struct join_group, id)},
    {"join-cri-type", false, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct join_group, sync_rule), .choices = criterion_types},
    {"sync-rule-id", false, DUTY_MUST, CONTENT_GUID,
     FIELD(struct join_group, sync_rule_id)},
    {.name = NULL},
};
static const struct attribute_row join_attributes[] = {
    {"mv-attribute", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct join_condition, mv_attribute)},
    {"intrinsic-attribute", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct join_condition, object_id)},
    {.name = NULL},
};

static void join_direct_end(struct xml *xml, void *object, struct slice text)
{
    struct join_condition *condition = object;

    (void)text;
    if (condition->source_count == 1)
        condition->cs_attribute = condition->sources[0].name;
    else
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a direct mapping wants one source attribute, not %zu",
                condition->source_count);
}

static void *condition_of_join_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct join_condition *)object)->mv_attribute = "";
    return object;
}

static void condition_of_join_end(struct xml *xml, void *object, struct slice text)
{
    struct join_condition *condition = object;

    (void)text;
    if (condition->object_id &&
        !text_caseequal(slice_text(condition->mv_attribute), slice_text("object-id")))
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "intrinsic attribute '%s' of the metaverse: only object-id is known",
                condition->mv_attribute);
    if (condition->cs_attribute == NULL && condition->script == NULL)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "an attribute-mapping of a join is direct or scripted");
}

static const struct choice resolution_types[] = {{"none", 0}, {"scripted", 1}, {NULL, 0}};
static const struct attribute_row resolution_attributes[] = {
    {"type", false, DUTY_MUST, CONTENT_CHOICE, .choices = resolution_types},
    {.name = NULL},
};

static void *resolution_begin(struct xml *xml, void *object)
{
    struct join_group *group = object;
    struct slice type = text_strip(xml_attribute(xml, "type"));

    if (text_caseequal(type, slice_text("scripted")))
        group->resolution = arena_text(xml->arena, "");
    return group;
}

static void resolution_script_end(struct xml *xml, void *object, struct slice text)
{
    struct join_group *group = object;

    if (group->resolution != NULL)
        group->resolution = arena_textn(xml->arena, text.at, text.length);
}

/* A scoping without a clause is no scope: it would let nothing be out of it, and an
 * empty group in a list of groups would be true. */
static void criterion_end(struct xml *xml, void *object, struct slice text)
{
    struct join_group *group = object;

    (void)xml, (void)text;
    if (group->scope_count == 1 && group->scope[0].count == 0)
        group->scope_count = 0;
}

/* --- projection and deprovisioning ------------------------------------------------- */

static const struct choice projection_types[] = {
    {"declared", PROJECTION_DECLARED},
    {"scripted", PROJECTION_SCRIPTED},
    {"sync-rule", PROJECTION_SYNC_RULE},
    {NULL, 0},
};
static const struct attribute_row projection_attributes[] = {
    {"cd-object-type", true, DUTY_MUST, CONTENT_WORD, FIELD(struct projection, cs_type)},
    {"type", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct projection, kind),
     .choices = projection_types},
    {"id", false, DUTY_KEEP, CONTENT_GUID},
    {"sync-rule-id", false, DUTY_MUST, CONTENT_GUID,
     FIELD(struct projection, sync_rule_id)},
    {.name = NULL},
};

static void *projection_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct projection *)object)->cs_type = "";
    return object;
}

static void projection_end(struct xml *xml, void *object, struct slice text)
{
    struct projection *projection = object;

    (void)text;
    if (projection->scope_count == 1 && projection->scope[0].count == 0)
        projection->scope_count = 0;
    if (projection->kind == PROJECTION_SCRIPTED)
        projection->mv_type = NULL;
    else if (projection->mv_type == NULL || projection->mv_type[0] == '\0')
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a projection wants a metaverse object type");
}

enum { CLEANUP_DECLARED, CLEANUP_SCRIPTED };
static const struct choice cleanup_types[] = {
    {"declared", CLEANUP_DECLARED}, {"scripted", CLEANUP_SCRIPTED}, {NULL, 0}};
static const struct attribute_row cleanup_attributes[] = {
    {"type", true, DUTY_MUST, CONTENT_CHOICE, .choices = cleanup_types},
    {.name = NULL},
};
static const struct choice cleanup_actions[] = {
    {"make-normal-disconnector", DEPROVISION_NORMAL_DISCONNECTOR},
    {"make-explicit-disconnector", DEPROVISION_EXPLICIT_DISCONNECTOR},
    {"delete-object", DEPROVISION_DELETE},
    {NULL, 0},
};

static void *cleanup_begin(struct xml *xml, void *object)
{
    struct agent *agent = object;
    struct slice type = text_strip(xml_attribute(xml, "type"));

    if (text_caseequal(type, slice_text("scripted")))
        agent->deprovision_script = "Deprovision";
    xml->has_classic_rules = true;
    return agent;
}

static void cleanup_end(struct xml *xml, void *object, struct slice text)
{
    struct agent *agent = object;

    (void)xml, (void)text;
    if (agent->deprovision_script != NULL)
        agent->deprovisioning = DEPROVISION_SCRIPTED;
}

/* --- export flow ------------------------------------------------------------------ */

static const struct attribute_row set_attributes[] = {
    {"cd-object-type", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct export_flow_set, cs_type)},
    {"mv-object-type", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct export_flow_set, mv_type)},
    {.name = NULL},
};
static const struct attribute_row flow_attributes[] = {
    {"cd-attribute", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct export_flow, cs_attribute)},
    {"id", false, DUTY_MUST, CONTENT_GUID, FIELD(struct export_flow, id)},
    {"suppress-deletions", false, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct export_flow, suppress_deletions)},
    {"value-merge-type", false, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct export_flow, merge), .choices = merge_types},
    {.name = NULL},
};

static void *export_flow_begin(struct xml *xml, void *object)
{
    struct export_flow *flow = object;

    (void)xml;
    flow->cs_attribute = "";
    flow->mapping.place = flow->place;
    return flow;
}

static void *set_begin(struct xml *xml, void *object)
{
    struct export_flow_set *set = object;

    (void)xml;
    set->cs_type = "";
    set->mv_type = "";
    return set;
}

static const struct attribute_row profile_attributes[] = {
    {"cd-object-type", true, DUTY_MUST, CONTENT_WORD,
     FIELD(struct join_profile, cs_type)},
    {.name = NULL},
};

static void *profile_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct join_profile *)object)->cs_type = "";
    return object;
}

static const struct attribute_row search_attributes[] = {
    {"mv-object-type", false, DUTY_MUST, CONTENT_WORD, FIELD(struct join_group, mv_type)},
    {.name = NULL},
};

static void search_end(struct xml *xml, void *object, struct slice text)
{
    struct join_group *group = object;

    (void)text;
    if (group->mv_type != NULL && group->mv_type[0] == '\0')
        group->mv_type = NULL;
    if (group->count == 0)
        xml_say(xml, FINDING_ERROR, NULL, NULL, "a join without a condition");
}

#define JOIN_SOURCE(path)                                                                \
    {                                                                                    \
        path, OCCURS_MANY, DUTY_MUST, CONTENT_WORD,                                      \
            FIELD(struct source_attribute, name),                                        \
            .attributes = source_attributes, .begin = source_begin,                      \
            .list = LIST_PLACELESS(struct join_condition, sources, source_count,         \
                                   struct source_attribute)                              \
    }
#define CRITERION "join/join-profile/join-criterion"
#define SEARCH CRITERION "/search/attribute-mapping"
#define EXPORTS "export-attribute-flow/export-flow-set"

static const struct element rows[] = {
    {"stay-disconnector", OCCURS_OPTIONAL, DUTY_MUST, .begin = classic_begin},
    {"stay-disconnector/filter-set", OCCURS_MANY, DUTY_MUST,
     .attributes = filter_attributes, .begin = filter_begin,
     .list = LIST(struct agent, filters, filter_count, struct filter_set)},
    {"stay-disconnector/filter-set/filter-alternative", OCCURS_MANY, DUTY_MUST,
     .attributes = ATTRIBUTES({"id", false, DUTY_KEEP, CONTENT_GUID}),
     .list = LIST(struct filter_set, alternatives, count, struct clause_group)},
    {"stay-disconnector/filter-set/filter-alternative/condition", OCCURS_MANY, DUTY_MUST,
     .attributes = condition_attributes, .begin = condition_begin, .end = condition_end,
     .list = LIST(struct clause_group, clauses, count, struct clause)},
    {"stay-disconnector/filter-set/filter-alternative/condition/value", OCCURS_OPTIONAL,
     DUTY_MUST, CONTENT_DATA, FIELD(struct clause, value),
     .attributes = ATTRIBUTES({"ui-radix", false, DUTY_KEEP, CONTENT_WORD})},

    {"join", OCCURS_OPTIONAL, DUTY_MUST},
    {"join/join-profile", OCCURS_MANY, DUTY_MUST, .attributes = profile_attributes,
     .begin = profile_begin,
     .list = LIST(struct agent, joins, join_count, struct join_profile)},
    {CRITERION, OCCURS_MANY, DUTY_MUST, .attributes = criterion_attributes,
     .list = LIST(struct join_profile, criteria, count, struct join_group),
     .end = criterion_end},
    {CRITERION "/search", OCCURS_ONE, DUTY_MUST, .attributes = search_attributes,
     .end = search_end},
    {SEARCH, OCCURS_MANY, DUTY_MUST, .attributes = join_attributes,
     .list = LIST_PLACELESS(struct join_group, conditions, count, struct join_condition),
     .begin = condition_of_join_begin, .end = condition_of_join_end},
    {SEARCH "/direct-mapping", OCCURS_OPTIONAL, DUTY_MUST, .end = join_direct_end},
    JOIN_SOURCE(SEARCH "/direct-mapping/src-attribute"),
    {SEARCH "/scripted-mapping", OCCURS_OPTIONAL, DUTY_MUST},
    {SEARCH "/scripted-mapping/script-context", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct join_condition, script)},
    JOIN_SOURCE(SEARCH "/scripted-mapping/src-attribute"),
    {CRITERION "/resolution", OCCURS_OPTIONAL, DUTY_MUST,
     .attributes = resolution_attributes, .begin = resolution_begin},
    {CRITERION "/resolution/script-context", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     .end = resolution_script_end},
    {CRITERION "/scoping", OCCURS_OPTIONAL, DUTY_MUST,
     .list = LIST(struct join_group, scope, scope_count, struct clause_group),
     .groups = GROUPS(&clause_group_rows)},

    {"projection", OCCURS_OPTIONAL, DUTY_MUST},
    {"projection/class-mapping", OCCURS_MANY, DUTY_MUST,
     .attributes = projection_attributes,
     .list = LIST(struct agent, projections, projection_count, struct projection),
     .begin = projection_begin, .end = projection_end},
    {"projection/class-mapping/mv-object-type", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     FIELD(struct projection, mv_type)},
    {"projection/class-mapping/scoping", OCCURS_OPTIONAL, DUTY_MUST,
     .list = LIST(struct projection, scope, scope_count, struct clause_group),
     .groups = GROUPS(&clause_group_rows)},

    {"export-attribute-flow", OCCURS_OPTIONAL, DUTY_MUST},
    {EXPORTS, OCCURS_MANY, DUTY_MUST, .attributes = set_attributes,
     .list = LIST(struct agent, export_sets, export_set_count, struct export_flow_set),
     .begin = set_begin},
    {EXPORTS "/export-flow", OCCURS_MANY, DUTY_MUST, .attributes = flow_attributes,
     .list = LIST(struct export_flow_set, flows, count, struct export_flow),
     .inner = offsetof(struct export_flow, mapping), .groups = GROUPS(&mapping_group),
     .begin = export_flow_begin},

    {"provisioning-cleanup", OCCURS_OPTIONAL, DUTY_MUST, .attributes = cleanup_attributes,
     .begin = cleanup_begin, .end = cleanup_end},
    {"provisioning-cleanup/action", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_CHOICE,
     FIELD(struct agent, deprovisioning), .choices = cleanup_actions},
};
const struct group classic_group = GROUP("ma-rules", rows);
