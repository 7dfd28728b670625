/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

enum { MOST_ROUNDS = 12 };

static uint64_t staged_changes(const struct engine *e)
{
    return e->counts[COUNTER_STAGE_ADD] + e->counts[COUNTER_STAGE_UPDATE] +
           e->counts[COUNTER_STAGE_RENAME] + e->counts[COUNTER_STAGE_DELETE] +
           e->counts[COUNTER_STAGE_DELETE_ADD] + e->counts[COUNTER_STAGE_FAILURE];
}

static uint64_t sent(const struct engine *e)
{
    return e->counts[COUNTER_EXPORT_ADD] + e->counts[COUNTER_EXPORT_UPDATE] +
           e->counts[COUNTER_EXPORT_RENAME] + e->counts[COUNTER_EXPORT_DELETE] +
           e->counts[COUNTER_EXPORT_DELETE_ADD] + e->counts[COUNTER_EXPORT_FAILURE];
}

/* What was done; 0: nothing. */
static uint64_t round_of_all(struct engine *e, struct buf *heard)
{
    static const struct import_fault none = {0};
    static const struct apply honest = {0};
    uint64_t done = 0;

    for (unsigned s = 0; s < SYSTEMS && !engine_failed(e); s++) {
        const char *result = engine_import(e, s, true, &none);

        /* One that goes on where another was cut short remembers its errors, and does
         * not look again at what that one saw. */
        buf_print(heard, "import of %s: %s%s", sys_kinds[s].name,
                  result == NULL ? "" : result, e->resumed ? ", resumed\n" : "\n");
        buf_bytes(heard, e->heard.at == NULL ? "" : e->heard.at, e->heard.length);
        done += e->resumed ||
                (result != NULL && strcmp(result, "completed-discovery-errors") == 0);
        done += staged_changes(e);
    }
    for (unsigned s = 0; s < SYSTEMS && !engine_failed(e); s++) {
        (void)engine_sync(e, s, false);
        buf_bytes(heard, e->heard.at == NULL ? "" : e->heard.at, e->heard.length);
    }
    for (unsigned s = DIRECTORY; s < SYSTEMS && !engine_failed(e); s++) {
        (void)engine_export(e, s, &honest);
        buf_bytes(heard, e->heard.at == NULL ? "" : e->heard.at, e->heard.length);
        done += sent(e);
    }
    return done;
}

/* Names that synchronisation needs no more go with the next full import. */
static void import_all(struct engine *e)
{
    static const struct import_fault none = {0};

    for (unsigned s = 0; s < SYSTEMS && !engine_failed(e); s++)
        (void)engine_import(e, s, true, &none);
}

static bool run_until_quiet(struct engine *e)
{
    struct buf heard = {0};
    uint64_t done = 1;

    for (int round = 0; done > 0 && round < MOST_ROUNDS && !engine_failed(e); round++) {
        buf_clear(&heard);
        done = round_of_all(e, &heard);
    }
    if (done > 0)
        engine_fail(e, "no rest after %d rounds: %s", MOST_ROUNDS,
                    heard.at == NULL ? "" : heard.at);
    buf_free(&heard);
    import_all(e);
    return !engine_failed(e);
}

/* --- names that somebody else holds ----------------------------------------------- */

static uint64_t linked_to(struct engine *e, struct batch *batch, unsigned system,
                          int entry)
{
    const char *anchor = e->shared->systems[system].entries[entry].anchor;
    uint32_t agent = engine_agent(e, system)->number;
    struct cs_object object = {0};
    struct ma_error err;
    uint64_t id;

    if (cs_find_anchor(batch, agent, slice_text(anchor), &id, &err) == MA_OK)
        (void)cs_get(batch, &e->arena, agent, id, &object, &err); /* else: to nobody */
    return object.mv;
}

/* Who holds the name that the person or team is to have, and is not theirs. */
static int stranger(struct engine *e, struct batch *batch, int entry)
{
    const struct system *hr = &e->shared->systems[HR];
    bool team = hr->entries[entry].class == HR_TEAM;
    char dn[LONGEST_DN];
    uint64_t mv;
    int holder;

    if (!hr->entries[entry].here || !(team || engine_wants_user(e->shared, entry)))
        return NOBODY;
    snprintf(dn, sizeof dn, "CN=%s,%s", sys_get(hr, entry, HR_NAME),
             sys_kinds[DIRECTORY].places[team ? D_GROUPS : D_STAFF]);
    holder = sys_find_dn(&e->shared->systems[DIRECTORY], dn);
    mv = linked_to(e, batch, HR, entry);
    if (holder != NOBODY && mv != 0 && linked_to(e, batch, DIRECTORY, holder) == mv)
        return NOBODY;
    return holder;
}

static bool rename_strangers(struct engine *e)
{
    struct system *directory = &e->shared->systems[DIRECTORY];
    struct batch *batch = batch_begin(e->store);
    bool any = false;

    for (int i = 0; i < ENTRIES; i++) {
        int holder = stranger(e, batch, i);
        char rdn[TEXT];

        if (holder == NOBODY)
            continue;
        snprintf(rdn, sizeof rdn, "CN=away%u", (unsigned)directory->now);
        sys_move(directory, holder, rdn, NOBODY, D_OLD);
        any = true;
    }
    batch_end(batch);
    return any;
}

bool model_reach_rest(struct engine *e)
{
    bool good = run_until_quiet(e);

    for (int i = 0; good && i < 3 && rename_strangers(e); i++)
        good = run_until_quiet(e);
    return good;
}
