/* SPDX-License-Identifier: Apache-2.0 */
#include "config/check.h"

/* What Microsoft Graph, unlike the service that the connector was made for and unlike
 * SCIM, has no way to write: by an attribute or a class of the connector's schema. */
static const struct {
    const char *name;
    bool is_class;
    const char *what;
    const char *consequence;
} graph_limits[] = {
    {"contact", true, "contacts cannot be written",
     "their exports fail with no-export-to-this-object-type; Exchange Online's own "
     "administration makes them"},
    {"device", true, "devices of a directory cannot be written",
     "their exports fail with no-export-to-this-object-type"},
    {"proxyAddresses", false, "proxyAddresses cannot be written",
     "they go into a directory extension; Graph makes its own of 'mail', Exchange "
     "Online's administration writes the others"},
    {"onPremiseSecurityIdentifier", false, "where an object comes from cannot be written",
     "its SID, its names and its domain there go into directory extensions; Graph's own "
     "onPremises properties are set by Azure AD Connect alone"},
    {"user", true, "objects of a directory cannot be written",
     "where onPremisesSyncEnabled is true, Graph refuses changes of what the directory "
     "has, and the export fails with readonly-attribute and the attribute's name before "
     "it is sent; an object that was given to the cloud (isCloudManaged) takes them. "
     "'mactl ma test' says which objects and attributes these are"},
    {"group", true, "members of some groups cannot be written",
     "of dynamic groups, distribution lists and mail-enabled groups of security: their "
     "exports fail; a rule, or Exchange Online's administration, makes their members"},
    {"sourceAnchor", false, "directory extensions have to be there",
     "what Graph has no property for is in extensions of an application (parameter "
     "extension-app), which have to be registered; an object has room for 100 of their "
     "values"},
    {"cloudMSExchSafeSendersHash", false, "the hybrid values of Exchange are not there",
     "they are read from directory extensions, if somebody fills those: the Exchange "
     "Online Admin API has most of the values, and the write-back of Entra Cloud Sync "
     "can stay on"},
};

static bool has_name(const struct agent *agent, const char *name, bool is_class)
{
    const struct schema *schema = &agent->schema;

    return is_class ? schema_class(schema, name) != NULL
                    : schema_attribute(schema, name) != NULL;
}

void check_graph(struct check *check, const struct agent *agent)
{
    for (size_t i = 0; i < sizeof graph_limits / sizeof graph_limits[0]; i++)
        if (has_name(agent, graph_limits[i].name, graph_limits[i].is_class))
            check_say(check, FINDING_NOTE, agent->place, "ma-data/category",
                      graph_limits[i].consequence,
                      "agent '%s' on Microsoft Graph (parameter tenant): %s", agent->name,
                      graph_limits[i].what);
}
