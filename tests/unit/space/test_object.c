/* SPDX-License-Identifier: Apache-2.0 */
#include "space/object.h"

#include "towers.h"

static void ck_error_equal(const struct object_error *a, const struct object_error *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_int_eq(a->first, b->first);
    ck_assert_int_eq(a->last, b->last);
    ck_assert_pstr_eq(a->type, b->type);
    ck_assert_pstr_eq(a->text, b->text);
    ck_assert_pstr_eq(a->code, b->code);
    ck_assert_pstr_eq(a->literal, b->literal);
    ck_assert_pstr_eq(a->detail, b->detail);
    ck_assert_pstr_eq(a->step, b->step);
    ck_assert_pstr_eq(a->rule, b->rule);
    ck_assert_pstr_eq(a->attribute, b->attribute);
}

/* Something in every member. */
static struct cs_object full(void)
{
    static const struct owned_value owned[] = {
        {3, {"a", 1}}, {3, {"b", 1}}, {4, {"a", 1}}};
    struct cs_object o = {
        .id = UINT64_MAX,
        .guid = guid_new(),
        .agent = 70000,
        .partition = 3,
        .anchor = slice_of("\0\1\2", 3),
        .state = STATE_FILTERED,
        .mv = 300,
        .link_cause = LINK_PROVISIONING,
        .link_rule = guid_new(),
        .transient = true,
        .rebuild = true,
        .reference_retry = true,
        .rename_retry = true,
        .provisioning_retry = true,
        .full_sync = true,
        .projected = true,
        .seen_run = 1u << 20,
        .import_modifications = 7,
        .export_batch = 9,
        .has_hologram = true,
        .hologram = image_of("user cn=a,dc=x 1=x 3=a,b"),
        .pending_import = delta_of("user cn=a 1=x", "user cn=b 1=y"),
        .unconfirmed = delta_of("user cn=a 3=a,b", "user cn=a 3=b,c"),
        .escrowed = {.op = DELTA_DELETE},
        .unapplied = delta_of("", "contact cn=c 1=z"),
        .owned = owned,
        .owned_count = 3,
        .import_error = {1, -5, INT64_MAX, "flow-failure", "text", NULL, NULL, "", "step",
                         "rule", "attribute"},
        .export_error = {2, 1, 2, "permission-issue", NULL, "50", "literal", "detail",
                         NULL, NULL, NULL},
    };

    return o;
}

START_TEST(an_object_comes_back_from_its_rows)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object o = full();
    struct cs_object read;

    object_encode(&o, &row, &tower);
    ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &read));

    ck_assert(read.id == o.id && read.agent == o.agent && read.partition == o.partition);
    ck_assert(guid_equal(&read.guid, &o.guid));
    ck_assert(slice_equal(read.anchor, o.anchor));
    ck_assert(read.state == o.state && read.placeholder == o.placeholder);
    ck_assert(read.mv == o.mv && read.link_cause == o.link_cause);
    ck_assert(guid_equal(&read.link_rule, &o.link_rule));
    ck_assert(read.transient && read.rebuild && read.reference_retry &&
              read.rename_retry && read.provisioning_retry && read.full_sync &&
              read.projected);
    ck_assert_uint_eq(read.seen_run, o.seen_run);
    ck_assert_uint_eq(read.import_modifications, o.import_modifications);
    ck_assert_uint_eq(read.export_batch, o.export_batch);
    ck_assert(read.has_hologram && image_equal(&read.hologram, &o.hologram));
    ck_assert(delta_equal(&read.pending_import, &o.pending_import));
    ck_assert(delta_equal(&read.unconfirmed, &o.unconfirmed));
    ck_assert(delta_equal(&read.escrowed, &o.escrowed));
    ck_assert(delta_equal(&read.unapplied, &o.unapplied));
    ck_assert_uint_eq(read.owned_count, 3);
    ck_assert_uint_eq(read.owned[2].attribute, 4);
    ck_error_equal(&read.import_error, &o.import_error);
    ck_error_equal(&read.export_error, &o.export_error);
}
END_TEST

START_TEST(an_outline_is_the_object_without_its_values)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object o = full();
    struct cs_object read;

    object_encode(&o, &row, &tower);
    ck_assert(object_decode_outline(buf_view(&row), buf_view(&tower), &read));

    ck_assert(read.id == o.id && read.agent == o.agent && read.partition == o.partition);
    ck_assert(slice_equal(read.anchor, o.anchor) && read.mv == o.mv);
    ck_assert(read.transient && read.rebuild && read.placeholder == o.placeholder);
    ck_assert_str_eq(object_imported_dn(&read), object_imported_dn(&o));
    ck_assert_str_eq(object_dn(&images, &read), object_dn(&images, &o));
    ck_assert_uint_eq(object_type(&images, &read), object_type(&images, &o));
    ck_assert_uint_eq(read.hologram.entry.count, 0);
    ck_assert_uint_eq(read.owned_count, 0);
}
END_TEST

/* --- what the last import showed, where it lies ----------------------------------- */

/* At peace, and no more than it needs. */
static struct cs_object calm(const char *image)
{
    return (struct cs_object){.id = 1,
                              .agent = 1,
                              .partition = 2,
                              .anchor = slice_text("A1"),
                              .has_hologram = true,
                              .hologram = image_of(image)};
}

/* Whether it can be told at a look that the object is shown like this. */
static bool is_shown_as(const struct cs_object *o, const char *image)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct object_shown shown;
    struct image wanted = image_of(image);
    bool told;

    object_encode(o, &row, &tower);
    told = object_shown(buf_view(&row), buf_view(&tower), &shown);
    ck_assert(slice_equal(shown.anchor, o->anchor) && shown.partition == o->partition);
    return told && object_shows(&shown, &wanted);
}

START_TEST(a_hologram_or_a_first_import_can_be_compared_where_it_lies)
{
    struct cs_object o = calm("user cn=a,dc=x 1=x 3=a,b");
    struct cs_object fresh = calm("user cn=a,dc=x 1=x 3=a,b");

    fresh.has_hologram = false;
    fresh.hologram = (struct image){0};
    fresh.pending_import = delta_of("", "user cn=a,dc=x 1=x 3=a,b");
    ck_assert(is_shown_as(&o, "user cn=a,dc=x 1=x 3=a,b"));
    ck_assert(is_shown_as(&fresh, "user cn=a,dc=x 1=x 3=a,b"));

    ck_assert(!is_shown_as(&o, "user cn=a,dc=x 1=x 3=a"));
    ck_assert(!is_shown_as(&fresh, "user cn=a,dc=x 1=x 3=a"));
    ck_assert(!is_shown_as(&o, "user cn=A,dc=x 1=x 3=a,b"));
    ck_assert(!is_shown_as(&fresh, "user cn=A,dc=x 1=x 3=a,b"));
    ck_assert(!is_shown_as(&o, "contact cn=a,dc=x 1=x 3=a,b"));
    ck_assert(!is_shown_as(&fresh, "contact cn=a,dc=x 1=x 3=a,b"));
}
END_TEST

START_TEST(what_waits_for_its_export_does_not_hide_what_was_shown)
{
    struct cs_object o = calm("user cn=a 1=x");

    o.unapplied = delta_of("user cn=a 1=x", "user cn=a 1=y");
    ck_assert(is_shown_as(&o, "user cn=a 1=x"));
}
END_TEST

/* An import that shows the very same would change each of these. */
START_TEST(what_the_same_import_would_change_is_not_told_at_a_look)
{
    static const struct owned_value owned = {3, {"a", 1}};
    struct cs_object o = calm("user cn=a 1=x");

    o.unconfirmed = delta_of("user cn=a 1=x", "user cn=a 1=y");
    ck_assert(!is_shown_as(&o, "user cn=a 1=x"));
    o = calm("user cn=a 1=x");
    o.pending_import = delta_of("user cn=a 1=x", "user cn=a 1=y");
    ck_assert(!is_shown_as(&o, "user cn=a 1=x") && !is_shown_as(&o, "user cn=a 1=y"));
    o = calm("user cn=a 1=x");
    o.transient = true;
    ck_assert(!is_shown_as(&o, "user cn=a 1=x"));
    o = calm("user cn=a 1=x");
    o.rebuild = true;
    ck_assert(!is_shown_as(&o, "user cn=a 1=x"));
    o = calm("user cn=a 1=x");
    o.owned = &owned;
    o.owned_count = 1;
    ck_assert(!is_shown_as(&o, "user cn=a 1=x"));
}
END_TEST

/* One flag at a time, so that no two are one bit. */
START_TEST(each_flag_is_kept_by_itself)
{
    static const size_t at[] = {
        offsetof(struct cs_object, transient),
        offsetof(struct cs_object, rebuild),
        offsetof(struct cs_object, reference_retry),
        offsetof(struct cs_object, rename_retry),
        offsetof(struct cs_object, provisioning_retry),
        offsetof(struct cs_object, full_sync),
        offsetof(struct cs_object, projected),
    };

    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        BUF_AUTO row = {0};
        BUF_AUTO tower = {0};
        struct cs_object o = {.id = 1};
        struct cs_object read;

        *((bool *)&o + at[i]) = true;
        object_encode(&o, &row, &tower);
        ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &read));
        for (size_t j = 0; j < sizeof at / sizeof at[0]; j++)
            ck_assert(*((bool *)&read + at[j]) == (i == j));
    }
}
END_TEST

START_TEST(an_object_at_peace_has_no_second_row)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};

    given("user cn=a 1=x");
    object_encode(&object, &row, &tower);

    ck_assert_uint_eq(tower.length, 0);
}
END_TEST

START_TEST(what_is_read_lies_in_the_rows)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object o = full();
    struct cs_object read;
    const char *end;

    object_encode(&o, &row, &tower);
    ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &read));
    end = row.at + row.length;

    ck_assert(read.hologram.dn > row.at && read.hologram.dn < end);
    ck_assert(read.anchor.at > row.at && read.anchor.at < end);
    ck_assert(read.hologram.entry.attrs[0].values[0].at > row.at &&
              read.hologram.entry.attrs[0].values[0].at < end);
    ck_assert(read.import_error.text > tower.at &&
              read.import_error.text < tower.at + tower.length);
}
END_TEST

START_TEST(an_image_of_an_object_at_peace_is_its_hologram)
{
    ARENA_AUTO arena = {0};
    struct image top;

    given("user cn=a 1=x");
    top = object_image(&arena, &object, LAYER_UNAPPLIED);

    ck_assert_ptr_eq(top.entry.attrs, object.hologram.entry.attrs);
    ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(a_row_cut_short_or_with_something_behind_is_refused)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object o = full();
    struct cs_object read;

    object_encode(&o, &row, &tower);
    for (size_t length = 0; length < row.length; length++)
        ck_assert(
            !object_decode(&images, slice_of(row.at, length), buf_view(&tower), &read));
    for (size_t length = 1; length < tower.length; length++)
        ck_assert(
            !object_decode(&images, buf_view(&row), slice_of(tower.at, length), &read));
    buf_char(&row, 0);
    ck_assert(!object_decode(&images, buf_view(&row), slice_of("", 0), &read));
    buf_char(&tower, 0);
    row.length--;
    ck_assert(!object_decode(&images, buf_view(&row), buf_view(&tower), &read));
}
END_TEST

START_TEST(a_row_of_another_version_is_refused)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object read;

    given("user cn=a 1=x");
    object_encode(&object, &row, &tower);
    row.at[0]++;
    ck_assert(!object_decode(&images, buf_view(&row), buf_view(&tower), &read));
}
END_TEST

START_TEST(equal_objects_have_equal_rows)
{
    static const struct owned_value one[] = {{3, {"a", 1}}, {4, {"b", 1}}};
    static const struct owned_value two[] = {{4, {"b", 1}}, {3, {"a", 1}}, {4, {"b", 1}}};
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    BUF_AUTO row_two = {0};
    struct cs_object a = {.id = 1, .owned = one, .owned_count = 2};
    struct cs_object b = {.id = 1, .owned = two, .owned_count = 3};

    object_encode(&a, &row, &tower);
    object_encode(&b, &row_two, &tower);
    ck_assert(slice_equal(buf_view(&row), buf_view(&row_two)));
}
END_TEST

START_TEST(a_placeholder_stands_for_a_dn)
{
    BUF_AUTO row = {0};
    BUF_AUTO tower = {0};
    struct cs_object o = object_placeholder(3, PLACEHOLDER_PARENT, "ou=a");
    struct cs_object read;
    struct image image;

    object_encode(&o, &row, &tower);
    ck_assert(object_decode(&images, buf_view(&row), buf_view(&tower), &read));
    image = object_image(&images, &read, LAYER_UNAPPLIED);

    ck_assert_str_eq(object_dn(&images, &read), "ou=a");
    ck_assert_int_eq(read.placeholder, PLACEHOLDER_PARENT);
    ck_assert_uint_eq(object_type(&images, &read), 0);
    ck_assert(!image.exists && image.dn == NULL);
    ck_assert(!object_is_empty(&read) && !object_was_imported(&read));
    ck_assert(!object_needs_sync(&read) && !object_is_disconnector(&read));
}
END_TEST

START_TEST(what_is_left_of_an_object_that_others_need)
{
    struct cs_object o = full();
    struct guid guid = o.guid;

    o.pending_import = (struct delta){0};
    o.unconfirmed = (struct delta){.op = DELTA_DELETE};
    object_to_placeholder(&o, PLACEHOLDER_DELETED);

    ck_assert_uint_eq(o.id, UINT64_MAX);
    ck_assert(guid_equal(&guid, &o.guid));
    ck_assert_str_eq(object_dn(&images, &o), "cn=c");
    ck_assert_uint_eq(o.mv, 0);
    ck_assert_uint_eq(o.anchor.length, 0);
    ck_assert(!object_needs_export(&o) && !object_is_unconfirmed(&o));
}
END_TEST

START_TEST(an_object_is_known_by_the_top_layer_that_has_it)
{
    static const struct {
        const char *h, *i, *u, *x;
        const char *dn;
        uint32_t type;
        const char *imported;
    } cases[] = {
        {"user cn=a", "user cn=a", "user cn=a", "user cn=a", "cn=a", TYPE_USER, "cn=a"},
        {"user cn=a", "user cn=b", "user cn=c", "user cn=d", "cn=d", TYPE_USER, "cn=b"},
        {"user cn=a", "user cn=b", "user cn=c", "", "cn=c", TYPE_USER, "cn=b"},
        {"user cn=a", "user cn=b", "", "", "cn=b", TYPE_USER, "cn=b"},
        {"user cn=a", "", "", "", "cn=a", TYPE_USER, NULL},
        {"", "", "user cn=a", "user cn=b", "cn=b", TYPE_USER, NULL},
        {"user cn=a", "contact cn=b", "contact cn=b", "contact cn=b", "cn=b",
         TYPE_CONTACT, "cn=b"},
        {"", "", "", "", NULL, 0, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image top;

        given(cases[i].h);
        object.pending_import = delta_of(cases[i].h, cases[i].i);
        object.unconfirmed = delta_of(cases[i].i, cases[i].u);
        object.unapplied = delta_of(cases[i].u, cases[i].x);
        ck_assert_pstr_eq(object_dn(&images, &object), cases[i].dn);
        ck_assert_uint_eq(object_type(&images, &object), cases[i].type);
        ck_assert_pstr_eq(object_imported_dn(&object), cases[i].imported);
        ck_assert(object_was_imported(&object) == (cases[i].imported != NULL));
        top = object_image(&images, &object, LAYER_UNAPPLIED);
        ck_image(top, cases[i].x);
    }
}
END_TEST

START_TEST(what_waits_for_synchronisation)
{
    given("user cn=a 1=x");
    ck_assert(!object_needs_sync(&object));
    ck_assert(object_is_disconnector(&object));

    object.reference_retry = true;
    ck_assert(object_needs_sync(&object));
    given("user cn=a 1=x");
    object.rename_retry = true;
    ck_assert(object_needs_sync(&object));
    given("user cn=a 1=x");
    object.provisioning_retry = true;
    ck_assert(object_needs_sync(&object));
    given("user cn=a 1=x");
    object.full_sync = true;
    ck_assert(object_needs_sync(&object));
    given("user cn=a 1=x");
    object.import_error.count = 1;
    ck_assert(object_needs_sync(&object));
}
END_TEST

START_TEST(only_normal_unlinked_imported_objects_are_disconnectors)
{
    given("user cn=a 1=x");
    object.mv = 1;
    ck_assert(!object_is_disconnector(&object));
    given("user cn=a 1=x");
    object.state = STATE_EXPLICIT;
    ck_assert(!object_is_disconnector(&object));
    given("user cn=a 1=x");
    object.state = STATE_FILTERED;
    ck_assert(!object_is_disconnector(&object));
    given("");
    want("user cn=a 1=x");
    ck_assert(!object_is_disconnector(&object));
}
END_TEST

SUITE_WITH("space/object", tower_begin, images_end, an_object_comes_back_from_its_rows,
           each_flag_is_kept_by_itself, an_object_at_peace_has_no_second_row,
           what_is_read_lies_in_the_rows, an_image_of_an_object_at_peace_is_its_hologram,
           a_row_cut_short_or_with_something_behind_is_refused,
           a_row_of_another_version_is_refused, equal_objects_have_equal_rows,
           a_placeholder_stands_for_a_dn, what_is_left_of_an_object_that_others_need,
           an_object_is_known_by_the_top_layer_that_has_it,
           what_waits_for_synchronisation,
           only_normal_unlinked_imported_objects_are_disconnectors,
           an_outline_is_the_object_without_its_values,
           a_hologram_or_a_first_import_can_be_compared_where_it_lies,
           what_waits_for_its_export_does_not_hide_what_was_shown,
           what_the_same_import_would_change_is_not_told_at_a_look)
