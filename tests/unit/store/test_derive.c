/* SPDX-License-Identifier: Apache-2.0 */

/* A put derives of two states of an object what differs. Random pairs, of which most have
 * the same import, beside all of both. */

#include "objects.h"
#include "store/batch.h"

enum { PAIRS = 20000, FIELDS = 10 };

static uint64_t dice;

static unsigned roll(unsigned sides)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice >> 33) % sides;
}

static const char *a_dn(void)
{
    static const char *const names[] = {"CN=a,DC=x", "CN=A,DC=x", "CN=b,OU=o,DC=x"};

    return names[roll(3)];
}

static struct slice *some_ids(uint32_t *count)
{
    struct slice *values = ARENA_ARRAY(&scratch.arena, struct slice, 3);

    *count = 0;
    for (uint64_t id = 1; id <= 3; id++)
        if (roll(2))
            values[(*count)++] = value_of_id(&scratch.arena, id);
    return values;
}

static struct attr_delta some_members(void)
{
    struct attr_delta attr = {.name = MEMBER, .type = VALUE_REFERENCE};

    attr.op = roll(2) ? DELTA_SET : DELTA_VALUES;
    attr.adds = some_ids(&attr.add_count);
    return attr;
}

static struct attr_delta some_mail(void)
{
    struct slice *value = ARENA_ARRAY(&scratch.arena, struct slice, 1);

    *value = slice_text(a_dn());
    return (struct attr_delta){.name = MAIL,
                               .type = VALUE_STRING,
                               .op = DELTA_SET,
                               .adds = value,
                               .add_count = 1};
}

static struct delta some_delta(void)
{
    static const enum delta_op ops[] = {DELTA_NONE, DELTA_UPDATE, DELTA_UPDATE, DELTA_ADD,
                                        DELTA_DELETE};
    struct attr_delta *attrs = ARENA_ARRAY(&scratch.arena, struct attr_delta, 2);
    struct delta delta = {.op = ops[roll(5)], .attrs = attrs};

    if (delta.op == DELTA_NONE || delta.op == DELTA_DELETE)
        return delta;
    if (delta.op == DELTA_ADD || roll(3) == 0)
        delta.dn = a_dn();
    if (delta.op == DELTA_ADD)
        delta.object_type = USER;
    if (roll(2))
        attrs[delta.count++] = some_mail();
    if (roll(2))
        attrs[delta.count++] = some_members();
    return delta;
}

static struct entry some_entry(void)
{
    uint64_t ids[] = {roll(3) + 1, roll(3) + 1};
    struct entry entry = with_refs(no_entry(), MEMBER, ids, roll(3));

    return roll(2) ? with_text(entry, MAIL, a_dn()) : entry;
}

static void set_field(struct cs_object *object, unsigned field)
{
    switch (field) {
    case 0:
        object->has_hologram = object->hologram.exists = roll(4) != 0;
        break;
    case 1:
        object->hologram.dn = a_dn();
        break;
    case 2:
        object->hologram.entry = some_entry();
        break;
    case 3:
        object->pending_import = some_delta();
        break;
    case 4:
        object->unconfirmed = some_delta();
        break;
    case 5:
        object->escrowed = some_delta();
        break;
    case 6:
        object->unapplied = some_delta();
        break;
    case 7:
        object->anchor = slice_text(roll(2) ? "1" : "");
        break;
    case 8:
        object->transient = roll(4) == 0;
        break;
    default:
        object->mv = roll(2) * 7;
    }
}

/* What an export does. */
static void move_on(struct cs_object *object)
{
    object->unconfirmed = object->escrowed;
    object->escrowed = object->unapplied;
    object->unapplied = (struct delta){0};
}

static void has_hashes(const id_list *of, const id_list *without, id_list *out)
{
    out->count = 0;
    for (size_t i = 0; i < of->count; i++) {
        bool found = false;

        for (size_t j = 0; j < without->count; j++)
            found = found || of->items[i] == without->items[j];
        if (!found)
            VEC_ADD(out, of->items[i]);
    }
}

static void same_hash_change(const struct derived *a, const struct derived *b,
                             const struct derived *all_a, const struct derived *all_b)
{
    id_list some = {0};
    id_list all = {0};

    has_hashes(&a->hashes, &b->hashes, &some);
    has_hashes(&all_a->hashes, &all_b->hashes, &all);
    ck_assert_uint_eq(some.count, all.count);
    for (size_t i = 0; i < all.count; i++)
        ck_assert_uint_eq(some.items[i], all.items[i]);
    VEC_FREE(&some);
    VEC_FREE(&all);
}

static size_t refs_of_one(const struct derived *a, const struct derived *b, uint64_t *sum)
{
    size_t count = 0;

    for (size_t i = 0; i < a->refs.count; i++) {
        bool found = false;

        for (size_t j = 0; j < b->refs.count; j++)
            found = found || reference_compare(&a->refs.items[i], &b->refs.items[j]) == 0;
        count += !found;
        *sum = found
                   ? *sum
                   : *sum * 31 + a->refs.items[i].target * 7 + a->refs.items[i].attribute;
    }
    return count;
}

static void same_ref_change(const struct derived *a, const struct derived *b,
                            const struct derived *all_a, const struct derived *all_b)
{
    uint64_t some = 0;
    uint64_t all = 0;

    ck_assert_uint_eq(refs_of_one(a, b, &some), refs_of_one(all_a, all_b, &all));
    ck_assert_uint_eq(some, all);
}

static void compare(const struct cs_object *a, const struct cs_object *b)
{
    uint32_t attributes[] = {MAIL};
    const struct indexed indexed = {.space = AGENT, .attributes = attributes, .count = 1};
    struct derived of[4];

    memset(of, 0, sizeof of);
    derive_cs(scratch.store, &indexed, a, &scratch.arena, &of[0]);
    derive_cs(scratch.store, &indexed, b, &scratch.arena, &of[1]);
    derive_change(scratch.store, &indexed, a, b, &scratch.arena, &of[2], &of[3]);

    same_hash_change(&of[2], &of[3], &of[0], &of[1]);
    same_hash_change(&of[3], &of[2], &of[1], &of[0]);
    same_ref_change(&of[2], &of[3], &of[0], &of[1]);
    same_ref_change(&of[3], &of[2], &of[1], &of[0]);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(of[i].queues, of[i + 2].queues);
        ck_assert_uint_eq(of[i].link, of[i + 2].link);
    }
    for (int i = 0; i < 4; i++)
        derived_free(&of[i]);
}

START_TEST(what_two_states_differ_in_is_what_all_of_both_differ_in)
{
    open_with_names();
    for (int i = 0; i < PAIRS; i++) {
        struct arena_mark mark = arena_mark(&scratch.arena);
        struct cs_object a = {.agent = AGENT, .id = 9, .hologram = {.object_type = USER}};
        struct cs_object b;

        for (unsigned field = 0; field < FIELDS; field++)
            set_field(&a, field);
        b = a;
        if (roll(2))
            move_on(&b);
        for (unsigned n = roll(3); n > 0; n--)
            set_field(&b, roll(FIELDS));
        compare(&a, &b);
        arena_rewind(&scratch.arena, mark);
    }
    scratch_end();
}
END_TEST

/* A put knows from the get what it changes, unless somebody wrote in between. */
START_TEST(an_object_that_another_wrote_since_it_was_read_is_put_all_the_same)
{
    struct cs_object read;
    struct cs_object other;
    uint64_t id;

    open_with_names();
    id = store_object(settled("CN=a,DC=x", with_text(no_entry(), MAIL, "a@x")));
    read = load(id);
    other = load(id);
    other.anchor = slice_text("another");
    store_object(other);
    read.anchor = slice_text("mine");
    store_object(read);

    scratch_commit();
    ck_ok(cs_find_anchor(scratch.batch, AGENT, slice_text("mine"), &id, &scratch.err));
    ck_assert_int_eq(
        cs_find_anchor(scratch.batch, AGENT, slice_text("another"), &id, &scratch.err),
        MA_NOT_FOUND);
    scratch_end();
}
END_TEST

SUITE("store/derive", what_two_states_differ_in_is_what_all_of_both_differ_in,
      an_object_that_another_wrote_since_it_was_read_is_put_all_the_same)
