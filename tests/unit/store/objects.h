/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STORE_OBJECTS_H
#define TESTS_STORE_OBJECTS_H

#include "scratch.h"
#include "store/mv.h"

/* Small objects for the tests of connector space and metaverse. */

enum { AGENT = 3, USER = 1, MAIL = 2, MEMBER = 3, SN = 4, CODE = 5 };

/* The numbers above, as the store has them. */
static inline void name_attributes(void)
{
    static const char *const names[] = {"user", "mail", "member", "sn", "code"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_uint_eq(names_intern_text(store_names(scratch.store), names[i]), i + 1);
}

static inline void open_with_names(void)
{
    scratch_begin();
    scratch_open();
    name_attributes();
}

static inline struct entry no_entry(void)
{
    return (struct entry){0};
}

static inline struct entry with_text(struct entry entry, uint32_t name, const char *text)
{
    const struct attr *attr = entry_find(&entry, name);
    uint32_t count = attr == NULL ? 0 : attr->count;
    struct slice *values = ARENA_ARRAY(&scratch.arena, struct slice, count + 1);

    for (uint32_t i = 0; i < count; i++)
        values[i] = attr->values[i];
    values[count] = slice_text(arena_text(&scratch.arena, text));
    return entry_with(&scratch.arena, &entry, name, VALUE_STRING, values, count + 1);
}

static inline struct entry with_refs(struct entry entry, uint32_t name,
                                     const uint64_t *ids, uint32_t count)
{
    struct slice *values = ARENA_ARRAY(&scratch.arena, struct slice, count);

    for (uint32_t i = 0; i < count; i++)
        values[i] = value_of_id(&scratch.arena, ids[i]);
    return entry_with(&scratch.arena, &entry, name, VALUE_REFERENCE, values, count);
}

/* Imported and synchronised: everything is in the hologram. */
static inline struct cs_object settled(const char *dn, struct entry entry)
{
    return (struct cs_object){
        .agent = AGENT,
        .anchor = slice_text(dn),
        .has_hologram = true,
        .hologram = {.exists = true, .object_type = USER, .dn = dn, .entry = entry}};
}

static inline uint64_t store_object(struct cs_object object)
{
    ck_ok(cs_put(scratch.batch, &object, &scratch.err));
    return object.id;
}

static inline struct cs_object load(uint64_t id)
{
    struct cs_object object;

    ck_ok(cs_get(scratch.batch, &scratch.arena, AGENT, id, &object, &scratch.err));
    return object;
}

static inline const char *show_ids(id_list *ids)
{
    static char text[1024];
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < ids->count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%llu", i == 0 ? "" : " ",
                               (unsigned long long)ids->items[i]);
    VEC_FREE(ids);
    return text;
}

#define ck_ids(expected, call)                                                           \
    do {                                                                                 \
        id_list ids = {0};                                                               \
        ck_ok(call);                                                                     \
        ck_assert_str_eq(show_ids(&ids), expected);                                      \
    } while (0)

#endif
