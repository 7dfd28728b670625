/* SPDX-License-Identifier: Apache-2.0 */
#include "config/relaxng.h"

#include <ctype.h>

#include "config/xml.h"

const char *const relaxng_roots[] = {"saved-ma-configuration",
                                     "saved-mv-configuration",
                                     "export-ma",
                                     "ma-data",
                                     "synchronizationRule",
                                     NULL};

/* Nodes that have got a definition, in the order in which they are written. */
struct writing {
    struct buf *out;
    VEC_OF(const struct node *) nodes;
};

/* "ma-data.join.join-profile"; the number keeps apart what two groups call the same. */
static size_t number_of(struct writing *writing, const struct node *node)
{
    for (size_t i = 0; i < writing->nodes.count; i++)
        if (writing->nodes.items[i] == node)
            return i;
    VEC_ADD(&writing->nodes, node);
    return writing->nodes.count - 1;
}

static void put_name(struct writing *writing, const struct node *node)
{
    buf_print(writing->out, "%s-%zu", node->name, number_of(writing, node));
}

/* --- values ------------------------------------------------------------------------ */

/* A word in any case: "[Oo][Nn]". */
static void put_word(struct buf *out, const char *word)
{
    for (; *word != '\0'; word++)
        if (isalpha((unsigned char)*word))
            buf_print(out, "[%c%c]", toupper((unsigned char)*word),
                      tolower((unsigned char)*word));
        else
            buf_print(out, "%s%c", strchr("\\|.-^?*+{}()[]", *word) == NULL ? "" : "\\",
                      *word);
}

static void put_choices(struct buf *out, const struct choice *choices)
{
    buf_char(out, '(');
    for (const struct choice *c = choices; c->word != NULL; c++) {
        buf_text(out, c == choices ? "" : "|");
        put_word(out, c->word);
    }
    buf_text(out, ")?");
}

static void put_pattern(struct buf *out, enum content content,
                        const struct choice *choices, bool required)
{
    static const char guid[] =
        "\\{?[0-9A-Fa-f]{8}(\\-[0-9A-Fa-f]{4}){3}\\-[0-9A-Fa-f]{12}\\}?";

    switch (content) {
    case CONTENT_FLAG:
        buf_text(out, "(0|1|\\-1|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])?");
        break;
    case CONTENT_NUMBER:
        buf_text(out, "[0-9]*");
        break;
    case CONTENT_HEX:
        buf_text(out, "[0-9A-Fa-f]*");
        break;
    case CONTENT_GUID:
        buf_print(out, "(%s)%s", guid, required ? "" : "?");
        break;
    case CONTENT_CHOICE:
        put_choices(out, choices);
        break;
    case CONTENT_ELEMENTS:
    case CONTENT_WORD:
    case CONTENT_DATA:
    case CONTENT_ANYTHING:
        break;
    }
}

static void put_value(struct buf *out, enum content content, const struct choice *choices,
                      bool required)
{
    if (content == CONTENT_WORD || content == CONTENT_DATA) {
        buf_text(out, "<text/>");
        return;
    }
    buf_text(out, "<data type=\"string\"><param name=\"pattern\">\\s*");
    put_pattern(out, content, choices, required);
    buf_text(out, "\\s*</param></data>");
}

/* --- attributes -------------------------------------------------------------------- */

static const char *duty_name(enum duty duty)
{
    return duty == DUTY_MUST ? "must" : duty == DUTY_SHOULD ? "should" : "keep";
}

/* DSML elements have theirs in none or in either of the two namespaces. */
static void put_attribute_name(struct buf *out, const char *name, bool dsml)
{
    if (!dsml) {
        buf_print(out, "<name ns=\"\">%s</name>", name);
        return;
    }
    buf_print(out,
              "<choice><name ns=\"\">%s</name>"
              "<name ns=\"http://www.dsml.org/DSML\">%s</name>"
              "<name ns=\"http://www.microsoft.com/MMS/DSML\">%s</name></choice>",
              name, name, name);
}

static void put_attributes(struct buf *out, const struct element *row)
{
    const struct attribute_row *attribute = row->attributes;

    for (; attribute != NULL && attribute->name != NULL; attribute++) {
        buf_print(out, "      %s<attribute m:duty=\"%s\">",
                  attribute->required ? "" : "<optional>", duty_name(attribute->duty));
        put_attribute_name(out, attribute->name, row->dsml);
        put_value(out, attribute->content, attribute->choices, attribute->required);
        buf_print(out, "</attribute>%s\n", attribute->required ? "" : "</optional>");
    }
}

/* --- elements ---------------------------------------------------------------------- */

static void put_element_name(struct buf *out, const struct node *node)
{
    if (!node->row->dsml)
        buf_print(out, "      <name>%s</name>\n", node->name);
    else
        buf_print(out,
                  "      <choice><name ns=\"http://www.dsml.org/DSML\">%s</name>"
                  "<name ns=\"http://www.microsoft.com/MMS/DSML\">%s</name></choice>\n",
                  node->name, node->name);
}

static void put_child(struct writing *writing, const struct node *child)
{
    static const char *const around[] = {
        [OCCURS_OPTIONAL] = "optional", [OCCURS_MANY] = "zeroOrMore"};
    const char *wrap = around[child->row->occurs == OCCURS_ONE ? 0 : child->row->occurs];
    bool one = child->row->occurs == OCCURS_ONE;

    buf_text(writing->out, "        ");
    if (!one)
        buf_print(writing->out, "<%s>", wrap);
    buf_text(writing->out, "<ref name=\"");
    put_name(writing, child);
    buf_text(writing->out, "\"/>");
    if (!one)
        buf_print(writing->out, "</%s>", wrap);
    buf_char(writing->out, '\n');
}

static void put_children(struct writing *writing, const struct node *node)
{
    buf_text(writing->out, "      <interleave>\n");
    for (size_t i = 0; i < node->child_count; i++)
        put_child(writing, node->children[i]);
    buf_text(writing->out, "      </interleave>\n");
}

static void put_content(struct writing *writing, const struct node *node)
{
    const struct element *row = node->row;
    struct buf *out = writing->out;
    bool text = row->content != CONTENT_ELEMENTS && row->content != CONTENT_ANYTHING;
    bool both = text && node->child_count > 0;

    if (row->content == CONTENT_ANYTHING)
        buf_text(out, "      <ref name=\"anything\"/>\n");
    if (both)
        buf_text(out, "      <choice>\n");
    if (text) {
        buf_text(out, "      ");
        put_value(out, row->content, row->choices, row->occurs == OCCURS_ONE);
        buf_char(out, '\n');
    }
    if (node->child_count > 0)
        put_children(writing, node);
    if (both)
        buf_text(out, "      </choice>\n");
    if (!text && node->child_count == 0 && row->content == CONTENT_ELEMENTS)
        buf_text(out, "      <empty/>\n");
}

static void put_definition(struct writing *writing, const struct node *node)
{
    buf_text(writing->out, "  <define name=\"");
    put_name(writing, node);
    buf_print(writing->out, "\">\n    <element m:duty=\"%s\">\n",
              duty_name(node->row->duty));
    put_element_name(writing->out, node);
    put_attributes(writing->out, node->row);
    put_content(writing, node);
    buf_text(writing->out, "    </element>\n  </define>\n");
}

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
    "<!-- Written by tools/write_schemas.c from the table of elements in core/config; a "
    "test compares them. -->\n"
    "<grammar xmlns=\"http://relaxng.org/ns/structure/1.0\" "
    "xmlns:m=\"https://mactl.example/ns/schema\" ns=\"\"\n"
    "  datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\">\n";

static const char tail[] =
    "  <define name=\"anything\">\n"
    "    <zeroOrMore><choice><text/><attribute><anyName/><text/></attribute>"
    "<element><anyName/><ref name=\"anything\"/></element></choice></zeroOrMore>\n"
    "  </define>\n"
    "</grammar>\n";

void relaxng_write(const char *root, struct buf *out)
{
    ARENA_AUTO arena = {0};
    struct table table = table_build(&arena);
    struct writing writing = {.out = out};
    unsigned hint = 0;
    const struct node *node = node_child(table.root, root, false, &hint);

    buf_text(out, head);
    if (node != NULL) {
        buf_text(out, "  <start><ref name=\"");
        put_name(&writing, node);
        buf_text(out, "\"/></start>\n");
    }
    for (size_t i = 0; i < writing.nodes.count; i++)
        put_definition(&writing, writing.nodes.items[i]);
    buf_text(out, tail);
    VEC_FREE(&writing.nodes);
}
