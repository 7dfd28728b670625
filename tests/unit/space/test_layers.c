/* SPDX-License-Identifier: Apache-2.0 */
#include "space/layers.h"

#include "towers.h"

/*
 * One object lives through events by chance, beside it the system that it is exported to.
 * After each event the tower keeps what is always true of it, and from wherever it got
 * to, it comes to rest.
 */
enum { LIVES = 1500, EVENTS = 25 };

static struct image system_now;

static void ck_minimal(const struct delta *delta, enum tower_layer below)
{
    struct image base = object_image(&images, &object, below);
    struct delta left = delta_remaining(&images, delta, &base);
    bool replaced = delta->op == DELTA_DELETE_ADD && base.exists &&
                    base.object_type == delta->object_type;
    bool unknown = delta->op == DELTA_DELETE && !base.exists && object.rebuild;

    ck_assert_msg(replaced || unknown || delta_equal(&left, delta), "%s", tower_text());
}

static void ck_sound(void)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    BUF_AUTO row_again = {0};
    BUF_AUTO tower_again = {0};
    struct cs_object read;

    ck_minimal(&object.unconfirmed, LAYER_IMPORT);
    ck_minimal(&object.escrowed, LAYER_UNCONFIRMED);
    ck_minimal(&object.unapplied, LAYER_ESCROWED);
    object_encode(&object, &row, &tower);
    ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &read));
    object_encode(&read, &row_again, &tower_again);
    ck_assert(slice_equal(buf_view(&row), buf_view(&row_again)));
    ck_assert(slice_equal(buf_view(&tower), buf_view(&tower_again)));
}

static struct image there_by_chance(void)
{
    struct image image = image_by_chance();

    while (!image.exists)
        image = image_by_chance();
    return image;
}

static void forget_if(bool row_is_to_be_removed)
{
    if (row_is_to_be_removed || object_is_empty(&object))
        object = (struct cs_object){.agent = 1, .id = 7};
}

/* Synchronisation looks at the import first, and unlinks what is gone. */
static void synchronise(void)
{
    tower_absorb(&images, &object);
    forget_if(false);
}

static void event_import(void)
{
    struct image before = system_now;

    if (!system_now.exists) {
        staged = tower_gone(&images, &object, true);
        forget_if(staged.gone);
        return;
    }
    staged = tower_seen(&images, &object, &system_now, NULL, 0);
    before = object_image(&images, &object, LAYER_IMPORT);
    ck_assert(image_equal(&before, &system_now));
    ck_assert(!object_is_unconfirmed(&object));
}

static void event_want(const struct image *wanted)
{
    struct image top;

    if (!object_was_imported(&object) && object.has_hologram)
        synchronise();
    tower_want(&images, &object, wanted);
    top = object_image(&images, &object, LAYER_UNAPPLIED);
    ck_assert_msg(image_equal(&top, wanted), "%s / %s", tower_text(), image_text(wanted));
}

/* What a tolerant agent makes of it, whether it is there or not. */
static void system_takes(const struct delta *export)
{
    struct delta added = *export;

    if (export->op == DELTA_UPDATE && !system_now.exists) {
        system_now = object_image(&images, &object, LAYER_ESCROWED);
        return;
    }
    if (export->op == DELTA_ADD && system_now.exists)
        added.op = DELTA_DELETE_ADD;
    system_now = delta_apply(&images, &system_now, &added);
}

static void event_export(void)
{
    uint32_t end = images_chance(4);

    tower_escrow(&images, &object, 1);
    ck_sound();
    if (end == 0) {
        refused("permission-issue", 1);
    } else if (end == 1) {
        if (images_chance(2) == 0)
            system_takes(&object.escrowed);
        tower_recover(&images, &object);
    } else {
        system_takes(&object.escrowed);
        forget_if(tower_exported(&images, &object, slice_of("", 0), end == 2));
    }
    forget_if(false);
}

static void event(void)
{
    struct image wanted;

    switch (images_chance(7)) {
    case 0:
        system_now = image_by_chance();
        break;
    case 1:
        event_import();
        break;
    case 2:
        synchronise();
        break;
    case 3:
        wanted = there_by_chance();
        event_want(&wanted);
        break;
    case 4:
        forget_if(tower_want_gone(&images, &object));
        break;
    default:
        event_export();
        break;
    }
}

/* As often as a scheduler would: import, synchronise, export. */
static void settle(const struct image *wanted)
{
    for (int i = 0; i < 3; i++) {
        event_import();
        synchronise();
        event_want(wanted);
        tower_escrow(&images, &object, 1);
        system_takes(&object.escrowed);
        forget_if(tower_exported(&images, &object, slice_of("", 0), false));
        ck_sound();
    }
    event_import();
    synchronise();
}

START_TEST(whatever_happens_the_tower_stays_sound_and_comes_to_rest)
{
    for (int life = 0; life < LIVES; life++) {
        struct image wanted;

        object = (struct cs_object){.agent = 1, .id = 7};
        system_now = (struct image){0};
        for (int i = 0; i < EVENTS; i++) {
            event();
            ck_sound();
        }
        wanted = there_by_chance();
        settle(&wanted);
        ck_assert_msg(image_equal(&system_now, &wanted), "%s / %s / %s", tower_text(),
                      image_text(&system_now), image_text(&wanted));
        ck_assert_str_eq(tower_text(), image_text(&object.hologram));
        ck_assert(image_equal(&object.hologram, &wanted));
        arena_reset(&images);
    }
}
END_TEST

START_TEST(an_unwanted_object_goes_whatever_happened_before)
{
    for (int life = 0; life < LIVES; life++) {
        object = (struct cs_object){.agent = 1, .id = 7};
        system_now = (struct image){0};
        for (int i = 0; i < EVENTS; i++)
            event();
        for (int i = 0; i < 3; i++) {
            event_import();
            synchronise();
            forget_if(tower_want_gone(&images, &object));
            tower_escrow(&images, &object, 1);
            system_takes(&object.escrowed);
            forget_if(tower_exported(&images, &object, slice_of("", 0), false));
        }
        event_import();
        synchronise();
        ck_assert_msg(!system_now.exists, "%s", image_text(&system_now));
        ck_assert_msg(object_is_empty(&object), "%s", tower_text());
        arena_reset(&images);
    }
}
END_TEST

SUITE_WITH("space/layers", tower_begin, images_end,
           whatever_happens_the_tower_stays_sound_and_comes_to_rest,
           an_unwanted_object_goes_whatever_happened_before)
