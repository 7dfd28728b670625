/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>

#include "base/text.h"
#include "store/store.h"

static struct store_key put(struct store_key key, uint64_t number, size_t size)
{
    uint64_t bytes;

    if (key.length + size > STORE_KEY)
        size = STORE_KEY - key.length;
    bytes = htobe64(size == 0 ? 0 : number << (64 - 8 * size));
    memcpy(key.bytes + key.length, &bytes, size);
    key.length += size;
    return key;
}

struct store_key store_key_u32(struct store_key key, uint32_t number)
{
    return put(key, number, sizeof number);
}

struct store_key store_key_u64(struct store_key key, uint64_t number)
{
    return put(key, number, sizeof number);
}

struct store_key store_key_bytes(struct store_key key, struct slice bytes)
{
    size_t room = STORE_KEY - key.length;
    size_t fits = bytes.length;

    if (fits > room)
        fits = room > sizeof(uint64_t) ? room - sizeof(uint64_t) : 0;
    if (fits > 0)
        memcpy(key.bytes + key.length, bytes.at, fits);
    key.length += fits;
    return fits == bytes.length ? key : put(key, text_hash(bytes, 0), sizeof(uint64_t));
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
