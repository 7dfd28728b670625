/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_PATH_H
#define CLOUD_MA_PATH_H

#include <jansson.h>

#include "support/bytes.h"

/*
 * Where in a resource a value stands, in the words of SCIM:
 *
 *   userName   name.givenName   members.value   emails[type eq "work"].value
 *   urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value
 *
 * A path reads values out of a resource, puts them into one, and names the whole
 * attribute that a PATCH replaces.
 */
struct path {
    const char *schema; /* URN of an extension; NULL: the core schema */
    const char *attribute;
    const char *filter_name; /* NULL: no filter */
    const char *filter_value;
    const char *sub;   /* NULL: the attribute itself */
    const char *whole; /* without filter and sub */
};

/* Lives in the pool. MA_INVALID: it is no path. */
enum ma_status path_parse(struct path *path, struct pool *pool, const char *text,
                          struct ma_error *err);

/* The attribute as a whole; NULL: it is not there. Borrowed. */
json_t *path_find(const struct path *path, const json_t *resource);
/* The values one after the other, without memory: begin with {path, path_find()}, which
 * has path_most() of them or fewer; NULL: that was the last. Borrowed. */
struct path_walk {
    const struct path *path;
    json_t *found;
    size_t at;
};
size_t path_most(const json_t *found);
json_t *path_next(struct path_walk *walk);
/* All, an array of the caller's; empty: none. NULL: no memory. */
json_t *path_get(const struct path *path, const json_t *resource);
/* Makes `values` (an array) the values; none removes them. `many`: the attribute is an
 * array even of one. What else stands in the elements stays. False: no memory. */
bool path_put(const struct path *path, json_t *resource, const json_t *values, bool many);

/* For an operation: the path without filter, with the sub-attribute of what is single. */
const char *path_operation(const struct path *path, struct pool *pool);

#endif
