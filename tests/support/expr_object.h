/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXPR_OBJECT_H
#define TESTS_EXPR_OBJECT_H

#include <check.h>
#include <stdio.h>

#include "base/text.h"
#include "expr/expr.h"

/*
 * An object to evaluate expressions on, written as texts: "mail=ada@x", several of one
 * name are several values. "n=12" is a number and "f=true" a boolean, "b=hex:0102" is
 * binary, "r=ref:cn=x" a reference, "t=text:12" a text whatever it looks like. In
 * "imported mail=x" the value is what an import has confirmed, in "%P%=x" a parameter.
 */

enum { OBJECT_MOST = 64 };

struct object {
    struct expr_source source; /* first: a source is an object */
    struct arena *arena;
    struct names *names;
    const char *given[OBJECT_MOST];
    size_t count;
};

static inline struct expr_value object_value(struct arena *arena, const char *text)
{
    struct expr_value value = {.kind = EXPR_STRING, .bytes = slice_text(text)};
    bool flag;

    if (strncmp(text, "text:", 5) == 0) {
        value.bytes = slice_text(text + 5);
    } else if (strncmp(text, "hex:", 4) == 0) {
        value.kind = EXPR_BYTES;
        ck_assert(text_from_hex(arena, slice_text(text + 4), &value.bytes));
    } else if (strncmp(text, "ref:", 4) == 0) {
        value.kind = EXPR_REFERENCE;
        value.bytes = slice_text(text + 4);
        value.number = 7;
    } else if (text_to_number(value.bytes, &value.number)) {
        value.kind = EXPR_NUMBER;
    } else if (text_to_flag(value.bytes, &flag)) {
        value.kind = EXPR_BOOLEAN;
        value.number = flag;
    }
    return value;
}

/* The part behind "name=", where it is of that name; NULL. */
static inline const char *object_given(const char *given, const char *name)
{
    const char *equals = strchr(given, '=');
    struct slice of = slice_of(given, (size_t)(equals - given));

    return text_caseequal(of, slice_text(name)) ? equals + 1 : NULL;
}

static inline struct expr_value object_attribute(const struct expr_source *source,
                                                 struct arena *arena,
                                                 enum expr_layer layer, uint32_t name,
                                                 const char *text)
{
    const struct object *object = (const struct object *)source;
    struct expr_value *items =
        arena_alloc(arena, sizeof *items * (object->count == 0 ? 1 : object->count));
    uint32_t count = 0;

    if (name != NAME_NONE && object->names != NULL)
        text = names_text(object->names, name);
    if (layer == EXPR_IMPORTED)
        text = arena_print(arena, "imported %s", text);
    for (size_t i = 0; i < object->count; i++) {
        const char *value = object_given(object->given[i], text);

        if (value != NULL)
            items[count++] = object_value(arena, value);
    }
    if (count == 1)
        return items[0];
    return (struct expr_value){
        .kind = count == 0 ? EXPR_NULL : EXPR_SET, .items = items, .count = count};
}

static inline uint64_t object_count(const struct expr_source *source, uint32_t name,
                                    const char *text)
{
    const struct object *object = (const struct object *)source;
    struct expr_value value =
        object_attribute(source, object->arena, EXPR_EXPECTED, name, text);

    return value.kind == EXPR_SET ? value.count : value.kind != EXPR_NULL;
}

static inline const char *object_parameter(const struct expr_source *source,
                                           const char *name)
{
    const struct object *object = (const struct object *)source;
    const char *quoted = arena_print(object->arena, "%%%s%%", name);

    for (size_t i = 0; i < object->count; i++)
        if (object_given(object->given[i], quoted) != NULL)
            return object_given(object->given[i], quoted);
    return NULL;
}

/* `given` ends with NULL. */
static inline struct object object_of(struct arena *arena, struct names *names,
                                      const char *const *given)
{
    struct object object = {.source = {.attribute = object_attribute,
                                       .count = object_count,
                                       .parameter = object_parameter},
                            .arena = arena,
                            .names = names};

    while (given != NULL && given[object.count] != NULL) {
        object.given[object.count] = given[object.count];
        object.count++;
    }
    return object;
}

static inline struct expr *object_parse(struct arena *arena, struct names *names,
                                        const char *text)
{
    struct expr *expr = NULL;
    struct ma_error err = {0};

    ck_assert_msg(expr_parse(&expr, arena, names, slice_text(text), &err) == MA_OK,
                  "%s: %s", text, err.text);
    return expr;
}

/* What the expression gives on the object, as expr_show writes it. */
static inline const char *object_show(struct object *object, const char *text)
{
    struct expr *expr = object_parse(object->arena, object->names, text);
    struct expr_value value = expr_eval(expr, &object->source, object->arena);

    return expr_show(object->arena, &value);
}

#endif
