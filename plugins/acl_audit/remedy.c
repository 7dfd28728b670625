/* SPDX-License-Identifier: Apache-2.0 */
#include "remedy.h"

#include <stdarg.h>

#include "support/dn.h"

enum remedy_kind {
    BY_HAND,      /* a text is all there is */
    AT_CONTAINER, /* an entry that comes down from the container */
    AT_BLOCKER,   /* the same where inheritance stops */
    AT_HOLDER,    /* an entry on AdminSDHolder, for itself */
    JOIN_GROUP
};

static const struct {
    enum remedy_kind kind;
    const char *text; /* BY_HAND */
} remedies[CAUSE_CODES] = {
    [CAUSE_SCHEMA_MISSING] = {BY_HAND,
                              "extend the schema, or take the attribute out of the "
                              "rule; no right helps"},
    [CAUSE_NOT_WRITABLE] = {BY_HAND, "take the attribute out of the rule"},
    [CAUSE_CANNOT_READ] = {BY_HAND, "audit with an account that may read permissions"},
    [CAUSE_MALFORMED] = {BY_HAND,
                         "look at the descriptor with the tools of the directory"},
    [CAUSE_NULL_DACL] = {BY_HAND,
                         "give the object a list: at present everybody may write"},
    [CAUSE_EMPTY_DACL] = {AT_CONTAINER, NULL},
    [CAUSE_CONDITIONAL] = {BY_HAND, "replace the conditional entry by a plain one"},
    [CAUSE_DENY_ACE] = {BY_HAND, "remove or narrow the denying entry by hand"},
    [CAUSE_DENY_ACE_INHERITED] =
        {BY_HAND, "remove or narrow the denying entry where it comes from, "
                  "by hand"},
    [CAUSE_ADMINSDHOLDER] = {AT_HOLDER, NULL},
    [CAUSE_ADMINSDHOLDER_IO] = {AT_HOLDER, NULL},
    [CAUSE_NOT_MEMBER] = {JOIN_GROUP, NULL},
    [CAUSE_GROUP_WRONG_SCOPE] = {BY_HAND, "make it a universal group"},
    [CAUSE_GROUP_NOT_SECURITY] = {BY_HAND, "convert the group to a security group"},
    [CAUSE_RIGHT_MISSING] = {AT_CONTAINER, NULL},
    [CAUSE_ZERO_GUID] = {AT_CONTAINER, NULL},
    [CAUSE_PROPSET_MISMATCH] = {AT_CONTAINER, NULL},
    [CAUSE_CLASS_MISMATCH] = {AT_CONTAINER, NULL},
    [CAUSE_WRONG_GUID] = {AT_CONTAINER, NULL},
    [CAUSE_INHERITED_TYPE] = {AT_CONTAINER, NULL},
    [CAUSE_INHERIT_ONLY] = {AT_CONTAINER, NULL},
    [CAUSE_ORPHANED] = {BY_HAND,
                        "turn inheritance on again and clear adminCount, after a "
                        "look at why it was set"},
    [CAUSE_INHERITANCE_BLOCKED] = {AT_BLOCKER, NULL},
    [CAUSE_BLOCKED_PERHAPS] = {AT_BLOCKER, NULL},
    [CAUSE_NO_PROPAGATE] = {AT_CONTAINER, NULL},
    [CAUSE_INHERIT_STALE] = {BY_HAND, "let the domain controller propagate again "
                                      "(fixupInheritance), or touch the list of the "
                                      "container"},
    [CAUSE_SELF_ONLY] = {AT_CONTAINER, NULL},
    [CAUSE_NO_ACE] = {AT_CONTAINER, NULL},
    [CAUSE_NO_ACE_SEEN] = {AT_CONTAINER, NULL},
};

static const char *print(struct pool *pool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static const char *print(struct pool *pool, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    int length;

    va_start(args, fmt);
    length = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (length < 0)
        return "";
    return pool_text(pool, text, strlen(text));
}

/* (OA;CIIO;WP;attribute;class;trustee), or for the object alone (OA;;WP;attribute;;..).
 */
static const char *grant(const struct remedy_request *request, bool comes_down,
                         struct pool *pool)
{
    const struct cause_wish *wish = request->wish;

    return wish->item == NULL
               ? NULL
               : sddl_grant(wish->word, wish->item->guid,
                            comes_down ? request->object->object_class->guid : NULL,
                            request->trustee, pool);
}

static struct remedy at_container(const struct remedy_request *request, const char *place,
                                  struct pool *pool)
{
    return (struct remedy){
        .text = print(pool, "let %s %s %s of %s objects below %s", request->trustee_name,
                      request->wish->verb, request->wish->name,
                      request->object->object_class->name, place),
        .place = place,
        .grant = grant(request, true, pool),
        .trustee = request->trustee_name,
    };
}

static struct remedy at_itself(const struct remedy_request *request, struct pool *pool)
{
    return (struct remedy){
        .text = print(pool, "let %s %s %s at %s", request->trustee_name,
                      request->wish->verb, request->wish->name, request->object->dn),
        .place = request->object->dn,
        .grant = grant(request, false, pool),
        .trustee = request->trustee_name,
    };
}

static struct remedy at_blocker(const struct remedy_request *request, struct pool *pool)
{
    int blocker = request->answer->blocker;
    const char *place =
        blocker < 0 ? request->object->dn : request->object->ancestors[blocker].dn;

    return (struct remedy){
        .text =
            print(pool, "turn inheritance on again at %s, or let %s %s %s there", place,
                  request->trustee_name, request->wish->verb, request->wish->name),
        .place = place,
        .grant = grant(request, blocker >= 0, pool),
        .trustee = request->trustee_name,
    };
}

static struct remedy at_holder(const struct remedy_request *request, struct pool *pool)
{
    return (struct remedy){
        .text = print(pool,
                      "leave administrators out of the synchronisation; else let %s %s "
                      "%s on AdminSDHolder, for the object itself",
                      request->trustee_name, request->wish->verb, request->wish->name),
        .place = request->holder_dn,
        .grant = grant(request, false, pool),
        .trustee = request->trustee_name,
    };
}

static struct remedy join_group(const struct remedy_request *request, struct pool *pool)
{
    return (struct remedy){
        .text = print(pool, "make %s a member of %s, and let the agent log on anew",
                      request->account_dn, request->group_dn),
        .place = request->group_dn,
    };
}

struct remedy remedy_of(const struct remedy_request *request, struct pool *pool)
{
    enum cause_code code = request->answer->code;

    switch (remedies[code].kind) {
    case AT_CONTAINER:
        if (request->itself)
            return at_itself(request, pool);
        return at_container(request, dn_parent(request->object->dn), pool);
    case AT_BLOCKER:
        return at_blocker(request, pool);
    case AT_HOLDER:
        return at_holder(request, pool);
    case JOIN_GROUP:
        return join_group(request, pool);
    case BY_HAND:
        break;
    }
    return (struct remedy){.text = remedies[code].text};
}
