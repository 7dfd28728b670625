/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "config/value.h"
static struct frame *top(struct xml *xml)
{
    return &xml->frames[xml->depth];
}

static void stop(struct xml *xml)
{
    xml->stopped = true;
    xmlStopParser(xml->parser);
}

/* An error at a place of the parser's own, after which the file is not read on. */
static void fail(struct xml *xml, int line, int column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static void fail(struct xml *xml, int line, int column, const char *fmt, ...)
{
    struct place place = {xml->file, line < 0 ? 0 : (unsigned)line,
                          column < 0 ? 0 : (unsigned)column};
    va_list args;

    if (xml->stopped)
        return;
    stop(xml);
    va_start(args, fmt);
    xml_vsay(xml, place, FINDING_ERROR, NULL, NULL, fmt, args);
    va_end(args);
}

/* --- values ----------------------------------------------------------------------- */

static enum finding_level level_of(enum duty duty)
{
    return duty == DUTY_MUST ? FINDING_ERROR : FINDING_WARNING;
}

static void remark(struct xml *xml, const void *row, const struct remark *remark,
                   const char *what, struct slice text)
{
    if (remark->consequence == NULL || text.length == 0 ||
        (remark->unless != NULL && text_caseequal(text, slice_text(remark->unless))) ||
        !xml_is_news(xml, row, what))
        return;
    xml_say(xml, remark->level, remark->construct == NULL ? what : remark->construct,
            remark->consequence, "%s is %.*s", what,
            (int)(text.length > 80 ? 80 : text.length), text.at);
}

static void take_value(struct xml *xml, enum duty duty, enum content content,
                       const struct choice *choices, struct field field, void *object,
                       const char *what, struct slice text)
{
    BUF_AUTO wanted = {0};

    if (field.size == 0 && (content == CONTENT_WORD || content == CONTENT_DATA))
        return;
    if (!value_store(xml->arena, content, choices, field, object, text, &wanted))
        xml_say(xml, level_of(duty), NULL, NULL, "%s='%.*s': wanted %s", what,
                (int)(text.length > 80 ? 80 : text.length), text.at, wanted.at);
}

/* --- attributes -------------------------------------------------------------------- */

/* libxml2's five pointers an attribute. */
enum { RAW_NAME, RAW_PREFIX, RAW_URI, RAW_VALUE, RAW_END, RAW_SIZE };

static const unsigned char **raw_at(const struct xml *xml, size_t i)
{
    return xml->raw + i * RAW_SIZE;
}

static struct slice raw_value(const unsigned char **raw)
{
    return slice_of(raw[RAW_VALUE], (size_t)(raw[RAW_END] - raw[RAW_VALUE]));
}

struct slice xml_attribute(const struct xml *xml, const char *name)
{
    for (size_t i = 0; i < xml->raw_count; i++)
        if (strcmp((const char *)raw_at(xml, i)[RAW_NAME], name) == 0)
            return raw_value(raw_at(xml, i));
    return slice_of(NULL, 0);
}

static const struct attribute_row *row_of(const struct attribute_row *rows,
                                          const char *name)
{
    for (; rows != NULL && rows->name != NULL; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

static void take_attribute(struct xml *xml, struct frame *frame,
                           const unsigned char **raw)
{
    const char *name = (const char *)raw[RAW_NAME];
    const struct attribute_row *row = row_of(frame->node->row->attributes, name);
    struct slice text = raw_value(raw);

    if (raw[RAW_PREFIX] != NULL && strcmp((const char *)raw[RAW_PREFIX], "xml") == 0)
        return;
    if (row == NULL) {
        if (xml_is_news(xml, frame->node->row, name))
            xml_say(xml, FINDING_WARNING, NULL, "kept in the file, not acted on",
                    "unknown attribute '%s'", name);
        return;
    }
    if (row->content != CONTENT_DATA)
        text = value_text(row->content, text);
    take_value(xml, row->duty, row->content, row->choices, row->field, frame->object,
               name, text);
    remark(xml, row, &row->remark, name, text);
}

static void want_attributes(struct xml *xml, const struct frame *frame)
{
    const struct attribute_row *row = frame->node->row->attributes;

    for (; row != NULL && row->name != NULL; row++)
        if (row->required && xml_attribute(xml, row->name).length == 0)
            xml_say(xml, level_of(row->duty), NULL, NULL, "attribute '%s' is missing",
                    row->name);
}

/* --- flattened subtrees ----------------------------------------------------------- */

static void add_parameter(struct xml *xml, const struct frame *frame,
                          const char *attribute, struct slice value)
{
    struct parameter *parameter = xml_add(xml, &frame->flat->list, frame->flat_object);

    parameter->name =
        arena_print(xml->arena, "%.*s%s%s", (int)frame->flat_path, xml->path.at,
                    attribute == NULL ? "" : "@", attribute == NULL ? "" : attribute);
    parameter->value = arena_textn(xml->arena, value.at, value.length);
    parameter->type = "";
}

static void flatten_attributes(struct xml *xml, const struct frame *frame)
{
    for (size_t i = 0; i < xml->raw_count; i++)
        add_parameter(xml, frame, (const char *)raw_at(xml, i)[RAW_NAME],
                      raw_value(raw_at(xml, i)));
}

static bool is_container(const struct frame *frame)
{
    return frame->has_children ||
           (frame->node != NULL && (frame->node->row->content == CONTENT_ELEMENTS ||
                                    frame->node->row->content == CONTENT_ANYTHING));
}

static void begin_flat(struct xml *xml, const struct frame *above, struct frame *frame)
{
    const struct element *row = frame->node == NULL ? NULL : frame->node->row;

    if (above->flat == NULL || (row != NULL && row->list.size > 0) ||
        (above->node != NULL && above->node->row->content == CONTENT_ANYTHING))
        return;
    frame->flat = above->flat;
    frame->flat_object = above->flat_object;
    xml->path.length = above->flat_path;
    buf_print(&xml->path, "%s%s", above->flat_path == 0 ? "" : "/", frame->name);
    frame->flat_path = xml->path.length;
    flatten_attributes(xml, frame);
}

/* --- elements ---------------------------------------------------------------------- */

/* Where the element that the parser stands in began: it has read up to before its '>',
 * and an attribute holds no '<'. */
static struct place place_of(const struct xml *xml)
{
    const xmlParserInput *in = ((xmlParserCtxtPtr)xml->parser)->input;
    const xmlChar *at = memrchr(in->base, '<', (size_t)(in->cur - in->base) + 1);
    struct place place = {xml->file, (unsigned)in->line, 0};
    long column = in->col;

    if (at == NULL)
        at = in->base;
    column -= in->cur - at;
    if (memchr(at, '\n', (size_t)(in->cur - at)) != NULL) {
        for (const xmlChar *p = at; p < in->cur; p++)
            place.line -= *p == '\n';
        const xmlChar *line = at;

        while (line > in->base && line[-1] != '\n')
            line--;
        column = at - line + 1;
    }
    place.column = column < 1 ? 1 : (unsigned)column;
    return place;
}

static bool is_dsml(const xmlChar *uri)
{
    return uri != NULL &&
           (strcmp((const char *)uri, "http://www.dsml.org/DSML") == 0 ||
            strcmp((const char *)uri, "http://www.microsoft.com/MMS/DSML") == 0);
}

static bool is_blank(struct slice text)
{
    return text_strip(text).length == 0;
}

/* Text that stands where only elements may. */
static void check_loose_text(struct xml *xml, const struct frame *frame)
{
    if (frame->node == NULL || is_blank(buf_view(&xml->text)) ||
        frame->node->row->content == CONTENT_ANYTHING)
        return;
    if (xml_is_news(xml, frame->node->row, "#text"))
        xml_say(xml, FINDING_WARNING, NULL, "kept in the file, not acted on",
                "text between elements");
}

static void unknown_element(struct xml *xml, const struct frame *above, const char *name,
                            bool dsml)
{
    if (above->node == NULL || above->node->row->content == CONTENT_ANYTHING)
        return;
    if (xml_is_news(xml, above->node->row, name))
        xml_say(xml, FINDING_WARNING, NULL, "kept in the file, not acted on",
                "unknown element '%s'%s", name, dsml ? " of DSML" : "");
}

static void check_repetition(struct xml *xml, struct frame *above,
                             const struct frame *frame)
{
    uint64_t bit = 1ULL << (above->hint % 64);

    if (frame->node->row->occurs != OCCURS_MANY && (above->seen & bit) != 0)
        xml_say(xml, level_of(frame->node->row->duty), NULL, NULL,
                "a second '%s' in '%s'", frame->name, above->name);
    above->seen |= bit;
}

static void enter(struct xml *xml, struct frame *above, struct frame *frame)
{
    const struct element *row = frame->node->row;
    void *object = above->inside;

    check_repetition(xml, above, frame);
    if (row->list.size > 0 && !row->flatten)
        object = xml_add(xml, &row->list, object);
    if (row->begin != NULL)
        object = row->begin(xml, object);
    frame->object = object;
    if (object == NULL) {
        frame->node = NULL;
        return;
    }
    frame->inside = (char *)object + row->inner;
    want_attributes(xml, frame);
    for (size_t i = 0; i < xml->raw_count; i++)
        take_attribute(xml, frame, raw_at(xml, i));
    begin_flat(xml, above, frame);
    if (row->flatten) {
        frame->flat = row;
        frame->flat_object = object;
        frame->flat_path = 0;
    }
}

static void begin_root(struct xml *xml, const struct frame *frame)
{
    snprintf(xml->root, sizeof xml->root, "%s", frame->name);
    if (frame->node == NULL) {
        snprintf(xml->foreign, sizeof xml->foreign, "%s", frame->name);
        stop(xml);
    }
}

static bool is_beyond_limits(struct xml *xml)
{
    struct place place;

    if (xml->depth < DEEPEST && xml->arena->used <= LARGEST_CONFIG)
        return false;
    place = place_of(xml);
    if (xml->depth == DEEPEST)
        fail(xml, (int)place.line, (int)place.column,
             "elements are nested deeper than %d", DEEPEST);
    else
        fail(xml, (int)place.line, (int)place.column,
             "the configuration takes more than %d MiB", LARGEST_CONFIG / 1024 / 1024);
    return true;
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespace_count,
                          const xmlChar **namespaces, int attribute_count, int defaulted,
                          const xmlChar **attributes)
{
    struct xml *xml = context;
    struct frame *above = top(xml);
    struct frame *frame = above + 1;
    bool dsml = is_dsml(uri);

    (void)prefix, (void)namespace_count, (void)namespaces, (void)defaulted;
    if (xml->stopped)
        return;
    if (is_beyond_limits(xml))
        return;
    check_loose_text(xml, above);
    buf_clear(&xml->text);
    above->has_children = true;
    xml->depth++;
    *frame = (struct frame){.name = (const char *)name, .place = place_of(xml)};
    xml->raw = attributes;
    xml->raw_count = (size_t)attribute_count;
    if (above->node != NULL && (uri == NULL || dsml))
        frame->node = node_child(above->node, frame->name, dsml, &above->hint);
    if (xml->depth == 1)
        begin_root(xml, frame);
    if (frame->node != NULL) {
        enter(xml, above, frame);
    } else if (!xml->stopped) {
        unknown_element(xml, above, frame->name, dsml);
        begin_flat(xml, above, frame);
    }
}

static void want_children(struct xml *xml, const struct frame *frame)
{
    const struct node *node = frame->node;

    for (size_t i = 0; i < node->child_count; i++)
        if (node->children[i]->row->occurs == OCCURS_ONE &&
            (frame->seen & (1ULL << (i % 64))) == 0)
            xml_say(xml, level_of(node->children[i]->row->duty), NULL, NULL,
                    "'%s' is missing in '%s'", node->children[i]->name, frame->name);
}

static void take_text(struct xml *xml, struct frame *frame, struct slice text)
{
    const struct element *row = frame->node->row;

    if (text.length == 0 && row->occurs == OCCURS_ONE &&
        !value_may_be_empty(row->content))
        xml_say(xml, level_of(row->duty), NULL, NULL, "'%s' is empty", frame->name);
    if (row->texts && text.length > 0)
        xml_add_text(xml, (text_list *)((char *)frame->object + row->field.offset), text);
    else if (!row->texts)
        take_value(xml, row->duty, row->content, row->choices, row->field, frame->object,
                   frame->name, text);
    remark(xml, row, &row->remark, frame->name, text);
}

static void leave(struct xml *xml, struct frame *frame)
{
    const struct element *row = frame->node->row;
    struct slice text = value_text(row->content, buf_view(&xml->text));

    want_children(xml, frame);
    if (frame->has_children || row->content == CONTENT_ELEMENTS) {
        check_loose_text(xml, frame);
        text = slice_of("", 0);
    } else {
        take_text(xml, frame, text);
    }
    if (row->end != NULL)
        row->end(xml, frame->object, text);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *uri)
{
    struct xml *xml = context;
    struct frame *frame = top(xml);

    (void)name, (void)prefix, (void)uri;
    if (xml->stopped || xml->depth == 0)
        return;
    if (frame->node != NULL)
        leave(xml, frame);
    if (frame->flat != NULL && !is_container(frame) &&
        (frame->node == NULL || !frame->node->row->flatten))
        add_parameter(xml, frame, NULL,
                      frame->node == NULL
                          ? text_strip(buf_view(&xml->text))
                          : value_text(frame->node->row->content, buf_view(&xml->text)));
    buf_clear(&xml->text);
    xml->depth--;
}

static void characters(void *context, const xmlChar *text, int length)
{
    struct xml *xml = context;
    const struct frame *frame = top(xml);

    if (xml->stopped || (frame->node == NULL && frame->flat == NULL))
        return;
    if (xml->text.length + (size_t)length > LARGEST_TEXT) {
        fail(xml, (int)frame->place.line, (int)frame->place.column,
             "the text of '%s' is longer than %d MiB", frame->name,
             LARGEST_TEXT / 1024 / 1024);
        return;
    }
    buf_bytes(&xml->text, text, (size_t)length);
}

/* --- the parser -------------------------------------------------------------------- */

static void doctype(void *context, const xmlChar *name, const xmlChar *external,
                    const xmlChar *system)
{
    struct xml *xml = context;
    const xmlParserInput *in = ((xmlParserCtxtPtr)xml->parser)->input;

    (void)name, (void)external, (void)system;
    fail(xml, in->line, in->col,
         "a DOCTYPE is not read: a server configuration has none, and entities could "
         "reach for other files");
}

static void complain(void *context, xmlErrorPtr error)
{
    struct xml *xml = context;
    int length = error->message == NULL ? 0 : (int)strcspn(error->message, "\n");

    if (error->level >= XML_ERR_ERROR)
        fail(xml, error->line, error->int2, "not well-formed XML: %.*s", length,
             error->message == NULL ? "" : error->message);
}

static int take_input(void *context, char *out, int room)
{
    struct xml *xml = context;
    ssize_t got;

    if (xml->stopped)
        return 0;
    got = read(xml->fd, out, (size_t)room);
    if (got < 0)
        fail(xml, 0, 0, "%s", strerror(errno));
    if (got > 0) {
        xml->taken += (uint64_t)got;
        xml->config->sum = text_hash(slice_of(out, (size_t)got), xml->config->sum);
        if (xml->kept != NULL)
            buf_bytes(xml->kept, out, (size_t)got);
    }
    if (xml->taken > LARGEST_FILE)
        fail(xml, 0, 0, "the file is larger than %d MiB", LARGEST_FILE / 1024 / 1024);
    return xml->stopped ? 0 : (int)got;
}

static xmlParserCtxtPtr new_parser(struct xml *xml)
{
    static const xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .characters = characters,
        .ignorableWhitespace = characters,
        .cdataBlock = characters,
        .internalSubset = doctype,
        .serror = complain,
    };
    xmlSAXHandler copy = handler;
    xmlParserCtxtPtr parser =
        xmlCreateIOParserCtxt(&copy, xml, take_input, NULL, xml, XML_CHAR_ENCODING_NONE);

    if (parser != NULL)
        xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    return parser;
}

static void begin_file(struct xml *xml)
{
    xml->depth = 0;
    xml->stopped = false;
    xml->said = 0;
    xml->errors_said = 0;
    xml->foreign[0] = '\0';
    xml->root[0] = '\0';
    xml->has_classic_rules = false;
    xml->agent = NULL;
    xml->mv_type = NULL;
    buf_clear(&xml->text);
    if (xml->known != NULL)
        memset(xml->known, 0, KNOWN_SLOTS * sizeof *xml->known);
    xml->frames[0] = (struct frame){.node = xml->table->root,
                                    .name = "",
                                    .object = xml->config,
                                    .inside = xml->config,
                                    .place = {xml->file, 1, 1}};
}

enum read_result xml_run(struct xml *xml, int fd)
{
    xmlParserCtxtPtr parser;
    bool good;

    begin_file(xml);
    xml->fd = fd;
    xml->taken = 0;
    xml->parser = parser = new_parser(xml);
    if (parser == NULL) /* out of memory, which mem.h does not survive either */
        abort();
    xmlParseDocument(parser);
    good = parser->wellFormed && !xml->stopped;
    xmlFreeParserCtxt(parser);
    xml->parser = NULL;
    if (xml->foreign[0] != '\0')
        return READ_FOREIGN;
    return good ? READ_DONE : READ_BROKEN;
}

void xml_free(struct xml *xml)
{
    buf_free(&xml->text);
    buf_free(&xml->path);
    free(xml->known);
    xml->known = NULL;
}
