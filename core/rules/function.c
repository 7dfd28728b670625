/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <strings.h>

#include "base/text.h"
#include "rules/compiler.h"

static struct expr *tree(struct compiler *compiler, const struct side *from,
                         const struct function_node *node);

static struct expr *literal(struct compiler *compiler, struct expr_value value)
{
    return expr_literal(compiler->arena, &value);
}

static struct expr *text_literal(struct compiler *compiler, struct slice text)
{
    return literal(compiler, (struct expr_value){
                                 .kind = EXPR_STRING,
                                 .bytes = arena_slice(compiler->arena, text),
                             });
}

static struct expr *attribute(struct compiler *compiler, const struct side *from,
                              const struct function_node *node, const char *name)
{
    if (!side_is_dn(compiler, from, name))
        (void)side_find(compiler, from, name, node->place,
                        "the expression takes it for absent");
    return expr_attribute(compiler->arena, compiler->names, name);
}

static bool is_quoted(struct slice text)
{
    return text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"';
}

/* Blanks inside the quotes are data, those around an attribute are not. */
static struct expr *leaf(struct compiler *compiler, const struct side *from,
                         const struct function_node *node)
{
    struct slice text = text_strip(slice_text(node->text == NULL ? "" : node->text));
    const char *name = arena_textn(compiler->arena, text.at, text.length);
    int64_t number;

    if (is_quoted(text))
        return text_literal(compiler, slice_of(text.at + 1, text.length - 2));
    if (text_to_number(text, &number))
        return literal(compiler,
                       (struct expr_value){.kind = EXPR_NUMBER, .number = number});
    if (strcasecmp(name, "true") == 0 || strcasecmp(name, "false") == 0)
        return literal(compiler, (struct expr_value){.kind = EXPR_BOOLEAN,
                                                     .number = tolower(name[0]) == 't'});
    if (text.length > 0)
        return attribute(compiler, from, node, name);
    finding_add(compiler, FINDING_ERROR, node->place, NULL,
                "an argument of a function is empty");
    return NULL;
}

/* NULL where one of them is no expression; all are looked at, so that all are reported.
 */
static struct expr **arguments(struct compiler *compiler, const struct side *from,
                               const struct function_node *node)
{
    struct expr **out = ARENA_ARRAY(compiler->arena, struct expr *, node->argument_count);
    bool whole = true;

    for (size_t i = 0; i < node->argument_count; i++) {
        out[i] = tree(compiler, from, &node->arguments[i]);
        whole = whole && out[i] != NULL;
    }
    return whole ? out : NULL;
}

static struct expr *tree(struct compiler *compiler, const struct side *from,
                         const struct function_node *node)
{
    struct ma_error error = {0};
    struct expr *out = NULL;
    struct expr **given;

    if (node->name == NULL)
        return leaf(compiler, from, node);
    given = arguments(compiler, from, node);
    if (given == NULL)
        return NULL;
    if (expr_call(&out, compiler->arena, node->name, given, node->argument_count,
                  &error) == MA_OK)
        return out;
    finding_add(compiler, FINDING_ERROR, node->place, NULL, "%s", error.text);
    return NULL;
}

const struct expr *function_compile(struct compiler *compiler, const struct side *from,
                                    const struct function_node *node)
{
    return tree(compiler, from, node);
}
