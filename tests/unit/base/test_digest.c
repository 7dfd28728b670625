/* SPDX-License-Identifier: Apache-2.0 */
#include "base/build.h"
#include "suite.h"

START_TEST(it_depends_on_each_byte_and_on_the_seed)
{
    struct digest a = digest_of(slice_text("abc"), 1);
    struct digest b = digest_of(slice_text("abd"), 1);
    struct digest c = digest_of(slice_text("abc"), 2);
    struct digest again = digest_of(slice_text("abc"), 1);

    ck_assert(digest_equal(&a, &again));
    ck_assert(!digest_equal(&a, &b));
    ck_assert(!digest_equal(&a, &c));
}
END_TEST

START_TEST(nothing_has_one_too)
{
    struct digest a = digest_of((struct slice){0}, 1);
    struct digest b = digest_of(slice_text(""), 1);

    ck_assert(digest_equal(&a, &b));
}
END_TEST

START_TEST(a_program_knows_which_one_it_is)
{
    struct digest a;
    struct digest b;

    ck_assert(build_digest(&a));
    ck_assert(build_digest(&b));
    ck_assert(digest_equal(&a, &b));
}
END_TEST

SUITE("base/digest", it_depends_on_each_byte_and_on_the_seed, nothing_has_one_too,
      a_program_knows_which_one_it_is)
