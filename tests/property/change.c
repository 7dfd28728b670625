/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What people do in the systems. Anything goes, but what no configuration could bring to
 * rest: two persons of HR who want one name, a swap of names that the engine would have
 * to undo in a directory that has no spare one, a name for a person taken by a group.
 */

#include <stdlib.h>
#include <strings.h>

#include "event.h"

enum { PERSONS = 9, TEAMS = 3, NAMES = 26, FIRST = 0 };

#define CHANGE(name)                                                                     \
    static void name(struct shared *shared, const struct event *event, struct buf *line)

static struct system *of(struct shared *shared, unsigned s)
{
    return &shared->systems[s];
}

/* What the entry is called in the lines. */
static const char *called(const struct system *s, int entry)
{
    static char text[LONGEST_DN];

    sys_dn(s, entry, text);
    return text;
}

static const char *text_of(const char *const *texts, uint32_t count, uint32_t n)
{
    return texts[n % count];
}
#define ONE_OF(n, ...)                                                                   \
    text_of((const char *const[]){__VA_ARGS__},                                          \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), n)

/* --- HR ----------------------------------------------------------------------------- */

static bool is_in_hr(struct shared *shared, const char *key)
{
    return key[0] != '\0' && sys_find_anchor(of(shared, HR), key) != NOBODY;
}

/* Nobody of HR is called so, and nobody in the directory who will go on being so. */
static bool name_is_free(struct shared *shared, const char *name, int but)
{
    const struct system *hr = of(shared, HR);
    const struct system *directory = of(shared, DIRECTORY);
    char rdn[TEXT];

    snprintf(rdn, sizeof rdn, "CN=%s", name);
    for (int i = 0; i < ENTRIES; i++) {
        if (i != but && hr->entries[i].here &&
            strcasecmp(sys_get(hr, i, HR_NAME), name) == 0)
            return false;
        if (directory->entries[i].here &&
            strcasecmp(directory->entries[i].rdn, rdn) == 0 &&
            is_in_hr(shared, sys_get(directory, i, D_KEY)))
            return false;
    }
    return true;
}

static bool free_name(struct shared *shared, uint32_t from, char name[TEXT])
{
    for (uint32_t i = 0; i < NAMES; i++) {
        snprintf(name, TEXT, "n%c", (char)('a' + (from + i) % NAMES));
        if (name_is_free(shared, name, NOBODY))
            return true;
    }
    return false;
}

static void hire(struct shared *shared, unsigned class, const char *id, uint32_t chance,
                 struct buf *line)
{
    struct system *hr = of(shared, HR);
    char name[TEXT];
    int entry;

    if (sys_find_anchor(hr, id) != NOBODY || !free_name(shared, chance, name))
        return;
    entry = sys_make(hr, class, id, id, NOBODY, 0);
    if (entry == NOBODY)
        return;
    sys_set(hr, entry, HR_ID, id, false);
    sys_set(hr, entry, HR_NAME, name, false);
    buf_print(line, "HR: %s '%s' comes", id, name);
}

CHANGE(hr_person_comes)
{
    char id[TEXT];

    snprintf(id, sizeof id, "e%u", event->a % PERSONS);
    hire(shared, HR_PERSON, id, event->b, line);
}

CHANGE(hr_team_comes)
{
    char id[TEXT];

    snprintf(id, sizeof id, "t%u", event->a % TEAMS);
    hire(shared, HR_TEAM, id, event->b, line);
}

CHANGE(hr_goes)
{
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, -1, event->a);

    if (entry <= FIRST)
        return;
    buf_print(line, "HR: %s goes", hr->entries[entry].anchor);
    sys_remove(hr, entry);
}

CHANGE(hr_name)
{
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, -1, event->a);
    char name[TEXT];

    if (entry == NOBODY || !free_name(shared, event->b, name))
        return;
    if (event->c % 4 == 0) { /* the same in other letters */
        snprintf(name, sizeof name, "%s", sys_get(hr, entry, HR_NAME));
        name[1] ^= 0x20;
    }
    sys_set(hr, entry, HR_NAME, name, false);
    buf_print(line, "HR: %s is called '%s'", hr->entries[entry].anchor, name);
}

CHANGE(hr_value)
{
    static const struct {
        unsigned attribute;
        const char *values[5];
    } kinds[] = {
        {HR_TITLE, {"", "Clerk", "clerk", "Head", "Boss"}},
        {HR_MAIL, {"", "a@x", "A@x", "b@x", "c@x"}},
        {HR_STATUS, {"", "left", "temp", "here", "Temp"}},
    };
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, HR_PERSON, event->a);
    uint32_t kind = event->b % 3;
    const char *value = kinds[kind].values[event->c % 5];

    if (entry == NOBODY)
        return;
    sys_set(hr, entry, kinds[kind].attribute, value, false);
    buf_print(line, "HR: %s has %s '%s'", hr->entries[entry].anchor,
              sys_kinds[HR].attributes[kinds[kind].attribute].name, value);
}

CHANGE(hr_manager)
{
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, HR_PERSON, event->a);
    char id[TEXT];

    if (entry == NOBODY)
        return;
    snprintf(id, sizeof id, event->b % 4 == 0 ? "" : "e%u", event->c % PERSONS);
    sys_set(hr, entry, HR_MANAGER, id, false);
    buf_print(line, "HR: the manager of %s is '%s'", hr->entries[entry].anchor, id);
}

CHANGE(hr_member)
{
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, HR_TEAM, event->a);
    char id[TEXT];
    bool out = event->c % 3 == 0;

    if (entry == NOBODY)
        return;
    snprintf(id, sizeof id, "e%u", event->b % PERSONS);
    if (out)
        sys_remove_value(hr, entry, HR_MEMBER, id);
    else
        sys_add_value(hr, entry, HR_MEMBER, id, false);
    buf_print(line, "HR: %s %s %s", id, out ? "leaves" : "joins",
              hr->entries[entry].anchor);
}

CHANGE(hr_retype)
{
    struct system *hr = of(shared, HR);
    int entry = sys_nth(hr, (int)(event->b % 2), event->a);

    if (entry <= FIRST)
        return;
    sys_retype(hr, entry, event->b % 2 == 0 ? HR_CONTRACTOR : HR_PERSON);
    buf_print(line, "HR: %s is a %s now", hr->entries[entry].anchor,
              sys_kinds[HR].classes[hr->entries[entry].class]);
}

/* --- the directory ------------------------------------------------------------------ */

/* A name that nobody will ever be given. */
static void own_name(uint32_t n, char rdn[TEXT])
{
    snprintf(rdn, TEXT, "CN=x%u", n % 40);
}

/* By its key, of a person or, where it is asked for, of nobody. */
static void some_key(uint32_t n, char key[TEXT])
{
    snprintf(key, TEXT, n % 5 == 0 ? "" : n % 5 == 1 ? "E%u" : "e%u", n / 5 % PERSONS);
}

CHANGE(directory_user_comes)
{
    struct system *s = of(shared, DIRECTORY);
    int person = sys_nth(of(shared, HR), HR_PERSON, event->c);
    unsigned place = event->a % 4 == 0 ? D_OLD : D_STAFF;
    char rdn[TEXT];
    char key[TEXT];
    int entry;

    own_name(event->b, rdn);
    if (event->a % 5 == 0 && person != NOBODY)
        snprintf(rdn, sizeof rdn, "CN=%s", sys_get(of(shared, HR), person, HR_NAME));
    if (!sys_is_free(s, rdn, NOBODY, place, NOBODY))
        return;
    entry = sys_make(s, D_USER, NULL, rdn, NOBODY, place);
    if (entry == NOBODY)
        return;
    some_key(event->c, key);
    sys_set(s, entry, D_KEY, key, false);
    buf_print(line, "Directory: %s comes, %s, with key '%s'", called(s, entry),
              s->entries[entry].anchor, key);
}

CHANGE(directory_group_comes)
{
    struct system *s = of(shared, DIRECTORY);
    char rdn[TEXT];
    char key[TEXT] = "";
    int entry;

    own_name(event->b, rdn);
    if (!sys_is_free(s, rdn, NOBODY, D_GROUPS, NOBODY))
        return;
    entry = sys_make(s, D_GROUP, NULL, rdn, NOBODY, D_GROUPS);
    if (entry == NOBODY)
        return;
    if (event->a % 2 == 0)
        snprintf(key, sizeof key, "t%u", event->c % TEAMS);
    sys_set(s, entry, D_KEY, key, false);
    buf_print(line, "Directory: %s comes, %s, with key '%s'", called(s, entry),
              s->entries[entry].anchor, key);
}

CHANGE(directory_goes)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, -1, event->a);

    if (entry <= FIRST)
        return;
    buf_print(line, "Directory: %s goes, %s", called(s, entry), s->entries[entry].anchor);
    sys_remove(s, entry);
}

CHANGE(directory_rename)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, -1, event->a);
    unsigned place;
    char rdn[TEXT];

    own_name(event->b, rdn);
    if (entry == NOBODY)
        return;
    place = event->c % 3 == 0 ? D_OLD : s->entries[entry].place;
    if (!sys_is_free(s, rdn, NOBODY, place, entry))
        return;
    buf_print(line, "Directory: %s", called(s, entry));
    sys_move(s, entry, rdn, NOBODY, place);
    buf_print(line, " is renamed to %s", called(s, entry));
}

CHANGE(directory_key)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, D_USER, event->a);
    char key[TEXT];

    if (entry == NOBODY)
        return;
    some_key(event->b, key);
    sys_set(s, entry, D_KEY, key, false);
    buf_print(line, "Directory: the key of %s is '%s'", called(s, entry), key);
}

CHANGE(directory_value)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, event->b % 3 == 2 ? -1 : D_USER, event->a);
    unsigned attribute = event->b % 3 == 0   ? D_TITLE
                         : event->b % 3 == 1 ? D_MAIL
                                             : D_NOTE;
    const char *value = ONE_OF(event->c, "", "Clerk", "b@x", "other");

    if (entry == NOBODY)
        return;
    sys_set(s, entry, attribute, value, false);
    buf_print(line, "Directory: %s has %s '%s'", called(s, entry),
              sys_kinds[DIRECTORY].attributes[attribute].name, value);
}

CHANGE(directory_reference)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, D_USER, event->a);
    int target = event->b % 4 == 0 ? NOBODY : sys_nth(s, -1, event->b / 4);
    unsigned attribute = event->c % 3 == 0 ? D_MANAGER : D_SECRETARY;
    char name[LONGEST_DN];

    if (entry == NOBODY)
        return;
    snprintf(name, sizeof name, "%s", called(s, entry));
    sys_set(s, entry, attribute, target == NOBODY ? "" : s->entries[target].anchor,
            false);
    buf_print(line, "Directory: %s of %s is %s",
              sys_kinds[DIRECTORY].attributes[attribute].name, name,
              target == NOBODY ? "nobody" : called(s, target));
}

CHANGE(directory_member)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, D_GROUP, event->a);
    int target = sys_nth(s, D_USER, event->b);

    if (entry == NOBODY || target == NOBODY)
        return;
    if (event->c % 2 == 0)
        sys_add_value(s, entry, D_MEMBER, s->entries[target].anchor, false);
    else
        sys_remove_value(s, entry, D_MEMBER, s->entries[target].anchor);
    buf_print(line, "Directory: %s %s", s->entries[target].anchor,
              event->c % 2 == 0 ? "joins" : "leaves");
    buf_print(line, " %s", called(s, entry));
}

CHANGE(directory_proxy)
{
    struct system *s = of(shared, DIRECTORY);
    int entry = sys_nth(s, D_USER, event->a);
    const char *value = ONE_OF(event->b, "smtp:a@x", "SMTP:a@x", "smtp:b@x", "x:y");
    bool out = event->c % 2 == 0;

    if (entry == NOBODY)
        return;
    if (out)
        sys_remove_value(s, entry, D_PROXIES, value);
    else
        sys_add_value(s, entry, D_PROXIES, value, false);
    buf_print(line, "Directory: %s %s proxy address %s", called(s, entry),
              out ? "loses" : "gets", value);
}

/* --- the telephone list ----------------------------------------------------------- */

static int some_container(const struct system *s, uint32_t n)
{
    return n % 3 == 0 ? NOBODY : sys_nth(s, P_UNIT, n);
}

CHANGE(phones_comes)
{
    struct system *s = of(shared, PHONES);
    unsigned class = event->c % 6 == 0 ? P_UNIT : event->c % 6 == 1 ? P_ROOM : P_ENTRY;
    int above = class == P_UNIT ? NOBODY : some_container(s, event->b);
    char rdn[TEXT];
    char key[TEXT];
    int entry;

    snprintf(rdn, sizeof rdn, class == P_UNIT ? "OU=u%u" : "CN=p%u", event->a % 30);
    if (!sys_is_free(s, rdn, above, 0, NOBODY) ||
        (class == P_UNIT && sys_count(s, P_UNIT) >= 5))
        return;
    entry = sys_make(s, class, NULL, rdn, above, 0);
    if (entry == NOBODY)
        return;
    some_key(event->a, key);
    if (class != P_UNIT)
        sys_set(s, entry, P_KEY, key, false);
    buf_print(line, "Phones: %s comes, %s, with number '%s'", called(s, entry),
              s->entries[entry].anchor, sys_get(s, entry, P_KEY));
}

/* With all that lies below it. */
CHANGE(phones_goes)
{
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, -1, event->a);

    if (entry <= FIRST || sys_is_below(s, FIRST, entry))
        return;
    buf_print(line, "Phones: %s goes, %s", called(s, entry), s->entries[entry].anchor);
    for (int i = 0; i < ENTRIES; i++)
        if (i != entry && s->entries[i].here && sys_is_below(s, i, entry))
            sys_remove(s, i);
    sys_remove(s, entry);
}

CHANGE(phones_move)
{
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, -1, event->a);
    char rdn[TEXT];
    int above;

    if (entry == NOBODY)
        return;
    above = s->entries[entry].class == P_UNIT ? NOBODY : some_container(s, event->b);
    snprintf(rdn, sizeof rdn, s->entries[entry].class == P_UNIT ? "OU=u%u" : "CN=p%u",
             event->c % 30);
    if (!sys_is_free(s, rdn, above, 0, entry))
        return;
    buf_print(line, "Phones: %s", called(s, entry));
    sys_move(s, entry, rdn, above, 0);
    buf_print(line, " is %s now", called(s, entry));
}

CHANGE(phones_swap)
{
    struct system *s = of(shared, PHONES);
    int a = sys_nth(s, event->c % 4 == 0 ? P_UNIT : P_ENTRY, event->a);
    int b = sys_nth(s, event->c % 4 == 0 ? P_UNIT : P_ENTRY, event->b);

    if (a == NOBODY || b == NOBODY || a == b)
        return;
    buf_print(line, "Phones: %s and ", called(s, a));
    buf_print(line, "%s swap their names", called(s, b));
    sys_swap(s, a, b);
}

CHANGE(phones_value)
{
    static const unsigned attributes[] = {P_TITLE, P_MAIL, P_PHONE, P_NOTE};
    static const char *const values[][4] = {{"", "Clerk", "Chief", "chief"},
                                            {"", "a@x", "own@x", "c@x"},
                                            {"", "11", "22", "33"},
                                            {"", "hidden", "n", "m"}};
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, P_ENTRY, event->a);
    uint32_t kind = event->b % 4;

    if (entry == NOBODY)
        return;
    sys_set(s, entry, attributes[kind], values[kind][event->c % 4], false);
    buf_print(line, "Phones: %s has %s '%s'", called(s, entry),
              sys_kinds[PHONES].attributes[attributes[kind]].name,
              values[kind][event->c % 4]);
}

CHANGE(phones_key)
{
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, P_ENTRY, event->a);
    char key[TEXT];

    if (entry == NOBODY)
        return;
    some_key(event->b, key);
    sys_set(s, entry, P_KEY, key, false);
    buf_print(line, "Phones: the number of %s is '%s'", called(s, entry), key);
}

CHANGE(phones_assistant)
{
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, P_ENTRY, event->a);
    int target = event->b % 3 == 0 ? NOBODY : sys_nth(s, -1, event->c);

    if (entry == NOBODY)
        return;
    sys_set(s, entry, P_ASSISTANT, target == NOBODY ? "" : s->entries[target].anchor,
            false);
    buf_print(line, "Phones: the assistant of %s is ", called(s, entry));
    buf_print(line, "%s", target == NOBODY ? "nobody" : called(s, target));
}

CHANGE(phones_retype)
{
    struct system *s = of(shared, PHONES);
    int entry = sys_nth(s, (int)(event->b % 2), event->a);

    if (entry == NOBODY)
        return;
    sys_retype(s, entry, event->b % 2 == 0 ? P_ROOM : P_ENTRY);
    buf_print(line, "Phones: %s is a%s now", called(s, entry),
              event->b % 2 == 0 ? " room" : "n entry");
}

/* --- all of them -------------------------------------------------------------------- */

static const struct {
    unsigned weight;
    void (*run)(struct shared *shared, const struct event *event, struct buf *line);
} kinds[] = {
    {8, hr_person_comes},
    {3, hr_team_comes},
    {4, hr_goes},
    {6, hr_name},
    {10, hr_value},
    {4, hr_manager},
    {6, hr_member},
    {2, hr_retype},
    {5, directory_user_comes},
    {2, directory_group_comes},
    {4, directory_goes},
    {4, directory_rename},
    {4, directory_key},
    {4, directory_value},
    {5, directory_reference},
    {3, directory_member},
    {4, directory_proxy},
    {7, phones_comes},
    {3, phones_goes},
    {5, phones_move},
    {3, phones_swap},
    {6, phones_value},
    {4, phones_key},
    {2, phones_assistant},
    {3, phones_retype},
};

void changes_run(struct shared *shared, const struct event *event, struct buf *line)
{
    uint32_t all = 0;
    uint32_t at;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        all += kinds[i].weight;
    at = event->kind % all;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (at < kinds[i].weight) {
            kinds[i].run(shared, event, line);
            break;
        }
        at -= kinds[i].weight;
    }
    engine_note_wanted(shared);
}

void changes_begin(struct shared *shared)
{
    struct system *hr = of(shared, HR);
    int entry = sys_make(hr, HR_PERSON, "e0", "e0", NOBODY, 0);

    sys_set(hr, entry, HR_ID, "e0", false);
    sys_set(hr, entry, HR_NAME, "zero", false);
    (void)sys_make(of(shared, DIRECTORY), D_GROUP, NULL, "CN=first", NOBODY, D_GROUPS);
    (void)sys_make(of(shared, PHONES), P_UNIT, NULL, "OU=first", NOBODY, 0);
    engine_note_wanted(shared);
}
