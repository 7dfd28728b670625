/* SPDX-License-Identifier: Apache-2.0 */

/* An expression: what parses prints to an equal tree, and evaluates to a value. */

#include <stdlib.h>

#include "expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each attribute has a value of another kind, by the length of its name. */
static struct expr_value attribute(const struct expr_source *source, struct arena *arena,
                                   enum expr_layer layer, uint32_t name, const char *text)
{
    static const struct expr_value items[] = {
        {.kind = EXPR_STRING, .bytes = {" smtp:a@x ", 10}},
        {.kind = EXPR_STRING, .bytes = {"SMTP:b@x", 8}},
    };
    static const struct expr_value values[] = {
        {.kind = EXPR_NULL},
        {.kind = EXPR_STRING, .bytes = {" \xc3\xa5ngstr\xc3\xb6m ", 12}},
        {.kind = EXPR_NUMBER, .number = INT64_MIN},
        {.kind = EXPR_BYTES, .bytes = {"\0\1\2\3\4\5\0\x20", 8}},
        {.kind = EXPR_SET, .items = items, .count = 2},
        {.kind = EXPR_BOOLEAN, .number = 1},
        {.kind = EXPR_REFERENCE, .number = 7, .bytes = {"CN=a\\,b,DC=x", 12}},
        {.kind = EXPR_STRING, .bytes = {NULL, 0}},
    };

    (void)source;
    (void)arena;
    (void)layer;
    (void)name;
    return values[strlen(text) % (sizeof values / sizeof values[0])];
}

static uint64_t count(const struct expr_source *source, uint32_t name, const char *text)
{
    (void)source;
    (void)name;
    return strlen(text);
}

static const char *parameter(const struct expr_source *source, const char *name)
{
    (void)source;
    return name[0] == 'x' ? NULL : name;
}

static void print_again(struct arena *arena, struct names *names, const struct expr *tree)
{
    struct expr *again = NULL;
    struct ma_error err;
    const char *text = expr_print(arena, tree);
    const uint32_t *read;

    if (expr_parse(&again, arena, names, slice_text(text), &err) != MA_OK ||
        !expr_equal(tree, again))
        abort();
    if (expr_attributes(arena, tree, &read) != expr_attributes(arena, again, &read))
        abort();
}

static void evaluate(struct arena *arena, const struct expr *tree)
{
    struct expr_source source = {
        .attribute = attribute, .count = count, .parameter = parameter};
    struct expr_value value = expr_eval(tree, &source, arena);
    const struct slice *values;
    struct ma_error err;
    uint32_t number;

    (void)expr_show(arena, &value);
    for (int type = VALUE_STRING; type <= VALUE_REFERENCE; type++)
        (void)expr_to_values(arena, &value, (enum value_type)type, &values, &number,
                             &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO arena = {0};
    struct names *names = names_new();
    struct expr *tree = NULL;
    struct ma_error err;

    if (expr_parse(&tree, &arena, names, slice_of(data, size), &err) == MA_OK) {
        print_again(&arena, names, tree);
        evaluate(&arena, tree);
    }
    names_free(names);
    return 0;
}
