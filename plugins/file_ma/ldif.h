/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_LDIF_H
#define FILE_MA_LDIF_H

#include "source.h"

/*
 * LDIF, RFC 2849: content records and change records, comments, folded lines, Base64, the
 * version line. Values by URL are refused: a file from elsewhere must not make the engine
 * read another. Controls are refused. Written with folding at 76 columns.
 */

/* --- ldif_line.c ------------------------------------------------------------------ */

struct ldif_pair {
    const char *name;
    size_t name_length;
    const char *value; /* in the pool where it was Base64, else in the line */
    size_t length;
};

/* The next logical line that is no comment, its continuations put behind it, into
 * source->line; INPUT_END at the end. */
int ldif_line_next(struct source *source, struct problem *problem);
/* Whether the record goes on: a line that is not empty. */
bool ldif_line_more(struct source *source, struct problem *problem);
/* What is left of a record that cannot be used. */
void ldif_line_skip(struct source *source);
/* "name: value", "name:: Base64" of the line in hand. False: the problem says why. */
bool ldif_line_split(struct source *source, struct ldif_pair *pair,
                     struct problem *problem);
bool ldif_line_is(const struct ldif_pair *pair, const char *name);
/* The value as text; lives as long as the record. */
const char *ldif_line_text(struct source *source, const struct ldif_pair *pair);
/* Fills the problem with the line in hand; gives false. */
bool ldif_line_wrong(struct source *source, struct problem *problem, size_t column,
                     const char *text);

/* --- ldif_write.c ----------------------------------------------------------------- */

/* As format_ops says. */
void ldif_write_head(const struct settings *set, const struct columns *columns,
                     struct bytes *out);
bool ldif_holds(const struct record *record, struct problem *problem);
bool ldif_write(const struct settings *set, const struct columns *columns,
                const struct record *record, struct bytes *out, struct problem *problem);

#endif
