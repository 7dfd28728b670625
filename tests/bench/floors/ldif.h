/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOORS_LDIF_H
#define FLOORS_LDIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The least that reading LDIF takes: the file is mapped, a record is cut into names and
 * values where they lie, and only Base64 is copied. Unfolded lines only, as
 * tests/bench/population writes them. What goes wrong ends the program.
 */
enum { MOST_VALUES = 8192, MOST_BYTES = 1 << 20 };

struct text {
    const char *at;
    size_t length;
};

struct pair {
    struct text name;
    struct text value;
};

struct ldif {
    const char *at; /* the next record */
    const char *end;
    const char *begin;              /* the record in hand, up to `at` */
    struct pair pairs[MOST_VALUES]; /* the first is its DN */
    size_t count;
    char decoded[MOST_BYTES];
};

void ldif_open(struct ldif *ldif, const char *path);
/* False at the end. */
bool ldif_next(struct ldif *ldif);
/* The first value, or an empty text. */
struct text ldif_value(const struct ldif *ldif, const char *name);
bool text_is(struct text text, const char *other);

#endif
