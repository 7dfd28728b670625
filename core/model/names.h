/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Names as numbers. Attribute names and object types are interned once, when a
 * configuration or a schema is read; from there on the engine compares numbers. Case does
 * not matter, the first spelling is kept. The store saves the table with the data that
 * uses it, so a number never changes its meaning; numbers are dense and begin with 1.
 */
struct names;

enum { NAME_NONE = 0 };

struct names *names_new(void);
void names_free(struct names *names);
/* The number of this name, new if need be. */
uint32_t names_intern(struct names *names, struct slice name);
uint32_t names_intern_text(struct names *names, const char *name);
/* All of these are about to be interned: whoever has to be asked is asked once. */
void names_intern_all(struct names *names, const struct slice *list, size_t count);
/*
 * Where several processes number the same names: asked before names that are not here are
 * given numbers of our own. It adds what others numbered meanwhile, and these, with
 * names_add; where it cannot, they get numbers that nobody else knows of.
 */
typedef void (*names_claim)(void *context, const struct slice *list, size_t count);
void names_ask(struct names *names, names_claim claim, void *context);
/* The next number for this name, or the one that it has; nobody is asked. */
uint32_t names_add(struct names *names, struct slice name);
/* NAME_NONE where it was never interned. */
uint32_t names_find(const struct names *names, struct slice name);
/* The spelling; lives as long as `names`. "" for NAME_NONE and unknown numbers. */
const char *names_text(const struct names *names, uint32_t name);
/* The highest number given out: the store writes those above the last that it saved. */
uint32_t names_count(const struct names *names);

#endif
