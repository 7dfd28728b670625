/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_DIRECTORY_STATE_H
#define FILE_MA_DIRECTORY_STATE_H

#include "directory.h"
#include "journal.h"

/* A directory in memory, shared by the files that read, change and write it. */

struct object {
    struct record record;
    size_t number;      /* its place among the objects */
    const char *dn_key; /* folded; NULL where the format has no DN */
    struct ma_value anchor;
    bool gone;
    bool touched; /* since the last save */
};

struct node {
    struct node *next;
    struct object *object;
};

struct directory {
    const struct settings *set;
    struct pool pool;
    struct pool scratch; /* of one change: what it comes to is copied out of it */
    struct object **objects;
    size_t count;
    size_t capacity;
    struct object **touched;
    size_t touched_count;
    size_t touched_capacity;
    struct columns columns;
    struct node **by_anchor;
    struct node **by_dn;
    struct node **by_reference;   /* who refers to a DN, or did */
    char identity[IDENTITY_SIZE]; /* of the file, as it was read or written last */
    size_t file_size;
    struct journal journal;
};

/* --- directory.c ----------------------------------------------------------------------
 */
/* At the end, not to be found before it has keys; it counts once directory_keep was
 * called. NULL: memory failed. */
struct object *directory_new(struct directory *d);
void directory_keep(struct directory *d, struct object *object);
/* It is not as the file has it any more. */
void directory_touch(struct directory *d, struct object *object);

/* --- keys.c: objects by anchor, by DN, and by what they refer to
 * ---------------------------------------------------------------------------------- */
bool keys_begin(struct directory *d);
void keys_end(struct directory *d);
struct object *keys_find_anchor(const struct directory *d, struct ma_value anchor);
struct object *keys_find_dn(struct directory *d, const char *dn);
/* By the anchor, else by the DN. */
struct object *keys_find(struct directory *d, const struct ma_entry *entry);
/* After anything that may have changed the keys of an object. */
bool keys_take(struct directory *d, struct object *object, struct problem *problem);
bool keys_is_reference(const struct settings *set, const char *name);
/* How much of a reference is data: "B:8:00112233:" before the name. */
size_t keys_data_of(const char *value);
/* Who refers to a DN, or did; and others. */
struct node *keys_referrers(const struct directory *d, const char *key);
void keys_add_reference(struct directory *d, const char *key, struct object *object);
void keys_add_dn(struct directory *d, struct object *object);
void keys_add_anchor(struct directory *d, struct object *object);

/* --- rename.c: DNs change, and references follow
 * ---------------------------------------------------------------------------------- */
bool rename_object(struct directory *d, struct object *object,
                   const struct ma_entry *entry, struct problem *problem);
/* Values that are this DN become the other; NULL: they go. */
void rename_references(struct directory *d, const char *old_key, const char *dn);

#endif
