/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "suite.h"

static void ck_key(const struct store_key *key, const char *bytes, size_t length)
{
    ck_assert_uint_eq(key->length, length);
    ck_assert_mem_eq(key->bytes, bytes, length);
}

START_TEST(the_order_of_numbers_is_that_of_their_bytes)
{
    struct store_key key = store_key_u32((struct store_key){0}, 0x01020304);

    ck_key(&key, "\1\2\3\4", 4);
    key = store_key_u64(key, 0x0506070809);
    ck_key(&key, "\1\2\3\4\0\0\0\5\6\7\10\11", 12);
}
END_TEST

/* Such keys are in stores: what is left of a number is its end. */
START_TEST(what_does_not_fit_is_cut)
{
    static const char most[STORE_KEY - 3] = "x";
    struct store_key key =
        store_key_bytes((struct store_key){0}, slice_of(most, sizeof most));
    struct store_key cut = store_key_u64(key, 0x0102030405060708);
    struct store_key full = store_key_u32(cut, 1);

    ck_assert_uint_eq(key.length, sizeof most);
    ck_assert_uint_eq(cut.length, STORE_KEY);
    ck_assert_mem_eq(cut.bytes + sizeof most, "\6\7\10", 3);
    ck_key(&full, (const char *)cut.bytes, STORE_KEY);
}
END_TEST

SUITE("store/key", the_order_of_numbers_is_that_of_their_bytes, what_does_not_fit_is_cut)
