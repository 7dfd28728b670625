/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PAGE = 4 };

/* One entry as it crosses the border. */
struct shown {
    struct ma_entry entry;
    char dn[LONGEST_DN];
    struct ma_attribute attributes[ATTRIBUTES];
    struct ma_value values[ATTRIBUTES][VALUES];
    char names[ATTRIBUTES][VALUES][LONGEST_DN]; /* of references */
};

/* --- entries ------------------------------------------------------------------------ */

static struct ma_value value_of(const struct system *s, const char *text, bool reference,
                                char name[LONGEST_DN])
{
    int target =
        reference && sys_kind(s)->referential ? sys_find_anchor(s, text) : NOBODY;

    if (target == NOBODY)
        return ma_value_of(text);
    sys_dn(s, target, name);
    return ma_value_of(name);
}

static void show_attribute(struct shown *out, const struct system *s, int entry,
                           unsigned attribute)
{
    const struct sys_attr *a = &s->entries[entry].attrs[attribute];
    const struct sys_attribute_kind *kind = &sys_kind(s)->attributes[attribute];

    for (unsigned v = 0; v < a->count; v++)
        out->values[attribute][v] =
            value_of(s, a->values[v].text, kind->reference, out->names[attribute][v]);
    out->attributes[out->entry.count++] =
        (struct ma_attribute){.name = kind->name,
                              .op = MA_SET,
                              .type = kind->reference ? MA_REFERENCE : MA_TEXT,
                              .values = out->values[attribute],
                              .count = a->count};
}

/* `since` 0: all that it has; else what changed since then. */
static void show(struct shown *out, const struct system *s, int entry, uint64_t since)
{
    const struct sys_entry *e = &s->entries[entry];

    sys_dn(s, entry, out->dn);
    out->entry = (struct ma_entry){.size = sizeof out->entry,
                                   .change = since == 0 ? MA_PRESENT : MA_MODIFY,
                                   .anchor = ma_value_of(e->anchor),
                                   .dn = out->dn,
                                   .object_type = sys_kind(s)->classes[e->class],
                                   .attributes = out->attributes};
    for (unsigned a = 0; sys_kind(s)->attributes[a].name != NULL && a < ATTRIBUTES; a++)
        if (since == 0 ? e->attrs[a].count > 0 : e->attrs[a].changed > since)
            show_attribute(out, s, entry, a);
}

/* Counts, and plays what may go wrong. */
static enum ma_status push(struct feed *feed, const struct ma_entry *entry,
                           struct ma_error *err)
{
    const struct ma_rejection error = {.size = sizeof error,
                                       .type = "read-error",
                                       .dn = entry->dn,
                                       .text = "unreadable"};

    if (feed->file != NULL) {
        drop_entry(feed->file, entry);
        return MA_OK;
    }
    if (feed->cut_after > 0 && feed->shown >= feed->cut_after)
        return ma_fail(err, MA_UNREACHABLE, "the system is away");
    if (++feed->shown == feed->reject_at)
        return stage_reject(feed->stage, &error, err);
    return stage_entry(feed->stage, entry, err);
}

static enum ma_status page(struct feed *feed, uint64_t where, uint64_t mark,
                           struct ma_error *err)
{
    char text[48];

    if (feed->file != NULL)
        return MA_OK;
    snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, where, mark);
    return stage_page(feed->stage, ma_value_of(text), err);
}

static enum ma_status finish(struct feed *feed, uint64_t mark, struct ma_error *err)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, mark);
    if (feed->file != NULL) {
        drop_watermark(feed->file, ma_value_of(text));
        return MA_OK;
    }
    return stage_mark(feed->stage, ma_value_of(text), err);
}

static uint64_t number_in(struct slice text, uint64_t *second)
{
    char copy[48];
    char *end;
    uint64_t first;

    snprintf(copy, sizeof copy, "%.*s", (int)text.length, text.at);
    first = strtoull(copy, &end, 10);
    if (second != NULL)
        *second = strtoull(end, NULL, 10);
    return first;
}

/* --- everything --------------------------------------------------------------------- */

static enum ma_status feed_full(struct feed *feed, struct ma_error *err)
{
    const struct system *s = feed->system;
    struct slice checkpoint =
        feed->file == NULL ? stage_checkpoint(feed->stage) : slice_of("", 0);
    uint64_t mark = s->now;
    uint64_t at = checkpoint.length == 0 ? 0 : number_in(checkpoint, &mark);
    struct shown *shown = malloc(sizeof *shown);
    enum ma_status status = MA_OK;

    for (; status == MA_OK && at < ENTRIES; at++) {
        if (!s->entries[at].here)
            continue;
        show(shown, s, (int)at, 0);
        status = push(feed, &shown->entry, err);
        if (status == MA_OK && feed->shown % PAGE == 0)
            status = page(feed, at + 1, mark, err);
    }
    free(shown);
    return status == MA_OK ? finish(feed, mark, err) : status;
}

/* --- what changed ------------------------------------------------------------------- */

/* The next that changed after `since`: an entry, or a tomb. False: there is none. */
static bool next_change(const struct system *s, uint64_t since, int *entry, int *tomb,
                        uint64_t *when)
{
    *when = UINT64_MAX;
    for (int i = 0; i < ENTRIES; i++)
        if (s->entries[i].here && s->entries[i].changed > since &&
            s->entries[i].changed < *when) {
            *when = s->entries[i].changed;
            *entry = i;
            *tomb = NOBODY;
        }
    for (int i = 0; i < TOMBS; i++)
        if (s->tombs[i].when > since && s->tombs[i].when < *when) {
            *when = s->tombs[i].when;
            *tomb = i;
        }
    return *when != UINT64_MAX;
}

static enum ma_status push_change(struct feed *feed, int entry, int tomb,
                                  uint64_t watermark, struct ma_error *err)
{
    const struct system *s = feed->system;
    struct shown *shown;
    enum ma_status status;

    if (tomb != NOBODY) {
        const struct ma_entry gone = {.size = sizeof gone,
                                      .change = MA_DELETE,
                                      .anchor = ma_value_of(s->tombs[tomb].anchor),
                                      .dn = s->tombs[tomb].dn};

        return push(feed, &gone, err);
    }
    shown = malloc(sizeof *shown);
    show(shown, s, entry,
         feed->whole || s->entries[entry].born > watermark ? 0 : watermark);
    status = push(feed, &shown->entry, err);
    free(shown);
    return status;
}

/* Deletes that nobody remembers any more cannot be told. */
static bool remembers(const struct system *s, uint64_t watermark)
{
    return s->buried <= TOMBS || s->tombs[s->buried % TOMBS].when <= watermark;
}

static enum ma_status feed_delta(struct feed *feed, struct ma_error *err)
{
    const struct system *s = feed->system;
    struct slice checkpoint = stage_checkpoint(feed->stage);
    uint64_t watermark = number_in(stage_watermark(feed->stage), NULL);
    uint64_t at = checkpoint.length == 0 ? watermark : number_in(checkpoint, &watermark);
    enum ma_status status = MA_OK;
    int entry = NOBODY;
    int tomb = NOBODY;

    if (!remembers(s, at))
        return ma_fail(err, MA_FULL_NEEDED, "the watermark is too old");
    while (status == MA_OK && next_change(s, at, &entry, &tomb, &at)) {
        status = push_change(feed, entry, tomb, watermark, err);
        if (status == MA_OK && feed->shown % PAGE == 0)
            status = page(feed, at, watermark, err);
    }
    return status == MA_OK ? finish(feed, s->now, err) : status;
}

enum ma_status feed_run(struct feed *feed, bool full, struct ma_error *err)
{
    return full ? feed_full(feed, err) : feed_delta(feed, err);
}

/* --- files ------------------------------------------------------------------------ */

static enum ma_status on_entry(void *context, const struct ma_entry *entry,
                               struct ma_error *err)
{
    return push(context, entry, err);
}

static enum ma_status on_reject(void *context, const struct ma_rejection *rejection,
                                struct ma_error *err)
{
    return stage_reject(((struct feed *)context)->stage, rejection, err);
}

enum ma_status feed_from_file(struct feed *feed, const char *folder, const char *name,
                              const struct agent *agent, struct ma_error *err)
{
    const struct drop_reader reader = {feed, on_entry, on_reject};

    return drop_read(folder, name, "import", true, agent, &reader, err);
}

enum ma_status feed_read(void *context, const struct ma_value *anchors, size_t count,
                         struct ma_error *err)
{
    struct feed *feed = context;
    struct shown *shown = malloc(sizeof *shown);
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        int entry = sys_find_anchor(feed->system, anchors[i].data);

        if (entry == NOBODY)
            continue;
        show(shown, feed->system, entry, 0);
        status = stage_entry(feed->stage, &shown->entry, err);
    }
    free(shown);
    return status;
}
