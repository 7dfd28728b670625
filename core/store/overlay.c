/* SPDX-License-Identifier: Apache-2.0 */
#include "store/overlay.h"

#include "base/text.h"
#include "store/spread.h"

/* The next batch has as many writes as this one, mostly: a table that was filled is kept,
 * and need not grow again. How many slots there are then. */
static size_t clear_slots(void *slots, size_t size, size_t count, size_t used)
{
    if (count == 0 || count > 16 * (used + 16)) {
        free(slots);
        return 0;
    }
    memset(slots, 0, count * size);
    return count;
}

static void clear_tables(struct overlay *overlay)
{
    overlay->slot_count = clear_slots(overlay->slots, sizeof *overlay->slots,
                                      overlay->slot_count, overlay->write_count);
    if (overlay->slot_count == 0)
        overlay->slots = NULL;
    overlay->index_slot_count =
        clear_slots(overlay->index_slots, sizeof *overlay->index_slots,
                    overlay->index_slot_count, overlay->index_slots_used);
    if (overlay->index_slot_count == 0)
        overlay->index_slots = NULL;
}

void overlay_clear(struct overlay *overlay)
{
    arena_reset(&overlay->arena);
    memset(overlay->lists, 0, sizeof overlay->lists);
    clear_tables(overlay);
    overlay->write_count = 0;
    overlay->apart = 0;
    overlay->index_slots_used = 0;
    overlay->index.count = 0;
    overlay->undo.count = 0;
}

void overlay_free(struct overlay *overlay)
{
    arena_free(&overlay->arena);
    free(overlay->slots);
    free(overlay->index_slots);
    VEC_FREE(&overlay->index);
    VEC_FREE(&overlay->undo);
}

/* --- rows by hash ------------------------------------------------------------------ */

static bool is_row(const struct write *write, uint64_t hash, enum store_table table,
                   struct slice key)
{
    return write->hash == hash && write->table == (unsigned char)table &&
           slice_equal(write->key, key);
}

static struct write **slot_of(const struct overlay *overlay, uint64_t hash,
                              enum store_table table, struct slice key)
{
    size_t at = (size_t)hash & (overlay->slot_count - 1);

    while (overlay->slots[at] != NULL && !is_row(overlay->slots[at], hash, table, key))
        at = (at + 1) & (overlay->slot_count - 1);
    return &overlay->slots[at];
}

static void grow_slots(struct overlay *overlay)
{
    struct write **old = overlay->slots;
    size_t count = overlay->slot_count;

    overlay->slot_count = count == 0 ? OVERLAY_FIRST_SLOTS : count * 2;
    overlay->slots = mem_zero_array(overlay->slot_count, sizeof(struct write *));
    for (size_t i = 0; i < count; i++)
        if (old[i] != NULL)
            *slot_of(overlay, old[i]->hash, old[i]->table, old[i]->key) = old[i];
    free(old);
}

uint64_t overlay_hash(enum store_table table, struct slice key)
{
    return text_hash(key, (uint64_t)table);
}

const struct write *overlay_find(const struct overlay *overlay, enum store_table table,
                                 struct slice key)
{
    const struct write *found;

    if (overlay->slot_count == 0)
        return NULL;
    found = *slot_of(overlay, overlay_hash(table, key), table, key);
    return found != NULL && found->state != WRITE_NONE ? found : NULL;
}

/* --- rows in order ----------------------------------------------------------------- */

static struct write **link_at(struct write_list *list, struct write *before, int level)
{
    return before == NULL ? &list->head[level] : &before->next[level];
}

/* Fills `before` with the last row below the key at each level that has rows; NULL is the
 * head. */
static void search(struct write_list *list, struct slice key, struct write **before)
{
    struct write *at = NULL;

    for (int level = list->height - 1; level >= 0; level--) {
        struct write *next;

        while ((next = *link_at(list, at, level)) != NULL &&
               slice_compare(next->key, key) < 0)
            at = next;
        before[level] = at;
    }
}

/* The key belongs right behind the row of this finger: no search. Above that row, others
 * may have come between since. */
static bool follows(struct write_list *list, const struct write_finger *finger,
                    struct slice key, struct write **before)
{
    struct write *row = finger->row;

    if (row == NULL || slice_compare(row->key, key) >= 0 ||
        (row->next[0] != NULL && slice_compare(row->next[0]->key, key) <= 0))
        return false;
    for (int level = 0; level < list->height; level++) {
        struct write *at = level < row->height ? row : finger->before[level];
        struct write *next;

        while (level >= row->height && (next = *link_at(list, at, level)) != NULL &&
               slice_compare(next->key, key) < 0)
            at = next;
        before[level] = at;
    }
    return true;
}

/* Fills `before` as search() does; the finger that is moved there. */
static struct write_finger *find_place(struct write_list *list, struct slice key,
                                       struct write **before)
{
    struct write_finger *finger;

    for (size_t i = 0; i < WRITE_FINGERS; i++)
        if (follows(list, &list->fingers[i], key, before))
            return &list->fingers[i];
    search(list, key, before);
    finger = &list->fingers[list->oldest];
    list->oldest = (unsigned char)((list->oldest + 1) % WRITE_FINGERS);
    return finger;
}

/* One level, and a quarter of the rows one more, and so on. */
static unsigned char throw_height(struct overlay *overlay)
{
    unsigned char height = 1;
    uint64_t dice = overlay->dice += 0x9e3779b97f4a7c15u;

    dice = (dice ^ (dice >> 30)) * 0xbf58476d1ce4e5b9u;
    dice ^= dice >> 31;
    while (height < WRITE_LEVELS && (dice & 3) == 0) {
        height++;
        dice >>= 2;
    }
    return height;
}

static bool stands_apart(const struct write *write, const struct write *before,
                         const struct write *after)
{
    enum store_table table = (enum store_table)write->table;

    return (before == NULL || !spread_is_near(table, before->key, write->key)) &&
           (after == NULL || !spread_is_near(table, after->key, write->key));
}

static void insert(struct overlay *overlay, struct write *write)
{
    struct write_list *list = &overlay->lists[write->table];
    struct write *before[WRITE_LEVELS] = {0};
    struct write_finger *finger = find_place(list, write->key, before);

    overlay->apart += stands_apart(write, before[0], *link_at(list, before[0], 0));
    if (list->height < write->height)
        list->height = write->height;
    for (int level = 0; level < write->height; level++) {
        struct write **link = link_at(list, before[level], level);

        write->next[level] = *link;
        *link = write;
    }
    memcpy(finger->before, before, sizeof before[0] * list->height);
    finger->row = write;
}

static struct write *new_write(struct overlay *overlay, enum store_table table,
                               uint64_t hash, struct slice key)
{
    unsigned char height = throw_height(overlay);
    struct write *write =
        arena_zero(&overlay->arena, sizeof *write + height * sizeof(struct write *));

    write->key = slice_of(arena_copy(&overlay->arena, key.at, key.length), key.length);
    write->hash = hash;
    write->table = (unsigned char)table;
    write->height = height;
    insert(overlay, write);
    return write;
}

static void give(struct overlay *overlay, struct write *write, enum write_state state,
                 struct slice value)
{
    VEC_ADD(&overlay->undo, (struct undo){write, write->value, write->state});
    write->state = (unsigned char)state;
    write->wave = overlay->wave;
    overlay->wave_writes++;
    write->value =
        slice_of(arena_copy(&overlay->arena, value.at, value.length), value.length);
}

void overlay_set_again(struct overlay *overlay, const struct write *row,
                       struct slice value)
{
    give(overlay, (struct write *)(uintptr_t)row, WRITE_PUT, value);
}

void overlay_set(struct overlay *overlay, enum store_table table, struct slice key,
                 enum write_state state, struct slice value)
{
    uint64_t hash = overlay_hash(table, key);
    struct write **slot;

    if ((overlay->write_count + 1) * 2 > overlay->slot_count)
        grow_slots(overlay);
    slot = slot_of(overlay, hash, table, key);
    if (*slot == NULL) {
        *slot = new_write(overlay, table, hash, key);
        overlay->write_count++;
    }
    give(overlay, *slot, state, value);
}

const struct write *overlay_seek(const struct overlay *overlay, enum store_table table,
                                 struct slice key)
{
    const struct write_list *list = &overlay->lists[table];
    const struct write *at = NULL;

    if (list->head[0] == NULL)
        return NULL;
    for (int level = list->height - 1; level >= 0; level--) {
        const struct write *next = at == NULL ? list->head[level] : at->next[level];

        while (next != NULL && slice_compare(next->key, key) < 0) {
            at = next;
            next = at->next[level];
        }
    }
    return at == NULL ? list->head[0] : at->next[0];
}

/* --- what is new ------------------------------------------------------------------- */

void overlay_begin_wave(struct overlay *overlay)
{
    overlay->wave++;
    overlay->wave_writes = 0;
}

bool overlay_has_new_row(const struct overlay *overlay, enum store_table table,
                         uint64_t hash)
{
    size_t at = (size_t)hash & (overlay->slot_count - 1);

    if (overlay->slot_count == 0)
        return false;
    for (; overlay->slots[at] != NULL; at = (at + 1) & (overlay->slot_count - 1)) {
        const struct write *write = overlay->slots[at];

        if (write->hash == hash && write->table == (unsigned char)table &&
            write->wave == overlay->wave)
            return true;
    }
    return false;
}

bool overlay_has_new_between(const struct overlay *overlay, enum store_table table,
                             struct slice prefix, struct slice from, struct slice to)
{
    const struct write *at = overlay_seek(overlay, table, from);

    for (; at != NULL && slice_begins(at->key, prefix); at = at->next[0]) {
        if (to.length > 0 && slice_compare(at->key, to) > 0)
            return false;
        if (at->wave == overlay->wave)
            return true;
    }
    return false;
}

size_t overlay_bytes(const struct overlay *overlay)
{
    return overlay->arena.used + overlay->index.count * sizeof *overlay->index.items +
           overlay->undo.count * sizeof *overlay->undo.items +
           overlay->slot_count * sizeof *overlay->slots +
           overlay->index_slot_count * sizeof *overlay->index_slots;
}

/* --- undo -------------------------------------------------------------------------- */

size_t overlay_mark(const struct overlay *overlay)
{
    return overlay->undo.count;
}

void overlay_rollback(struct overlay *overlay, size_t mark)
{
    while (overlay->undo.count > mark) {
        struct undo *undo = &overlay->undo.items[--overlay->undo.count];

        if (undo->write == NULL) {
            overlay_index_undo(overlay);
            continue;
        }
        undo->write->state = undo->state;
        undo->write->value = undo->value;
    }
}
