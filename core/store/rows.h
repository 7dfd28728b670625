/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/store.h"

/* The two rows of a connector-space object; empty: not there. */
struct cs_rows {
    struct slice row;
    struct slice tower;
};

#endif
