/* SPDX-License-Identifier: Apache-2.0 */
#include "config/layout.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vec.h"

enum { DEEPEST = 64, LARGEST = 1 << 30 };

struct laying {
    struct arena *arena;
    struct slice bytes;
    const char *file;
    xmlParserCtxt *parser;
    VEC_OF(struct layout_element) elements;
    struct buf texts[DEEPEST];
    int open[DEEPEST];
    int depth;
    struct ma_error *err;
    bool failed;
};

static void fail(struct laying *l, const char *why)
{
    if (!l->failed)
        (void)ma_fail(l->err, MA_INVALID, "%s:%d: %s", l->file,
                      l->parser->input == NULL ? 1 : l->parser->input->line, why);
    l->failed = true;
    xmlStopParser(l->parser);
}

/* How much of the bytes the parser has behind it. */
static size_t offset(const struct laying *l)
{
    const xmlParserInput *input = l->parser->input;

    return (size_t)input->consumed + (size_t)(input->cur - input->base);
}

/* The '<' of the tag that ends before `at`: no attribute has one in its value. */
static size_t begin_of_tag(const struct laying *l, size_t at)
{
    while (at > 0 && l->bytes.at[--at] != '<')
        ;
    return at;
}

static const struct layout_attribute *take_attributes(struct laying *l, int count,
                                                      const xmlChar **given)
{
    struct layout_attribute *all =
        ARENA_ARRAY(l->arena, struct layout_attribute, (size_t)count);

    for (int i = 0; i < count; i++, given += 5)
        all[i] = (struct layout_attribute){
            .name = arena_text(l->arena, (const char *)given[0]),
            .value = arena_textn(l->arena, (const char *)given[3],
                                 (size_t)(given[4] - given[3])),
        };
    return all;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespaces, const xmlChar **namespace_list,
                     int count, int defaulted, const xmlChar **attributes)
{
    struct laying *l = context;
    size_t at = offset(l);

    (void)prefix;
    (void)uri;
    (void)namespaces;
    (void)namespace_list;
    (void)defaulted;
    if (l->failed)
        return;
    if (l->depth == DEEPEST || at >= l->bytes.length) {
        fail(l, "it is too deep");
        return;
    }
    VEC_ADD(&l->elements,
            (struct layout_element){
                .name = arena_text(l->arena, (const char *)name),
                .parent = l->depth == 0 ? LAYOUT_NONE : l->open[l->depth - 1],
                .attributes = take_attributes(l, count, attributes),
                .attribute_count = (size_t)count,
                .from = begin_of_tag(l, at),
                .begin = at + 1,
                .empty = l->bytes.at[at] == '/',
            });
    buf_clear(&l->texts[l->depth]);
    l->open[l->depth++] = (int)l->elements.count - 1;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct laying *l = context;
    struct layout_element *element;
    struct slice text;

    (void)name;
    (void)prefix;
    (void)uri;
    if (l->failed || l->depth == 0)
        return;
    element = &l->elements.items[l->open[--l->depth]];
    text = text_strip(buf_view(&l->texts[l->depth]));
    element->text = arena_textn(l->arena, text.at, text.length);
    element->to = offset(l);
    element->end = element->empty ? element->to : begin_of_tag(l, element->to);
    if (element->empty)
        element->begin = element->to;
    if (element->to > l->bytes.length || l->bytes.at[element->to - 1] != '>')
        fail(l, "it is not in UTF-8");
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct laying *l = context;

    if (!l->failed && l->depth > 0)
        buf_bytes(&l->texts[l->depth - 1], text, (size_t)length);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    fail(context, "a DOCTYPE has no place here");
}

static void on_error(void *context, xmlError *error)
{
    struct laying *l = context;

    if (error->level >= XML_ERR_ERROR)
        fail(l, arena_textn(l->arena, error->message,
                            text_strip(slice_text(error->message)).length));
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .cdataBlock = on_text,
    .ignorableWhitespace = on_text,
    .internalSubset = on_doctype,
    .serror = (xmlStructuredErrorFunc)on_error,
};

/* In another encoding the parser's places would not be ours. */
static bool is_utf8(const xmlParserCtxt *parser, struct slice bytes)
{
    const char *named = (const char *)parser->encoding;

    return text_is_utf8(bytes) &&
           (named == NULL || text_caseequal(slice_text(named), slice_text("UTF-8")));
}

static void parse(struct laying *l)
{
    l->parser = xmlCreateMemoryParserCtxt(l->bytes.at, (int)l->bytes.length);
    if (l->parser == NULL) {
        l->failed = true;
        (void)ma_fail(l->err, MA_INVALID, "%s: it is no XML", l->file);
        return;
    }
    *l->parser->sax = handler;
    l->parser->userData = l;
    xmlCtxtUseOptions(l->parser, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOENT);
    xmlParseDocument(l->parser);
    if (!l->failed && (l->depth > 0 || l->elements.count == 0))
        fail(l, "it is no XML");
    if (!l->failed && !is_utf8(l->parser, l->bytes))
        fail(l, "it is not in UTF-8: write it anew in that encoding first");
    xmlFreeParserCtxt(l->parser);
}

enum ma_status layout_read(struct layout *out, struct arena *arena, struct slice bytes,
                           const char *file, struct ma_error *err)
{
    struct laying l = {.arena = arena, .bytes = bytes, .file = file, .err = err};

    *out = (struct layout){.bytes = bytes};
    if (bytes.length == 0 || bytes.length > LARGEST)
        return ma_fail(err, MA_INVALID, "%s: it is no XML", file);
    parse(&l);
    out->count = (int)l.elements.count;
    out->elements =
        arena_copy(arena, l.elements.items, l.elements.count * sizeof *l.elements.items);
    VEC_FREE(&l.elements);
    for (int i = 0; i < DEEPEST; i++)
        buf_free(&l.texts[i]);
    return l.failed ? err->status : MA_OK;
}

/* --- finding ---------------------------------------------------------------------- */

int layout_child(const struct layout *layout, int parent, const char *name, int after)
{
    int first = after != LAYOUT_NONE ? after + 1 : parent + 1;

    for (int i = first; i < layout->count; i++) {
        const struct layout_element *element = &layout->elements[i];

        if (parent != LAYOUT_NONE && element->from >= layout->elements[parent].to)
            break;
        if (element->parent == parent && strcmp(element->name, name) == 0)
            return i;
    }
    return LAYOUT_NONE;
}

int layout_path(const struct layout *layout, int parent, const char *path)
{
    ARENA_AUTO arena = {0};

    while (*path != '\0') {
        size_t length = strcspn(path, "/");

        parent =
            layout_child(layout, parent, arena_textn(&arena, path, length), LAYOUT_NONE);
        if (parent == LAYOUT_NONE)
            break;
        path += length + (path[length] == '/');
    }
    return parent;
}

const char *layout_attribute(const struct layout *layout, int element, const char *name)
{
    const struct layout_element *e = &layout->elements[element];

    for (size_t i = 0; i < e->attribute_count; i++)
        if (strcmp(e->attributes[i].name, name) == 0)
            return e->attributes[i].value;
    return NULL;
}
