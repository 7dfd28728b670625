/* SPDX-License-Identifier: Apache-2.0 */
#include "identifier.h"

#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

bool guid_make(unsigned char guid[GUID_SIZE], const char *seed, const char *text)
{
    if (seed == NULL || seed[0] == '\0') {
        if (getrandom(guid, GUID_SIZE, 0) != GUID_SIZE)
            return false;
    } else {
        XXH128_hash_t hash =
            XXH3_128bits_withSeed(text, strlen(text), XXH3_64bits(seed, strlen(seed)));

        memcpy(guid, &hash.low64, 8);
        memcpy(guid + 8, &hash.high64, 8);
    }
    guid[7] = (unsigned char)((guid[7] & 0x0f) | 0x40); /* version 4 */
    guid[8] = (unsigned char)((guid[8] & 0x3f) | 0x80); /* variant 1 */
    return true;
}
