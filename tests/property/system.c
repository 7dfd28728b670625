/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct sys_kind sys_kinds[SYSTEMS] = {
    [HR] = {.name = "HR",
            .partition = "default",
            .classes = {"person", "contractor", "team"},
            .attributes = {[HR_ID] = {.name = "id"},
                           [HR_NAME] = {.name = "name"},
                           [HR_TITLE] = {.name = "title"},
                           [HR_MAIL] = {.name = "mail"},
                           [HR_STATUS] = {.name = "status"},
                           [HR_MANAGER] = {.name = "manager", .reference = true},
                           [HR_MEMBER] = {.name = "member",
                                          .reference = true,
                                          .many = true}},
            .letter = 'h'},
    [DIRECTORY] =
        {.name = "Directory",
         .partition = "DC=corp,DC=example",
         .classes = {"user", "group"},
         .attributes =
             {[D_KEY] = {.name = "employeeID", .exported = true},
              [D_TITLE] = {.name = "title", .exported = true},
              [D_MAIL] = {.name = "mail", .exported = true},
              [D_NOTE] = {.name = "note"},
              [D_MANAGER] = {.name = "manager", .reference = true, .exported = true},
              [D_SECRETARY] = {.name = "secretary", .reference = true},
              [D_MEMBER] =
                  {.name = "member", .reference = true, .many = true, .exported = true},
              [D_PROXIES] = {.name = "proxyAddresses", .many = true, .exported = true}},
         .places = {"OU=Staff,DC=corp,DC=example", "OU=Groups,DC=corp,DC=example",
                    "OU=Old,DC=corp,DC=example"},
         .referential = true,
         .letter = 'd'},
    [PHONES] = {.name = "Phones",
                .partition = "DC=phones,DC=example",
                .classes = {"entry", "room", "organizationalUnit"},
                .attributes = {[P_KEY] = {.name = "number", .exported = true},
                               [P_TITLE] = {.name = "title"},
                               [P_MAIL] = {.name = "mail", .exported = true},
                               [P_PHONE] = {.name = "phone"},
                               [P_NOTE] = {.name = "note"},
                               [P_ASSISTANT] = {.name = "assistant",
                                                .reference = true,
                                                .exported = true}},
                .places = {"DC=phones,DC=example"},
                .referential = true,
                .letter = 'p'},
};

/* Which attributes an entry of the class has, as bits. */
static const unsigned of_class[SYSTEMS][3] = {
    [HR] = {0x3f, 1u << HR_ID | 1u << HR_NAME,
            1u << HR_ID | 1u << HR_NAME | 1u << HR_MEMBER},
    [DIRECTORY] = {0xffu & ~(1u << D_MEMBER),
                   1u << D_KEY | 1u << D_NOTE | 1u << D_MEMBER},
    [PHONES] = {0x3f, 1u << P_KEY | 1u << P_NOTE, 1u << P_NOTE},
};

/* --- names -------------------------------------------------------------------------- */

void sys_dn(const struct system *s, int entry, char out[LONGEST_DN])
{
    const struct sys_entry *e = &s->entries[entry];
    char above[LONGEST_DN];

    if (e->above == NOBODY && sys_kind(s)->places[0] == NULL) {
        snprintf(out, LONGEST_DN, "%s", e->rdn);
        return;
    }
    if (e->above == NOBODY)
        snprintf(above, sizeof above, "%s", sys_kind(s)->places[e->place]);
    else
        sys_dn(s, e->above, above);
    snprintf(out, LONGEST_DN, "%s,%.120s", e->rdn, above);
}

int sys_find_dn(const struct system *s, const char *dn)
{
    char here[LONGEST_DN];

    for (int i = 0; i < ENTRIES; i++) {
        if (!s->entries[i].here)
            continue;
        sys_dn(s, i, here);
        if (strcasecmp(here, dn) == 0)
            return i;
    }
    return NOBODY;
}

int sys_find_anchor(const struct system *s, const char *anchor)
{
    for (int i = 0; i < ENTRIES; i++)
        if (s->entries[i].here && strcmp(s->entries[i].anchor, anchor) == 0)
            return i;
    return NOBODY;
}

bool sys_is_free(const struct system *s, const char *rdn, int above, unsigned place,
                 int but)
{
    for (int i = 0; i < ENTRIES; i++)
        if (i != but && s->entries[i].here && s->entries[i].above == above &&
            s->entries[i].place == place && strcasecmp(s->entries[i].rdn, rdn) == 0)
            return false;
    return true;
}

bool sys_split(const struct system *s, const char *dn, char rdn[TEXT], int *above,
               unsigned *place)
{
    const char *comma = strchr(dn, ',');

    if (comma == NULL || comma - dn >= TEXT)
        return false;
    snprintf(rdn, TEXT, "%.*s", (int)(comma - dn), dn);
    *above = NOBODY;
    for (*place = 0; sys_kind(s)->places[*place] != NULL; (*place)++)
        if (strcasecmp(sys_kind(s)->places[*place], comma + 1) == 0)
            return true;
    *place = 0;
    *above = sys_find_dn(s, comma + 1);
    return *above != NOBODY;
}

bool sys_is_below(const struct system *s, int entry, int container)
{
    for (; entry != NOBODY; entry = s->entries[entry].above)
        if (entry == container)
            return true;
    return false;
}

bool sys_has_children(const struct system *s, int entry)
{
    for (int i = 0; i < ENTRIES; i++)
        if (s->entries[i].here && s->entries[i].above == entry)
            return true;
    return false;
}

unsigned sys_count(const struct system *s, int class)
{
    unsigned count = 0;

    for (int i = 0; i < ENTRIES; i++)
        count +=
            s->entries[i].here && (class < 0 || s->entries[i].class == (unsigned)class);
    return count;
}

int sys_nth(const struct system *s, int class, uint32_t n)
{
    unsigned count = sys_count(s, class);

    if (count == 0)
        return NOBODY;
    n %= count;
    for (int i = 0; i < ENTRIES; i++)
        if (s->entries[i].here && (class < 0 || s->entries[i].class == (unsigned)class) &&
            n-- == 0)
            return i;
    return NOBODY;
}

/* --- entries ------------------------------------------------------------------------ */

static uint64_t touch(struct system *s, int entry)
{
    return s->entries[entry].changed = ++s->now;
}

int sys_make(struct system *s, unsigned class, const char *anchor, const char *rdn,
             int above, unsigned place)
{
    for (int i = 0; i < ENTRIES; i++) {
        struct sys_entry *e = &s->entries[i];

        if (e->here)
            continue;
        memset(e, 0, sizeof *e);
        e->here = true;
        e->class = class;
        e->above = above;
        e->place = place;
        snprintf(e->rdn, sizeof e->rdn, "%s", rdn);
        if (anchor != NULL)
            snprintf(e->anchor, sizeof e->anchor, "%s", anchor);
        else
            snprintf(e->anchor, sizeof e->anchor, "%c%llu", sys_kind(s)->letter,
                     (unsigned long long)++s->made);
        e->born = touch(s, i);
        return i;
    }
    return NOBODY;
}

/* References to what is gone go too; HR knows no such care. */
static void forget(struct system *s, const char *anchor)
{
    for (int i = 0; i < ENTRIES; i++)
        for (unsigned a = 0; s->entries[i].here && a < ATTRIBUTES; a++)
            if (sys_kind(s)->attributes[a].reference)
                sys_remove_value(s, i, a, anchor);
}

void sys_remove(struct system *s, int entry)
{
    struct sys_entry *e = &s->entries[entry];
    struct sys_tomb *tomb = &s->tombs[s->buried++ % TOMBS];

    snprintf(tomb->anchor, sizeof tomb->anchor, "%s", e->anchor);
    sys_dn(s, entry, tomb->dn);
    tomb->when = ++s->now;
    e->here = false;
    if (sys_kind(s)->referential)
        forget(s, e->anchor);
}

void sys_move(struct system *s, int entry, const char *rdn, int above, unsigned place)
{
    struct sys_entry *e = &s->entries[entry];

    snprintf(e->rdn, sizeof e->rdn, "%s", rdn);
    e->above = above;
    e->place = place;
    touch(s, entry);
}

void sys_swap(struct system *s, int a, int b)
{
    struct sys_entry one = s->entries[a];
    struct sys_entry other = s->entries[b];

    sys_move(s, a, other.rdn, other.above, other.place);
    sys_move(s, b, one.rdn, one.above, one.place);
}

void sys_retype(struct system *s, int entry, unsigned class)
{
    struct sys_entry *e = &s->entries[entry];

    e->class = class;
    for (unsigned a = 0; a < ATTRIBUTES; a++)
        if ((of_class[s->number][class] & 1u << a) == 0)
            e->attrs[a].count = 0;
    e->born = touch(s, entry);
}

/* --- values ------------------------------------------------------------------------- */

const char *sys_get(const struct system *s, int entry, unsigned attribute)
{
    const struct sys_attr *a = &s->entries[entry].attrs[attribute];

    return a->count == 0 ? "" : a->values[0].text;
}

uint64_t sys_key_bit(const char *key)
{
    if ((key[0] != 'e' && key[0] != 'E' && key[0] != 't') || key[1] == '\0')
        return 0;
    return (uint64_t)1 << ((key[0] == 't' ? 32 : 0) + atoi(key + 1));
}

static void note_key(struct system *s, int entry, unsigned attribute)
{
    if (attribute == 0) /* the key is the first attribute of each system */
        s->entries[entry].keys |= sys_key_bit(sys_get(s, entry, attribute));
}

static void mark(struct system *s, int entry, unsigned attribute)
{
    s->entries[entry].attrs[attribute].changed = touch(s, entry);
    note_key(s, entry, attribute);
}

int sys_find_value(const struct system *s, int entry, unsigned attribute,
                   const char *text, bool exact)
{
    const struct sys_attr *a = &s->entries[entry].attrs[attribute];

    for (unsigned i = 0; i < a->count; i++)
        if ((exact ? strcmp(a->values[i].text, text)
                   : strcasecmp(a->values[i].text, text)) == 0)
            return (int)i;
    return NOBODY;
}

static void put(struct sys_value *value, const char *text, bool exported)
{
    *value = (struct sys_value){.local = !exported, .exported = exported};
    snprintf(value->text, sizeof value->text, "%s", text);
}

void sys_set(struct system *s, int entry, unsigned attribute, const char *text,
             bool exported)
{
    struct sys_attr *a = &s->entries[entry].attrs[attribute];

    if (strcmp(sys_get(s, entry, attribute), text == NULL ? "" : text) == 0)
        return;
    a->count = text != NULL && text[0] != '\0';
    if (a->count > 0)
        put(&a->values[0], text, exported);
    mark(s, entry, attribute);
}

void sys_add_value(struct system *s, int entry, unsigned attribute, const char *text,
                   bool exported)
{
    struct sys_attr *a = &s->entries[entry].attrs[attribute];
    int at = sys_find_value(s, entry, attribute, text, false);

    if (at != NOBODY) {
        a->values[at].local = a->values[at].local || !exported;
        a->values[at].exported = a->values[at].exported || exported;
        return;
    }
    if (a->count == VALUES)
        return;
    put(&a->values[a->count++], text, exported);
    mark(s, entry, attribute);
}

void sys_remove_value(struct system *s, int entry, unsigned attribute, const char *text)
{
    struct sys_attr *a = &s->entries[entry].attrs[attribute];
    int at = sys_find_value(s, entry, attribute, text, false);

    if (at == NOBODY)
        return;
    a->values[at] = a->values[--a->count];
    mark(s, entry, attribute);
}
