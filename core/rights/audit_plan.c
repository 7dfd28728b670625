/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_plan.h"

#include <string.h>

#include "model/dn.h"

/* Codes whose grant a program may set, some of them only with somebody's consent. */
static const struct mendable {
    const char *code;
    const char *consent;
} mendable[] = {
    {"EMPTY-DACL", NULL},
    {"RIGHT-MISSING-WP", NULL},
    {"ZERO-GUID", NULL},
    {"PROPSET-MISMATCH", NULL},
    {"CLASS-MISMATCH", NULL},
    {"WRONG-GUID", NULL},
    {"NO-ACE", NULL},
    {"INHERITED-OBJECT-TYPE", NULL},
    {"ACE-INHERIT-ONLY", NULL},
    {"NO-PROPAGATE", NULL},
    {"SELF-ONLY", NULL},
    {"INHERITANCE-BLOCKED", "blocked-inheritance"},
    {"ADMINSDHOLDER", "adminsdholder"},
    {"ADMINSDHOLDER-IO", "adminsdholder"},
    {"GRANTED-BY-MORE", NULL},
};

/* Codes that name what should go. */
static const struct mendable removable[] = {
    {"GRANTS-BEYOND-NEED", NULL},
    {"HOLDER-BEYOND-NEED", "adminsdholder"},
};

/* Other rights than that to write an attribute are for people: "right:...". */
static const struct mendable *mendable_of(const struct audit_group *group)
{
    if (group->attribute != NULL && strchr(group->attribute, ':') != NULL)
        return NULL;
    for (size_t i = 0; i < sizeof mendable / sizeof mendable[0]; i++)
        if (group->grant != NULL && group->place != NULL &&
            strcmp(group->code, mendable[i].code) == 0)
            return &mendable[i];
    return NULL;
}

/* An entry that comes down to the place already: nothing does where inheritance is off.
 */
static struct audit_entry *covering(struct audit_plan *plan,
                                    const struct audit_group *group, const char *consent)
{
    for (size_t i = 0; i < plan->entries.count; i++) {
        struct audit_entry *entry = &plan->entries.items[i];

        if (strcmp(entry->grant, group->grant) == 0 &&
            (entry->comes_down && consent == NULL
                 ? dn_is_under(slice_text(group->place), slice_text(entry->place))
                 : dn_equal(slice_text(group->place), slice_text(entry->place))))
            return entry;
    }
    return NULL;
}

static bool comes_down(const char *grant)
{
    return strncmp(grant, "(OA;CI", 6) == 0;
}

static void add_entry(struct audit_plan *plan, const struct audit_group *group)
{
    const char *consent = mendable_of(group)->consent;
    struct audit_entry *known = covering(plan, group, consent);

    if (known != NULL) {
        known->objects += group->objects;
        return;
    }
    VEC_ADD(&plan->entries, (struct audit_entry){.place = group->place,
                                                 .grant = group->grant,
                                                 .trustee = group->trustee,
                                                 .attribute = group->attribute,
                                                 .object_type = group->object_type,
                                                 .comes_down = comes_down(group->grant),
                                                 .consent = consent,
                                                 .objects = group->objects});
}

/* The higher a place, the earlier: what lies below is covered then. */
static int by_depth(const void *a, const void *b)
{
    const struct audit_group *left = *(const struct audit_group *const *)a;
    const struct audit_group *right = *(const struct audit_group *const *)b;
    size_t depths[] = {dn_depth(slice_text(left->place)),
                       dn_depth(slice_text(right->place))};

    if (depths[0] != depths[1])
        return depths[0] < depths[1] ? -1 : 1;
    return left < right ? -1 : left > right;
}

static void add_removal(struct audit_plan *plan, const struct audit_group *group)
{
    for (size_t i = 0; i < sizeof removable / sizeof removable[0]; i++)
        if (strcmp(group->code, removable[i].code) == 0)
            VEC_ADD(&plan->removals,
                    (struct audit_removal){.place = group->place,
                                           .grant = group->revoke,
                                           .trustee = group->trustee,
                                           .object_type = group->object_type,
                                           .consent = removable[i].consent});
}

void audit_plan_narrow(const struct audit_tally *tally, struct audit_plan *plan)
{
    for (size_t i = 0; i < tally->groups.count; i++)
        if (tally->groups.items[i].revoke != NULL)
            add_removal(plan, &tally->groups.items[i]);
}

void audit_plan_make(const struct audit_tally *tally, struct audit_plan *out)
{
    VEC_OF(const struct audit_group *) groups = {0};

    *out = (struct audit_plan){0};
    for (size_t i = 0; i < tally->groups.count; i++) {
        const struct audit_group *group = &tally->groups.items[i];

        if (mendable_of(group) != NULL)
            VEC_ADD(&groups, group);
        else if (group->verdict != MA_ALLOWED)
            VEC_ADD(&out->by_hand, group);
    }
    if (groups.count > 0)
        qsort(groups.items, groups.count, sizeof groups.items[0], by_depth);
    for (size_t i = 0; i < groups.count; i++)
        add_entry(out, groups.items[i]);
    VEC_FREE(&groups);
}

void audit_plan_end(struct audit_plan *plan)
{
    VEC_FREE(&plan->entries);
    VEC_FREE(&plan->removals);
    VEC_FREE(&plan->by_hand);
}
