/* SPDX-License-Identifier: Apache-2.0 */
#include "cause.h"

#include "support/sid.h"

/* One question on its way through the detectors. */
struct search {
    const struct forest *forest;
    const struct cause_object *object;
    const struct cause_principal *principal;
    uint32_t right; /* that is asked about */
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
    return is_plain_allow(ace) && (access_map_generic(ace->mask) & search->right) &&
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

/* Why the expected group gives nothing. */
static enum cause_code not_in_token(const struct cause_principal *principal)
{
    if (principal->group_is_distribution)
        return CAUSE_GROUP_NOT_SECURITY;
    return principal->group_is_out_of_scope ? CAUSE_GROUP_WRONG_SCOPE : CAUSE_NOT_MEMBER;
}

/* Somebody made it: it is not one of those that every domain has, whose right to read was
 * not meant for anybody in particular. */
static bool is_particular(const struct search *search, const unsigned char *sid)
{
    static const unsigned char domains[] = {0, 0, 0, 0, 0, 5, 21, 0, 0, 0};
    const unsigned char *group = search->principal->group;

    return (group != NULL && sid_equal(sid, group)) ||
           (memcmp(sid + 2, domains, sizeof domains) == 0 && sid_rid(sid) >= 1000);
}

/* What is wrong with an ACE that was meant for us, or NONE if it was not. */
static enum cause_code effective_fault(const struct search *search, const struct ace *ace)
{
    bool reaches = access_reach(&search->question, ace) != REACH_NOT;
    uint32_t mask = access_map_generic(ace->mask);

    if (reaches && (mask & search->right)) {
        if (access_concerns(&search->question, ace))
            return CAUSE_NONE;
        return not_in_token(search->principal);
    }
    if ((mask & search->right) && is_particular(search, ace->sid))
        return wrong_object_type(search, ace);
    if (reaches && ace->object_type != NULL && is_particular(search, ace->sid))
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

/* adminCount did not come: because nothing is there, or because the account may not read
 * it on this object. */
static bool is_hidden(const struct search *search, const char *name)
{
    const struct forest_item *item = forest_named(search->forest, FOREST_ATTRIBUTE, name);
    struct access_question question = search->question;

    if (search->object->admin_count != ADMIN_COUNT_UNREAD || item == NULL)
        return false;
    question.attribute = item->guid;
    question.property_set = item->in_set ? item->set : NULL;
    return access_ask(&question, RIGHT_READ_PROPERTY).verdict != ACCESS_ALLOWED;
}

static bool found_above(struct search *search, int source, int ace)
{
    const struct cause_object *object = search->object;
    int blocker = blocker_below(object, source);

    search->answer->blocker = blocker;
    if (blocker == -1 && object->admin_count == ADMIN_COUNT_SET)
        return set(search, CAUSE_ORPHANED, ace, source);
    if (blocker == -1 && is_hidden(search, "adminCount"))
        return set(search, CAUSE_BLOCKED_PERHAPS, ace, source);
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
    const struct cause_object *object = search->object;
    size_t i;

    for (i = 0; i < object->ancestor_count; i++)
        if (object->ancestors[i].sd == NULL)
            return set(search, CAUSE_NO_ACE_SEEN, -1, -1);
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
           (access_map_generic(ace->mask) & search->right) &&
           access_concerns(&search->question, ace) &&
           access_reach(&search->question, ace) != REACH_NOT;
}

/* To everybody, or to write a set of attributes, or all of them. That everybody may read
 * is how a directory is meant. */
static bool is_wide(const struct search *search, const struct ace *ace)
{
    enum access_reach reach = access_reach(&search->question, ace);

    if (search->right == RIGHT_READ_PROPERTY)
        return false;
    return is_everybody(ace->sid) ||
           (!search->principal->is_administrator &&
            (reach == REACH_ALL || reach == REACH_CLASS || reach == REACH_SET));
}

static bool is_deny_for_us(const struct search *search, const struct ace *ace)
{
    return ace->sid != NULL && ace_type(ace->type)->effect == ACE_DENIES &&
           access_concerns(&search->question, ace);
}

/* The worst of what is to be said of the entries of a list that allows it. */
static enum cause_code remark_of(const struct search *search, const struct ace *ace,
                                 int index)
{
    int deciding = search->answer->access.ace;

    if (index > deciding && deciding >= 0 && is_late_deny(search, ace))
        return CAUSE_NON_CANONICAL;
    if (index == deciding && is_wide(search, ace))
        return CAUSE_GRANT_TOO_WIDE;
    return search->principal->notes && is_deny_for_us(search, ace) ? CAUSE_DENY_IRRELEVANT
                                                                   : CAUSE_NONE;
}

/* What to look at although it works. */
static void remark(struct search *search)
{
    enum cause_code *out = &search->answer->remark;
    struct acl_walk walk = acl_start();
    struct ace ace;

    if (search->answer->access.verdict != ACCESS_ALLOWED)
        return;
    if (search->object->admin_count == ADMIN_COUNT_SET && !search->object->is_protected &&
        is_blocked(search->object->sd))
        *out = CAUSE_ORPHANED;
    while (acl_next(&search->object->sd->dacl, &walk, &ace)) {
        enum cause_code code = remark_of(search, &ace, (int)walk.index - 1);

        if (code != CAUSE_NONE && (*out == CAUSE_NONE || code < *out))
            *out = code;
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
                                    const struct cause_wish *wish)
{
    if (wish->item == NULL)
        return CAUSE_SCHEMA_MISSING;
    if (wish->item->kind != FOREST_ATTRIBUTE)
        return CAUSE_NONE;
    if (!forest_allows(forest, object->object_class, wish->item->name))
        return CAUSE_SCHEMA_MISSING;
    return wish->item->flags != 0 && wish->right == RIGHT_WRITE_PROPERTY
               ? CAUSE_NOT_WRITABLE
               : CAUSE_NONE;
}

static struct access_question question_of(const struct cause_object *object,
                                          const struct cause_principal *principal,
                                          const struct forest_item *item)
{
    return (struct access_question){.sd = object->sd,
                                    .token = principal->token,
                                    .object_class = object->object_class->guid,
                                    .property_set = item->in_set ? item->set : NULL,
                                    .attribute = item->guid,
                                    .self = object->self,
                                    .map_generic = true};
}

/* A schema of which only a part is known may have what is not found. */
static struct cause_answer schema_answer(const struct forest *forest,
                                         enum cause_code fault)
{
    return no_answer(forest->partial && fault == CAUSE_SCHEMA_MISSING ? ACCESS_UNKNOWN
                                                                      : ACCESS_DENIED,
                     fault);
}

struct cause_answer cause_find(const struct forest *forest,
                               const struct cause_object *object,
                               const struct cause_principal *principal, const char *asked)
{
    const struct cause_wish wish = cause_wish(forest, asked);
    enum cause_code fault = schema_fault(forest, object, &wish);
    struct cause_answer answer = no_answer(ACCESS_DENIED, fault);
    struct search search = {forest, object, principal, wish.right, {0}, &answer};

    if (fault != CAUSE_NONE)
        return schema_answer(forest, fault);
    if (object->sd == NULL)
        return no_answer(ACCESS_UNKNOWN,
                         object->malformed ? CAUSE_MALFORMED : CAUSE_CANNOT_READ);
    search.question = question_of(object, principal, wish.item);
    answer.access = access_ask(&search.question, wish.right);
    if (answer.access.verdict != ACCESS_ALLOWED || answer.access.no_dacl)
        explain(&search);
    remark(&search);
    return answer;
}
