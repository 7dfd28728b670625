/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TREE_HEIRS_H
#define STORE_TREE_HEIRS_H

#include "store/cs.h"

/*
 * References that go over to another object, put off until many do. A group of 50 000
 * that is read before its members have moved to the names that it gives refers to 50 000
 * placeholders; were it written anew for each member that comes, its members would cost
 * their square. So the import notes who goes over to whom, and each object that refers to
 * any of them is read and written once for all: before a commit, and before anything
 * looks at the references of one of the objects concerned. No commit has any open, so
 * nobody else ever sees one.
 */
struct tree_heirs;

/* An object, and the DN that it has left. */
struct tree_leaver {
    uint64_t id;
    const char *dn;
};

struct tree_heirs *tree_heirs_new(struct batch *batch, uint32_t agent);
void tree_heirs_free(struct tree_heirs *heirs);

/* What refers to the one will refer to the other, and the one will go if nothing needs it
 * by then. */
enum ma_status tree_heirs_add(struct tree_heirs *heirs, uint64_t from, uint64_t to,
                              struct ma_error *err);
/* The referrer, in what the import shows of it, means whoever has the DN. */
void tree_heirs_leave(struct tree_heirs *heirs, uint64_t referrer,
                      const struct tree_leaver *leaver);
/* Whether something is open that has this object as one of its ends; or whether it refers
 * to one. NULL: no. */
bool tree_heirs_has(const struct tree_heirs *heirs, uint64_t id);
bool tree_heirs_concern(const struct tree_heirs *heirs, uint64_t referrer);
/* All at once. */
enum ma_status tree_heirs_settle(struct tree_heirs *heirs, struct ma_error *err);

/* As the batch has them: what was added, or settled, since the mark never was. */
struct tree_heirs_mark {
    size_t count;
    size_t settled;
};
struct tree_heirs_mark tree_heirs_mark(const struct tree_heirs *heirs);
void tree_heirs_rollback(struct tree_heirs *heirs, struct tree_heirs_mark mark);
/* The batch was committed, with all of them settled. */
void tree_heirs_clear(struct tree_heirs *heirs);

#endif
