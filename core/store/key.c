/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "store/store.h"

struct store_key store_key_cut(struct store_key key, uint64_t number)
{
    while (key.length < STORE_KEY) {
        size_t left = STORE_KEY - key.length - 1;

        key.bytes[key.length++] = (unsigned char)(number >> 8 * left);
    }
    return key;
}

struct store_key store_key_long(struct store_key key, struct slice bytes)
{
    size_t room = STORE_KEY - key.length;
    size_t fits = bytes.length;

    if (fits > room)
        fits = room > sizeof(uint64_t) ? room - sizeof(uint64_t) : 0;
    if (fits > 0)
        memcpy(key.bytes + key.length, bytes.at, fits);
    key.length += fits;
    return fits == bytes.length ? key : store_key_u64(key, text_hash(bytes, 0));
}

struct slice store_key_view(const struct store_key *key)
{
    return slice_of(key->bytes, key->length);
}

const char *store_table_name(enum store_table table)
{
    static const char *const names[TABLE_COUNT] = {
        [TABLE_META] = "meta",   [TABLE_NAMES] = "names", [TABLE_CS] = "cs",
        [TABLE_TOWER] = "tower", [TABLE_MV] = "mv",       [TABLE_VALUES] = "values",
        [TABLE_LINKS] = "links", [TABLE_REFS] = "refs",   [TABLE_QUEUE] = "queue",
        [TABLE_AGENT] = "agent", [TABLE_RUNS] = "runs",   [TABLE_MEMO] = "memo",
    };

    return (unsigned)table < TABLE_COUNT ? names[table] : "";
}
