/* SPDX-License-Identifier: Apache-2.0 */
#include "history/event.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

static const char *const kinds[] = {
    [EVENT_RUN_STARTED] = "run_started",
    [EVENT_STEP_STARTED] = "step_started",
    [EVENT_TICK] = "tick",
    [EVENT_OBJECT_ERROR] = "object_error",
    [EVENT_LOG] = "log",
    [EVENT_STEP_FINISHED] = "step_finished",
    [EVENT_RUN_FINISHED] = "run_finished",
    [EVENT_REFUSED] = "refused",
};

static const char *const levels[] = {[MA_LOG_ERROR] = "error",
                                     [MA_LOG_WARNING] = "warning",
                                     [MA_LOG_INFO] = "info",
                                     [MA_LOG_DEBUG] = "debug"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t place_of(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; name != NULL && i < count; i++)
        if (names[i] != NULL && strcmp(names[i], name) == 0)
            return i;
    return 0;
}

/* The name of a counter is that of another group's too: the group goes first. */
static const char *const prefixes[COUNTER_GROUPS] = {
    [COUNTERS_OF_STAGING] = "staging.", [COUNTERS_OF_DISCOVERY] = "discovery.",
    [COUNTERS_OF_INBOUND] = "inbound.", [COUNTERS_OF_OUTBOUND] = "outbound.",
    [COUNTERS_OF_EXPORT] = "export.",
};

static void counter_key(enum counter counter, char *out, size_t capacity)
{
    snprintf(out, capacity, "%s%s", prefixes[counter_group(counter)],
             counter_text(counter));
}

static void put_counters(json_t *object, const struct counters *counters)
{
    json_t *all = json_object();
    char key[64];

    for (int c = 0; c < COUNTER_COUNT; c++) {
        counter_key((enum counter)c, key, sizeof key);
        json_put_number(all, key, counters->of[c]);
    }
    if (json_object_size(all) > 0)
        json_object_set_new(object, "counters", all);
    else
        json_decref(all);
}

static void get_counters(const json_t *all, struct counters *out)
{
    char key[64];

    for (int c = 0; c < COUNTER_COUNT; c++) {
        counter_key((enum counter)c, key, sizeof key);
        out->of[c] = json_get_number(all, key);
    }
}

static json_t *event_json(const struct event *event)
{
    json_t *object = json_object();

    json_put_text(object, "event", kinds[event->kind]);
    json_put_number(object, "run", event->run);
    json_put_text(object, "agent", event->agent);
    json_put_text(object, "profile", event->profile);
    json_put_number(object, "step", event->step);
    json_put_number(object, "steps", event->steps);
    json_put_text(object, "type", event->type);
    json_put_text(object, "result", event->result);
    json_put_text(object, "dn", event->dn);
    json_put_text(object, "text", event->text);
    json_put_number(object, "done", event->done);
    json_put_number(object, "expected", event->expected);
    json_put_number(object, "status", (uint64_t)event->status);
    json_put_time(object, "time", event->time);
    if (event->kind == EVENT_LOG)
        json_put_text(object, "level", levels[event->level]);
    put_counters(object, &event->counters);
    if (event->record != NULL)
        json_object_set_new(object, "record", json_loads(event->record, 0, NULL));
    return object;
}

void event_encode(const struct event *event, struct buf *out)
{
    json_write(event_json(event), out);
    buf_char(out, '\n');
}

static const char *record_text(struct arena *arena, const json_t *document)
{
    json_t *record = json_object_get(document, "record");
    BUF_AUTO text = {0};

    if (record == NULL)
        return NULL;
    json_write(json_incref(record), &text);
    return arena_text(arena, text.at);
}

static void read_event(struct arena *arena, const json_t *from, struct event *out)
{
    const char *kind = json_string_value(json_object_get(from, "event"));
    const char *level = json_string_value(json_object_get(from, "level"));

    *out = (struct event){
        .kind = (enum event_kind)place_of(kinds, COUNT(kinds), kind),
        .run = json_get_number(from, "run"),
        .agent = json_get_text(arena, from, "agent"),
        .profile = json_get_text(arena, from, "profile"),
        .step = (unsigned)json_get_number(from, "step"),
        .steps = (unsigned)json_get_number(from, "steps"),
        .type = json_get_text(arena, from, "type"),
        .result = json_get_text(arena, from, "result"),
        .dn = json_get_text(arena, from, "dn"),
        .text = json_get_text(arena, from, "text"),
        .record = record_text(arena, from),
        .done = json_get_number(from, "done"),
        .expected = json_get_number(from, "expected"),
        .level = (enum ma_level)place_of(levels, COUNT(levels), level),
        .status = (enum ma_status)json_get_number(from, "status"),
        .time = json_get_time(from, "time"),
    };
    get_counters(json_object_get(from, "counters"), &out->counters);
}

bool event_decode(struct arena *arena, struct slice line, struct event *out)
{
    json_t *document = json_loadb(line.at, line.length, 0, NULL);

    if (document == NULL)
        return false;
    read_event(arena, document, out);
    json_decref(document);
    return out->kind != EVENT_NONE;
}

bool event_send(int fd, const struct event *event)
{
    BUF_AUTO line = {0};
    size_t at = 0;

    event_encode(event, &line);
    while (at < line.length) {
        ssize_t put = write(fd, line.at + at, line.length - at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        at += (size_t)put;
    }
    return true;
}
