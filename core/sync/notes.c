/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/notes.h"

static struct notes *notes_of(struct history *history)
{
    return (struct notes *)((char *)history - offsetof(struct notes, history));
}

static const char *keep_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

static void note_count(struct history *history, enum counter counter, uint32_t agent,
                       uint64_t id, const char *dn)
{
    struct notes *notes = notes_of(history);

    VEC_ADD(&notes->items, (struct note){.counter = counter,
                                         .agent = agent,
                                         .id = id,
                                         .dn = keep_text(notes->arena, dn)});
}

static const struct object_error *keep_error(struct arena *arena,
                                             const struct object_error *error)
{
    struct object_error *kept = arena_copy(arena, error, sizeof *error);
    const char **texts[] = {&kept->type,    &kept->text,      &kept->code,
                            &kept->literal, &kept->detail,    &kept->step,
                            &kept->rule,    &kept->attribute, &kept->findings};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = keep_text(arena, *texts[i]);
    return kept;
}

/* Of a synchronisation, `lost` and `seen` are not there. */
static void note_error(struct history *history, uint32_t agent, uint64_t id,
                       const char *dn, const struct object_error *error,
                       const struct delta *lost, const struct image *seen)
{
    struct notes *notes = notes_of(history);

    (void)lost, (void)seen;
    VEC_ADD(&notes->items, (struct note){.agent = agent,
                                         .id = id,
                                         .dn = keep_text(notes->arena, dn),
                                         .error = keep_error(notes->arena, error)});
}

void notes_begin(struct notes *notes, struct arena *arena, uint64_t run)
{
    *notes = (struct notes){
        .history = {.count = note_count, .sync_error = note_error, .run = run},
        .arena = arena};
}

void notes_end(struct notes *notes)
{
    VEC_FREE(&notes->items);
}

const struct note *notes_take(struct notes *notes, size_t *count)
{
    *count = notes->items.count;
    notes->items.count = 0;
    return arena_copy(notes->arena, notes->items.items, *count * sizeof(struct note));
}

void notes_tell(const struct note *notes, size_t count, struct history *history)
{
    for (size_t i = 0; i < count; i++) {
        const struct note *note = &notes[i];

        if (note->error != NULL)
            history->sync_error(history, note->agent, note->id, note->dn, note->error,
                                NULL, NULL);
        else
            history->count(history, note->counter, note->agent, note->id, note->dn);
    }
}
