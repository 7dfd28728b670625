/* SPDX-License-Identifier: Apache-2.0 */
#include "space/givers.h"

#include "images.h"

enum { MEMBER = 3 };

static struct mv_lineage hr(uint64_t run)
{
    return (struct mv_lineage){.attribute = MEMBER, .agent = 1, .object = 10, .run = run};
}

static struct mv_lineage ad(uint64_t run)
{
    return (struct mv_lineage){.attribute = MEMBER, .agent = 2, .object = 20, .run = run};
}

static struct set of(const char *list)
{
    struct image image = image_of(arena_print(&images, "user cn=x 3=%s", list));

    return set_of_attr(entry_find(&image.entry, MEMBER));
}

/* "2@7=a,b 1@4": agent 2 in run 7 these, agent 1 in run 4 the others. */
static const char *lines_text(const struct mv_lineage *lines, uint32_t count)
{
    struct buf out = {0};

    for (uint32_t i = 0; i < count; i++) {
        buf_print(&out, "%s%u@%u", i == 0 ? "" : " ", (unsigned)lines[i].agent,
                  (unsigned)lines[i].run);
        buf_text(&out, lines[i].none ? "=none" : "");
        for (uint32_t v = 0; v < lines[i].value_count; v++) {
            buf_text(&out, v == 0 ? "=" : ",");
            buf_slice(&out, lines[i].values[v]);
        }
    }
    return images_text(&out);
}

static void ck_lines(const struct givers *givers, const char *text)
{
    const struct mv_lineage *lines;
    uint32_t count;

    givers_write(givers, &lines, &count);
    ck_assert_str_eq(lines_text(lines, count), text);
}

static struct mv_object object_with(const struct mv_lineage *lines, uint32_t count)
{
    return (struct mv_object){.lineage = lines, .lineage_count = count};
}

START_TEST(one_giver_needs_no_values)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage who = hr(4);

    givers_add(&g, &who, of("a,b,c"));

    ck_lines(&g, "1@4");
}
END_TEST

START_TEST(who_gave_most_stands_for_the_rest)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage who = hr(4);
    struct mv_lineage other = ad(7);
    const struct mv_lineage *lines;
    struct mv_object object = {0};
    struct givers again;

    givers_add(&g, &who, of("a,b,c"));
    givers_add(&g, &other, of("d"));
    ck_lines(&g, "2@7=d 1@4");

    givers_write(&g, &lines, &object.lineage_count);
    object.lineage = lines;
    again = givers_of(&images, &object, MEMBER, of("a,b,c,d"));
    ck_assert(givers_equal(&g, &again));
    ck_assert(!givers_line_has(&object, &lines[0], slice_text("a")));
    ck_assert(givers_line_has(&object, &lines[1], slice_text("a")));
    ck_assert(!givers_line_has(&object, &lines[1], slice_text("d")));
}
END_TEST

START_TEST(a_value_of_two_is_of_both)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage who = hr(4);
    struct mv_lineage other = ad(7);

    givers_add(&g, &who, of("a,b"));
    givers_add(&g, &other, of("b"));
    ck_lines(&g, "2@7=b 1@4=a,b");

    givers_drop(&g, 1, 10);
    ck_lines(&g, "2@7");
    ck_assert_uint_eq(givers_all(&g).count, 1);
}
END_TEST

START_TEST(what_one_gave_before_is_as_old_as_it_was)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage first = hr(4);
    struct mv_lineage then = hr(9);

    givers_add(&g, &first, of("a,b"));
    givers_add(&g, &then, of("b,c"));
    ck_lines(&g, "1@9=c 1@4");
    givers_add(&g, &then, of("d"));
    ck_lines(&g, "1@9 1@4=a,b");
    ck_assert_uint_eq(givers_gave(&g, 1, 10).count, 4);
}
END_TEST

START_TEST(what_is_gone_has_no_giver)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage who = hr(4);
    struct mv_lineage other = ad(7);

    givers_add(&g, &who, of("a,b"));
    givers_add(&g, &other, of("c"));
    givers_keep(&g, of("a,b"));
    ck_lines(&g, "2@7=none 1@4");
    givers_add(&g, &other, of("b"));
    ck_lines(&g, "2@7=b 1@4=a,b");
    givers_keep(&g, set_of(NULL, 0));
    ck_lines(&g, "");
}
END_TEST

START_TEST(who_gave_nothing_is_known_all_the_same)
{
    struct givers g = givers_none(&images, MEMBER);
    struct mv_lineage who = hr(4);
    struct mv_lineage other = ad(7);

    givers_add(&g, &who, of("a,b"));
    givers_hear(&g, &other);
    ck_lines(&g, "2@7=none 1@4");
    givers_hear(&g, &who);
    ck_lines(&g, "2@7=none 1@4");
    givers_drop(&g, 2, 20);
    ck_lines(&g, "1@4");
}
END_TEST

START_TEST(several_lines_without_values_are_of_a_store_from_before)
{
    const struct mv_lineage lines[] = {ad(7), hr(4)};
    struct mv_object object = object_with(lines, 2);
    struct givers g = givers_of(&images, &object, MEMBER, of("a,b"));

    ck_assert(g.unknown);
    ck_assert(givers_line_has(&object, &lines[0], slice_text("a")));
    ck_assert(givers_line_has(&object, &lines[1], slice_text("a")));
}
END_TEST

/* A set that grew by one member in each of many runs. */
START_TEST(many_runs_cost_no_more_than_their_values)
{
    struct givers g = givers_none(&images, MEMBER);
    struct slice *values = ARENA_ARRAY(&images, struct slice, 2000);

    for (unsigned i = 0; i < 2000; i++)
        values[i] = slice_text(arena_print(&images, "%05u", i));
    for (unsigned i = 0; i < 300; i++) {
        struct mv_lineage who = hr(i + 1);

        givers_add(&g, &who, set_of(values, i == 0 ? 1701 : 1701 + i));
    }
    ck_assert_uint_eq(g.count, 300);
    ck_assert_uint_eq(givers_all(&g).count, 2000);
    ck_assert_uint_eq(g.lines[0].value_count, 1);
}
END_TEST

SUITE_WITH("space/givers", images_begin, images_end, one_giver_needs_no_values,
           who_gave_most_stands_for_the_rest, a_value_of_two_is_of_both,
           what_one_gave_before_is_as_old_as_it_was, what_is_gone_has_no_giver,
           who_gave_nothing_is_known_all_the_same,
           several_lines_without_values_are_of_a_store_from_before,
           many_runs_cost_no_more_than_their_values)
