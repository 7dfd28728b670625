/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/queue.h"

#include "base/buf.h"
#include "sync/unit.h"

/* A row: nothing, or flags and then the notes. */
enum { ROW_PARTIAL = 1, ROW_NOTED = 2, MOST_NOTES = 64 };

struct row {
    bool queued;
    unsigned flags;
    sync_notes notes;
};

static struct store_key queue_key(enum sync_queue queue, uint32_t space, uint64_t id)
{
    const unsigned char number = (unsigned char)queue;
    struct store_key key = {.length = 0};

    key = store_key_bytes(key, slice_of(&number, 1));
    key = store_key_u32(key, space);
    return store_key_u64(key, id);
}

static void read_notes(struct reader *reader, sync_notes *out)
{
    while (reader_left(reader) > 0 && !reader->bad) {
        struct sync_note note = {.agent = reader_varint32(reader)};

        note.id = reader_varint(reader);
        note.mv = reader_varint(reader);
        if (!reader->bad)
            VEC_ADD(out, note);
    }
}

static struct row get_row(struct sync *sync, const struct store_key *key)
{
    struct row row = {.queued = false};
    struct slice bytes;
    struct reader reader;

    if (batch_get(sync->batch, TABLE_QUEUE, store_key_view(key), &bytes) != MA_OK)
        return row;
    row.queued = true;
    if (bytes.length == 0)
        return row;
    reader = reader_of(bytes);
    row.flags = reader_byte(&reader);
    read_notes(&reader, &row.notes);
    if (reader.bad) /* all of it, then */
        row.flags &= ~(unsigned)ROW_NOTED;
    return row;
}

static void put_row(struct sync *sync, const struct store_key *key, struct row *row)
{
    BUF_AUTO out = {0};

    if (row->flags != 0)
        buf_char(&out, (char)row->flags);
    for (size_t i = 0; (row->flags & ROW_NOTED) != 0 && i < row->notes.count; i++) {
        buf_varint(&out, row->notes.items[i].agent);
        buf_varint(&out, row->notes.items[i].id);
        buf_varint(&out, row->notes.items[i].mv);
    }
    batch_put(sync->batch, TABLE_QUEUE, store_key_view(key), buf_view(&out));
    VEC_FREE(&row->notes);
}

void sync_enqueue(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id)
{
    struct store_key key = queue_key(queue, space, id);
    struct row row = get_row(sync, &key);

    if (row.queued && (row.flags & ROW_NOTED) == 0) {
        VEC_FREE(&row.notes);
        return;
    }
    row.flags &= ~(unsigned)ROW_NOTED;
    put_row(sync, &key, &row);
}

static bool has_note(const sync_notes *notes, const struct sync_note *note)
{
    for (size_t i = 0; i < notes->count; i++)
        if (notes->items[i].agent == note->agent && notes->items[i].id == note->id &&
            notes->items[i].mv == note->mv)
            return true;
    return false;
}

/* A full synchronisation looks at all of an object anyway. */
static void add_note(struct sync *sync, enum sync_queue queue, uint32_t space,
                     uint64_t id, const struct sync_note *note)
{
    struct store_key key = queue_key(queue, space, id);
    struct row row;
    bool noted;

    if (sync->request->full) {
        sync_enqueue(sync, queue, space, id);
        return;
    }
    row = get_row(sync, &key);
    noted = !row.queued || (row.flags & ROW_NOTED) != 0;
    if (!noted || has_note(&row.notes, note)) {
        VEC_FREE(&row.notes);
        return;
    }
    row.flags |= ROW_NOTED;
    VEC_ADD(&row.notes, *note);
    if (row.notes.count > MOST_NOTES)
        row.flags &= ~(unsigned)ROW_NOTED;
    put_row(sync, &key, &row);
}

void sync_enqueue_note(struct sync *sync, enum sync_queue queue, uint32_t space,
                       uint64_t id, const struct sync_note *note)
{
    if (sync->ahead)
        VEC_ADD(&sync->noted, (struct sync_noted){queue, space, id, *note});
    else
        add_note(sync, queue, space, id, note);
}

static void forget_noted(struct sync *sync, enum sync_queue queue, uint32_t space,
                         uint64_t id)
{
    size_t kept = 0;

    for (size_t i = 0; i < sync->noted.count; i++) {
        const struct sync_noted *noted = &sync->noted.items[i];

        if (noted->queue != queue || noted->space != space || noted->id != id)
            sync->noted.items[kept++] = *noted;
    }
    sync->noted.count = kept;
}

bool sync_notes_of(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id,
                   sync_notes *out)
{
    struct store_key key = queue_key(queue, space, id);
    struct row row = get_row(sync, &key);
    bool noted = !row.queued || (row.flags & ROW_NOTED) != 0;

    for (size_t i = 0; noted && i < row.notes.count; i++)
        VEC_ADD(out, row.notes.items[i]);
    VEC_FREE(&row.notes);
    return noted;
}

static bool is_queued(struct sync *sync, enum sync_queue queue, uint32_t space,
                      uint64_t id)
{
    struct store_key key = queue_key(queue, space, id);
    struct slice row;

    return batch_get(sync->batch, TABLE_QUEUE, store_key_view(&key), &row) == MA_OK;
}

void sync_dequeue(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id)
{
    struct store_key key = queue_key(queue, space, id);

    forget_noted(sync, queue, space, id);
    if (is_queued(sync, queue, space, id))
        batch_remove(sync->batch, TABLE_QUEUE, store_key_view(&key));
}

void sync_postpone(struct sync *sync, enum sync_queue queue, uint32_t space, uint64_t id)
{
    sync_notes notes = {0};

    if (!sync_notes_of(sync, queue, space, id, &notes))
        sync_enqueue(sync, SYNC_MARK, space, id);
    for (size_t i = 0; i < notes.count; i++)
        add_note(sync, SYNC_MARK, space, id, &notes.items[i]);
    VEC_FREE(&notes);
}

/* --- equal precedence --------------------------------------------------------------- */

void sync_enqueue_partial(struct sync *sync, uint32_t space, uint64_t id)
{
    struct store_key key = queue_key(SYNC_QUEUE_REFERENCE, space, id);
    struct row row = get_row(sync, &key);

    row.flags |= ROW_PARTIAL;
    put_row(sync, &key, &row);
}

bool sync_is_partial(struct sync *sync, uint32_t space, uint64_t id)
{
    struct store_key key = queue_key(SYNC_QUEUE_REFERENCE, space, id);
    struct row row = get_row(sync, &key);

    VEC_FREE(&row.notes);
    return (row.flags & ROW_PARTIAL) != 0;
}
