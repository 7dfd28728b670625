/* SPDX-License-Identifier: Apache-2.0 */
#include "store/known.h"

#include <stdlib.h>

#include "base/digest.h"
#include "store/batch.h"
#include "store/cs.h"

enum { HASH_BITS = 8 << 20, DNS = 4096, CHANGES = 4096 };

/* Digests are seeded by the store: nobody who may choose names can make two that are
 * alike. */
struct known_dn {
    struct digest name;
    uint64_t id;
    uint32_t change; /* which count of changes, and how it stood */
    uint32_t changed;
    uint32_t age;
};

/* --- begin and end ----------------------------------------------------------------- */

void known_end(struct known *known)
{
    free(known->hashes);
    free(known->dns);
    free(known->changes);
    *known = (struct known){.age = known->age + 1};
}

static void expect_nobody(struct known *known, uint32_t space)
{
    known->empty = space;
    known->hashes = mem_zero_array(HASH_BITS / 8, 1);
}

enum ma_status known_begin(struct batch *batch, uint32_t space, struct ma_error *err)
{
    struct known *known = &batch->known;
    id_list any = {0};
    enum ma_status status = batch_look(batch, err);

    known_end(known);
    if (status == MA_OK)
        status = cs_scan(batch, space, 0, 1, &any, err);
    if (status == MA_OK && !batch_is_noted(batch)) {
        known->active = true;
        known->others = snapshot_of_others(batch->snapshot);
        if (any.count == 0 && batch_writes(batch) == 0)
            expect_nobody(known, space);
    }
    VEC_FREE(&any);
    return status;
}

/* Whoever else wrote may have written anything. */
static bool holds(struct batch *batch)
{
    struct known *known = &batch->known;
    struct ma_error ignored;

    if (!known->active)
        return false;
    if (batch_look(batch, &ignored) == MA_OK &&
        snapshot_of_others(batch->snapshot) == known->others)
        return true;
    known_end(known);
    return false;
}

void known_written(struct known *known, uint64_t hash)
{
    if (known->hashes != NULL)
        known->hashes[hash % HASH_BITS / 8] |= (unsigned char)(1u << hash % 8);
    if (known->changes != NULL)
        known->changes[hash % CHANGES]++;
}

void known_undone(struct known *known)
{
    known->age++;
}

/* --- nobody ------------------------------------------------------------------------ */

bool known_is_nobody(struct batch *batch, uint32_t space, uint64_t hash)
{
    const struct known *known = &batch->known;

    return known->empty == space && space != 0 && holds(batch) &&
           (known->hashes[hash % HASH_BITS / 8] >> hash % 8 & 1) == 0;
}

/* --- in turn ----------------------------------------------------------------------- */

uint64_t known_next(const struct known *known, uint32_t space)
{
    return known->active && known->in_turn && known->space == space ? known->id + 1 : 0;
}

void known_found(struct known *known, uint32_t space, uint64_t id)
{
    known->in_turn = id != 0 && known->space == space && known->id + 1 == id;
    if (id == 0)
        return;
    known->space = space;
    known->id = id;
}

/* --- DNs --------------------------------------------------------------------------- */

static struct digest name_of(const struct batch *batch, uint32_t space, struct slice dn)
{
    return digest_of(dn, batch->store->seed + space);
}

static struct known_dn *slot_of(const struct known *known, const struct digest *name)
{
    uint64_t number;

    memcpy(&number, name->bytes, sizeof number);
    return &known->dns[number % DNS];
}

uint64_t known_dn(struct batch *batch, uint32_t space, struct slice dn)
{
    const struct known *known = &batch->known;
    const struct known_dn *slot;
    struct digest name;

    if (known->dns == NULL || !holds(batch))
        return 0;
    name = name_of(batch, space, dn);
    slot = slot_of(known, &name);
    return slot->id != 0 && slot->age == known->age &&
                   slot->changed == known->changes[slot->change] &&
                   digest_equal(&slot->name, &name)
               ? slot->id
               : 0;
}

void known_dn_learn(struct batch *batch, uint32_t space, struct slice dn, uint64_t hash,
                    uint64_t id)
{
    struct known *known = &batch->known;
    uint32_t change = (uint32_t)(hash % CHANGES);
    struct digest name;

    if (!holds(batch))
        return;
    if (known->dns == NULL) {
        known->dns = mem_zero_array(DNS, sizeof *known->dns);
        known->changes = mem_zero_array(CHANGES, sizeof *known->changes);
    }
    name = name_of(batch, space, dn);
    *slot_of(known, &name) = (struct known_dn){.name = name,
                                               .id = id,
                                               .change = change,
                                               .changed = known->changes[change],
                                               .age = known->age};
}
