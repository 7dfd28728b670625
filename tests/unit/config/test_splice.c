/* SPDX-License-Identifier: Apache-2.0 */
#include "config/splice.h"

#include <string.h>

#include "suite.h"

static struct arena arena;
static struct layout layout;
static struct splices splices;
static struct ma_error err;
static char after[4096];

static void read_text(const char *text)
{
    arena_free(&arena);
    arena = (struct arena){0};
    ck_assert_int_eq(layout_read(&layout, &arena, slice_text(text), "a.xml", &err),
                     MA_OK);
    splices = (struct splices){.layout = &layout, .arena = &arena};
}

static const char *applied(void)
{
    BUF_AUTO out = {0};

    splice_apply(&splices, &out);
    splice_free(&splices);
    snprintf(after, sizeof after, "%s", out.at);
    return after;
}

static void end(void)
{
    arena_free(&arena);
    arena = (struct arena){0};
}

START_TEST(an_element_is_where_it_lies)
{
    static const char text[] =
        "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <b/> --><a x='&amp;\xc3\xa9'>\n"
        " <b>one<![CDATA[<b>]]></b><n:c xmlns:n=\"u\" />\n</a>";
    int b;

    read_text(text);

    ck_assert_int_eq(layout.count, 3);
    ck_assert_str_eq(layout_attribute(&layout, 0, "x"), "&\xc3\xa9");
    ck_assert_ptr_null(layout_attribute(&layout, 0, "y"));
    b = layout_path(&layout, 0, "b");
    ck_assert_str_eq(layout.elements[b].text, "one<b>");
    ck_assert_mem_eq(text + layout.elements[b].from, "<b>one", 6);
    ck_assert_mem_eq(text + layout.elements[b].end, "</b>", 4);
    ck_assert(layout.elements[2].empty);
    ck_assert_mem_eq(text + layout.elements[2].from, "<n:c", 4);
    ck_assert_mem_eq(text + layout.elements[2].to, "\n</a>", 5);
    ck_assert_int_eq(layout_path(&layout, 0, "b/c"), LAYOUT_NONE);
}
END_TEST

static const struct {
    const char *text;
    const char *why;
} refused[] = {
    {"<a>", "a.xml:1"},
    {"", "no XML"},
    {"<!DOCTYPE a><a/>", "DOCTYPE"},
    {"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "UTF-8"},
};

START_TEST(what_cannot_be_laid_out_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ck_assert_int_eq(
            layout_read(&layout, &arena, slice_text(refused[i].text), "a.xml", &err),
            MA_INVALID);
        ck_assert_msg(strstr(err.text, refused[i].why) != NULL, "%s", err.text);
    }
}
END_TEST

START_TEST(lines_are_set_as_their_neighbours_are)
{
    read_text("<a>\n  <b>\n    <c>1</c>\n  </b>\n  <d/>\n  <e>\n  </e>\n</a>\n");
    splice_append(&splices, layout_path(&layout, 0, "b"), "<c>2</c>\n<c>3</c>");
    splice_append(&splices, layout_path(&layout, 0, "d"), "<f/>");
    splice_append(&splices, layout_path(&layout, 0, "e"), "<g/>");
    splice_append(&splices, 0, "<h/>");

    ck_assert_str_eq(applied(), "<a>\n  <b>\n    <c>1</c>\n    <c>2</c>\n    <c>3</c>\n"
                                "  </b>\n  <d>\n    <f/>\n  </d>\n  <e>\n    <g/>\n"
                                "  </e>\n  <h/>\n</a>\n");
}
END_TEST

START_TEST(what_is_in_one_line_stays_in_one)
{
    read_text("<a><b>1</b><c /></a>");
    splice_text(&splices, 1, "x & <y>");
    splice_text(&splices, 2, "2");
    splice_append(&splices, 0, "<d/>");

    ck_assert_str_eq(applied(), "<a><b>x &amp; &lt;y&gt;</b><c>2</c><d/></a>");
}
END_TEST

START_TEST(a_line_goes_with_what_was_alone_in_it)
{
    read_text("<a>\r\n  <b/>\r\n  <c/><d/>\r\n</a>");
    splice_remove(&splices, 1);
    splice_remove(&splices, 3);
    splice_append(&splices, 0, "<e/>");

    ck_assert_str_eq(applied(), "<a>\r\n  <c/>\r\n  <e/>\r\n</a>");
}
END_TEST

START_TEST(without_a_change_nothing_changes)
{
    read_text("<a>\n<!-- x -->\t<b  q = '1' />\n</a >\n<!-- end -->");

    ck_assert_str_eq(applied(), "<a>\n<!-- x -->\t<b  q = '1' />\n</a >\n<!-- end -->");
}
END_TEST

static void begin(void)
{
    err = (struct ma_error){0};
}

SUITE_WITH("config/splice", begin, end, an_element_is_where_it_lies,
           what_cannot_be_laid_out_is_refused, lines_are_set_as_their_neighbours_are,
           what_is_in_one_line_stays_in_one, a_line_goes_with_what_was_alone_in_it,
           without_a_change_nothing_changes)
