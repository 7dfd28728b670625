/* SPDX-License-Identifier: Apache-2.0 */
#include "space/unsettled.h"

#include "base/order.h"
#include "base/vec.h"
#include "model/set.h"

typedef VEC_OF(uint32_t) name_list;

struct unsettled_before unsettled_before(const struct cs_object *object)
{
    const struct object_deltas now = object_deltas(object);
    struct unsettled_before before;

    for (int i = 0; i < OBJECT_DELTAS; i++)
        before.deltas[i] = *now.at[i];
    return before;
}

bool unsettled_is_empty(const struct unsettled *unsettled)
{
    return !unsettled->due && !unsettled->everything && !unsettled->dn &&
           unsettled->count == 0;
}

const struct unsettled_attr *unsettled_find(const struct unsettled *unsettled,
                                            uint32_t attribute)
{
    for (uint32_t i = 0; i < unsettled->count; i++)
        if (unsettled->attrs[i].attribute == attribute)
            return &unsettled->attrs[i];
    return NULL;
}

/* --- what deltas say -------------------------------------------------------------- */

/* Some of the deltas, the lowest first. */
struct deltas {
    const struct delta *const *at;
    int count;
};

/* Of one attribute. A setting speaks of all values. */
struct speech {
    bool all;
    struct set values;
};

static struct speech speech_of(struct arena *arena, const struct deltas *deltas,
                               uint32_t name)
{
    struct speech speech = {0};

    for (int i = 0; i < deltas->count; i++) {
        const struct attr_delta *attr = delta_find(deltas->at[i], name);

        if (attr == NULL)
            continue;
        speech.all = speech.all || attr->op == DELTA_SET;
        speech.values =
            set_union(arena, speech.values, set_of(attr->adds, attr->add_count));
        speech.values =
            set_union(arena, speech.values, set_of(attr->dels, attr->del_count));
    }
    return speech;
}

static bool speak_of_dn(const struct deltas *deltas)
{
    for (int i = 0; i < deltas->count; i++)
        if (deltas->at[i]->dn != NULL)
            return true;
    return false;
}

/* That it comes, goes, or becomes another. */
static bool speak_of_object(const struct deltas *deltas)
{
    for (int i = 0; i < deltas->count; i++)
        if (deltas->at[i]->op != DELTA_NONE && deltas->at[i]->op != DELTA_UPDATE)
            return true;
    return false;
}

/* --- what was forgotten ----------------------------------------------------------- */

static bool is_forgotten(struct arena *arena, const struct deltas *was,
                         const struct deltas *is, uint32_t name)
{
    struct speech before = speech_of(arena, was, name);
    struct speech now = speech_of(arena, is, name);

    return !now.all &&
           (before.all || set_minus(arena, before.values, now.values).count > 0);
}

static bool forget_any(struct arena *arena, const struct deltas *was,
                       const struct deltas *is)
{
    if ((speak_of_object(was) && !speak_of_object(is)) ||
        (speak_of_dn(was) && !speak_of_dn(is)))
        return true;
    for (int i = 0; i < was->count; i++)
        for (uint32_t a = 0; a < was->at[i]->count; a++)
            if (is_forgotten(arena, was, is, was->at[i]->attrs[a].name))
                return true;
    return false;
}

/* Of which attributes anything was said; sorted. */
static void names_said(const struct unsettled *unsettled, const struct deltas *was,
                       name_list *out)
{
    for (uint32_t i = 0; i < unsettled->count; i++)
        VEC_ADD(out, unsettled->attrs[i].attribute);
    for (int i = 0; i < was->count; i++)
        for (uint32_t a = 0; a < was->at[i]->count; a++)
            VEC_ADD(out, was->at[i]->attrs[a].name);
    out->count = order_unique_u32(out->items, out->count);
}

/* What was said of an attribute, before or since, less what is said now. */
static struct unsettled_attr unsettled_of(struct arena *arena,
                                          const struct unsettled *unsettled,
                                          const struct deltas *was,
                                          const struct deltas *is, uint32_t name)
{
    const struct unsettled_attr *known = unsettled_find(unsettled, name);
    struct speech before = speech_of(arena, was, name);
    struct speech now = speech_of(arena, is, name);
    struct unsettled_attr out = {.attribute = name};
    struct set left = before.values;

    if (now.all)
        return out;
    if (known != NULL)
        left = set_union(arena, left, set_of(known->values, known->count));
    left = set_minus(arena, left, now.values);
    out.all = before.all || (known != NULL && known->all) || left.count > MOST_UNSETTLED;
    out.values = out.all ? NULL : left.items;
    out.count = out.all ? 0 : left.count;
    return out;
}

static void note_attrs(struct arena *arena, struct unsettled *unsettled,
                       const struct deltas *was, const struct deltas *is)
{
    name_list names = {0};
    struct unsettled_attr *attrs;
    uint32_t count = 0;

    names_said(unsettled, was, &names);
    attrs = ARENA_ARRAY(arena, struct unsettled_attr, names.count);
    for (size_t i = 0; i < names.count; i++) {
        struct unsettled_attr attr =
            unsettled_of(arena, unsettled, was, is, names.items[i]);

        if (attr.all || attr.count > 0)
            attrs[count++] = attr;
    }
    unsettled->attrs = attrs;
    unsettled->count = count;
    VEC_FREE(&names);
}

static bool same_delta(const struct delta *a, const struct delta *b)
{
    return a->op == b->op && a->dn == b->dn && a->count == b->count &&
           a->attrs == b->attrs;
}

/* Nothing was said before, or the same is said now: there is nothing to forget. */
static bool forget_nothing(const struct deltas *was, const struct deltas *is)
{
    bool said = false;
    bool same = true;

    for (int i = 0; i < was->count; i++) {
        said = said || !delta_is_empty(was->at[i]);
        same = same && same_delta(was->at[i], is->at[i]);
    }
    return !said || same;
}

static bool same_values(const struct slice *a, const struct slice *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!slice_equal(a[i], b[i]))
            return false;
    return true;
}

static bool says(const struct deltas *deltas, const struct attr_delta *attr)
{
    for (int i = 0; i < deltas->count; i++) {
        const struct attr_delta *now = delta_find(deltas->at[i], attr->name);

        if (now != NULL && now->op == attr->op && now->add_count == attr->add_count &&
            now->del_count == attr->del_count &&
            same_values(now->adds, attr->adds, attr->add_count) &&
            same_values(now->dels, attr->dels, attr->del_count))
            return true;
    }
    return false;
}

/* What went from one delta to another as it was, as exports do, needs no sets. */
static bool say_all(const struct deltas *was, const struct deltas *is)
{
    for (int i = 0; i < was->count; i++)
        for (uint32_t a = 0; a < was->at[i]->count; a++)
            if (!says(is, &was->at[i]->attrs[a]))
                return false;
    return true;
}

void unsettled_note(struct arena *arena, struct cs_object *object,
                    const struct unsettled_before *before, enum unsettled_by by)
{
    const struct object_deltas now = object_deltas(object);
    const struct delta *then[OBJECT_DELTAS];
    const struct deltas was = {then, OBJECT_DELTAS};
    const struct deltas is = {now.at, OBJECT_DELTAS};
    const struct deltas offered = {then + 1, OBJECT_DELTAS - 1};
    const struct deltas offers = {now.at + 1, OBJECT_DELTAS - 1};
    struct unsettled *unsettled = &object->unsettled;

    for (int i = 0; i < OBJECT_DELTAS; i++)
        then[i] = &before->deltas[i];
    if (unsettled_is_empty(unsettled) && forget_nothing(&was, &is))
        return;
    unsettled->due =
        unsettled->due || (by == UNSETTLED_BY_IMPORT && object_was_imported(object) &&
                           forget_any(arena, &offered, &offers));
    unsettled->everything =
        (unsettled->everything || speak_of_object(&was)) && !speak_of_object(&is);
    unsettled->dn = (unsettled->dn || speak_of_dn(&was)) && !speak_of_dn(&is);
    if (unsettled->count > 0 || !say_all(&was, &is))
        note_attrs(arena, unsettled, &was, &is);
}

/* --- bytes ------------------------------------------------------------------------ */

enum { FLAG_DUE = 1, FLAG_EVERYTHING = 2, FLAG_DN = 4, FLAGS = 7 };

void unsettled_encode(const struct unsettled *unsettled, struct buf *out)
{
    buf_char(out, (char)((unsettled->due ? FLAG_DUE : 0) |
                         (unsettled->everything ? FLAG_EVERYTHING : 0) |
                         (unsettled->dn ? FLAG_DN : 0)));
    buf_varint(out, unsettled->count);
    for (uint32_t i = 0; i < unsettled->count; i++) {
        const struct unsettled_attr *attr = &unsettled->attrs[i];

        buf_varint(out, attr->attribute);
        buf_varint(out, attr->count); /* 0: any value */
        for (uint32_t v = 0; v < attr->count; v++)
            buf_counted(out, attr->values[v]);
    }
}

static bool get_attr(struct arena *arena, struct reader *reader,
                     struct unsettled_attr *out)
{
    struct slice *values;

    out->attribute = reader_varint32(reader);
    out->count = reader_count(reader);
    out->all = out->count == 0;
    values = ARENA_ARRAY(arena, struct slice, reader->bad ? 0 : out->count);
    for (uint32_t i = 0; !reader->bad && i < out->count; i++) {
        values[i] = reader_counted(reader);
        if (!reader->bad && i > 0 && slice_compare(values[i - 1], values[i]) >= 0)
            return false;
    }
    out->values = out->all ? NULL : values;
    return !reader->bad;
}

bool unsettled_decode(struct arena *arena, struct slice bytes, struct unsettled *out)
{
    struct reader reader = reader_of(bytes);
    uint8_t flags = reader_byte(&reader);
    uint32_t count = reader_count(&reader);
    struct unsettled_attr *attrs;

    if (reader.bad || flags > FLAGS)
        return false;
    attrs = ARENA_ARRAY(arena, struct unsettled_attr, count);
    for (uint32_t i = 0; i < count; i++)
        if (!get_attr(arena, &reader, &attrs[i]) ||
            (i > 0 && attrs[i - 1].attribute >= attrs[i].attribute))
            return false;
    *out = (struct unsettled){.due = (flags & FLAG_DUE) != 0,
                              .everything = (flags & FLAG_EVERYTHING) != 0,
                              .dn = (flags & FLAG_DN) != 0,
                              .count = count,
                              .attrs = attrs};
    return reader_left(&reader) == 0 && !unsettled_is_empty(out);
}
