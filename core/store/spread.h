/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SPREAD_H
#define STORE_SPREAD_H

#include "store/store.h"

/*
 * How far apart rows stand, which is what a commit of them costs: a page that it changes
 * is memory until its end, for one row as for a hundred. Which rows lie on one page only
 * the backend knows; but keys begin with the number of an object in most tables, numbers
 * are dense, and of each table it is known about how many objects a page has. So two rows
 * are near whose objects are.
 */

/* Whether two rows of this table are about as good as on one page. Rows of a table whose
 * keys begin with no object's number always are: they come in their order. */
bool spread_is_near(enum store_table table, struct slice a, struct slice b);

#endif
