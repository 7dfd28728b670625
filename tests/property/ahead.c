/* SPDX-License-Identifier: Apache-2.0 */
#include "ahead.h"

#include <stdlib.h>

#include "base/text.h"
#include "look.h"
#include "run/preview.h"

struct ahead {
    struct engine *e;
    struct buf told;   /* "cs2 #5" of every object that is to change, a line each */
    struct buf before; /* look_all and look_wanted of the copies */
    struct buf after;
    struct buf wanted_before;
};

static void end(struct ahead *ahead)
{
    buf_free(&ahead->told);
    buf_free(&ahead->before);
    buf_free(&ahead->after);
    buf_free(&ahead->wanted_before);
}

/* --- the preview -------------------------------------------------------------------- */

static void on_change(void *context, const struct change *change)
{
    struct ahead *ahead = context;

    if (change->attribute_count == 0 && strcmp(change->operation, "none") == 0)
        return; /* a link or an error only */
    if (change->agent == NULL)
        buf_print(&ahead->told, "mv #%llu\n", (unsigned long long)change->id);
    else
        buf_print(&ahead->told, "cs%u #%llu\n", (unsigned)change->agent->number,
                  (unsigned long long)change->id);
}

static uint64_t hash_of_store(const struct engine *e)
{
    char path[128];
    struct buf all = {0};
    char page[4096];
    uint64_t hash;
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, "%s/store/data.mdb", e->folder);
    f = fopen(path, "rb");
    if (f == NULL)
        abort();
    while ((n = fread(page, 1, sizeof page, f)) > 0)
        buf_bytes(&all, page, n);
    fclose(f);
    hash = text_hash(buf_view(&all), 0);
    buf_free(&all);
    return hash;
}

static bool look_ahead(struct ahead *ahead, bool full)
{
    struct engine *e = ahead->e;
    const struct preview_request request = {.folder = e->folder, .delta = !full};
    uint64_t hash = hash_of_store(e);
    struct preview preview;

    if (!ENGINE_OK(e, preview_begin(&preview, &request, &e->err)))
        return false;
    (void)ENGINE_OK(e, preview_changes(&preview, on_change, ahead, &e->err));
    look_all(preview.before.store, preview.before.program, &ahead->before);
    look_wanted(preview.before.store, preview.before.program, &ahead->wanted_before);
    look_all(preview.after.store, preview.after.program, &ahead->after);
    preview_end(&preview);
    if (hash_of_store(e) != hash)
        engine_fail(e, "the preview wrote into the store");
    return !engine_failed(e);
}

/* --- and what comes --------------------------------------------------------------- */

static void must_be(struct ahead *ahead, const char *when, const struct buf *wanted,
                    const struct buf *held)
{
    if (!slice_equal(buf_view(wanted), buf_view(held)))
        engine_fail(ahead->e, "%s: %s", when,
                    look_difference(wanted->at, held->at, &ahead->e->arena));
}

/* "cs2 #5" in front of a line. */
static size_t length_of_name(const char *line)
{
    size_t length = strcspn(line, "#");

    return length + strcspn(line + length, " \n");
}

/* The line of the same object, or an empty one. */
static const char *find_line(const char *text, const char *name, size_t length)
{
    for (; text[0] != '\0'; text += strcspn(text, "\n") + 1)
        if (length_of_name(text) == length && strncmp(text, name, length) == 0)
            return text;
    return "";
}

/* An object that is not there is like one that nobody wants to be anything. */
static bool is_same(const char *a, const char *b)
{
    size_t name = length_of_name(a[0] == '\0' ? b : a);
    size_t x = a[0] == '\0' ? name : strcspn(a, "\n");
    size_t y = b[0] == '\0' ? name : strcspn(b, "\n");

    return x == y && (a[0] == '\0' || b[0] == '\0' || strncmp(a, b, x) == 0);
}

/* Each object of `lines` was told if it is not the same in `others`, and only then. */
static void compare(struct ahead *ahead, const char *lines, const char *others)
{
    for (; lines[0] != '\0'; lines += strcspn(lines, "\n") + 1) {
        size_t length = length_of_name(lines);
        const char *other = find_line(others, lines, length);
        bool told = find_line(ahead->told.at == NULL ? "" : ahead->told.at, lines,
                              length)[0] != '\0';

        if (told == is_same(lines, other))
            engine_fail(ahead->e, "the preview %s '%.*s', and it %s '%.*s'",
                        told ? "told a change of" : "told nothing of",
                        (int)strcspn(lines, "\n"), lines,
                        told ? "stayed" : "differs from", (int)strcspn(other, "\n"),
                        other);
    }
}

static void compare_told(struct ahead *ahead)
{
    struct engine *e = ahead->e;
    struct buf wanted = {0};

    look_wanted(e->store, e->program, &wanted);
    compare(ahead, ahead->wanted_before.at == NULL ? "" : ahead->wanted_before.at,
            wanted.at == NULL ? "" : wanted.at);
    compare(ahead, wanted.at == NULL ? "" : wanted.at,
            ahead->wanted_before.at == NULL ? "" : ahead->wanted_before.at);
    buf_free(&wanted);
}

static unsigned system_named(const char *name)
{
    for (unsigned s = 0; s < SYSTEMS; s++)
        if (strcmp(sys_kinds[s].name, name) == 0)
            return s;
    abort(); /* the data folder has no other */
}

static void synchronise(struct ahead *ahead, bool full)
{
    struct engine *e = ahead->e;

    for (size_t a = 0; a < e->program->agent_count && !engine_failed(e); a++)
        (void)engine_sync(e, system_named(e->program->agents[a].config->name), full);
}

void ahead_check(struct engine *e, bool full)
{
    struct ahead ahead = {.e = e};
    struct buf now = {0};

    for (unsigned s = 0; s < SYSTEMS; s++)
        full = full || e->shared->rules_are_new[s];
    engine_close(e);
    if (look_ahead(&ahead, full) && engine_open(e)) {
        look_all(e->store, e->program, &now);
        must_be(&ahead, "the preview began elsewhere", &ahead.before, &now);
        synchronise(&ahead, full);
        buf_clear(&now);
        look_all(e->store, e->program, &now);
        must_be(&ahead, "the preview came to another end", &ahead.after, &now);
        compare_told(&ahead);
    }
    buf_free(&now);
    end(&ahead);
}
