/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_IMAGES_H
#define TESTS_IMAGES_H

#include "model/delta.h"
#include "suite.h"

/*
 * Images and deltas in one line, for the tests of model and space:
 *
 *     image_of("user cn=ada 1=a,b 2=x")      attribute numbers with their values
 *     image_of("")                           not there
 *
 * and as text again, for comparisons: "update cn=eve 1=x 2+c-a,b". Attributes are
 * strings.
 */
static struct arena images;

static inline void images_begin(void)
{
    images = (struct arena){0};
}

static inline void images_end(void)
{
    arena_free(&images);
}

enum { TYPE_USER = 1, TYPE_CONTACT = 2, TYPE_GROUP = 3 };
static const char *const image_types[] = {"none", "user", "contact", "group"};

static inline uint32_t image_type(const char *word)
{
    for (uint32_t i = 1; i < 4; i++)
        if (strcmp(word, image_types[i]) == 0)
            return i;
    ck_abort_msg("'%s' is no type", word);
}

static inline void image_add(struct entry_builder *builder, char *word)
{
    struct slice *values = arena_alloc(&images, sizeof *values * 64);
    char *list = strchr(word, '=');
    uint32_t count = 0;
    char *state = NULL;

    ck_assert_ptr_nonnull(list);
    for (char *value = strtok_r(list + 1, ",", &state); value != NULL;
         value = strtok_r(NULL, ",", &state))
        values[count++] = slice_text(value);
    entry_add(builder, (uint32_t)atoi(word), VALUE_STRING, values, count);
}

static inline struct image image_of(const char *text)
{
    struct entry_builder builder = entry_builder(&images);
    struct image image = {0};
    char *state = NULL;
    char *copy = arena_text(&images, text);
    char *word = strtok_r(copy, " ", &state);

    if (word == NULL)
        return image;
    image.exists = true;
    image.object_type = image_type(word);
    image.dn = strtok_r(NULL, " ", &state);
    while ((word = strtok_r(NULL, " ", &state)) != NULL)
        image_add(&builder, word);
    image.entry = entry_build(&builder);
    return image;
}

static inline void images_list(struct buf *out, const char *sign,
                               const struct slice *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        buf_text(out, i == 0 ? sign : ",");
        buf_slice(out, values[i]);
    }
}

static inline const char *images_text(struct buf *out)
{
    const char *text = arena_textn(&images, out->at, out->length);

    buf_free(out);
    return text;
}

static inline const char *image_text(const struct image *image)
{
    struct buf out = {0};

    if (image->exists)
        buf_print(&out, "%s %s", image_types[image->object_type],
                  image->dn == NULL ? "-" : image->dn);
    for (uint32_t i = 0; i < image->entry.count; i++) {
        buf_print(&out, " %u", image->entry.attrs[i].name);
        images_list(&out, "=", image->entry.attrs[i].values, image->entry.attrs[i].count);
    }
    return images_text(&out);
}

static inline const char *delta_text(const struct delta *delta)
{
    static const char *const ops[] = {"", "add", "update", "delete", "delete-add"};
    struct buf out = {0};

    buf_text(&out, ops[delta->op]);
    if (delta->obsoletion)
        buf_text(&out, " obsolete");
    if (delta->object_type != 0)
        buf_print(&out, " %s", image_types[delta->object_type]);
    if (delta->dn != NULL)
        buf_print(&out, " %s", delta->dn);
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];

        buf_print(&out, " %u%s", attr->name, attr->op == DELTA_SET ? "=" : "");
        images_list(&out, attr->op == DELTA_SET ? "" : "+", attr->adds, attr->add_count);
        images_list(&out, "-", attr->dels, attr->del_count);
    }
    return images_text(&out);
}

static inline const char *between_text(const char *before, const char *after)
{
    struct image a = image_of(before);
    struct image b = image_of(after);
    struct delta delta = delta_between(&images, &a, &b);

    return delta_text(&delta);
}

static inline struct delta delta_of(const char *before, const char *after)
{
    struct image a = image_of(before);
    struct image b = image_of(after);

    return delta_between(&images, &a, &b);
}

#define ck_image(image, text) ck_assert_str_eq(image_text(&(image)), text)
#define ck_delta(delta, text) ck_assert_str_eq(delta_text(&(delta)), text)

/* --- by chance ---------------------------------------------------------------------- */

static uint64_t images_seed = 88172645463325252u;

static inline uint32_t images_chance(uint32_t below)
{
    images_seed ^= images_seed << 13;
    images_seed ^= images_seed >> 7;
    images_seed ^= images_seed << 17;
    return (uint32_t)(images_seed >> 32) % below;
}

/* Out of few names and values, so that two of them have much in common. */
static inline struct image image_by_chance(void)
{
    static const char *const dns[] = {"cn=a", "cn=b", "cn=c,ou=d"};
    struct entry_builder builder = entry_builder(&images);
    struct image image = {.exists = images_chance(5) > 0};

    if (!image.exists)
        return image;
    image.object_type = images_chance(5) == 0 ? TYPE_CONTACT : TYPE_USER;
    image.dn = dns[images_chance(3)];
    for (uint32_t name = 1; name <= 5; name++) {
        struct slice *values = arena_alloc(&images, sizeof *values * 6);
        uint32_t most = name <= 2 ? 2 : 6; /* the first two are single-valued */
        uint32_t count = images_chance(most);

        for (uint32_t i = 0; i < count; i++)
            values[i] = slice_of(&"abcdef"[images_chance(6)], 1);
        entry_add(&builder, name, VALUE_STRING, values, count);
    }
    image.entry = entry_build(&builder);
    return image;
}

#endif
