/* SPDX-License-Identifier: Apache-2.0 */

/* Changes of the index: a log, found by hash, and sorted for the commit. */

#include "store/overlay.h"

static struct index_slot *index_slot_of(const struct overlay *overlay, uint64_t hash)
{
    /* The hash is good, but the owner of a space may have chosen it: fold the upper half
     * in too. */
    size_t at = (size_t)(hash ^ (hash >> 32)) & (overlay->index_slot_count - 1);

    while (overlay->index_slots[at].used && overlay->index_slots[at].hash != hash)
        at = (at + 1) & (overlay->index_slot_count - 1);
    return &overlay->index_slots[at];
}

static void grow_index_slots(struct overlay *overlay)
{
    struct index_slot *old = overlay->index_slots;
    size_t count = overlay->index_slot_count;

    overlay->index_slot_count = count == 0 ? OVERLAY_FIRST_SLOTS : count * 2;
    overlay->index_slots =
        mem_zero_array(overlay->index_slot_count, sizeof *overlay->index_slots);
    for (size_t i = 0; i < count; i++)
        if (old[i].used)
            *index_slot_of(overlay, old[i].hash) = old[i];
    free(old);
}

void overlay_index(struct overlay *overlay, uint64_t hash, uint64_t id, bool add)
{
    struct index_slot *slot;

    if ((overlay->index_slots_used + 1) * 2 > overlay->index_slot_count)
        grow_index_slots(overlay);
    slot = index_slot_of(overlay, hash);
    if (!slot->used) {
        *slot = (struct index_slot){.hash = hash, .used = true};
        overlay->index_slots_used++;
    }
    VEC_ADD(&overlay->index, (struct index_write){hash, id, slot->last, add});
    slot->last = (uint32_t)overlay->index.count;
    slot->wave = overlay->wave;
    overlay->wave_writes++;
    VEC_ADD(&overlay->undo, (struct undo){0});
}

static const struct index_write *index_at(const struct overlay *overlay, uint32_t number)
{
    return number == 0 ? NULL : &overlay->index.items[number - 1];
}

const struct index_write *overlay_index_last(const struct overlay *overlay, uint64_t hash)
{
    if (overlay->index_slot_count == 0)
        return NULL;
    return index_at(overlay, index_slot_of(overlay, hash)->last);
}

const struct index_write *overlay_index_before(const struct overlay *overlay,
                                               const struct index_write *write)
{
    return index_at(overlay, write->before);
}

static int by_hash_and_id(const void *a, const void *b)
{
    const struct index_write *x = a;
    const struct index_write *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->before > y->before) - (x->before < y->before); /* older first */
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, SORTED_BITS = 44, MANY = DIGITS };

static size_t digit_of(const struct index_write *write, unsigned shift)
{
    return (size_t)(write->hash >> shift) & (DIGITS - 1);
}

/* By eleven bits of the hash, those that are equal in their order. */
static void sort_digit(const struct index_write *from, size_t count, unsigned shift,
                       struct index_write *to)
{
    size_t place[DIGITS] = {0};
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        place[digit_of(&from[i], shift)]++;
    for (size_t i = 0; i < DIGITS; i++) {
        size_t here = place[i];

        place[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[place[digit_of(&from[i], shift)]++] = from[i];
}

/* A commit has tens of thousands of them, spread evenly: digit by digit costs a tenth of
 * comparing. By the upper bits, which tell nearly all of them apart; four digits, so what
 * is sorted ends where it began. */
static void sort_by_upper_bits(struct index_write *writes, size_t count)
{
    struct index_write *other = mem_zero_array(count, sizeof *other);

    for (unsigned shift = 64 - SORTED_BITS; shift < 64; shift += 2 * DIGIT_BITS) {
        sort_digit(writes, count, shift, other);
        sort_digit(other, count, shift + DIGIT_BITS, writes);
    }
    free(other);
}

static uint64_t upper_bits(const struct index_write *write)
{
    return write->hash >> (64 - SORTED_BITS);
}

/* Digits keep the order of the log: objects that come one after the other and have one
 * parent stand right already. */
static void sort_alike(struct index_write *writes, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        bool in_order = true;

        for (; end < count && upper_bits(&writes[end]) == upper_bits(&writes[i]); end++)
            in_order = in_order && by_hash_and_id(&writes[end - 1], &writes[end]) < 0;
        if (!in_order)
            qsort(&writes[i], end - i, sizeof *writes, by_hash_and_id);
        i = end;
    }
}

void overlay_index_sorted(const struct overlay *overlay, index_writes *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < overlay->index.count; i++)
        VEC_ADD(out, overlay->index.items[i]);
    if (out->count >= MANY) {
        sort_by_upper_bits(out->items, out->count);
        sort_alike(out->items, out->count);
    } else if (out->count > 1) {
        qsort(out->items, out->count, sizeof *out->items, by_hash_and_id);
    }
    for (size_t i = 0; i < out->count; i++) {
        bool again = kept > 0 && out->items[kept - 1].hash == out->items[i].hash &&
                     out->items[kept - 1].id == out->items[i].id;

        kept -= again;
        out->items[kept++] = out->items[i];
    }
    out->count = kept;
}

bool overlay_has_new_index(const struct overlay *overlay, uint64_t hash)
{
    const struct index_slot *slot;

    if (overlay->index_slot_count == 0)
        return false;
    slot = index_slot_of(overlay, hash);
    return slot->used && slot->wave == overlay->wave;
}

void overlay_index_undo(struct overlay *overlay)
{
    struct index_write *youngest = &overlay->index.items[--overlay->index.count];

    index_slot_of(overlay, youngest->hash)->last = youngest->before;
}
