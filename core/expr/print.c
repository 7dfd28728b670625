/* SPDX-License-Identifier: Apache-2.0 */

/* Canonical text of expressions and values: what is printed parses to the same. */

#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "expr/date.h"
#include "expr/operand.h"
#include "expr/tree.h"

static void put_string(struct buf *out, struct slice text)
{
    static const char plain[] = "\\\n\r\t\"";
    static const char *const escaped[] = {"\\\\", "\\n", "\\r", "\\t", "\"\""};

    buf_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        const char *special = text.at[i] == '\0' ? NULL : strchr(plain, text.at[i]);

        if (special == NULL)
            buf_char(out, text.at[i]);
        else
            buf_text(out, escaped[special - plain]);
    }
    buf_char(out, '"');
}

static void put_date(struct buf *out, struct arena *arena, int64_t ticks)
{
    const char *why = NULL;
    const char *text =
        date_is_valid(ticks)
            ? date_format(arena, ticks, slice_text("yyyy-MM-dd HH:mm:ss.FFFFFFF"), &why)
            : "a date out of range";

    buf_text(out, text);
}

static void put_value(struct buf *out, struct arena *arena,
                      const struct expr_value *value);

static void put_items(struct buf *out, struct arena *arena,
                      const struct expr_value *value)
{
    bool first = true;

    buf_char(out, '{');
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i].kind == EXPR_NULL)
            continue;
        buf_text(out, first ? "" : ", ");
        put_value(out, arena, &value->items[i]);
        first = false;
    }
    buf_char(out, '}');
}

static void put_named(struct buf *out, const char *name, struct slice text)
{
    buf_print(out, "%s(", name);
    put_string(out, text);
    buf_char(out, ')');
}

static void put_value(struct buf *out, struct arena *arena,
                      const struct expr_value *value)
{
    switch (value->kind) {
    case EXPR_NULL:
        buf_text(out, "NULL");
        break;
    case EXPR_BOOLEAN:
        buf_text(out, value->number != 0 ? "True" : "False");
        break;
    case EXPR_NUMBER:
        buf_print(out, "%" PRId64, value->number);
        break;
    case EXPR_REAL:
        buf_text(out, operand_real_text(arena, value->real));
        break;
    case EXPR_STRING:
        put_string(out, value->bytes);
        break;
    case EXPR_BYTES:
        buf_text(out, "hex:");
        buf_slice(out, text_hex(arena, value->bytes));
        break;
    case EXPR_DATE:
        put_date(out, arena, value->number);
        break;
    case EXPR_REFERENCE:
        put_named(out, "CRef", value->bytes);
        break;
    case EXPR_SET:
        put_items(out, arena, value);
        break;
    case EXPR_IGNORE:
        buf_text(out, "IgnoreThisFlow");
        break;
    case EXPR_AUTHORITATIVE_NULL:
        buf_text(out, "AuthoritativeNull");
        break;
    case EXPR_ERROR:
        put_named(out, "Error", value->bytes);
        break;
    }
}

char *expr_show(struct arena *arena, const struct expr_value *value)
{
    BUF_AUTO out = {0};

    put_value(&out, arena, value);
    return arena_textn(arena, out.at, out.length);
}

static void put_node(struct buf *out, struct arena *arena, const struct expr *node);

static bool is_number(const struct expr *node)
{
    return node->kind == NODE_LITERAL &&
           (node->value.kind == EXPR_NUMBER || node->value.kind == EXPR_REAL);
}

/* In brackets where the operand would otherwise be read as part of something else. */
static void put_operand(struct buf *out, struct arena *arena, const struct expr *node,
                        bool brackets)
{
    if (brackets)
        buf_char(out, '(');
    put_node(out, arena, node);
    if (brackets)
        buf_char(out, ')');
}

static unsigned binding(const struct expr *node)
{
    unsigned precedence = node->kind == NODE_CALL ? node->function->precedence : 0;

    return precedence == 0 ? 100 : precedence;
}

static void put_negative(struct buf *out, struct arena *arena, const struct expr *node)
{
    const struct expr *operand = node->arguments[0];

    buf_char(out, '-');
    put_operand(out, arena, operand,
                is_number(operand) || binding(operand) < binding(node));
}

static void put_binary(struct buf *out, struct arena *arena, const struct expr *node)
{
    unsigned precedence = node->function->precedence;

    put_operand(out, arena, node->arguments[0], binding(node->arguments[0]) < precedence);
    buf_print(out, " %s ", node->function->help.name);
    put_operand(out, arena, node->arguments[1],
                binding(node->arguments[1]) <= precedence);
}

static void put_function(struct buf *out, struct arena *arena, const struct expr *node)
{
    buf_print(out, "%s(", node->function->help.name);
    for (unsigned i = 0; i < node->count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        put_node(out, arena, node->arguments[i]);
    }
    buf_char(out, ')');
}

static void put_call(struct buf *out, struct arena *arena, const struct expr *node)
{
    if (node->function->precedence == 0)
        put_function(out, arena, node);
    else if (node->count == 1)
        put_negative(out, arena, node);
    else
        put_binary(out, arena, node);
}

static void put_node(struct buf *out, struct arena *arena, const struct expr *node)
{
    switch (node->kind) {
    case NODE_LITERAL:
        put_value(out, arena, &node->value);
        break;
    case NODE_CONSTANT:
        buf_text(out, node->text);
        break;
    case NODE_ATTRIBUTE:
        buf_print(out, "[%s]", node->text);
        break;
    case NODE_PARAMETER:
        buf_print(out, "%%%s%%", node->text);
        break;
    case NODE_VARIABLE:
        buf_print(out, "$%s", node->text);
        break;
    case NODE_CALL:
        put_call(out, arena, node);
        break;
    }
}

char *expr_print(struct arena *arena, const struct expr *expr)
{
    BUF_AUTO out = {0};

    put_node(&out, arena, expr);
    return arena_textn(arena, out.at, out.length);
}
