/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_RENDER_H
#define MACTL_RENDER_H

#include <jansson.h>

#include "command.h"
#include "config/config.h"

/*
 * How results look. A table has no borders, upper-case titles and numbers to the right;
 * where the terminal is too narrow ($COLUMNS stands in for one), the columns that may
 * shrink lose their middle, and -o wide shows all. A document of JSON begins with its
 * "schema". Passwords never get here: whoever prints a constant asks render_constant.
 */

struct render_column {
    const char *title;
    bool number;  /* to the right */
    bool shrinks; /* names, DNs: may lose their middle */
    bool wide;    /* in -o wide only */
};

/* Rows of as many texts as there are columns; NULL is "-". `cells` is row by row. */
void render_table(const struct invocation *call, const struct render_column *columns,
                  size_t column_count, const char *const *cells, size_t row_count);

/* The text itself where a terminal can show it; else control characters and what is no
 * UTF-8 are "\\x1B". NULL is NULL. */
const char *render_clean(struct arena *arena, const char *text);

/* Between words, before column 80; every line begins with the indent. */
void render_wrap(FILE *out, const char *indent, const char *text);
/* The same, with something else of the same width in front of the first line. */
void render_hang(FILE *out, const char *first, const char *indent, const char *text);
/* Paragraphs, whose line ends are blanks, with empty lines between; lines that begin with
 * four blanks are printed as they are. */
void render_prose(FILE *out, const char *text);

/* Prints the document and ends it. */
enum exit_code render_json(json_t *document);
/* A text, or null; bytes that are no UTF-8 become U+FFFD. */
json_t *render_text(const char *text);

/* "folder/MV.xml:12:5", a path that can be opened; lives in the arena. */
const char *render_place(struct arena *arena, const struct config *config,
                         const struct place *place);
/* Of a flow: the text of a constant, "***" for a password, else NULL. */
const char *render_constant(const struct mapping *mapping);
/* Lower case, without braces; lives in the arena. */
const char *render_guid(struct arena *arena, const struct guid *id);
/* "1 agent", "2 agents"; lives in the arena. */
const char *render_count(struct arena *arena, size_t count, const char *one,
                         const char *many);

#endif
