/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * 128 bits by which bytes are known again: two that differ have the same digest as good
 * as never. No cryptographic hash: with a seed that nobody knows, nobody can choose two
 * that have.
 */
struct digest {
    unsigned char bytes[16];
};

struct digest digest_of(struct slice bytes, uint64_t seed);
bool digest_equal(const struct digest *a, const struct digest *b);

#endif
