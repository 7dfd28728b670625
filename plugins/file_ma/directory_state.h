/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_DIRECTORY_STATE_H
#define FILE_MA_DIRECTORY_STATE_H

#include "directory.h"
#include "journal.h"

/* A directory in memory, shared by the files that read, change and write it. What lasts
 * is in `pool`, which is a nameless file; what a change needs is in `scratch`. */

struct object {
    struct packed content;
    size_t number;      /* its place among the objects */
    const char *dn_key; /* folded; NULL where it has no keys yet */
    struct ma_value anchor;
    bool gone;
    bool touched; /* since the last save */
};

/* Objects by a key, whose hash is all that is kept of it; with as many slots as nodes. */
struct node {
    struct node *next;
    struct object *object;
    uint64_t hash;
};

struct index {
    struct node **slots;
    size_t size;
    size_t count;
};

struct directory {
    const struct settings *set;
    struct pool pool;
    struct pool scratch;
    struct bytes packing; /* a record on its way into the pool */
    struct object **objects;
    size_t count;
    size_t capacity;
    struct object **touched;
    size_t touched_count;
    size_t touched_capacity;
    struct columns columns;
    struct index by_anchor;
    struct index by_dn;
    struct index by_reference;    /* who refers to a DN, or did */
    char identity[IDENTITY_SIZE]; /* of the file, as it was read or written last */
    size_t file_size;
    struct journal journal;
};

/* --- directory.c ------------------------------------------------------------------ */
/* At the end, not to be found before it has keys; it counts once directory_keep was
 * called. NULL: memory failed. */
struct object *directory_new(struct directory *d);
void directory_keep(struct directory *d, struct object *object);
/* Whether the file can hold it: asked before it takes the place of another. */
bool directory_holds(const struct directory *d, const struct columns *columns,
                     const struct record *record, struct problem *problem);
/* What an object holds, for as long as the scratch is; it may be changed, and put back.
 */
void directory_look(struct directory *d, const struct object *object,
                    struct record *record);
/* The object holds this now. */
void directory_put(struct directory *d, struct object *object,
                   const struct record *record);
/* It is not as the file has it any more. */
void directory_touch(struct directory *d, struct object *object);
/* A scratch apart, for one of many objects, until what was there before is back. */
struct pool directory_apart(struct directory *d);
void directory_back(struct directory *d, struct pool before);

/* --- keys.c: objects by anchor, by DN, and by what they refer to ------------------ */
struct object *keys_find_anchor(const struct directory *d, struct ma_value anchor);
struct object *keys_find_dn(struct directory *d, const char *dn);
/* By the anchor, else by the DN. */
struct object *keys_find(struct directory *d, const struct ma_entry *entry);
/* The anchor and the DN of an object that holds this record; after anything that may have
 * changed them. */
bool keys_take(struct directory *d, struct object *object, const struct record *record,
               struct problem *problem);
/* All that the record refers to. */
void keys_take_references(struct directory *d, struct object *object,
                          const struct record *record);
void keys_add_reference(struct directory *d, const char *dn, struct object *object);
bool keys_is_reference(const struct settings *set, const char *name);
/* Who refers to a DN, or did; and others, and some of them twice. A list of the scratch,
 * which ends with NULL. */
struct object **keys_referrers(struct directory *d, const char *key);
/* It has another name: its DN, and the anchor where that is the DN. */
void keys_rename(struct directory *d, struct object *object, const char *dn);

/* --- rename.c: DNs change, and references follow ---------------------------------- */
/* Whether what the entry asks for can be done. */
bool rename_is_possible(struct directory *d, const struct object *object,
                        const struct ma_entry *entry, struct problem *problem);
/* False: the entry renames nothing. */
bool rename_object(struct directory *d, struct object *object,
                   const struct ma_entry *entry);
/* Values that are this DN become the other; NULL: they go. */
void rename_references(struct directory *d, const char *old_key, const char *dn);

#endif
