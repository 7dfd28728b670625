/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/* ma-data: a management agent, in whichever file it stands. */

static void *agent_begin(struct xml *xml, void *object)
{
    struct agent *agent = object;

    agent->file = xml->file;
    agent->name = "";
    agent->category = "";
    agent->subtype = "";
    agent->list_name = "";
    agent->attributes = text_list_empty;
    agent->anchor = text_list_empty;
    xml->agent = agent;
    xml->every_dn = 0;
    return agent;
}

/* Paths of the private configuration that name the anchor, the first that does. */
static const char *const anchor_paths[] = {
    "MAConfig/importing/anchor/attribute",
    "MAConfig/importing/per-class-settings/class/anchor/attribute",
    "oledbma-configuration/mms-info/anchor/attribute",
    "oledbma-configuration/mms-info/column-info/primary-key/column-name",
};

static text_list anchor_at(struct xml *xml, const struct agent *agent, const char *path)
{
    text_list anchor = text_list_empty;

    for (size_t i = 0; i < agent->private_count; i++)
        if (strcmp(agent->private_configuration[i].name, path) == 0 &&
            agent->private_configuration[i].value[0] != '\0')
            xml_add_new_text(xml, &anchor,
                             slice_text(agent->private_configuration[i].value));
    return anchor;
}

static void find_anchor(struct xml *xml, struct agent *agent)
{
    for (size_t i = 0; i < sizeof anchor_paths / sizeof anchor_paths[0]; i++) {
        text_list anchor = anchor_at(xml, agent, anchor_paths[i]);

        if (text_list_count(anchor) > 0) {
            agent->anchor = anchor;
            return;
        }
    }
}

static void agent_end(struct xml *xml, void *object, struct slice text)
{
    struct agent *agent = object;

    (void)text;
    find_anchor(xml, agent);
    agent->attribute_count = text_list_count(agent->attributes);
    if (agent->extension != NULL && agent->extension[0] == '\0')
        agent->extension = NULL;
    xml->agent = NULL;
}

static void *dn_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct dn_construction *)object)->attributes = text_list_empty;
    return object;
}

/* The attributes that stand in dn-construction itself are those of every class. */
static void dn_attribute_end(struct xml *xml, void *object, struct slice text)
{
    static const struct list_field list = LIST_PLACELESS(
        struct agent, dn_construction, dn_construction_count, struct dn_construction);
    struct agent *agent = object;
    struct dn_construction *every;

    if (xml->every_dn > 0)
        every = (struct dn_construction *)(uintptr_t)&agent
                    ->dn_construction[xml->every_dn - 1];
    else
        every = dn_begin(xml, xml_add(xml, &list, agent));
    if (xml->every_dn == 0)
        xml->every_dn = agent->dn_construction_count;
    if (text.length > 0)
        xml_add_text(xml, &every->attributes, text);
}

static void *component_begin(struct xml *xml, void *object)
{
    struct component_mapping *mapping = object;

    (void)xml;
    mapping->dn_component = "";
    mapping->object_class = "";
    return mapping;
}

static const struct choice protections[] = {{"low", false}, {"high", true}, {NULL, 0}};

#define KEPT(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD                                   \
    }
#define WORD(path, how, duty, member)                                                    \
    {                                                                                    \
        path, how, duty, CONTENT_WORD, FIELD(struct agent, member)                       \
    }

static const struct element rows[] = {
    {"ma-data", OCCURS_MANY, DUTY_MUST,
     .list = LIST(struct config, agents, agent_count, struct agent),
     .groups = GROUPS(&classic_group, &private_group), .begin = agent_begin,
     .end = agent_end},
    {"ma-data/format-version", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     .end = xml_version_end},
    {"ma-data/id", OCCURS_ONE, DUTY_MUST, CONTENT_GUID, FIELD(struct agent, id)},
    WORD("ma-data/name", OCCURS_ONE, DUTY_MUST, name),
    WORD("ma-data/category", OCCURS_ONE, DUTY_MUST, category),
    WORD("ma-data/subtype", OCCURS_OPTIONAL, DUTY_MUST, subtype),
    WORD("ma-data/ma-listname", OCCURS_OPTIONAL, DUTY_KEEP, list_name),
    KEPT("ma-data/ma-companyname"),
    KEPT("ma-data/creation-time"),
    KEPT("ma-data/last-modification-time"),
    KEPT("ma-data/version"),
    KEPT("ma-data/internal-version"),
    KEPT("ma-data/description"),
    {"ma-data/password-sync-allowed", OCCURS_OPTIONAL, DUTY_SHOULD, CONTENT_FLAG,
     FIELD(struct agent, password_sync_allowed),
     .remark = {FINDING_UNSUPPORTED, "password-sync-allowed",
                "password changes are not taken from this directory", "0"}},
    {"ma-data/schema", OCCURS_ONE, DUTY_MUST, .groups = GROUPS(&schema_group),
     .inner = offsetof(struct agent, schema)},
    {"ma-data/attribute-inclusion", OCCURS_OPTIONAL, DUTY_MUST},
    {"ma-data/attribute-inclusion/attribute", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     FIELD(struct agent, attributes), .texts = true},
    {"ma-data/extension", OCCURS_OPTIONAL, DUTY_MUST},
    WORD("ma-data/extension/assembly-name", OCCURS_OPTIONAL, DUTY_MUST, extension),
    {"ma-data/extension/application-protection", OCCURS_OPTIONAL, DUTY_MUST,
     CONTENT_CHOICE, FIELD(struct agent, extension_isolated), .choices = protections},
    {"ma-data/controller-configuration", OCCURS_OPTIONAL, DUTY_KEEP},
    KEPT("ma-data/controller-configuration/application-protection"),
    KEPT("ma-data/controller-configuration/application-architecture"),
    {"ma-data/controller-configuration/impersonation", OCCURS_OPTIONAL, DUTY_KEEP},
    KEPT("ma-data/controller-configuration/impersonation/domain"),
    KEPT("ma-data/controller-configuration/impersonation/user"),
    {"ma-data/ma-ui-settings", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING},
    KEPT("ma-data/SyncConfig-refresh-schema"),
    {"ma-data/ma-partition-data", OCCURS_OPTIONAL, DUTY_MUST,
     .groups = GROUPS(&partition_group)},
    {"ma-data/ma-run-data", OCCURS_OPTIONAL, DUTY_MUST, .groups = GROUPS(&profile_group)},
    {"ma-data/capabilities-mask", OCCURS_OPTIONAL, DUTY_SHOULD, CONTENT_HEX,
     FIELD(struct agent, capabilities)},
    {"ma-data/export-type", OCCURS_OPTIONAL, DUTY_SHOULD, CONTENT_NUMBER,
     FIELD(struct agent, export_type)},
    {"ma-data/dn-construction", OCCURS_OPTIONAL, DUTY_MUST},
    {"ma-data/dn-construction/attribute", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     .end = dn_attribute_end},
    {"ma-data/dn-construction/dn", OCCURS_MANY, DUTY_MUST,
     .attributes = ATTRIBUTES({"object-type", false, DUTY_MUST, CONTENT_WORD,
                               FIELD(struct dn_construction, object_type)}),
     .list = LIST_PLACELESS(struct agent, dn_construction, dn_construction_count,
                            struct dn_construction),
     .begin = dn_begin},
    {"ma-data/dn-construction/dn/attribute", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     FIELD(struct dn_construction, attributes), .texts = true},
    {"ma-data/password-sync", OCCURS_OPTIONAL, DUTY_KEEP},
    KEPT("ma-data/password-sync/maximum-retry-count"),
    KEPT("ma-data/password-sync/retry-interval"),
    KEPT("ma-data/password-sync/allow-low-security"),
    KEPT("ma-data/password-sync/unlock-account"),
    {"ma-data/component_mappings", OCCURS_OPTIONAL, DUTY_SHOULD},
    {"ma-data/component_mappings/mapping", OCCURS_MANY, DUTY_SHOULD,
     .list = LIST_PLACELESS(struct agent, component_mappings, component_count,
                            struct component_mapping),
     .begin = component_begin},
    {"ma-data/component_mappings/mapping/dn_component", OCCURS_ONE, DUTY_SHOULD,
     CONTENT_WORD, FIELD(struct component_mapping, dn_component)},
    {"ma-data/component_mappings/mapping/object_class", OCCURS_ONE, DUTY_SHOULD,
     CONTENT_WORD, FIELD(struct component_mapping, object_class)},
    {"ma-data/encrypted-attributes", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING},
};
const struct group agent_group = GROUP("ma-data", rows);
