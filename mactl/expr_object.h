/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_EXPR_OBJECT_H
#define MACTL_EXPR_OBJECT_H

#include "command.h"
#include "expr/expr.h"

/*
 * An object that is written on the command line: attributes as NAME=VALUE, in two layers,
 * and parameters. An expression is evaluated on it as on one of a store: values have
 * types, are canonical and sorted.
 */

/* The texts of the options; each list ends with NULL, or is NULL. */
struct expr_given {
    const char *const *set;
    const char *const *imported; /* NAME alone: nothing was imported */
    const char *const *parameters;
};

struct expr_object {
    struct expr_source source; /* first: a source is an object */
    struct arena *arena;
    struct names *names;
    struct entry layers[2];  /* EXPR_EXPECTED, EXPR_IMPORTED */
    const struct slice *dns; /* of references, by id - 1 */
    const char *const *parameters;
    void *context; /* of whoever sets source.trace */
};

/* A usage error is printed. Everything lives in the arena, or in `given`. */
enum exit_code expr_object_read(struct expr_object *object, struct arena *arena,
                                struct names *names, const struct expr_given *given);

#endif
