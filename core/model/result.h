/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_RESULT_H
#define MODEL_RESULT_H

#include <mactl/ma.h>

/*
 * How a step ended, in the product's own strings, because scripts read them. What an
 * agent, a limit or the store answered becomes a string here, the same in imports and
 * exports.
 */

enum result_phase {
    RESULT_BEFORE, /* the system was not reached: "no-start-..." */
    RESULT_DURING
};

/* The string of a step that this status ended. MA_OK gives "success". */
const char *result_of_status(enum ma_status status, enum result_phase phase);

#endif
