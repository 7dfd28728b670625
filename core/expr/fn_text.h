/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_FN_TEXT_H
#define EXPR_FN_TEXT_H

#include "expr/tree.h"

/* Bodies of Connect's functions of texts, and what MIM's share with them, which differ
 * in one point each. */

body_fn fn_mid;
body_fn fn_replace;
body_fn fn_replace_chars;
body_fn fn_lower;
body_fn fn_upper;
body_fn fn_proper;
void fn_replace_text(struct eval *e, struct slice text, struct slice from,
                     struct slice to, struct expr_value *out);
/* The n-th word, "" where there is none. */
void fn_word(struct slice text, int64_t number, struct slice delimiters,
             bool runs_are_one, struct expr_value *out);

#endif
