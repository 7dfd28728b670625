/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_SPLICE_H
#define CONFIG_SPLICE_H

#include "base/buf.h"
#include "base/vec.h"
#include "config/layout.h"

/*
 * Changes of an XML text at some places of it; all else stays as it is, to the byte. They
 * are collected against one layout, in any order, and made at once. What is put in is set
 * as what stands around it: its line ends, and its indentation where a line begins.
 */
struct splice {
    size_t from, to; /* what goes */
    const char *text;
};

struct splices {
    const struct layout *layout;
    struct arena *arena;
    VEC_OF(struct splice) list;
};

/* What is between the tags is this text, escaped here. */
void splice_text(struct splices *splices, int element, const char *text);
/* `xml` takes the place of the whole element. */
void splice_replace(struct splices *splices, int element, const char *xml);
/* It goes, with its line where it has one for itself. */
void splice_remove(struct splices *splices, int element);
/* `xml`, one or more lines, as the last child. */
void splice_append(struct splices *splices, int element, const char *xml);
/* `xml` is all that is between the tags. */
void splice_fill(struct splices *splices, int element, const char *xml);

/* The text as it will be; the list is empty again. */
void splice_apply(struct splices *splices, struct buf *out);
void splice_free(struct splices *splices);

/* For a text or an attribute's value. */
const char *splice_escape(struct arena *arena, const char *text);

#endif
