/* SPDX-License-Identifier: Apache-2.0 */
#include "history/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How much a counter says of an object: the more, the higher. The others: 4. */
static int weight(enum counter counter)
{
    switch (counter) {
    case COUNTER_CONNECTOR_NO_FLOW:
    case COUNTER_DISCONNECTOR_REMAINS:
    case COUNTER_OUT_NO_FLOW:
        return 1;
    case COUNTER_CONNECTOR_FLOW:
    case COUNTER_OUT_FLOW:
        return 2;
    case COUNTER_DISCONNECTOR_JOINED_NO_FLOW:
    case COUNTER_DISCONNECTOR_PROJECTED_NO_FLOW:
    case COUNTER_OUT_ADD_NO_FLOW:
    case COUNTER_OUT_RENAME_NO_FLOW:
    case COUNTER_OUT_DELETE_ADD_NO_FLOW:
        return 3;
    case COUNTER_FLOW_FAILURE:
    case COUNTER_OUT_DISCONNECT:
        return 5;
    default:
        return 4;
    }
}

void tally_note(struct tally *tally, enum counter counter, uint32_t agent, uint64_t id,
                const char *dn)
{
    VEC_ADD(&tally->notes,
            (struct tally_note){counter, agent, id,
                                arena_text(&tally->arena, dn == NULL ? "" : dn)});
}

/* --- fates ------------------------------------------------------------------------ */

static bool is_once(const struct tally_note *note)
{
    enum counter_group group = counter_group(note->counter);

    return note->id != 0 &&
           (group == COUNTERS_OF_INBOUND || group == COUNTERS_OF_OUTBOUND);
}

static struct tally_fates *fates_of(struct tally *tally, const struct tally_note *note)
{
    enum counter_group group = counter_group(note->counter);

    for (size_t i = 0; i < tally->fates.count; i++)
        if (tally->fates.items[i].agent == note->agent &&
            tally->fates.items[i].group == group)
            return &tally->fates.items[i];
    VEC_ADD(&tally->fates, (struct tally_fates){.group = group, .agent = note->agent});
    return &tally->fates.items[tally->fates.count - 1];
}

/* Ids are dense: a byte each. */
static unsigned char *fate_of(struct tally *tally, const struct tally_note *note)
{
    struct tally_fates *fates = fates_of(tally, note);

    if (note->id >= fates->size) {
        size_t size = (size_t)note->id + note->id / 2 + 1024;

        fates->of = mem_resize(fates->of, size);
        memset(fates->of + fates->size, 0, size - fates->size);
        fates->size = size;
    }
    return &fates->of[note->id];
}

_Static_assert(COUNTER_COUNT < 255, "a fate is a byte");

static struct tally_change decide(struct tally *tally, const struct tally_note *note)
{
    struct tally_change change = {.note = *note, .counts = true};
    unsigned char *fate;

    if (!is_once(note))
        return change;
    fate = fate_of(tally, note);
    change.moves = *fate != 0;
    if (change.moves)
        change.from = (enum counter)(*fate - 1);
    change.counts = !change.moves || weight(note->counter) > weight(change.from);
    change.moves = change.moves && change.counts;
    if (change.counts)
        *fate = (unsigned char)(note->counter + 1);
    return change;
}

/* --- notes ------------------------------------------------------------------------ */

bool tally_next(struct tally *tally, struct tally_change *out)
{
    if (tally->next == tally->notes.count) {
        tally_forget(tally);
        return false;
    }
    *out = decide(tally, &tally->notes.items[tally->next++]);
    return true;
}

void tally_forget(struct tally *tally)
{
    tally->notes.count = 0;
    tally->next = 0;
    arena_reset(&tally->arena);
}

void tally_end(struct tally *tally)
{
    for (size_t i = 0; i < tally->fates.count; i++)
        free(tally->fates.items[i].of);
    VEC_FREE(&tally->fates);
    VEC_FREE(&tally->notes);
    arena_free(&tally->arena);
    *tally = (struct tally){0};
}
