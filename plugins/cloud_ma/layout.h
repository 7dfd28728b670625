/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_LAYOUT_H
#define CLOUD_MA_LAYOUT_H

#include "mapping.h"

/*
 * Where in a resource the attributes of its class stand. One resource after the other has
 * the same members in the same order, so what a name means there is found out once, and
 * the members are only compared with those of the resources before: a name is neither
 * hashed nor looked for in each of a hundred thousand. Made by {0}.
 */
enum { LAYOUTS = 4 }; /* with a manager and without, and so on */

/* Besides the attributes of the class. */
enum layout_own { LAYOUT_ID, LAYOUT_DN, LAYOUT_ACTIVE, LAYOUT_SYNCED, LAYOUT_OWN };

struct layout;

struct layouts {
    const struct mapped_class *class; /* of the resource that was read last */
    const json_t *resource;
    struct member *members;
    size_t count;
    size_t capacity;
    const struct layout *now;
    struct layout *known[LAYOUTS];
    unsigned next; /* to be forgotten */
};

/* False: no memory. The resource is borrowed for what follows. */
bool layouts_read(struct layouts *l, const struct mapped_class *class,
                  const json_t *resource);
void layouts_free(struct layouts *l);

/* As path_find with the path of the attribute of that number. */
json_t *layouts_attribute(const struct layouts *l, size_t number);
/* As member; LAYOUT_DN: as path_find. */
json_t *layouts_own(const struct layouts *l, enum layout_own which);

#endif
