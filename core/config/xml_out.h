/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_XML_OUT_H
#define CONFIG_XML_OUT_H

#include "base/buf.h"

/*
 * XML as it is written, for whoever has something to say in the product's own form. The
 * writer is libxml2's; elements are closed in the order in which they were opened. Texts
 * may hold whatever a system says: what XML cannot carry becomes U+FFFD.
 */
struct xml_out;

/* Into `to`, indented by one blank, with a declaration. */
struct xml_out *xml_out_new(struct buf *to);
/* Closes what is open, and frees. */
void xml_out_end(struct xml_out *out);

void xml_out_open(struct xml_out *out, const char *name);
/* Of the element that was opened last; NULL is not written. */
void xml_out_attribute(struct xml_out *out, const char *name, const char *value);
void xml_out_text(struct xml_out *out, const char *text);
void xml_out_close(struct xml_out *out);
/* An element with nothing but text; none where the text is NULL. */
void xml_out_element(struct xml_out *out, const char *name, const char *text);
/* For people: no program reads it. None where the text is NULL. */
void xml_out_comment(struct xml_out *out, const char *text);

#endif
