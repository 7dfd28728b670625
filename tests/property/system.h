/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_SYSTEM_H
#define PROPERTY_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Three connected systems, played in memory: HR, which decides who there is; a directory,
 * in which the engine makes, changes and deletes entries; a telephone list, whose entries
 * are found by a key. People change them (sys_*), imports read them (feed.h), exports are
 * applied to them (apply.h). All of it is plain data of fixed size without pointers, so
 * that it can lie in memory which a process that dies shares with the one that goes on.
 *
 * References are kept as anchors, and follow the entry they name: a deleted one takes the
 * references to it along. Those of HR are mere numbers, and may name nobody.
 */
enum { HR, DIRECTORY, PHONES, SYSTEMS };
enum {
    ENTRIES = 36,
    ATTRIBUTES = 8,
    VALUES = 8,
    TEXT = 32,
    TOMBS = 64,
    LONGEST_DN = 160
};
enum { NOBODY = -1 };

enum { HR_PERSON, HR_CONTRACTOR, HR_TEAM };
enum { HR_ID, HR_NAME, HR_TITLE, HR_MAIL, HR_STATUS, HR_MANAGER, HR_MEMBER };
enum { D_USER, D_GROUP };
enum { D_KEY, D_TITLE, D_MAIL, D_NOTE, D_MANAGER, D_SECRETARY, D_MEMBER, D_PROXIES };
enum { D_STAFF, D_GROUPS, D_OLD };
enum { P_ENTRY, P_ROOM, P_UNIT };
enum { P_KEY, P_TITLE, P_MAIL, P_PHONE, P_NOTE, P_ASSISTANT };

struct sys_value {
    char text[TEXT];
    bool local;    /* people put it there */
    bool exported; /* the engine did */
};

struct sys_attr {
    unsigned count;
    uint64_t changed;
    struct sys_value values[VALUES];
};

struct sys_entry {
    bool here;
    unsigned class;
    char anchor[TEXT];
    char rdn[TEXT];
    int above;        /* the entry that it lies below; NOBODY: a fixed container */
    unsigned place;   /* which of them */
    uint64_t changed; /* born, renamed, of another class; or any attribute */
    uint64_t born;    /* the same, but of attributes and renames */
    uint64_t keys;    /* persons and teams whose key it had since all was at rest */
    struct sys_attr attrs[ATTRIBUTES];
};

struct sys_tomb {
    char anchor[TEXT];
    char dn[LONGEST_DN];
    uint64_t when;
};

struct system {
    unsigned number;
    uint64_t now; /* counts changes; the watermark of a delta import */
    uint64_t made;
    struct sys_entry entries[ENTRIES];
    struct sys_tomb tombs[TOMBS]; /* a ring */
    unsigned buried;
};

struct sys_attribute_kind {
    const char *name;
    bool reference;
    bool many;
    bool exported; /* the engine may write it */
};

struct sys_kind {
    const char *name;
    const char *partition;
    const char *classes[4];
    struct sys_attribute_kind attributes[ATTRIBUTES + 1];
    const char *places[4];
    bool referential;
    char letter; /* of anchors */
};

extern const struct sys_kind sys_kinds[SYSTEMS];

static inline const struct sys_kind *sys_kind(const struct system *s)
{
    return &sys_kinds[s->number];
}

void sys_dn(const struct system *s, int entry, char out[LONGEST_DN]);
/* NOBODY where there is none. Names are compared without regard to case. */
int sys_find_dn(const struct system *s, const char *dn);
int sys_find_anchor(const struct system *s, const char *anchor);
/* Whether an entry could be there; for renames, `but` is the one that goes there. */
bool sys_is_free(const struct system *s, const char *rdn, int above, unsigned place,
                 int but);
/* The container a DN is in, and the first part of it. False: there is no such container.
 */
bool sys_split(const struct system *s, const char *dn, char rdn[TEXT], int *above,
               unsigned *place);
bool sys_is_below(const struct system *s, int entry, int container);
bool sys_has_children(const struct system *s, int entry);
/* The n-th entry of the class (any for -1), counted round; NOBODY: there is none. */
int sys_nth(const struct system *s, int class, uint32_t n);
unsigned sys_count(const struct system *s, int class);

/* NOBODY: there is no room. An anchor that is NULL is made up. */
int sys_make(struct system *s, unsigned class, const char *anchor, const char *rdn,
             int above, unsigned place);
void sys_remove(struct system *s, int entry);
void sys_move(struct system *s, int entry, const char *rdn, int above, unsigned place);
/* The two change places. */
void sys_swap(struct system *s, int a, int b);
/* Attributes that its class does not have go. */
void sys_retype(struct system *s, int entry, unsigned class);

/* The only, or first, value; "" where there is none. */
const char *sys_get(const struct system *s, int entry, unsigned attribute);
/* NULL or "": none. */
void sys_set(struct system *s, int entry, unsigned attribute, const char *text,
             bool exported);
int sys_find_value(const struct system *s, int entry, unsigned attribute,
                   const char *text, bool exact);
void sys_add_value(struct system *s, int entry, unsigned attribute, const char *text,
                   bool exported);
void sys_remove_value(struct system *s, int entry, unsigned attribute, const char *text);

/* "e3" is bit 3, "t2" bit 34; anything else has none. */
uint64_t sys_key_bit(const char *key);

#endif
