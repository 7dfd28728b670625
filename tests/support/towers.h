/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TOWERS_H
#define TESTS_TOWERS_H

#include "images.h"
#include "space/tower.h"

/*
 * One object and the events of its life, in the one-line form of images.h. Its tower as
 * text names the layers that are not empty:
 *
 *     "user cn=a 1=x | PI update 1=y | UA update 2=z"
 */
static struct cs_object object;
static struct stage_result staged;

static inline void tower_begin(void)
{
    images_begin();
    object = (struct cs_object){.agent = 1, .id = 7};
}

/* At peace: imported, synchronised, nothing to export. */
static inline void given(const char *image)
{
    object = (struct cs_object){.agent = 1, .id = 7, .anchor = slice_text("anchor")};
    object.hologram = image_of(image);
    object.has_hologram = object.hologram.exists;
}

static inline void seen(const char *image)
{
    struct image now = image_of(image);

    staged = tower_seen(&images, &object, &now, NULL, 0);
}

static inline void seen_keeping(const char *image, uint32_t attribute)
{
    struct image now = image_of(image);

    staged = tower_seen(&images, &object, &now, &attribute, 1);
}

/* What makes the one of the other, as a delta import would say it. */
static inline void changed(const char *before, const char *after)
{
    struct delta delta = delta_of(before, after);

    staged = tower_changed(&images, &object, &delta);
}

static inline void gone(bool obsolete)
{
    staged = tower_gone(&images, &object, obsolete);
}

static inline void want(const char *image)
{
    struct image wanted = image_of(image);

    tower_want(&images, &object, &wanted);
}

static inline void escrow(void)
{
    tower_escrow(&images, &object, 1);
}

static inline bool exported(void)
{
    escrow();
    return tower_exported(&images, &object, slice_of("", 0), false);
}

static inline bool exported_at_once(void)
{
    escrow();
    return tower_exported(&images, &object, slice_of("", 0), true);
}

static inline void refused(const char *type, int64_t time)
{
    tower_export_failed(&images, &object,
                        &(struct object_error){.type = type, .last = time});
}

static inline void merged(uint32_t attribute, const char *list)
{
    struct image image =
        image_of(arena_print(&images, "user cn=x %u=%s", attribute, list));
    const struct attr *attr = entry_find(&image.entry, attribute);

    tower_want_merged(&images, &object, attribute, VALUE_STRING,
                      attr == NULL ? NULL : attr->values, attr == NULL ? 0 : attr->count);
}

static inline const char *owned_text(void)
{
    struct buf out = {0};

    for (uint32_t i = 0; i < object.owned_count; i++) {
        buf_print(&out, "%s%u=", i == 0 ? "" : " ", object.owned[i].attribute);
        buf_slice(&out, object.owned[i].value);
    }
    return images_text(&out);
}

static inline const char *tower_text(void)
{
    const struct delta *const deltas[] = {&object.pending_import, &object.unconfirmed,
                                          &object.escrowed, &object.unapplied};
    static const char *const names[] = {"PI", "UC", "ES", "UA"};
    struct image hologram = object_image(&images, &object, LAYER_HOLOGRAM);
    struct buf out = {0};

    buf_text(&out, object.has_hologram ? image_text(&hologram) : "-");
    for (int i = 0; i < 4; i++)
        if (!delta_is_empty(deltas[i]))
            buf_print(&out, " | %s %s", names[i], delta_text(deltas[i]));
    return images_text(&out);
}

#define ck_tower(text) ck_assert_str_eq(tower_text(), text)
#define ck_layer(layer, text)                                                            \
    do {                                                                                 \
        struct image ck_image = object_image(&images, &object, layer);                   \
        ck_assert_str_eq(image_text(&ck_image), text);                                   \
    } while (0)

#endif
