/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HISTORY_STORE_H
#define TESTS_HISTORY_STORE_H

#include "store/store.h"
#include "suite.h"
#include "tree.h"

/*
 * An empty store in a temporary folder, for tests that write a history into it: before
 * and after are for SUITE_WITH.
 */
static struct tree tree;
static struct store *store;
static struct batch *batch;
static struct ma_error err;

static inline void before(void)
{
    tree_begin(&tree);
    err = (struct ma_error){0};
    ck_assert_int_eq(store_open(&store, tree_path(&tree, "store"), NULL, &err), MA_OK);
    batch = batch_begin(store);
}

static inline void after(void)
{
    batch_end(batch);
    store_close(store);
    tree_end(&tree);
}

#endif
