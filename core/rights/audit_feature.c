/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_feature.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"

#define NAMES(...)                                                                       \
    (const char *const[])                                                                \
    {                                                                                    \
        __VA_ARGS__, NULL                                                                \
    }

static const struct audit_feature features[] = {
    /* both spellings: the schema's, and that of the article everybody copies */
    {.name = "exchange-hybrid",
     .flows = NAMES("msExchSafeSendersHash", "msExchBlockedSendersHash",
                    "msExchSafeRecipientsHash", "msExchSafeRecipientHash",
                    "msExchArchiveStatus", "msExchUCVoiceMailSettings",
                    "msExchUserHoldPolicies", "proxyAddresses", "publicDelegates",
                    "msDS-ExternalDirectoryObjectID", "msExchDelegateListLink")},
    {.name = "exchange-public-folders",
     .flows = NAMES("proxyAddresses"),
     .types = NAMES("publicFolder"),
     .asked = NAMES("proxyAddresses")},
    {.name = "consistency-guid", .flows = NAMES("mS-DS-ConsistencyGuid")},
    {.name = "group-membership", .flows = NAMES("member")},
    {.name = "group-writeback",
     .types = NAMES("group"),
     .asked = NAMES("member", "displayName", "description", "mail", "proxyAddresses"),
     .below = "",
     .inside = NAMES("create:group")},
    /* whatever the display name says, Reset Password is this */
    {.name = "password-writeback",
     .types = NAMES("user", "inetOrgPerson"),
     .asked = NAMES("right:User-Force-Change-Password", "lockoutTime", "pwdLastSet"),
     .heads = NAMES("right:Unexpire-Password")},
    {.name = "device-writeback",
     .types = NAMES("msDS-Device"),
     .asked = NAMES("msDS-KeyCredentialLink"),
     .below = "CN=RegisteredDevices",
     .inside = NAMES("create:msDS-Device")},
    {.name = "key-credentials",
     .types = NAMES("user", "inetOrgPerson"),
     .asked = NAMES("msDS-KeyCredentialLink")},
    {.name = "hash-sync",
     .heads = NAMES("right:DS-Replication-Get-Changes",
                    "right:DS-Replication-Get-Changes-All")},
    {.name = "basic-read", .reads = true},
};

enum { FEATURES = sizeof features / sizeof features[0] };

const struct audit_feature *audit_feature_at(size_t index)
{
    return index < FEATURES ? &features[index] : NULL;
}

enum ma_status audit_feature_named(const char *name, const struct audit_feature **out,
                                   struct ma_error *err)
{
    BUF_AUTO known = {0};

    *out = NULL;
    for (size_t i = 0; name != NULL && i < FEATURES; i++) {
        if (strcmp(features[i].name, name) == 0) {
            *out = &features[i];
            return MA_OK;
        }
        buf_print(&known, "%s%s",
                  i == 0             ? ""
                  : i + 1 < FEATURES ? ", "
                                     : " and ",
                  features[i].name);
    }
    return name == NULL
               ? MA_OK
               : ma_fail(err, MA_INVALID, "there is no feature '%s': %s are known", name,
                         known.at);
}
