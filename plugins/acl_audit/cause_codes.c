/* SPDX-License-Identifier: Apache-2.0 */
#include "cause.h"

static const struct {
    const char *name;
    const char *text;
} codes[CAUSE_CODES] = {
    [CAUSE_NONE] = {"OK", "the write is allowed"},
    [CAUSE_SCHEMA_MISSING] =
        {"SCHEMA-MISSING",
         "the forest's schema does not let this class have the attribute"},
    [CAUSE_NOT_WRITABLE] = {"NOT-WRITABLE",
                            "the directory computes this attribute itself"},
    [CAUSE_CANNOT_READ] = {"CANNOT-READ-SD", "the security descriptor could not be read"},
    [CAUSE_MALFORMED] = {"SD-MALFORMED", "the security descriptor is broken"},
    [CAUSE_NULL_DACL] = {"NULL-DACL",
                         "nothing protects the object: everybody may write it"},
    [CAUSE_EMPTY_DACL] = {"EMPTY-DACL",
                          "the object's list is empty: nobody may write it"},
    [CAUSE_CONDITIONAL] = {"CONDITIONAL",
                           "a condition decides, and it cannot be evaluated here"},
    [CAUSE_DENY_ACE] = {"DENY-ACE", "an entry on the object denies it"},
    [CAUSE_DENY_ACE_INHERITED] = {"DENY-ACE-INHERITED",
                                  "an entry from a container denies it"},
    [CAUSE_ADMINSDHOLDER] =
        {"ADMINSDHOLDER",
         "the object is protected by AdminSDHolder, which does not grant it"},
    [CAUSE_ADMINSDHOLDER_IO] =
        {"ADMINSDHOLDER-IO",
         "AdminSDHolder grants it to descendants only, and protected objects are none"},
    [CAUSE_NOT_MEMBER] = {"NOT-MEMBER",
                          "it is granted to a group that the account is not in"},
    [CAUSE_GROUP_WRONG_SCOPE] =
        {"GROUP-WRONG-SCOPE",
         "it is granted to a domain-local group of another domain, which has no rights "
         "here"},
    [CAUSE_GROUP_NOT_SECURITY] =
        {"GROUP-NOT-SECURITY",
         "it is granted to a distribution group, which gives no rights"},
    [CAUSE_RIGHT_MISSING] =
        {"RIGHT-MISSING-WP",
         "an entry names the attribute, but without the right that is wanted"},
    [CAUSE_ZERO_GUID] = {"ZERO-GUID",
                         "an entry names the GUID of zeros, which reaches nothing"},
    [CAUSE_PROPSET_MISMATCH] = {"PROPSET-MISMATCH",
                                "a property set is granted that the attribute is not in"},
    [CAUSE_CLASS_MISMATCH] = {"CLASS-MISMATCH",
                              "another class is granted than the object's"},
    [CAUSE_WRONG_GUID] = {"WRONG-GUID", "another attribute, or right, is granted"},
    [CAUSE_INHERITED_TYPE] = {"INHERITED-OBJECT-TYPE",
                              "the entry that came down is for objects of another class"},
    [CAUSE_INHERIT_ONLY] = {"ACE-INHERIT-ONLY", "the entry is for descendants only"},
    [CAUSE_ORPHANED] =
        {"ORPHANED-ADMINCOUNT",
         "the object was protected once, and its inheritance is still off"},
    [CAUSE_INHERITANCE_BLOCKED] =
        {"INHERITANCE-BLOCKED",
         "a container above grants it, and inheritance is off below"},
    [CAUSE_BLOCKED_PERHAPS] =
        {"INHERITANCE-BLOCKED",
         "a container above grants it, and inheritance is off; whether it was protected "
         "once is not known, for adminCount cannot be read"},
    [CAUSE_NO_PROPAGATE] = {"NO-PROPAGATE", "a container grants it one level down only"},
    [CAUSE_INHERIT_STALE] =
        {"INHERIT-STALE",
         "a container grants it, and it has not come down to the object"},
    [CAUSE_SELF_ONLY] = {"SELF-ONLY", "it is granted to the object itself only"},
    [CAUSE_NO_ACE] = {"NO-ACE", "nothing grants it, here or above"},
    [CAUSE_NO_ACE_SEEN] =
        {"NO-ACE", "nothing that could be read grants it: a container above could not"},
    [CAUSE_NON_CANONICAL] = {"NON-CANONICAL",
                             "the order of the entries is not canonical"},
    [CAUSE_GRANT_TOO_WIDE] = {"GRANT-TOO-WIDE",
                              "it is granted to far more than the account, or with "
                              "far more than the attribute"},
    [CAUSE_DENY_IRRELEVANT] = {"DENY-IRRELEVANT",
                               "the write is allowed; what is denied is something else"},
};

const char *cause_name(enum cause_code code)
{
    return codes[code].name;
}

const char *cause_text(enum cause_code code)
{
    return codes[code].text;
}

static const struct {
    const char *prefix;
    uint32_t right;
    enum forest_kind kind;
    const char *word;
    const char *verb;
} wishes[] = {
    {"read:", RIGHT_READ_PROPERTY, FOREST_ATTRIBUTE, "RP", "read"},
    {"right:", RIGHT_CONTROL_ACCESS, FOREST_RIGHT, "CR", "use"},
    {"create:", RIGHT_CREATE_CHILD, FOREST_CLASS, "CC", "create"},
    {"", RIGHT_WRITE_PROPERTY, FOREST_ATTRIBUTE, "WP", "write"},
};

struct cause_wish cause_wish(const struct forest *forest, const char *asked)
{
    size_t i = 0;
    const char *name;

    while (strncmp(asked, wishes[i].prefix, strlen(wishes[i].prefix)) != 0)
        i++;
    name = asked + strlen(wishes[i].prefix);
    return (struct cause_wish){.right = wishes[i].right,
                               .item = forest_named(forest, wishes[i].kind, name),
                               .word = wishes[i].word,
                               .verb = wishes[i].verb,
                               .name = name};
}
