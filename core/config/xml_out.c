/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml_out.h"

#include <libxml/chvalid.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>

#include "base/mem.h"

struct xml_out {
    xmlTextWriter *writer;
};

static int write_bytes(void *context, const char *bytes, int length)
{
    buf_bytes(context, bytes, (size_t)length);
    return length;
}

struct xml_out *xml_out_new(struct buf *to)
{
    struct xml_out *out = mem_zero(sizeof *out);

    out->writer = xmlNewTextWriter(xmlOutputBufferCreateIO(write_bytes, NULL, to, NULL));
    if (out->writer == NULL)
        abort(); /* no memory */
    xmlTextWriterSetIndent(out->writer, 1);
    xmlTextWriterStartDocument(out->writer, NULL, "UTF-8", NULL);
    return out;
}

void xml_out_end(struct xml_out *out)
{
    if (out == NULL)
        return;
    xmlTextWriterEndDocument(out->writer);
    xmlFreeTextWriter(out->writer);
    free(out);
}

/* --- texts ------------------------------------------------------------------------- */

/* The length of the character that begins here, 0: it is none that XML may carry. */
static int character(const unsigned char *at)
{
    int length = 4;
    int code = xmlGetUTF8Char(at, &length);

    return code > 0 && xmlIsCharQ(code) ? length : 0;
}

static void clean(struct buf *to, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        int length = character(at);

        if (length == 0)
            buf_text(to, "\xef\xbf\xbd");
        else
            buf_bytes(to, at, (size_t)length);
        at += length == 0 ? 1 : length;
    }
    buf_char(to, '\0');
}

static const xmlChar *name_of(const char *name)
{
    return (const xmlChar *)name;
}

void xml_out_open(struct xml_out *out, const char *name)
{
    xmlTextWriterStartElement(out->writer, name_of(name));
}

void xml_out_attribute(struct xml_out *out, const char *name, const char *value)
{
    BUF_AUTO text = {0};

    if (value == NULL)
        return;
    clean(&text, value);
    xmlTextWriterWriteAttribute(out->writer, name_of(name), name_of(text.at));
}

void xml_out_text(struct xml_out *out, const char *value)
{
    BUF_AUTO text = {0};

    clean(&text, value);
    xmlTextWriterWriteString(out->writer, name_of(text.at));
}

void xml_out_close(struct xml_out *out)
{
    xmlTextWriterEndElement(out->writer);
}

void xml_out_element(struct xml_out *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    xml_out_open(out, name);
    xml_out_text(out, text);
    xml_out_close(out);
}

/* Two dashes end a comment, and one may not stand before its end. */
void xml_out_comment(struct xml_out *out, const char *value)
{
    BUF_AUTO cleaned = {0};
    BUF_AUTO text = {0};

    if (value == NULL)
        return;
    clean(&cleaned, value);
    buf_char(&text, ' ');
    for (const char *at = cleaned.at; *at != '\0'; at++) {
        if (*at == '-' && text.at[text.length - 1] == '-')
            buf_char(&text, ' ');
        buf_char(&text, *at);
    }
    buf_text(&text, " ");
    buf_char(&text, '\0');
    xmlTextWriterWriteComment(out->writer, name_of(text.at));
}
