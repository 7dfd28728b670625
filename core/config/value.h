/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "base/buf.h"
#include "config/element.h"

/*
 * The texts of elements and attributes as values, and their way into a struct. One place
 * knows what "true" looks like in these files: the reader and the schemas both ask here.
 */

/* The text as far as it means something: without the blanks around it, or all of it. */
struct slice value_text(enum content content, struct slice text);
/* Stores it at `field` of `object`. False: it is no such value; `wanted` says what is. */
bool value_store(struct arena *arena, enum content content, const struct choice *choices,
                 struct field field, void *object, struct slice text, struct buf *wanted);
/* Whether nobody minds if the element is empty. */
bool value_may_be_empty(enum content content);

#endif
