/* SPDX-License-Identifier: Apache-2.0 */
#include "space/unsettled.h"

#include "towers.h"

/* "due dn 1 3=a,b": attribute 1 as a whole, two values of 3. */
static const char *unsettled_text(void)
{
    const struct unsettled *u = &object.unsettled;
    struct buf out = {0};

    buf_print(&out, "%s%s%s", u->due ? "due " : "", u->everything ? "everything " : "",
              u->dn ? "dn " : "");
    for (uint32_t i = 0; i < u->count; i++) {
        buf_print(&out, "%u%s", u->attrs[i].attribute, u->attrs[i].all ? "" : "=");
        for (uint32_t v = 0; v < u->attrs[i].count; v++) {
            buf_text(&out, v == 0 ? "" : ",");
            buf_slice(&out, u->attrs[i].values[v]);
        }
        buf_char(&out, ' ');
    }
    return images_text(&out);
}
#define ck_unsettled(text) ck_assert_str_eq(unsettled_text(), text)

static void synchronised(const char *wanted)
{
    (void)tower_settling(&object);
    want(wanted);
    tower_absorb(&images, &object);
}

START_TEST(in_an_ordinary_life_nothing_is_unsettled)
{
    given("user cn=a 1=x 3=a,b");
    want("user cn=b 1=y 3=b,c");
    ck_unsettled("");
    exported();
    ck_unsettled("");
    seen("user cn=b 1=y 3=b,c");
    ck_tower("user cn=a 1=x 3=a,b | PI update cn=b 1=y 3+c-a");
    ck_unsettled("due ");

    synchronised("user cn=b 1=y 3=b,c");
    ck_tower("user cn=b 1=y 3=b,c");
    ck_unsettled("");
}
END_TEST

/* T4: what the system changed and took back itself is as it was wanted. */
START_TEST(an_import_that_takes_itself_back_is_not_due)
{
    given("user cn=a 1=x 3=a,b");
    seen("user cn=b 1=y 3=b,c");
    seen("user cn=a 1=x 3=a,b");

    ck_tower("user cn=a 1=x 3=a,b");
    ck_unsettled("dn 1 3=a,c ");
    ck_assert(!object_needs_sync(&object));
}
END_TEST

/* T4: what was exported and confirmed, and is undone in the system before anybody looked.
 */
START_TEST(a_confirmed_value_that_is_undone_is_due)
{
    given("user cn=a 1=x 3=a,b");
    want("user cn=a 1=x 3=b");
    exported();
    seen("user cn=a 1=x 3=b");
    seen("user cn=a 1=x 3=a,b");

    ck_tower("user cn=a 1=x 3=a,b");
    ck_unsettled("due 3=a ");
    ck_assert(object_needs_sync(&object));

    synchronised("user cn=a 1=x 3=b");
    ck_tower("user cn=a 1=x 3=a,b | UA update 3-a");
    ck_unsettled("");
}
END_TEST

/* T4 behind T29. */
START_TEST(a_wish_that_came_true_by_itself_and_is_undone_is_due)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    seen("user cn=a 1=y");
    ck_tower("user cn=a 1=x | PI update 1=y");
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x");
    ck_unsettled("due 1 ");
    ck_assert(object_needs_sync(&object));
}
END_TEST

/* T4 behind T20. */
START_TEST(a_value_confirmed_at_once_that_is_undone_is_due)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported_at_once();
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x");
    ck_unsettled("due 1 ");
}
END_TEST

/* T22: it is offered again, so a delta speaks of it. */
START_TEST(what_was_not_reimported_is_not_due)
{
    given("user cn=a 1=x");
    want("user cn=a 1=y");
    exported();
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x | UA update 1=y");
    ck_unsettled("");
    ck_assert(!object_needs_sync(&object));
}
END_TEST

START_TEST(a_withdrawn_export_is_unsettled_until_it_is_wanted_again)
{
    given("user cn=a 1=x 3=a,b");
    want("user cn=b 1=y 3=b,c");
    want("user cn=a 1=x 3=a,b");
    ck_tower("user cn=a 1=x 3=a,b");
    ck_unsettled("dn 1 3=a,c ");

    want("user cn=b 1=x 3=a,b,c");
    ck_unsettled("1 3=a ");
}
END_TEST

START_TEST(what_becomes_unsettled_in_a_synchronisation_waits_for_the_next)
{
    struct unsettled first;

    given("user cn=a 1=x 3=a,b");
    want("user cn=a 1=y 3=a,b");
    want("user cn=a 1=x 3=a,b,c");
    first = tower_settling(&object);
    want("user cn=a 1=x 3=a,b");
    tower_absorb(&images, &object);

    ck_assert_uint_eq(first.count, 1);
    ck_unsettled("3=c ");
}
END_TEST

/* What happened to others meanwhile passed it by. */
START_TEST(an_object_that_is_back_before_it_went_is_looked_at_as_a_whole)
{
    given("user cn=a 1=x");
    gone(false);
    seen("user cn=a 1=x");

    ck_tower("user cn=a 1=x");
    ck_unsettled("everything ");
    ck_assert(object_needs_sync(&object));
}
END_TEST

/* An object of which no import has shown anything has nothing to be synchronised. */
START_TEST(one_that_never_came_is_not_due)
{
    given("");
    want("user cn=a 1=x");
    exported();
    tower_never_came(&images, &object);
    ck_tower("- | UA add user cn=a 1=x");
    ck_assert(!object_needs_sync(&object));
}
END_TEST

static struct image crowd(unsigned first, unsigned count)
{
    struct slice *values = arena_alloc(&images, sizeof *values * count);
    struct entry_builder builder = entry_builder(&images);

    for (unsigned i = 0; i < count; i++)
        values[i] = slice_text(arena_print(&images, "%05u", first + i));
    entry_add(&builder, 3, VALUE_STRING, values, count);
    return (struct image){true, TYPE_USER, "cn=a", entry_build(&builder)};
}

START_TEST(beyond_so_many_values_it_is_any_value)
{
    struct image two = crowd(0, 2);
    struct image many = crowd(0, MOST_UNSETTLED + 2);
    struct image more = crowd(0, MOST_UNSETTLED + 3);

    given("user cn=a 3=00000,00001");
    tower_want(&images, &object, &many);
    tower_want(&images, &object, &two);
    ck_assert_uint_eq(object.unsettled.attrs[0].count, MOST_UNSETTLED);

    tower_want(&images, &object, &more);
    tower_want(&images, &object, &two);
    ck_unsettled("3 ");
}
END_TEST

/* --- a random life ---------------------------------------------------------------- */

static uint32_t state = 7;

static uint32_t throw(uint32_t sides)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % sides;
}

static const char *any_image(void)
{
    static const char *const names[] = {"cn=a", "cn=b"};
    static const char *const singles[] = {"", " 1=x", " 1=y"};
    static const char *const sets[] = {"",       " 3=a",   " 3=b",
                                       " 3=a,b", " 3=b,c", " 3=a,b,c"};

    return arena_print(&images, "user %s%s%s", names[throw(2)], singles[throw(3)],
                       sets[throw(6)]);
}

/* What the deltas have spoken of since the last synchronisation: bit 0 attribute 1, bits
 * 1 to 3 the values of attribute 3, bit 4 the DN, bit 5 the object. */
static unsigned spoken_by(const struct delta *delta)
{
    const struct attr_delta *single = delta_find(delta, 1);
    const struct attr_delta *set = delta_find(delta, 3);
    unsigned bits = (single != NULL ? 1u : 0u) | (delta->dn != NULL ? 16u : 0u) |
                    (delta->op != DELTA_NONE && delta->op != DELTA_UPDATE ? 32u : 0u);

    if (set != NULL && set->op == DELTA_SET)
        return bits | 14u;
    for (uint32_t i = 0; set != NULL && i < set->add_count; i++)
        bits |= 2u << (set->adds[i].at[0] - 'a');
    for (uint32_t i = 0; set != NULL && i < set->del_count; i++)
        bits |= 2u << (set->dels[i].at[0] - 'a');
    return bits;
}

static unsigned spoken(void)
{
    return spoken_by(&object.pending_import) | spoken_by(&object.unconfirmed) |
           spoken_by(&object.escrowed) | spoken_by(&object.unapplied);
}

static unsigned unsettled(const struct unsettled *u)
{
    const struct unsettled_attr *set = unsettled_find(u, 3);
    unsigned bits = (unsettled_find(u, 1) != NULL ? 1u : 0u) | (u->dn ? 16u : 0u) |
                    (u->everything ? 32u : 0u);

    if (set != NULL && set->all)
        return bits | 14u;
    for (uint32_t i = 0; set != NULL && i < set->count; i++)
        bits |= 2u << (set->values[i].at[0] - 'a');
    return bits;
}

static void happen(unsigned kind)
{
    switch (kind) {
    case 0:
    case 1:
        want(any_image());
        break;
    case 2:
        escrow();
        break;
    case 3:
        tower_exported(&images, &object, slice_of("", 0), throw(4) == 0);
        break;
    case 4:
        refused("permission-issue", 1);
        break;
    case 5:
        tower_recover(&images, &object);
        break;
    case 6:
        gone(throw(2) == 0);
        break;
    case 7:
        changed(any_image(), any_image());
        break;
    case 8:
        tower_want_gone(&images, &object);
        break;
    default:
        seen(any_image());
        break;
    }
}

/* Whatever happens: what was spoken of since is spoken of now, or unsettled; and it
 * survives its row. */
START_TEST(nothing_that_was_pending_since_is_lost)
{
    unsigned since = 0;
    unsigned found = 0;

    given("user cn=a 1=x 3=a,b");
    object.mv = 1;
    for (int step = 0; step < 20000; step++) {
        struct buf row = {0};
        struct buf tower = {0};
        struct cs_object again;

        happen(throw(12));
        since |= spoken();
        ck_assert_msg((since & ~(spoken() | unsettled(&object.unsettled))) == 0,
                      "step %d: %s, %s", step, tower_text(), unsettled_text());
        found += (unsettled(&object.unsettled) & 31u) != 0;
        object_encode(&object, &row, &tower);
        ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &again));
        ck_assert_int_eq(again.unsettled.due, object.unsettled.due);
        ck_assert_uint_eq(unsettled(&again.unsettled), unsettled(&object.unsettled));
        if (throw(20) == 0 || object_is_empty(&object)) {
            given(any_image());
            since = 0;
        }
        buf_free(&row);
        buf_free(&tower);
        if (step % 100 == 0) {
            images_end();
            images_begin();
            given(any_image());
            since = 0;
        }
    }
    ck_assert_uint_gt(found, 1000);
}
END_TEST

static void setup(void)
{
    tower_begin();
}

SUITE_WITH("space/unsettled", setup, images_end, in_an_ordinary_life_nothing_is_unsettled,
           an_import_that_takes_itself_back_is_not_due,
           a_confirmed_value_that_is_undone_is_due,
           a_wish_that_came_true_by_itself_and_is_undone_is_due,
           a_value_confirmed_at_once_that_is_undone_is_due,
           what_was_not_reimported_is_not_due,
           a_withdrawn_export_is_unsettled_until_it_is_wanted_again,
           what_becomes_unsettled_in_a_synchronisation_waits_for_the_next,
           an_object_that_is_back_before_it_went_is_looked_at_as_a_whole,
           one_that_never_came_is_not_due, beyond_so_many_values_it_is_any_value,
           nothing_that_was_pending_since_is_lost)
