/* SPDX-License-Identifier: Apache-2.0 */
#include "onpremises.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    const char *why;
} never[] = {
    {"proxyAddresses", "Graph makes it of 'mail', and Exchange alone writes the rest"},
    {"onPremisesSyncEnabled", "Azure AD Connect alone sets it"},
    {"onPremisesSecurityIdentifier", "Azure AD Connect alone sets it"},
    {"onPremisesSamAccountName", "Azure AD Connect alone sets it"},
    {"onPremisesDistinguishedName", "Azure AD Connect alone sets it"},
    {"onPremisesDomainName", "Azure AD Connect alone sets it"},
    {"onPremisesUserPrincipalName", "Azure AD Connect alone sets it"},
    {"onPremisesLastSyncDateTime", "Azure AD Connect alone sets it"},
    {"onPremisesProvisioningErrors", "Graph alone sets it"},
    {"createdDateTime", "Graph alone sets it"},
    {"deletedDateTime", "Graph alone sets it"},
};

/* As the documentation of the update of a user and of a group has them. The rest, the
 * licences' usageLocation or directory extensions among it, is the cloud's. */
static const char *const mastered[] = {
    "accountEnabled",
    "businessPhones",
    "city",
    "companyName",
    "country",
    "department",
    "description",
    "displayName",
    "employeeId",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "postalCode",
    "state",
    "streetAddress",
    "surname",
    "userPrincipalName",
    "manager",
    "members",
};

const char *graph_never(const char *property)
{
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (strcasecmp(never[i].name, property) == 0)
            return never[i].why;
    return NULL;
}

bool graph_is_mastered(const char *property)
{
    for (size_t i = 0; i < sizeof mastered / sizeof mastered[0]; i++)
        if (strcasecmp(mastered[i], property) == 0)
            return true;
    return false;
}
