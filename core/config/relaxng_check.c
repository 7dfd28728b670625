/* SPDX-License-Identifier: Apache-2.0 */

/* Holds the files of a configuration against the schemas, for `config validate`. What the
 * reader complained of already is not said again, in other words. */

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdio.h>
#include <string.h>

#include "base/vec.h"
#include "config/relaxng.h"

typedef VEC_OF(struct config_finding) finding_list;

/* One file before its schema. */
struct checking {
    struct arena *arena;
    const char *file;
    finding_list *out;
    bool told; /* one finding a file: the rest follows from the first */
};

static void hear(void *context, const xmlError *error)
{
    struct checking *c = context;
    const char *text = error->message == NULL ? "" : error->message;

    if (c->told)
        return;
    c->told = true;
    VEC_ADD(c->out,
            (struct config_finding){
                .level = FINDING_WARNING,
                .place = {.file = c->file, .line = (unsigned)error->line, .column = 1},
                .path = "",
                .text = arena_print(c->arena, "it does not match its schema: %.*s",
                                    (int)strcspn(text, "\n"), text)});
}

/* xmlStructuredErrorFunc differs in constness between versions of libxml2. */
static void hear_any(void *context, xmlErrorPtr error)
{
    hear(context, error);
}

static void keep_quiet(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static xmlRelaxNGPtr schema_of(const char *root)
{
    BUF_AUTO text = {0};
    xmlRelaxNGParserCtxtPtr parser;
    xmlRelaxNGPtr schema;

    relaxng_write(root, &text);
    parser = xmlRelaxNGNewMemParserCtxt(text.at, (int)text.length);
    xmlRelaxNGSetParserErrors(parser, keep_quiet, keep_quiet, NULL);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    return schema;
}

static void check_document(struct checking *c, xmlDocPtr document)
{
    const char *root = (const char *)xmlDocGetRootElement(document)->name;
    xmlRelaxNGPtr schema = schema_of(root);
    xmlRelaxNGValidCtxtPtr valid;

    if (schema == NULL)
        return;
    valid = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(valid, (xmlStructuredErrorFunc)hear_any, c);
    (void)xmlRelaxNGValidateDoc(valid, document); /* what it found was heard */
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
}

static bool has_schema(xmlDocPtr document)
{
    xmlNodePtr root = xmlDocGetRootElement(document);

    for (size_t i = 0; root != NULL && relaxng_roots[i] != NULL; i++)
        if (strcmp(relaxng_roots[i], (const char *)root->name) == 0)
            return true;
    return false;
}

/* The reader has read it: it is well-formed and within the limits. */
static void check_file(struct checking *c, const char *path)
{
    xmlDocPtr document = xmlReadFile(path, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING | XML_PARSE_HUGE);

    if (document != NULL && has_schema(document))
        check_document(c, document);
    xmlFreeDoc(document);
}

static bool was_complained_of(const struct config *config, const char *file)
{
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->place.file != NULL && strcmp(finding->place.file, file) == 0 &&
            (finding->level == FINDING_ERROR || finding->level == FINDING_WARNING))
            return true;
    }
    return false;
}

size_t relaxng_check(struct arena *arena, const struct config *config,
                     const struct config_finding **out)
{
    finding_list found = {0};
    size_t count;

    for (size_t i = 0; i < config->file_count; i++) {
        const struct config_file *file = &config->files[i];
        struct checking c = {.arena = arena, .file = file->path, .out = &found};
        const char *path =
            config->file_count == 1 && strcmp(config->root, file->path) == 0
                ? config->root
                : arena_print(arena, "%s/%s", config->root, file->path);

        if (file->recognised && !was_complained_of(config, file->path))
            check_file(&c, path);
    }
    count = found.count;
    *out =
        count == 0 ? NULL : arena_copy(arena, found.items, sizeof *found.items * count);
    VEC_FREE(&found);
    return count;
}
