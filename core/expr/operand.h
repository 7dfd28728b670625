/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPR_OPERAND_H
#define EXPR_OPERAND_H

#include "expr/expr.h"

/*
 * What one value is when another kind is wanted. Conversions are exact or they are not
 * made: the same ones for an argument of a function and for the target of a flow.
 */

/* "a text", "binary", for messages that must not show the value. */
const char *operand_kind(enum expr_kind kind);

/* Text of a number, a boolean (True, False), a reference; false: it has none. */
bool operand_to_text(struct arena *arena, const struct expr_value *value,
                     struct slice *out);
/* A whole number of 64 bits, from a text or a number with decimals too. */
bool operand_to_number(const struct expr_value *value, int64_t *out);
/* A number or one with decimals, of a text. */
bool operand_numeric(const struct expr_value *value, struct expr_value *out);
/* Null is false, a number is true where it is not 0, a text where it says so. False
 * where the value is neither true nor false. */
bool operand_truth(const struct expr_value *value, bool *out);

enum { OPERAND_INCOMPARABLE = 2 };
/* -1, 0, 1, or OPERAND_INCOMPARABLE; neither is null. */
int operand_compare(const struct expr_value *a, const struct expr_value *b);
/* As `=` has it; null equals null alone. */
bool operand_equal(const struct expr_value *a, const struct expr_value *b);
/* Same kind, same content to the byte. */
bool operand_same(const struct expr_value *a, const struct expr_value *b);

/* The shortest decimal text that gives this number back. */
const char *operand_real_text(struct arena *arena, double real);

#endif
