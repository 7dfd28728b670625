/* SPDX-License-Identifier: Apache-2.0 */
#include "cause.h"

#include "support/sid.h"

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
    [CAUSE_GROUP_NOT_SECURITY] =
        {"GROUP-NOT-SECURITY",
         "it is granted to a distribution group, which gives no rights"},
    [CAUSE_RIGHT_MISSING] =
        {"RIGHT-MISSING-WP",
         "an entry names the attribute, but without the right to write"},
    [CAUSE_ZERO_GUID] = {"ZERO-GUID",
                         "an entry names the GUID of zeros, which reaches nothing"},
    [CAUSE_PROPSET_MISMATCH] = {"PROPSET-MISMATCH",
                                "a property set is granted that the attribute is not in"},
    [CAUSE_CLASS_MISMATCH] = {"CLASS-MISMATCH",
                              "another class is granted than the object's"},
    [CAUSE_WRONG_GUID] = {"WRONG-GUID", "another attribute is granted"},
    [CAUSE_INHERITED_TYPE] = {"INHERITED-OBJECT-TYPE",
                              "the entry that came down is for objects of another class"},
    [CAUSE_INHERIT_ONLY] = {"ACE-INHERIT-ONLY", "the entry is for descendants only"},
    [CAUSE_ORPHANED] =
        {"ORPHANED-ADMINCOUNT",
         "the object was protected once, and its inheritance is still off"},
    [CAUSE_INHERITANCE_BLOCKED] =
        {"INHERITANCE-BLOCKED",
         "a container above grants it, and inheritance is off below"},
    [CAUSE_NO_PROPAGATE] = {"NO-PROPAGATE", "a container grants it one level down only"},
    [CAUSE_INHERIT_STALE] =
        {"INHERIT-STALE",
         "a container grants it, and it has not come down to the object"},
    [CAUSE_SELF_ONLY] = {"SELF-ONLY", "it is granted to the object itself only"},
    [CAUSE_NO_ACE] = {"NO-ACE", "nothing grants it, here or above"},
    [CAUSE_NON_CANONICAL] = {"NON-CANONICAL",
                             "the order of the entries is not canonical"},
    [CAUSE_GRANT_TOO_WIDE] = {"GRANT-TOO-WIDE",
                              "it is granted to far more than the account"},
};

const char *cause_name(enum cause_code code)
{
    return codes[code].name;
}

const char *cause_text(enum cause_code code)
{
    return codes[code].text;
}

/* One question on its way through the detectors. */
struct search {
    const struct forest *forest;
    const struct cause_object *object;
    const struct cause_principal *principal;
    const struct forest_item *attribute;
    struct access_question question;
    struct cause_answer *answer;
};

static bool set(struct search *search, enum cause_code code, int ace, int source)
{
    search->answer->code = code;
    search->answer->ace = ace;
    search->answer->source = source;
    return true;
}

/* In the token, or the group that ought to be. */
static bool is_ours(const struct search *search, const struct ace *ace)
{
    const unsigned char *group = search->principal->group;

    return access_concerns(&search->question, ace) ||
           (group != NULL && sid_equal(ace->sid, group));
}

static bool is_plain_allow(const struct ace *ace)
{
    const struct ace_type *type = ace_type(ace->type);

    return type->effect == ACE_ALLOWS && !type->callback;
}

static bool grants(const struct search *search, const struct ace *ace)
{
    return is_plain_allow(ace) &&
           (access_map_generic(ace->mask) & RIGHT_WRITE_PROPERTY) &&
           access_reach(&search->question, ace) != REACH_NOT;
}

static bool by_verdict(struct search *search)
{
    const struct access_answer *access = &search->answer->access;

    if (access->no_dacl)
        return set(search, CAUSE_NULL_DACL, -1, -1);
    if (access->verdict == ACCESS_UNKNOWN)
        return set(search, CAUSE_CONDITIONAL, access->ace, -1);
    if (search->object->sd->dacl.count == 0)
        return set(search, CAUSE_EMPTY_DACL, -1, -1);
    return false;
}

static bool by_deny(struct search *search)
{
    int wanted = search->answer->access.ace;
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (wanted >= 0 && acl_next(&search->object->sd->dacl, &walk, &ace))
        if ((int)walk.index - 1 == wanted)
            return set(search,
                       ace.flags & ACE_INHERITED ? CAUSE_DENY_ACE_INHERITED
                                                 : CAUSE_DENY_ACE,
                       wanted, -1);
    return false;
}

/* What AdminSDHolder has is what the object will have within the hour. */
static bool by_holder(struct search *search)
{
    const struct descriptor *holder = search->principal->holder;
    struct acl_walk walk = acl_start();
    struct ace ace;

    if (!search->object->is_protected)
        return false;
    while (holder != NULL && acl_next(&holder->dacl, &walk, &ace))
        if (ace.sid != NULL && is_ours(search, &ace) && grants(search, &ace) &&
            (ace.flags & ACE_INHERIT_ONLY))
            return set(search, CAUSE_ADMINSDHOLDER_IO, (int)walk.index - 1, -1);
    return set(search, CAUSE_ADMINSDHOLDER, -1, -1);
}

static enum cause_code wrong_object_type(const struct search *search,
                                         const struct ace *ace)
{
    static const unsigned char zero[GUID_SIZE];
    const struct forest_item *item = forest_guid(search->forest, ace->object_type);

    if (memcmp(ace->object_type, zero, GUID_SIZE) == 0)
        return CAUSE_ZERO_GUID;
    if (item != NULL && item->kind == FOREST_SET)
        return CAUSE_PROPSET_MISMATCH;
    if (item != NULL && item->kind == FOREST_CLASS)
        return CAUSE_CLASS_MISMATCH;
    return CAUSE_WRONG_GUID;
}

/* What is wrong with an ACE that was meant for us, or NONE if it was not. */
static enum cause_code effective_fault(const struct search *search, const struct ace *ace)
{
    bool reaches = access_reach(&search->question, ace) != REACH_NOT;
    uint32_t mask = access_map_generic(ace->mask);

    if (reaches && (mask & RIGHT_WRITE_PROPERTY)) {
        if (access_concerns(&search->question, ace))
            return CAUSE_NONE;
        return search->principal->group_is_distribution ? CAUSE_GROUP_NOT_SECURITY
                                                        : CAUSE_NOT_MEMBER;
    }
    if (mask & RIGHT_WRITE_PROPERTY)
        return wrong_object_type(search, ace);
    if (reaches && ace->object_type != NULL)
        return CAUSE_RIGHT_MISSING;
    return CAUSE_NONE;
}

static enum cause_code template_fault(const struct search *search, const struct ace *ace)
{
    const struct forest_item *class = search->object->object_class;

    if (!grants(search, ace))
        return CAUSE_NONE;
    if (ace->inherited_type != NULL &&
        memcmp(ace->inherited_type, class->guid, GUID_SIZE) != 0)
        return CAUSE_INHERITED_TYPE;
    return CAUSE_INHERIT_ONLY;
}

static enum cause_code fault_of(const struct search *search, const struct ace *ace)
{
    if (ace->sid == NULL || !is_plain_allow(ace) || !is_ours(search, ace))
        return CAUSE_NONE;
    return ace->flags & ACE_INHERIT_ONLY ? template_fault(search, ace)
                                         : effective_fault(search, ace);
}

/* Of all that were meant for us the one whose code is first in the order. */
static bool by_own_aces(struct search *search)
{
    struct acl_walk walk = acl_start();
    enum cause_code first = CAUSE_CODES;
    struct ace ace;

    while (acl_next(&search->object->sd->dacl, &walk, &ace)) {
        enum cause_code code = fault_of(search, &ace);

        if (code != CAUSE_NONE && code < first) {
            first = code;
            (void)set(search, code, (int)walk.index - 1, -1);
        }
    }
    return first != CAUSE_CODES;
}

/* The ACE of a container that would give the object the right if it came down. */
static int granting_ace(const struct search *search, const struct descriptor *sd)
{
    const struct forest_item *class = search->object->object_class;
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (acl_next(&sd->dacl, &walk, &ace)) {
        if (ace.sid == NULL || !(ace.flags & ACE_CONTAINER_INHERIT) ||
            !is_ours(search, &ace) || !grants(search, &ace))
            continue;
        if (ace.inherited_type == NULL ||
            memcmp(ace.inherited_type, class->guid, GUID_SIZE) == 0)
            return (int)walk.index - 1;
    }
    return -1;
}

static bool is_blocked(const struct descriptor *sd)
{
    return sd != NULL && (sd->control & CONTROL_DACL_PROTECTED);
}

/* The object (-1) or the container below `source` that stops inheritance; or -2. */
static int blocker_below(const struct cause_object *object, int source)
{
    int i;

    if (is_blocked(object->sd))
        return -1;
    for (i = 0; i < source; i++)
        if (is_blocked(object->ancestors[i].sd))
            return i;
    return -2;
}

static bool stops_before(const struct search *search, int source, int index)
{
    struct acl_walk walk = acl_start();
    struct ace ace = {0};

    while ((int)walk.index <= index &&
           acl_next(&search->object->ancestors[source].sd->dacl, &walk, &ace))
        continue;
    return source > 0 && (ace.flags & ACE_NO_PROPAGATE);
}

static bool found_above(struct search *search, int source, int ace)
{
    const struct cause_object *object = search->object;
    int blocker = blocker_below(object, source);

    search->answer->blocker = blocker;
    if (blocker == -1 && object->admin_count)
        return set(search, CAUSE_ORPHANED, ace, source);
    if (blocker >= -1)
        return set(search, CAUSE_INHERITANCE_BLOCKED, ace, source);
    if (stops_before(search, source, ace))
        return set(search, CAUSE_NO_PROPAGATE, ace, source);
    return set(search, CAUSE_INHERIT_STALE, ace, source);
}

static bool by_ancestors(struct search *search)
{
    size_t i;

    for (i = 0; i < search->object->ancestor_count; i++) {
        const struct descriptor *sd = search->object->ancestors[i].sd;
        int ace = sd == NULL ? -1 : granting_ace(search, sd);

        if (ace >= 0)
            return found_above(search, (int)i, ace);
    }
    return false;
}

static bool by_self(struct search *search)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (acl_next(&search->object->sd->dacl, &walk, &ace))
        if (ace.sid != NULL && !(ace.flags & ACE_INHERIT_ONLY) &&
            sid_equal(ace.sid, access_principal_self) && grants(search, &ace))
            return set(search, CAUSE_SELF_ONLY, (int)walk.index - 1, -1);
    return false;
}

static bool by_nothing(struct search *search)
{
    return set(search, CAUSE_NO_ACE, -1, -1);
}

static void explain(struct search *search)
{
    static bool (*const detectors[])(struct search *) = {
        by_verdict, by_deny, by_holder, by_own_aces, by_ancestors, by_self, by_nothing};
    size_t i = 0;

    while (!detectors[i](search))
        i++;
}

static bool is_everybody(const unsigned char *sid)
{
    static const unsigned char everyone[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    static const unsigned char authenticated[] = {1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0};
    static const unsigned char users[] = {1,  2, 0, 0, 0,    0, 0, 5,
                                          32, 0, 0, 0, 0x21, 2, 0, 0};

    return sid_equal(sid, everyone) || sid_equal(sid, authenticated) ||
           sid_equal(sid, users) || (sid[1] == 5 && sid_rid(sid) == 513);
}

/* A deny behind the allow that came first: in another order the answer would be another.
 */
static bool is_late_deny(const struct search *search, const struct ace *ace)
{
    const struct ace_type *type = ace_type(ace->type);

    return type->effect == ACE_DENIES && !type->callback && ace->sid != NULL &&
           !(ace->flags & (ACE_INHERIT_ONLY | ACE_INHERITED)) &&
           (access_map_generic(ace->mask) & RIGHT_WRITE_PROPERTY) &&
           access_concerns(&search->question, ace) &&
           access_reach(&search->question, ace) != REACH_NOT;
}

/* What to look at although it works. */
static void remark(struct search *search)
{
    int deciding = search->answer->access.ace;
    struct acl_walk walk = acl_start();
    struct ace ace;

    if (search->answer->access.verdict != ACCESS_ALLOWED)
        return;
    if (search->object->admin_count && !search->object->is_protected &&
        is_blocked(search->object->sd))
        search->answer->remark = CAUSE_ORPHANED;
    while (acl_next(&search->object->sd->dacl, &walk, &ace)) {
        int index = (int)walk.index - 1;

        if (index == deciding && is_everybody(ace.sid))
            search->answer->remark = CAUSE_GRANT_TOO_WIDE;
        if (index > deciding && deciding >= 0 && is_late_deny(search, &ace))
            search->answer->remark = CAUSE_NON_CANONICAL;
    }
}

static struct cause_answer no_answer(enum access_verdict verdict, enum cause_code code)
{
    return (struct cause_answer){.access = {verdict, -1, false},
                                 .code = code,
                                 .ace = -1,
                                 .source = -1,
                                 .blocker = -2};
}

/* What no right could help. */
static enum cause_code schema_fault(const struct forest *forest,
                                    const struct cause_object *object,
                                    const struct forest_item *attribute)
{
    if (attribute == NULL ||
        !forest_allows(forest, object->object_class, attribute->name))
        return CAUSE_SCHEMA_MISSING;
    return attribute->flags != 0 ? CAUSE_NOT_WRITABLE : CAUSE_NONE;
}

struct cause_answer cause_find(const struct forest *forest,
                               const struct cause_object *object,
                               const struct cause_principal *principal,
                               const char *attribute)
{
    const struct forest_item *item = forest_named(forest, FOREST_ATTRIBUTE, attribute);
    enum cause_code fault = schema_fault(forest, object, item);
    struct cause_answer answer = no_answer(ACCESS_DENIED, fault);
    struct search search = {forest, object, principal, item, {0}, &answer};

    if (fault != CAUSE_NONE)
        return answer;
    if (object->sd == NULL)
        return no_answer(ACCESS_UNKNOWN,
                         object->malformed ? CAUSE_MALFORMED : CAUSE_CANNOT_READ);
    search.question =
        (struct access_question){.sd = object->sd,
                                 .token = principal->token,
                                 .object_class = object->object_class->guid,
                                 .property_set = item->in_set ? item->set : NULL,
                                 .attribute = item->guid,
                                 .self = object->self,
                                 .map_generic = true};
    answer.access = access_ask(&search.question, RIGHT_WRITE_PROPERTY);
    if (answer.access.verdict != ACCESS_ALLOWED || answer.access.no_dacl)
        explain(&search);
    remark(&search);
    return answer;
}
