/* SPDX-License-Identifier: Apache-2.0 */
#include "apply.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { DIED = 9 };

static struct ma_result answer(enum ma_outcome outcome)
{
    return (struct ma_result){.size = sizeof(struct ma_result), .outcome = outcome};
}

static struct ma_result refuse(const char *type)
{
    struct ma_result result = answer(MA_EXPORT_FAILED);

    result.error_type = type;
    return result;
}

static struct ma_result done(const struct system *s, int entry)
{
    struct ma_result result = answer(MA_EXPORTED);

    result.anchor = ma_value_of(s->entries[entry].anchor);
    return result;
}

static void MA_PRINTF(2, 3) violate(struct apply *apply, const char *fmt, ...)
{
    va_list args;

    if (apply->violation[0] != '\0')
        return;
    va_start(args, fmt);
    vsnprintf(apply->violation, VIOLATION, fmt, args);
    va_end(args);
}

/* --- values ------------------------------------------------------------------------- */

static int attribute_named(const struct system *s, const char *name)
{
    for (int a = 0; sys_kind(s)->attributes[a].name != NULL; a++)
        if (strcmp(sys_kind(s)->attributes[a].name, name) == 0)
            return a;
    return NOBODY;
}

static bool targets_are_there(const struct system *s, const struct ma_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *from = &entry->attributes[i];

        for (size_t v = 0; from->type == MA_REFERENCE && v < from->count; v++)
            if (sys_find_dn(s, from->values[v].data) == NOBODY)
                return false;
    }
    return true;
}

/* As the system keeps it: a reference by its anchor. */
static const char *kept(const struct system *s, const struct ma_attribute *from,
                        struct ma_value value)
{
    int target;

    if (from->type != MA_REFERENCE)
        return value.data;
    target = sys_find_dn(s, value.data);
    return target == NOBODY ? "" : s->entries[target].anchor;
}

static bool is_among(const struct system *s, const struct ma_attribute *from,
                     const char *text)
{
    for (size_t v = 0; v < from->count; v++)
        if (strcmp(kept(s, from, from->values[v]), text) == 0)
            return true;
    return false;
}

static void write_many(struct system *s, int entry, unsigned attribute,
                       const struct ma_attribute *from)
{
    const struct sys_attr *a = &s->entries[entry].attrs[attribute];

    for (unsigned v = a->count; from->op == MA_SET && v-- > 0;)
        if (!is_among(s, from, a->values[v].text))
            sys_remove_value(s, entry, attribute, a->values[v].text);
    for (size_t v = 0; v < from->removed_count; v++)
        sys_remove_value(s, entry, attribute, kept(s, from, from->removed[v]));
    for (size_t v = 0; v < from->count; v++)
        sys_add_value(s, entry, attribute, kept(s, from, from->values[v]), true);
}

static void write_one(struct apply *apply, int entry, unsigned attribute,
                      const struct ma_attribute *from)
{
    struct system *s = apply->system;
    char text[TEXT];

    snprintf(text, sizeof text, "%s",
             from->count == 0 ? "" : kept(s, from, from->values[0]));
    if (apply->count == apply->alter && attribute == D_TITLE && text[0] != '\0')
        snprintf(text, sizeof text, "another title");
    sys_set(s, entry, attribute, text, true);
}

static void write_all(struct apply *apply, int entry, const struct ma_entry *from)
{
    struct system *s = apply->system;

    for (size_t i = 0; i < from->count; i++) {
        int attribute = attribute_named(s, from->attributes[i].name);

        /* One that was gone is made anew with all that it was known to have. */
        if (attribute == NOBODY ||
            (from->change != MA_ADD && !sys_kind(s)->attributes[attribute].exported))
            violate(apply, "%s of %s was exported", from->attributes[i].name, from->dn);
        else if (sys_kind(s)->attributes[attribute].many)
            write_many(s, entry, (unsigned)attribute, &from->attributes[i]);
        else
            write_one(apply, entry, (unsigned)attribute, &from->attributes[i]);
    }
}

/* --- entries ------------------------------------------------------------------------ */

static unsigned class_named(const struct system *s, const char *name)
{
    unsigned class = 0;

    while (sys_kind(s)->classes[class] != NULL &&
           strcmp(sys_kind(s)->classes[class], name) != 0)
        class ++;
    return class;
}

static bool has_key_of(const struct system *s, int entry, const struct ma_entry *from)
{
    const struct ma_attribute *key = ma_find(from, sys_kind(s)->attributes[0].name);

    return key != NULL && key->count == 1 &&
           strcasecmp(key->values[0].data, sys_get(s, entry, 0)) == 0 &&
           class_named(s, from->object_type) == s->entries[entry].class;
}

/* An entry that is made anew may bring along what people had put there. */
static void give_to_people(struct system *s, int entry)
{
    struct sys_attr *a = &s->entries[entry].attrs[D_PROXIES];

    for (unsigned v = 0; v < a->count; v++)
        a->values[v].local = true;
}

static struct ma_result add(struct apply *apply, const struct ma_entry *from)
{
    struct system *s = apply->system;
    struct ma_result result;
    char rdn[TEXT];
    int above;
    unsigned place;
    int entry = sys_find_dn(s, from->dn);

    if (s->number != DIRECTORY)
        violate(apply, "%s was made in %s", from->dn, sys_kind(s)->name);
    if (entry != NOBODY && !has_key_of(s, entry, from))
        return refuse("cd-existing-object");
    if (entry != NOBODY) {
        result = done(s, entry);
        result.outcome = MA_ADD_TO_UPDATE;
        return result;
    }
    if (!sys_split(s, from->dn, rdn, &above, &place))
        return answer(MA_PARENT_MISSING);
    entry = sys_make(s, class_named(s, from->object_type), NULL, rdn, above, place);
    if (entry == NOBODY)
        return refuse("cd-error");
    write_all(apply, entry, from);
    if (apply->remake)
        give_to_people(s, entry);
    return done(s, entry);
}

static struct ma_result rename_it(struct apply *apply, int entry, const char *dn)
{
    struct system *s = apply->system;
    char rdn[TEXT];
    int above;
    unsigned place;
    int holder = sys_find_dn(s, dn);

    if (s->number != DIRECTORY)
        violate(apply, "%s was renamed to %s", s->entries[entry].rdn, dn);
    if (holder == entry)
        return done(s, entry);
    if (holder != NOBODY)
        return refuse("rename-to-existing-dn");
    if (!sys_split(s, dn, rdn, &above, &place))
        return answer(MA_PARENT_MISSING);
    sys_move(s, entry, rdn, above, place);
    return done(s, entry);
}

static int entry_of(const struct system *s, const struct ma_entry *from)
{
    return from->anchor.length > 0 ? sys_find_anchor(s, from->anchor.data)
                                   : sys_find_dn(s, from->dn);
}

static struct ma_result change(struct apply *apply, const struct ma_entry *from)
{
    struct system *s = apply->system;
    int entry = entry_of(s, from);
    struct ma_result result;

    if (entry == NOBODY && apply->remake && s->number == DIRECTORY)
        return answer(MA_UPDATE_TO_ADD);
    if (entry == NOBODY)
        return refuse("cd-missing-object");
    result = done(s, entry);
    if (from->new_dn != NULL)
        result = rename_it(apply, entry, from->new_dn);
    if (result.outcome == MA_EXPORTED)
        write_all(apply, entry, from);
    return result;
}

static struct ma_result delete_it(struct apply *apply, const struct ma_entry *from)
{
    struct system *s = apply->system;
    int entry = entry_of(s, from);

    if (entry == NOBODY)
        return answer(MA_EXPORTED);
    if (s->number != DIRECTORY ||
        (s->entries[entry].keys != 0 && (s->entries[entry].keys & ~apply->steady) == 0))
        violate(apply, "%s was deleted, whose key is %s", from->dn, sys_get(s, entry, 0));
    sys_remove(s, entry);
    apply->deletes++;
    return answer(MA_EXPORTED);
}

static struct ma_result do_it(struct apply *apply, const struct ma_entry *entry)
{
    if (entry->change == MA_DELETE)
        return delete_it(apply, entry);
    if (!targets_are_there(apply->system, entry))
        return answer(MA_RETRY_LATER);
    if (entry->change == MA_ADD)
        return add(apply, entry);
    if (entry->change != MA_MODIFY)
        violate(apply, "%s was exported as change %d", entry->dn, (int)entry->change);
    return change(apply, entry);
}

struct ma_result apply_entry(struct apply *apply, const struct ma_entry *entry)
{
    struct ma_result result;
    bool dies = ++apply->count == apply->die_at;

    if (dies && apply->die_before)
        _exit(DIED);
    if (apply->count == apply->refuse)
        return refuse("permission-issue");
    result = do_it(apply, entry);
    if (dies)
        _exit(DIED);
    return result;
}
