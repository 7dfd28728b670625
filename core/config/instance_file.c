/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_file.h"

#include <libxml/parserInternals.h>

#include "base/text.h"
#include "config/disk.h"
#include "config/instance_reader.h"

enum { LARGEST_FILE = 4 << 20 };

const char instance_file_template[] =
    "<!-- What the imported configuration cannot say: mactl.xml(5). -->\n"
    "<mactl version=\"1\">\n"
    "  <!-- The plugin that serves an agent, its parameters and secrets:\n"
    "  <agent name=\"contoso.com\" plugin=\"file_ma\">\n"
    "    <parameter name=\"format\">ldif</parameter>\n"
    "    <parameter name=\"file\">contoso.ldif</parameter>\n"
    "    <secret name=\"password\" file=\"secrets/contoso\"/>\n"
    "  </agent>\n"
    "  -->\n"
    "  <!-- The plugin that stands for a rules extension:\n"
    "  <extension assembly=\"Corp.Rules.dll\" plugin=\"corp_rules\"/>\n"
    "  -->\n"
    "  <!-- FIM rules flow to every connector, also without the FIM Service:\n"
    "  <setting name=\"sync-rule-flows-without-service\">true</setting>\n"
    "  -->\n"
    "  <!-- Where a run stops; agent=\"...\" narrows it to one:\n"
    "  <guard export-deletes=\"500\" export-deletes-percent=\"5\"\n"
    "         import-loss-percent=\"10\"/>\n"
    "  -->\n"
    "</mactl>\n";

/* --- the reader ------------------------------------------------------------------- */

void instance_reader_fail(struct instance_reader *reader, struct place at,
                          const char *fmt, ...)
{
    char text[sizeof reader->err->text];
    va_list args;

    if (reader->failed)
        return;
    reader->failed = true;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)ma_fail(reader->err, MA_INVALID, "%s:%u:%u: %s", at.file, at.line, at.column,
                  text);
    xmlStopParser(reader->parser);
}

const char *instance_reader_near(struct instance_reader *reader, const char *typed,
                                 const char *const *names, size_t count)
{
    size_t near = text_nearest(typed, names, count);

    return near == count ? ""
                         : arena_print(reader->instance->arena, ", did you mean '%s'?",
                                       names[near]);
}

/* --- elements and attributes ------------------------------------------------------ */

static enum mactl_element parent_of(const struct instance_reader *reader)
{
    return reader->depth == 0 ? ELEMENT_NONE : reader->open[reader->depth - 1];
}

static enum mactl_element find_element(struct instance_reader *reader, const char *name)
{
    const char *names[ELEMENT_COUNT];
    size_t count = 0;
    enum mactl_element parent = parent_of(reader);

    for (size_t i = 0; i < ELEMENT_COUNT; i++) {
        if (mactl_rules[i].parent != parent)
            continue;
        if (strcmp(mactl_rules[i].name, name) == 0)
            return (enum mactl_element)i;
        names[count++] = mactl_rules[i].name;
    }
    if (parent == ELEMENT_NONE)
        instance_reader_fail(reader, reader->at, "the root is <mactl>, not <%s>", name);
    else
        instance_reader_fail(reader, reader->at, "<%s> has no element <%s>%s",
                             mactl_rules[parent].name, name,
                             instance_reader_near(reader, name, names, count));
    return ELEMENT_NONE;
}

static bool set_attribute(struct instance_reader *reader, const struct mactl_rule *rule,
                          const char **values, const char *name, const char *value)
{
    const char *names[MOST_ATTRIBUTES];
    size_t count = mactl_attribute_count(rule);

    for (size_t i = 0; i < count; i++) {
        names[i] = rule->attributes[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        if (value[0] == '\0')
            instance_reader_fail(reader, reader->at, "<%s>: the attribute '%s' is empty",
                                 rule->name, name);
        values[i] = value;
        return !reader->failed;
    }
    instance_reader_fail(reader, reader->at, "<%s> has no attribute '%s'%s", rule->name,
                         name, instance_reader_near(reader, name, names, count));
    return false;
}

/* What libxml2 gives for an attribute: local name, prefix, namespace, value, its end. */
struct sax_attribute {
    const xmlChar *name;
    const xmlChar *prefix;
    const xmlChar *uri;
    const char *value;
    const char *end;
};

static bool read_attributes(struct instance_reader *reader, const struct mactl_rule *rule,
                            const xmlChar **attributes, int count, const char **values)
{
    struct sax_attribute a;

    for (int i = 0; i < count; i++) {
        memcpy(&a, attributes + i * 5, sizeof a);
        if (!set_attribute(
                reader, rule, values, (const char *)a.name,
                arena_textn(reader->instance->arena, a.value, (size_t)(a.end - a.value))))
            return false;
    }
    for (size_t i = 0; i < mactl_attribute_count(rule); i++)
        if (rule->attributes[i].duty == ATTRIBUTE_REQUIRED && values[i] == NULL) {
            instance_reader_fail(reader, reader->at, "<%s> needs the attribute '%s'",
                                 rule->name, rule->attributes[i].name);
            return false;
        }
    return true;
}

/* --- libxml2's calls -------------------------------------------------------------- */

/* The start tag was read up to its end when we are called; no '<' may stand inside. */
static struct place start_of_tag(const struct instance_reader *reader)
{
    const xmlParserInput *input = reader->parser->input;
    const xmlChar *at = input->cur;
    unsigned line = (unsigned)input->line;
    unsigned column = 1;

    while (at > input->base && *at != '<')
        if (*--at == '\n')
            line--;
    for (; at > input->base && at[-1] != '\n'; at--)
        column += (at[-1] & 0xc0) != 0x80;
    return (struct place){reader->file, line, column};
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespaces, const xmlChar **namespace_list,
                     int count, int defaulted, const xmlChar **attributes)
{
    struct instance_reader *reader = context;
    const char *values[MOST_ATTRIBUTES] = {NULL};
    enum mactl_element element;

    (void)prefix;
    (void)namespace_list;
    (void)defaulted;
    if (reader->failed)
        return;
    reader->at = start_of_tag(reader);
    if (uri != NULL || namespaces > 0) {
        instance_reader_fail(reader, reader->at, "<%s>: there are no namespaces here",
                             name);
        return;
    }
    element = find_element(reader, (const char *)name);
    if (element == ELEMENT_NONE ||
        !read_attributes(reader, &mactl_rules[element], attributes, count, values))
        return;
    reader->open[reader->depth++] = element;
    instance_element_begin(reader, element, values);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct instance_reader *reader = context;

    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->failed)
        return;
    instance_element_end(reader, reader->open[--reader->depth]);
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct instance_reader *reader = context;
    struct slice given = slice_of(text, (size_t)length);
    enum mactl_element element = parent_of(reader);

    if (reader->failed || element == ELEMENT_NONE)
        return;
    if (mactl_rules[element].text)
        buf_slice(&reader->text, given);
    else if (text_strip(given).length > 0)
        instance_reader_fail(reader,
                             (struct place){reader->file,
                                            (unsigned)reader->parser->input->line,
                                            (unsigned)reader->parser->input->col},
                             "<%s> holds elements, no text", mactl_rules[element].name);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct instance_reader *reader = context;

    (void)name;
    (void)external;
    (void)system;
    instance_reader_fail(reader, start_of_tag(reader), "a DOCTYPE has no place here");
}

static void on_error(void *context, xmlError *error)
{
    struct instance_reader *reader = context;
    struct slice text = text_strip(slice_text(error->message));

    if (error->level < XML_ERR_ERROR)
        return;
    instance_reader_fail(
        reader,
        (struct place){reader->file, (unsigned)error->line, (unsigned)error->int2},
        "%.*s", (int)text.length, text.at);
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_doctype,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .serror = on_error,
};

static void parse(struct instance_reader *reader, struct slice bytes)
{
    xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(bytes.at, (int)bytes.length);

    reader->parser = parser;
    *parser->sax = handler;
    parser->userData = reader;
    /* without it an & of an attribute would come as "&#38;"; there is no other entity */
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlParseDocument(parser);
    if (!parser->wellFormed)
        instance_reader_fail(reader, (struct place){reader->file, 1, 1},
                             "this is no XML");
    xmlFreeParserCtxt(parser);
}

/* --- the file --------------------------------------------------------------------- */

enum ma_status instance_file_parse(struct instance *instance, struct slice bytes,
                                   const char *file, struct ma_error *err)
{
    struct instance_reader reader = {.instance = instance, .err = err};

    if (bytes.length == 0)
        return ma_fail(err, MA_INVALID, "%s:1:1: the file is empty", file);
    reader.file = arena_text(instance->arena, file);
    parse(&reader, bytes);
    if (!reader.failed)
        instance_element_give(&reader, instance);
    instance_element_free(&reader);
    return reader.failed ? MA_INVALID : MA_OK;
}

enum ma_status instance_file_read(struct instance *instance, const char *file,
                                  struct ma_error *err)
{
    BUF_AUTO bytes = {0};
    enum ma_status status = disk_read(&bytes, file, LARGEST_FILE, err);

    if (status != MA_OK)
        return status;
    instance->sum = text_hash(buf_view(&bytes), 0);
    return instance_file_parse(instance, buf_view(&bytes), file, err);
}
