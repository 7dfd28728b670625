/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of numbers. */

#include <sodium.h>

#include "expr/eval.h"

static void bit_and(struct eval *e, const struct expr_value *arguments, unsigned count,
                    struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_number(out, arguments[0].number & arguments[1].number);
}

static void bit_or(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    (void)e;
    (void)count;
    eval_number(out, arguments[0].number | arguments[1].number);
}

static uint64_t random_bits(void)
{
    uint64_t bits;

    randombytes_buf(&bits, sizeof bits);
    return bits;
}

/* Below `bound`, every number as likely; 0: any number of 64 bits. */
static uint64_t random_below(uint64_t bound)
{
    uint64_t least = bound == 0 ? 0 : (0 - bound) % bound;
    uint64_t bits = random_bits();

    while (bits < least)
        bits = random_bits();
    return bound == 0 ? bits : bits % bound;
}

static void random_number(struct eval *e, const struct expr_value *arguments,
                          unsigned count, struct expr_value *out)
{
    uint64_t start = (uint64_t)arguments[0].number;
    uint64_t end = (uint64_t)arguments[1].number;

    (void)count;
    if (arguments[0].number > arguments[1].number)
        eval_fail(e, out, "the end lies before the start");
    else
        eval_number(out, (int64_t)(start + random_below(end - start + 1)));
}

static const struct function rows[] = {
    {HELP("BitAnd", "num BitAnd(num value1, num value2)",
          "The bits that both numbers have; null where either is.", "BitAnd(&HF,&HF7)",
          "7"),
     .least = 2, .most = 2, .takes = {TAKES_NUMBER, TAKES_NUMBER}, .body = bit_and},
    {HELP("BitOr", "num BitOr(num value1, num value2)",
          "The bits that either number has; null where either is.", "BitOr(5,2)", "7"),
     .least = 2, .most = 2, .takes = {TAKES_NUMBER, TAKES_NUMBER}, .body = bit_or},
    {HELP("RandomNum", "num RandomNum(num start, num end)",
          "A random number from start to end, both included.", "RandomNum(7,7)", "7"),
     .least = 2, .most = 2, .takes = {TAKES_NUMBER, TAKES_NUMBER}, .varies = true,
     .body = random_number},
};

const struct function_group fn_math = {"Math", rows, sizeof rows / sizeof rows[0]};
