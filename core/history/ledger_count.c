/* SPDX-License-Identifier: Apache-2.0 */

/* Counters of a step, and the objects behind them. */

#include "history/ledger_state.h"

enum { PILE_BYTES = 32 * 1024 };

static void flush_pile(struct ledger *ledger, struct pile *pile)
{
    if (pile->objects.length == 0)
        return;
    record_put_objects(ledger->batch, ledger_record(ledger)->number,
                       ledger_current(ledger)->number, pile->counter, pile->agent,
                       pile->chunk++, buf_view(&pile->objects));
    ledger->gathered += pile->objects.length;
    buf_clear(&pile->objects);
}

static struct counters *counters_of(struct ledger *ledger, uint32_t agent)
{
    const struct compiled_agent *compiled;
    struct agent_counters fresh = {.number = agent, .agent = "?"};

    for (size_t i = 0; i < ledger->agents.count; i++)
        if (ledger->agents.items[i].number == agent)
            return &ledger->agents.items[i].counters;
    compiled = program_agent(ledger->request.program, agent);
    if (compiled != NULL) {
        fresh.agent = compiled->config->name;
        fresh.id = compiled->config->id;
    }
    VEC_ADD(&ledger->agents, fresh);
    return &ledger->agents.items[ledger->agents.count - 1].counters;
}

static struct pile *pile_of(struct ledger *ledger, enum counter counter, uint32_t agent)
{
    for (size_t i = 0; i < ledger->piles.count; i++)
        if (ledger->piles.items[i].counter == counter &&
            ledger->piles.items[i].agent == agent)
            return &ledger->piles.items[i];
    VEC_ADD(&ledger->piles, (struct pile){.counter = counter, .agent = agent});
    return &ledger->piles.items[ledger->piles.count - 1];
}

static void take_out(struct ledger *ledger, enum counter counter,
                     const struct tally_note *note)
{
    counters_of(ledger, note->agent)->of[counter]--;
    ledger->sum.of[counter]--;
    if (counter_has_detail(counter))
        record_object_remove(&pile_of(ledger, counter, note->agent)->objects, note->id);
}

static void put_in(struct ledger *ledger, const struct tally_note *note)
{
    struct pile *pile;

    counters_of(ledger, note->agent)->of[note->counter]++;
    if (!counter_has_detail(note->counter))
        return;
    pile = pile_of(ledger, note->counter, note->agent);
    record_object_add(&pile->objects, note->id, note->dn == NULL ? "" : note->dn);
    if (pile->objects.length > PILE_BYTES)
        flush_pile(ledger, pile);
}

void ledger_count_object(struct history *history, enum counter counter, uint32_t agent,
                         uint64_t id, const char *dn)
{
    struct ledger *ledger = ledger_of(history);

    if (counter_group(counter) == COUNTERS_OF_EXPORT) /* it is out, come what may */
        put_in(ledger, &(struct tally_note){counter, agent, id, dn});
    else
        tally_note(&ledger->tally, counter, agent, id, dn);
    ledger->sum.of[counter]++;
    ledger_tick(ledger);
}

/* What was counted since the last time is in the store now. */
static void keep(struct ledger *ledger)
{
    struct tally_change change;

    while (tally_next(&ledger->tally, &change)) {
        if (change.moves)
            take_out(ledger, change.from, &change.note);
        if (change.counts)
            put_in(ledger, &change.note);
        else
            ledger->sum.of[change.note.counter]--;
    }
}

static void forget(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->tally.notes.count; i++)
        ledger->sum.of[ledger->tally.notes.items[i].counter]--;
    tally_forget(&ledger->tally);
}

void ledger_count_settled(struct history *history, bool kept)
{
    if (kept)
        keep(ledger_of(history));
    else
        forget(ledger_of(history));
}

void ledger_count_end(struct ledger *ledger)
{
    keep(ledger);
    tally_end(&ledger->tally);
    for (size_t i = 0; i < ledger->piles.count; i++) {
        flush_pile(ledger, &ledger->piles.items[i]);
        buf_free(&ledger->piles.items[i].objects);
    }
    ledger->piles.count = 0;
}

void ledger_count_free(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->piles.count; i++)
        buf_free(&ledger->piles.items[i].objects);
    VEC_FREE(&ledger->piles);
    tally_end(&ledger->tally);
}
