/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include <stdlib.h>

#include "reply.h"

struct member {
    const char *name;
    size_t length;
    json_t *value;
};

/* The names of the members, and for each attribute of the class, then for each of enum
 * layout_own, the number of its member; ABSENT: there is none. */
struct layout {
    struct pool pool;
    struct member *members; /* without values */
    size_t count;
    size_t *places;
};
static const size_t ABSENT = SIZE_MAX;

/* --- a layout --------------------------------------------------------------------- */

static bool is_named(const struct member *member, const char *name, size_t length,
                     bool exactly)
{
    return member->length == length &&
           (exactly ? memcmp(member->name, name, length) == 0
                    : strncasecmp(member->name, name, length) == 0);
}

/* As `member` does it: its own name goes before another case of it. */
static size_t place_of(const struct layouts *l, const char *name)
{
    size_t length = strlen(name);

    for (int exactly = 1; exactly >= 0; exactly--)
        for (size_t i = 0; i < l->count; i++)
            if (is_named(&l->members[i], name, length, exactly != 0))
                return i;
    return ABSENT;
}

static const char *outermost(const struct path *path)
{
    return path->schema != NULL ? path->schema : path->attribute;
}

static void find_places(const struct layouts *l, size_t *places)
{
    const struct mapped_class *class = l->class;
    size_t *own = places + class->count;

    for (size_t i = 0; i < class->count; i++)
        places[i] = place_of(l, outermost(&class->attributes[i].path));
    own[LAYOUT_ID] = place_of(l, "id");
    own[LAYOUT_DN] = place_of(l, outermost(&class->dn_path));
    own[LAYOUT_ACTIVE] = place_of(l, "active");
    own[LAYOUT_SYNCED] = place_of(l, "onPremisesSyncEnabled");
}

static bool learn(const struct layouts *l, struct layout *layout)
{
    pool_reset(&layout->pool);
    layout->count = 0;
    layout->members = pool_alloc(&layout->pool, (l->count + 1) * sizeof *l->members);
    layout->places =
        pool_alloc(&layout->pool, (l->class->count + LAYOUT_OWN) * sizeof(size_t));
    if (layout->members == NULL || layout->places == NULL)
        return false;
    for (size_t i = 0; i < l->count; i++)
        layout->members[i] = (struct member){
            pool_text(&layout->pool, l->members[i].name, l->members[i].length),
            l->members[i].length, NULL};
    find_places(l, layout->places);
    layout->count = l->count;
    return !layout->pool.failed;
}

static bool fits(const struct layouts *l, const struct layout *layout)
{
    if (layout == NULL || layout->count != l->count)
        return false;
    for (size_t i = 0; i < l->count; i++)
        if (!is_named(&l->members[i], layout->members[i].name, layout->members[i].length,
                      true))
            return false;
    return true;
}

/* --- a resource ------------------------------------------------------------------- */

static bool add(struct layouts *l, const struct member *member)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity == 0 ? 32 : l->capacity * 2;
        struct member *members = realloc(l->members, capacity * sizeof *members);

        if (members == NULL)
            return false;
        l->members = members;
        l->capacity = capacity;
    }
    l->members[l->count++] = *member;
    return true;
}

static bool list_members(struct layouts *l)
{
    json_t *object = (json_t *)l->resource;

    l->count = 0;
    for (void *at = json_object_iter(object); at != NULL;
         at = json_object_iter_next(object, at)) {
        const struct member member = {json_object_iter_key(at),
                                      json_object_iter_key_len(at),
                                      json_object_iter_value(at)};

        if (!add(l, &member))
            return false;
    }
    return true;
}

static void forget(struct layouts *l)
{
    for (size_t i = 0; i < LAYOUTS; i++) {
        if (l->known[i] != NULL)
            pool_free(&l->known[i]->pool);
        free(l->known[i]);
        l->known[i] = NULL;
    }
    l->now = NULL;
}

static bool learn_another(struct layouts *l)
{
    struct layout **place = &l->known[l->next];

    l->now = NULL;
    if (*place == NULL)
        *place = calloc(1, sizeof **place);
    if (*place == NULL || !learn(l, *place))
        return false;
    l->next = (l->next + 1) % LAYOUTS;
    l->now = *place;
    return true;
}

bool layouts_read(struct layouts *l, const struct mapped_class *class,
                  const json_t *resource)
{
    if (l->class != class)
        forget(l);
    l->class = class;
    l->resource = resource;
    if (!list_members(l))
        return false;
    if (fits(l, l->now))
        return true;
    for (size_t i = 0; i < LAYOUTS; i++)
        if (fits(l, l->known[i])) {
            l->now = l->known[i];
            return true;
        }
    return learn_another(l);
}

void layouts_free(struct layouts *l)
{
    forget(l);
    free(l->members);
    memset(l, 0, sizeof *l);
}

static json_t *at_place(const struct layouts *l, size_t number)
{
    size_t place = l->now->places[number];

    return place == ABSENT ? NULL : l->members[place].value;
}

static json_t *within(json_t *outer, const struct path *path)
{
    return path->schema == NULL ? outer : member(outer, path->attribute);
}

json_t *layouts_attribute(const struct layouts *l, size_t number)
{
    return within(at_place(l, number), &l->class->attributes[number].path);
}

json_t *layouts_own(const struct layouts *l, enum layout_own which)
{
    json_t *value = at_place(l, l->class->count + which);

    return which == LAYOUT_DN ? within(value, &l->class->dn_path) : value;
}
