/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/join_key.h"

#include "base/text.h"

static struct key_values one_text(struct arena *arena, const char *text)
{
    struct slice *value = arena_alloc(arena, sizeof *value);

    *value = slice_text(text);
    return (struct key_values){VALUE_STRING, value, text == NULL ? 0 : 1};
}

/* Values of one side in the type of the other; what does not convert cannot match. */
static struct key_values converted(struct arena *arena, const struct attr *attr,
                                   enum value_type type)
{
    struct key_values out = {.type = type};
    struct slice *values;
    struct ma_error err;

    if (attr == NULL)
        return out;
    if (attr->type == type || type == VALUE_NONE)
        return (struct key_values){attr->type, attr->values, attr->count};
    values = ARENA_ARRAY(arena, struct slice, attr->count);
    for (uint32_t i = 0; i < attr->count; i++) {
        struct slice text = value_write(arena, attr->type, attr->values[i]);

        if (value_read(arena, type, text, &values[out.count], &err) == MA_OK)
            out.count++;
    }
    out.values = values;
    return out;
}

static struct key_values image_values(struct unit *unit, const struct image *image,
                                      const struct join_key *key, enum value_type type)
{
    if (key->dn)
        return one_text(unit->arena, image->dn);
    return converted(unit->arena, entry_find(&image->entry, key->cs_attribute), type);
}

struct key_values key_of_connector(struct unit *unit, const struct view *view,
                                   const struct join_key *key, enum value_type type)
{
    const struct image image = {.dn = view_dn(view), .entry = *view_entry(view)};

    if (!key->dn)
        view_need_all(view, key->cs_attribute);
    return image_values(unit, &image, key, type);
}

struct key_values key_of_meta(struct unit *unit, const struct meta *meta,
                              const struct join_key *key, enum value_type type)
{
    char text[GUID_TEXT];

    if (key->object_id)
        return one_text(unit->arena,
                        arena_text(unit->arena, guid_format(&meta->object.guid,
                                                            GUID_BRACED_UPPER, text)));
    if (names_have(meta->object.partial, meta->object.partial_count, key->mv_attribute))
        unit->wants_whole = true;
    return converted(unit->arena, entry_find(&meta->object.entry, key->mv_attribute),
                     type);
}

static bool value_matches(const struct join_key *key, enum value_type type,
                          struct slice a, struct slice b)
{
    if (type == VALUE_STRING && !key->case_sensitive)
        return text_caseequal(a, b);
    return slice_equal(a, b);
}

bool key_matches(const struct join_key *key, const struct key_values *a,
                 const struct key_values *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < b->count; j++)
            if (value_matches(key, a->type, a->values[i], b->values[j]))
                return true;
    return false;
}

struct key_side key_side_of(struct unit *unit, struct connector *connector,
                            enum tower_layer layer)
{
    return (struct key_side){.image =
                                 object_image(unit->arena, &connector->object, layer),
                             .view = view_of_connector(unit, connector, false)};
}

bool key_fits(struct unit *unit, const struct join_key *key, const struct key_side *side,
              const struct meta *meta, bool *differs)
{
    struct key_values mv = key_of_meta(unit, meta, key, key->cs_type);
    struct key_values cs = image_values(unit, &side->image, key, key->cs_type);

    if (!key->dn)
        view_need_all(&side->view, key->cs_attribute);
    if (key_matches(key, &cs, &mv))
        return true;
    if (differs != NULL && cs.count + mv.count > 0)
        *differs = true;
    return false;
}
