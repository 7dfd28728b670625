/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_LAYOUT_H
#define CONFIG_LAYOUT_H

#include <mactl/ma.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Where the elements of an XML text lie in its bytes, as libxml2 saw them: for whoever
 * changes one place and leaves the others as an admin wrote them (splice.h). Comments,
 * CDATA and what looks like a tag inside of them are no elements.
 */
enum { LAYOUT_NONE = -1 };

struct layout_attribute {
    const char *name;
    const char *value;
};

/* <a>...</a>: `from` is the '<', `begin` and `end` enclose what is between the tags, `to`
 * is behind the last '>'. Of <a/> begin and end are both `to`. */
struct layout_element {
    const char *name; /* without its prefix */
    int parent;       /* LAYOUT_NONE: it is the root */
    const struct layout_attribute *attributes;
    size_t attribute_count;
    const char *text; /* its own, without blanks around it */
    size_t from, begin, end, to;
    bool empty; /* written as <a/> */
};

struct layout {
    struct slice bytes;
    const struct layout_element *elements; /* in the order of their begins */
    int count;
};

/* Everything lives in the arena, and points into the bytes. MA_INVALID: it is no XML, has
 * a DOCTYPE, or is not in UTF-8; `file` is what the message calls it. */
enum ma_status layout_read(struct layout *out, struct arena *arena, struct slice bytes,
                           const char *file, struct ma_error *err);

/* The first element of this name below `parent`, directly, and behind `after`, which may
 * be LAYOUT_NONE. LAYOUT_NONE: there is none. */
int layout_child(const struct layout *layout, int parent, const char *name, int after);
/* Along a path of such names, "filter/containers". */
int layout_path(const struct layout *layout, int parent, const char *path);
/* NULL: it has no such attribute. */
const char *layout_attribute(const struct layout *layout, int element, const char *name);

#endif
