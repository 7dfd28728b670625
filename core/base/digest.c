/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <string.h>
#include <xxhash.h>

struct digest digest_of(struct slice bytes, uint64_t seed)
{
    XXH128_hash_t hash =
        XXH3_128bits_withSeed(bytes.at == NULL ? "" : bytes.at, bytes.length, seed);
    XXH128_canonical_t canonical;
    struct digest digest;

    XXH128_canonicalFromHash(&canonical, hash);
    memcpy(digest.bytes, canonical.digest, sizeof digest.bytes);
    return digest;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
