/* SPDX-License-Identifier: Apache-2.0 */
#include "config/splice.h"

#include <libxml/entities.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>

static const struct layout_element *of(const struct splices *splices, int element)
{
    return &splices->layout->elements[element];
}

static void add(struct splices *splices, size_t from, size_t to, const char *text)
{
    VEC_ADD(&splices->list, (struct splice){from, to, text});
}

const char *splice_escape(struct arena *arena, const char *text)
{
    xmlChar *escaped = xmlEncodeSpecialChars(NULL, (const xmlChar *)text);
    const char *kept;

    if (escaped == NULL)
        abort(); /* no memory: nobody goes on from there */
    kept = arena_text(arena, (const char *)escaped);
    xmlFree(escaped);
    return kept;
}

/* --- lines ------------------------------------------------------------------------ */

/* Where the blanks in front of `at` begin, if a line does with them; else `at`. */
static size_t begin_of_line(struct slice bytes, size_t at)
{
    size_t begin = at;

    while (begin > 0 && (bytes.at[begin - 1] == ' ' || bytes.at[begin - 1] == '\t'))
        begin--;
    return begin > 0 && bytes.at[begin - 1] == '\n' ? begin : at;
}

static bool begins_a_line(struct slice bytes, size_t at)
{
    return at > 0 && (begin_of_line(bytes, at) < at || bytes.at[at - 1] == '\n');
}

static const char *line_end(const struct splices *splices)
{
    struct slice bytes = splices->layout->bytes;
    const char *newline = memchr(bytes.at, '\n', bytes.length);

    return newline != NULL && newline > bytes.at && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* Every line of `xml` behind `indent`, with its end. */
static const char *set_lines(const struct splices *splices, const char *indent,
                             const char *xml)
{
    BUF_AUTO lines = {0};

    while (*xml != '\0') {
        size_t length = strcspn(xml, "\n");

        buf_text(&lines, indent);
        buf_bytes(&lines, xml, length);
        buf_text(&lines, line_end(splices));
        xml += length + (xml[length] == '\n');
    }
    return arena_text(splices->arena, lines.at == NULL ? "" : lines.at);
}

static const char *indent_of(const struct splices *splices, size_t at, const char *more)
{
    struct slice bytes = splices->layout->bytes;
    size_t begin = begin_of_line(bytes, at);

    return arena_print(splices->arena, "%.*s%s", (int)(at - begin), bytes.at + begin,
                       more);
}

/* What stands between two tags: of its own lines where those have them. */
static const char *set_between(const struct splices *splices, int element,
                               const char *xml)
{
    const struct layout_element *e = of(splices, element);

    if (!begins_a_line(splices->layout->bytes, e->from))
        return xml;
    return arena_print(splices->arena, "%s%s%s", line_end(splices),
                       set_lines(splices, indent_of(splices, e->from, "  "), xml),
                       indent_of(splices, e->from, ""));
}

/* --- the changes ------------------------------------------------------------------ */

/* <a x="1"/> with something in it. */
static void open_up(struct splices *splices, int element, const char *inside)
{
    const struct layout_element *e = of(splices, element);
    const char *tag = splices->layout->bytes.at + e->from;
    int length = (int)(e->to - e->from) - 2;

    while (length > 0 && (tag[length - 1] == ' ' || tag[length - 1] == '\n' ||
                          tag[length - 1] == '\r' || tag[length - 1] == '\t'))
        length--;
    add(splices, e->from, e->to,
        arena_print(splices->arena, "%.*s>%s</%.*s>", length, tag, inside,
                    (int)strcspn(tag + 1, " \t\r\n/>"), tag + 1));
}

void splice_text(struct splices *splices, int element, const char *text)
{
    const struct layout_element *e = of(splices, element);
    const char *escaped = splice_escape(splices->arena, text);

    if (e->empty)
        open_up(splices, element, escaped);
    else
        add(splices, e->begin, e->end, escaped);
}

void splice_fill(struct splices *splices, int element, const char *xml)
{
    const struct layout_element *e = of(splices, element);
    const char *inside = xml[0] == '\0' ? "" : set_between(splices, element, xml);

    if (e->empty)
        open_up(splices, element, inside);
    else
        add(splices, e->begin, e->end, inside);
}

void splice_append(struct splices *splices, int element, const char *xml)
{
    const struct layout_element *e = of(splices, element);
    struct slice bytes = splices->layout->bytes;
    size_t at;

    if (e->empty || e->begin == e->end) {
        splice_fill(splices, element, xml);
        return;
    }
    at = begin_of_line(bytes, e->end);
    if (begins_a_line(bytes, e->end))
        xml = set_lines(splices, indent_of(splices, e->end, "  "), xml);
    add(splices, at, at, xml);
}

void splice_replace(struct splices *splices, int element, const char *xml)
{
    add(splices, of(splices, element)->from, of(splices, element)->to, xml);
}

void splice_remove(struct splices *splices, int element)
{
    const struct layout_element *e = of(splices, element);
    struct slice bytes = splices->layout->bytes;
    size_t to = e->to;

    if (to < bytes.length && bytes.at[to] == '\r')
        to++;
    if (begins_a_line(bytes, e->from) && to < bytes.length && bytes.at[to] == '\n')
        add(splices, begin_of_line(bytes, e->from), to + 1, "");
    else
        add(splices, e->from, e->to, "");
}

/* --- all of them ------------------------------------------------------------------ */

/* In their order of being asked for where they are at one place. */
static void sort(struct splices *splices)
{
    for (size_t i = 1; i < splices->list.count; i++) {
        struct splice one = splices->list.items[i];
        size_t k = i;

        for (; k > 0 && splices->list.items[k - 1].from > one.from; k--)
            splices->list.items[k] = splices->list.items[k - 1];
        splices->list.items[k] = one;
    }
}

void splice_apply(struct splices *splices, struct buf *out)
{
    struct slice bytes = splices->layout->bytes;
    size_t at = 0;

    sort(splices);
    for (size_t i = 0; i < splices->list.count; i++) {
        const struct splice *one = &splices->list.items[i];

        buf_bytes(out, bytes.at + at, one->from - at);
        buf_text(out, one->text);
        at = one->to;
    }
    buf_bytes(out, bytes.at + at, bytes.length - at);
    splices->list.count = 0;
}

void splice_free(struct splices *splices)
{
    VEC_FREE(&splices->list);
}
