/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_IMPORT_H
#define CLOUD_MA_IMPORT_H

#include "layout.h"
#include "session.h"

/*
 * One import, as its parts see it: import.c (full imports, the agent's calls), delta.c
 * (watermarks, delta imports), import_class.c (listings, what is asked for by id),
 * import_object.c (one resource, on its way to the engine).
 */

/* The ids of a full import that is under way (ids.h), page by page. */
#define IMPORT_PART "part"

enum { GENERATION = 24, STAMP = 24 };

struct import {
    struct session *s;
    const struct ma_import *req;
    struct pool pool; /* of one resource */
    struct layouts layouts;
    bool *wanted; /* attributes of the class wanted_of; NULL: all */
    const struct mapped_class *wanted_of;
    size_t *page; /* numbers of what the page gave to the engine */
    size_t page_count;
    size_t page_capacity;
    int64_t date; /* the server's clock when it began */
    char since[STAMP];
    char known[GENERATION]; /* the import that this one follows */
    char **links;           /* Graph: by class */
    json_t *late;           /* Graph: new objects that could not be read yet */
};

/* Whether the step wants objects of the class. */
bool import_selects(const struct import *im, const struct mapped_class *class);
/* Whether an earlier import showed some. */
bool import_knows_any(const struct import *im, const struct mapped_class *class);

/* Gives all objects of the classes to the engine, from the first class on, which goes on
 * at `where`; "": from its start. `filter` NULL: all. */
enum ma_status import_classes(struct import *im, size_t first, const char *where,
                              const char *filter, struct ma_error *err);
/* Reads the ids of all objects of all classes: ID_LISTED. */
enum ma_status import_scan(struct import *im, struct ma_error *err);
/* Asks for the objects with one of the flags `with` and none of `without`; gives what is
 * there, and what is not gets ID_GONE. */
enum ma_status import_ask_for(struct import *im, unsigned char with,
                              unsigned char without, struct ma_error *err);
/* Gives one resource to the engine, unless another page of this import did; *fresh counts
 * those that are new here, whether they were given or count as deleted. */
enum ma_status import_take(struct import *im, const struct mapped_class *class,
                           const json_t *resource, size_t *fresh, struct ma_error *err);
/* Graph: notes whether it comes from a directory on-premises: onPremisesSyncEnabled, or
 * NULL where nothing is said of it. */
void import_synced(struct id *id, const json_t *synced);
/* Gives one object that was asked for; a fetch_each. */
enum ma_status import_found(void *im, const struct mapped_class *class, const char *id,
                            json_t *resource, struct ma_error *err);

/* The ids with these flags are those of the next delta import, and the watermark says
 * so. */
enum ma_status import_finish(struct import *im, unsigned char flags,
                             struct ma_error *err);
enum ma_status import_delta(struct import *im, struct ma_error *err);

#endif
