/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_LISTING_H
#define MACTL_LISTING_H

#include "base/vec.h"
#include "render.h"

/*
 * A list of things in every format of -o: a table, wide, one document of JSON, one a
 * line, CSV, or the names alone. Each row is given twice: as cells, and as an object.
 */
struct listing {
    const char *schema; /* "mactl/runs/1" */
    const char *key;    /* of the array: "runs" */
    const struct render_column *columns;
    size_t column_count;
    size_t name;       /* the column that -o name prints */
    const char *empty; /* said on stderr where there is nothing; NULL: nothing */
    const char *more;  /* the hint below a list that was cut; NULL: it is whole */
    VEC_OF(const char *) cells;
    json_t *items;
    size_t rows;
};

/* The hint of a list that ends at its limit: how to see more. */
const char *listing_limit(struct arena *arena, size_t limit);
/* Takes `item`; `cells` are as many texts as there are columns, and live in the arena. */
void listing_add(struct listing *listing, json_t *item, const char *const *cells);
/* Prints it all and ends it; a format that lists do not have is a usage error.
 */
enum exit_code listing_print(const struct invocation *call, struct listing *listing);
/* What is said below it, for who prints the rows in a way of its own. */
void listing_hint(const struct invocation *call, const struct listing *listing);
/* Ends it without a word. */
void listing_drop(struct listing *listing);

#endif
