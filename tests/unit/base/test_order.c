/* SPDX-License-Identifier: Apache-2.0 */
#include "base/order.h"
#include "suite.h"

START_TEST(each_number_is_left_once_and_in_order)
{
    uint32_t small[] = {7, 0, UINT32_MAX, 7, 3, 0};
    uint64_t large[] = {UINT64_C(1) << 40, 1, UINT64_C(1) << 40, UINT64_MAX, 1};

    ck_assert_uint_eq(order_unique_u32(small, 6), 4);
    ck_assert(small[0] == 0 && small[1] == 3 && small[2] == 7 && small[3] == UINT32_MAX);
    ck_assert_uint_eq(order_unique_u64(large, 5), 3);
    ck_assert(large[0] == 1 && large[1] == UINT64_C(1) << 40 && large[2] == UINT64_MAX);
}
END_TEST

START_TEST(of_none_none_are_left)
{
    ck_assert_uint_eq(order_unique_u32(NULL, 0), 0);
    ck_assert_uint_eq(order_unique_u64(NULL, 0), 0);
}
END_TEST

/* Few and many are sorted in different ways. */
START_TEST(any_number_of_them_is_sorted)
{
    enum { MOST = 100 };

    for (size_t count = 1; count <= MOST; count++) {
        uint64_t numbers[MOST];
        size_t left;

        for (size_t i = 0; i < count; i++)
            numbers[i] = (count - i) / 2 * 7919 % 101 << 32;
        left = order_unique_u64(numbers, count);
        ck_assert_uint_eq(left, count / 2 + 1); /* 0 to count / 2, as other residues */
        for (size_t i = 1; i < left; i++)
            ck_assert(numbers[i - 1] < numbers[i]);
    }
}
END_TEST

SUITE("base/order", each_number_is_left_once_and_in_order, of_none_none_are_left,
      any_number_of_them_is_sorted)
