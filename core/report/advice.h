/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_ADVICE_H
#define REPORT_ADVICE_H

#include <stddef.h>

/*
 * What an operator is told about the error of an object besides what the error says
 * itself: what its type means, and what to do. One table for every command that shows
 * errors; the administration guide has the same words.
 */
struct advice {
    const char *type;    /* "ambiguous-join" */
    const char *meaning; /* half a sentence */
    const char *action;  /* the next step, in the imperative */
};

/* Never NULL: a type that the table does not know gets what is true of every error. */
const struct advice *advice_of(const char *type);
/* NULL behind the last. */
const struct advice *advice_at(size_t index);

#endif
