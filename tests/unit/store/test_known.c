/* SPDX-License-Identifier: Apache-2.0 */

/* What a batch of an import knows without a look is what the store would say. */

#include "store/known.h"

#include "objects.h"
#include "store/batch.h"

enum { NAMES = 24, TURNS = 1500 };

static unsigned dice;

static unsigned throw_dice(unsigned sides)
{
    dice = dice * 1103515245 + 12345;
    return (dice >> 8) % sides;
}

static void begin(void)
{
    open_with_names();
    scratch_commit();
    dice = 1;
    ck_ok(cs_import_begins(scratch.batch, AGENT, &scratch.err));
}

static const char *name_of(unsigned number)
{
    return arena_print(&scratch.arena, "CN=%u,DC=x", number);
}

static struct cs_object named(unsigned number)
{
    struct cs_object object = settled(name_of(number), no_entry());

    object.anchor = slice_text(arena_print(&scratch.arena, "a%u", number));
    return object;
}

static uint64_t who_has(const char *dn)
{
    uint64_t id = 0;
    enum ma_status status = cs_find_dn(scratch.batch, AGENT, dn, &id, &scratch.err);

    ck_assert(status == MA_OK || status == MA_NOT_FOUND);
    return status == MA_OK ? id : 0;
}

static uint64_t who_is(unsigned number)
{
    struct slice anchor = slice_text(arena_print(&scratch.arena, "a%u", number));
    struct cs_shown shown;
    enum ma_status status =
        cs_find_shown(scratch.batch, AGENT, anchor, &shown, &scratch.err);

    ck_assert(status == MA_OK || status == MA_NOT_FOUND);
    return shown.id;
}

/* Asked of the store, by a batch that knows nothing. */
static uint64_t ask(uint64_t (*who)(unsigned), unsigned number)
{
    struct known known = scratch.batch->known;
    uint64_t id;

    scratch.batch->known = (struct known){0};
    id = who(number);
    scratch.batch->known = known;
    return id;
}

static uint64_t who_has_name(unsigned number)
{
    return who_has(name_of(number));
}

static void check_all(void)
{
    for (unsigned i = 0; i < NAMES; i++) {
        ck_assert_uint_eq(who_has_name(i), ask(who_has_name, i));
        ck_assert_uint_eq(who_is(i), ask(who_is, i));
    }
}

static void rename_one(uint64_t id)
{
    struct cs_object object = load(id);

    if (object.placeholder != PLACEHOLDER_NOT)
        return;
    if (throw_dice(2) == 0)
        object.pending_import =
            (struct delta){.op = DELTA_UPDATE, .dn = name_of(throw_dice(NAMES))};
    else
        object.unapplied =
            (struct delta){.op = DELTA_UPDATE, .dn = name_of(throw_dice(NAMES))};
    store_object(object);
}

static void hide(uint64_t id)
{
    struct cs_object object = load(id);

    object.transient = !object.transient;
    store_object(object);
}

static void change(unsigned number)
{
    uint64_t id = who_has_name(number);
    uint64_t ignored;

    switch (throw_dice(6)) {
    case 0:
        if (ask(who_is, number) == 0)
            store_object(named(number));
        break;
    case 1:
        ck_ok(cs_reference(scratch.batch, AGENT, name_of(number), PLACEHOLDER_LINK,
                           &ignored, &scratch.err));
        break;
    case 2:
        if (id != 0)
            rename_one(id);
        break;
    case 3:
        if (id != 0)
            hide(id);
        break;
    case 4:
        if (id != 0)
            ck_ok(cs_remove(scratch.batch, AGENT, id, &scratch.err));
        break;
    default:
        break;
    }
}

START_TEST(whatever_happens_the_answer_is_that_of_the_store)
{
    for (unsigned turn = 0; turn < TURNS; turn++) {
        size_t mark = batch_mark(scratch.batch);

        change(throw_dice(NAMES));
        check_all();
        if (throw_dice(5) == 0) {
            batch_rollback(scratch.batch, mark);
            check_all();
        }
        if (throw_dice(40) == 0)
            scratch_commit();
        arena_reset(&scratch.arena);
    }
}
END_TEST

START_TEST(in_a_space_that_was_empty_nobody_is_known_but_who_was_written)
{
    uint64_t here = store_hash(scratch.store, AGENT, INDEX_ANCHOR, slice_text("a1"));
    uint64_t nowhere = store_hash(scratch.store, AGENT, INDEX_ANCHOR, slice_text("a2"));

    store_object(named(1));
    scratch_commit();

    ck_assert(!known_is_nobody(scratch.batch, AGENT, here));
    ck_assert(known_is_nobody(scratch.batch, AGENT, nowhere));
    ck_assert(!known_is_nobody(scratch.batch, AGENT + 1, nowhere));
    ck_ok(cs_import_begins(scratch.batch, AGENT, &scratch.err));
    ck_assert(!known_is_nobody(scratch.batch, AGENT, nowhere));
}
END_TEST

START_TEST(who_comes_next_is_guessed_while_they_come_in_turn)
{
    for (unsigned i = 1; i <= 6; i++)
        store_object(named(i));
    scratch_commit();

    ck_assert_uint_eq(who_is(1), 1);
    ck_assert_uint_eq(known_next(&scratch.batch->known, AGENT), 0);
    ck_assert_uint_eq(who_is(2), 2);
    ck_assert_uint_eq(known_next(&scratch.batch->known, AGENT), 3);
    ck_assert_uint_eq(known_next(&scratch.batch->known, AGENT + 1), 0);
    ck_assert_uint_eq(who_is(5), 5);
    ck_assert_uint_eq(known_next(&scratch.batch->known, AGENT), 0);
    ck_assert_uint_eq(who_is(6), 6);
    ck_assert_uint_eq(known_next(&scratch.batch->known, AGENT), 7);
    ck_assert_uint_eq(who_is(7), 0);
}
END_TEST

START_TEST(a_dn_is_looked_up_once_until_it_is_written_again)
{
    struct slice dn = slice_text("CN=1,DC=x");
    uint64_t read;

    store_object(named(1));
    ck_assert_uint_eq(who_has(dn.at), 1);
    read = store_work(scratch.store).objects_read;
    ck_assert_uint_eq(who_has(dn.at), 1);
    ck_assert_uint_eq(store_work(scratch.store).objects_read, read);
    ck_assert_uint_eq(known_dn(scratch.batch, AGENT, dn), 1);
    ck_assert_uint_eq(known_dn(scratch.batch, AGENT + 1, dn), 0);
    ck_ok(cs_remove(scratch.batch, AGENT, 1, &scratch.err));

    ck_assert_uint_eq(known_dn(scratch.batch, AGENT, dn), 0);
    ck_assert_uint_eq(who_has(dn.at), 0);
}
END_TEST

SUITE_WITH("store/known", begin, scratch_end,
           whatever_happens_the_answer_is_that_of_the_store,
           in_a_space_that_was_empty_nobody_is_known_but_who_was_written,
           who_comes_next_is_guessed_while_they_come_in_turn,
           a_dn_is_looked_up_once_until_it_is_written_again)
