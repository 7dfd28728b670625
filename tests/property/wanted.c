/* SPDX-License-Identifier: Apache-2.0 */

/* Whom the rules want, in a few words, and what of that was ever true since all was at
 * rest. */

#include <strings.h>

#include "engine.h"

static bool has_status(const struct system *hr, int entry, const char *status)
{
    return strcasecmp(sys_get(hr, entry, HR_STATUS), status) == 0;
}

static bool is_person(const struct system *hr, int entry)
{
    return hr->entries[entry].here && hr->entries[entry].class == HR_PERSON;
}

bool engine_wants_person(const struct shared *shared, int entry)
{
    const struct system *hr = &shared->systems[HR];

    return is_person(hr, entry) &&
           ((shared->variant & VARIANT_EVERYBODY) != 0 || !has_status(hr, entry, "left"));
}

static bool wants_user(const struct system *hr, int entry, unsigned scope)
{
    return is_person(hr, entry) && (scope & VARIANT_NO_USERS) == 0 &&
           ((scope & VARIANT_EVERYBODY) != 0 || !has_status(hr, entry, "left")) &&
           ((scope & VARIANT_PROVISION_ALL) != 0 || !has_status(hr, entry, "temp"));
}

bool engine_wants_user(const struct shared *shared, int entry)
{
    return wants_user(&shared->systems[HR], entry, shared->variant);
}

static uint64_t all_wanted(const struct system *hr, unsigned scope)
{
    uint64_t wanted = 0;

    for (int i = 0; i < ENTRIES; i++)
        if (wants_user(hr, i, scope) ||
            (hr->entries[i].here && hr->entries[i].class == HR_TEAM))
            wanted |= sys_key_bit(sys_get(hr, i, HR_ID));
    return wanted;
}

void engine_note_unwanted(struct shared *shared, const struct system *hr)
{
    for (unsigned scope = 0; scope < SCOPES; scope++)
        shared->unwanted[scope] |= ~all_wanted(hr, scope);
}

void engine_note_wanted(struct shared *shared)
{
    shared->in_force[shared->variant % SCOPES] = true;
    engine_note_unwanted(shared, &shared->systems[HR]);
}

uint64_t engine_steady(const struct shared *shared)
{
    uint64_t unwanted = 0;

    for (unsigned scope = 0; scope < SCOPES; scope++)
        if (shared->in_force[scope])
            unwanted |= shared->unwanted[scope];
    return ~unwanted;
}

/* What the engine had merged into an entry is not its own any more once it let go. */
void engine_give_to_people(struct sys_entry *entry)
{
    struct sys_attr *a = &entry->attrs[D_PROXIES];

    for (unsigned v = 0; v < a->count; v++)
        a->values[v].local = true;
}

void engine_settle(struct shared *shared)
{
    struct system *directory = &shared->systems[DIRECTORY];
    uint64_t steady = engine_steady(shared);

    for (int i = 0; i < ENTRIES; i++) {
        struct sys_entry *entry = &directory->entries[i];

        if (!entry->here)
            continue;
        if ((entry->keys & ~steady) != 0)
            engine_give_to_people(entry);
        entry->keys = sys_key_bit(sys_get(directory, i, D_KEY));
    }
    memset(shared->in_force, 0, sizeof shared->in_force);
    memset(shared->unwanted, 0, sizeof shared->unwanted);
    engine_note_wanted(shared);
}
