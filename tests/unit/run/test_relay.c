/* SPDX-License-Identifier: Apache-2.0 */
#include "run/relay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "run/parcel.h"
#include "suite.h"

/* Both ends of a relay: what the step heard, and how it answers. */
static struct relay *relay;
static struct host_sink plugin;
static struct buf heard;
static pthread_t step_thread;
static unsigned entries;
static unsigned refuse_at; /* the n-th entry; 0: none */
static unsigned wait_at;   /* the step is slow there, until `may_go`; 0: nowhere */
static atomic_bool may_go;
static atomic_bool cancel;
static atomic_uint given; /* entries that the plugin got rid of */

static void on_step_thread(void)
{
    ck_assert(pthread_equal(pthread_self(), step_thread));
}

static void hear_value(struct ma_value value)
{
    buf_char(&heard, ' ');
    buf_bytes(&heard, value.data, value.length);
    ck_assert_int_eq(value.data[value.length], '\0');
}

static enum ma_status on_emit(void *context, const struct ma_entry *entry,
                              struct ma_error *err)
{
    (void)context;
    on_step_thread();
    if (++entries == refuse_at)
        return ma_fail(err, MA_LIMIT, "not more than %u", entries);
    while (entries == wait_at && !may_go)
        usleep(100);
    if (entries > 3)
        return MA_OK;
    buf_print(&heard, "entry %s", entry->dn);
    hear_value(entry->anchor);
    for (size_t i = 0; i < entry->count; i++) {
        buf_print(&heard, " %s", entry->attributes[i].name);
        for (size_t j = 0; j < entry->attributes[i].count; j++)
            hear_value(entry->attributes[i].values[j]);
        for (size_t j = 0; j < entry->attributes[i].removed_count; j++)
            hear_value(entry->attributes[i].removed[j]);
    }
    buf_char(&heard, '\n');
    return MA_OK;
}

static enum ma_status on_reject(void *context, const struct ma_rejection *rejection,
                                struct ma_error *err)
{
    (void)context;
    (void)err;
    on_step_thread();
    buf_print(&heard, "reject %s %s %s line %d\n", rejection->type, rejection->dn,
              rejection->text, (int)rejection->line);
    return MA_OK;
}

static enum ma_status on_checkpoint(void *context, struct ma_value where,
                                    struct ma_error *err)
{
    (void)context;
    (void)err;
    on_step_thread();
    buf_print(&heard, "checkpoint");
    hear_value(where);
    buf_char(&heard, '\n');
    return MA_OK;
}

static enum ma_status on_watermark(void *context, struct ma_value mark,
                                   struct ma_error *err)
{
    (void)context;
    (void)err;
    buf_print(&heard, "watermark");
    hear_value(mark);
    buf_char(&heard, '\n');
    return MA_OK;
}

static enum ma_status on_absent(void *context, const char *attribute,
                                struct ma_error *err)
{
    (void)context;
    (void)err;
    buf_print(&heard, "absent %s\n", attribute);
    return MA_OK;
}

static enum ma_status on_start_over(void *context, struct ma_error *err)
{
    (void)context;
    (void)err;
    on_step_thread();
    buf_text(&heard, "start over\n");
    return MA_OK;
}

static void on_served_by(void *context, const char *server, const struct ma_error *lost)
{
    (void)context;
    on_step_thread();
    buf_print(&heard, "server %s %s\n", server, lost == NULL ? "" : lost->text);
}

static void on_log(void *context, enum ma_level level, const char *text)
{
    (void)context;
    buf_print(&heard, "log %d %s\n", (int)level, text);
}

static enum ma_status on_idle(void *context, struct ma_error *err)
{
    (void)context;
    return cancel ? ma_fail(err, MA_CANCELLED, "cancelled") : MA_OK;
}

static void on_alive(void *context, const char *dn)
{
    (void)context;
    (void)dn;
}

static void begin(void)
{
    const struct relay_request request = {.step = {.emit = on_emit,
                                                   .reject = on_reject,
                                                   .checkpoint = on_checkpoint,
                                                   .watermark = on_watermark,
                                                   .absent = on_absent,
                                                   .start_over = on_start_over,
                                                   .served_by = on_served_by,
                                                   .log = on_log},
                                          .idle = on_idle,
                                          .alive = on_alive};

    step_thread = pthread_self();
    heard = (struct buf){0};
    entries = refuse_at = wait_at = 0;
    may_go = cancel = false;
    given = 0;
    relay = relay_new(&request);
    plugin = relay_sink(relay);
}

static void end(void)
{
    relay_free(relay);
    buf_free(&heard);
}

/* An entry whose bytes are overwritten as soon as the call returns. */
static enum ma_status say(unsigned number, struct ma_error *err)
{
    char dn[32];
    char value[32];
    char name[] = "title";
    struct ma_value values[2] = {{value, 0}, {"b", 1}};
    struct ma_attribute attribute = {.name = name,
                                     .values = values,
                                     .count = 1,
                                     .removed = values + 1,
                                     .removed_count = 1};
    struct ma_entry entry = {
        .size = sizeof entry, .dn = dn, .attributes = &attribute, .count = 1};
    enum ma_status status;

    snprintf(dn, sizeof dn, "cn=%u", number);
    values[0].length = (size_t)snprintf(value, sizeof value, "t%u", number);
    entry.anchor = (struct ma_value){dn + 3, strlen(dn) - 3};
    status = plugin.emit(plugin.context, &entry, err);
    memset(dn, '#', sizeof dn);
    memset(value, '#', sizeof value);
    memset(name, '#', sizeof name - 1);
    given += status == MA_OK;
    return status;
}

/* --- order -------------------------------------------------------------------------- */

static enum ma_status say_everything(void *context, struct ma_error *err)
{
    const struct ma_rejection rejection = {.size = sizeof rejection,
                                           .type = "parse-error",
                                           .dn = "cn=x",
                                           .text = "bad",
                                           .line = 7};
    struct ma_error lost = {MA_UNREACHABLE, "gone"};

    (void)context;
    ck_assert(!pthread_equal(pthread_self(), step_thread));
    plugin.log(plugin.context, MA_LOG_INFO, "hello");
    (void)plugin.absent(plugin.context, "mail", err);
    (void)say(1, err);
    (void)plugin.reject(plugin.context, &rejection, err);
    (void)say(2, err);
    plugin.served_by(plugin.context, "dc1", &lost);
    (void)ma_fail(&lost, MA_OK, "overwritten");
    (void)plugin.start_over(plugin.context, err);
    plugin.served_by(plugin.context, "dc2", NULL);
    (void)plugin.checkpoint(plugin.context, ma_value_of("p1"), err);
    (void)say(3, err);
    (void)plugin.watermark(plugin.context, ma_value_of("w"), err);
    return MA_OK;
}

START_TEST(what_the_plugin_says_comes_to_the_step_in_order)
{
    struct ma_error err = {0};

    ck_assert_int_eq(relay_run(relay, say_everything, &err), MA_OK);

    ck_assert_str_eq(heard.at, "log 2 hello\n"
                               "absent mail\n"
                               "entry cn=1 1 title t1 b\n"
                               "reject parse-error cn=x bad line 7\n"
                               "entry cn=2 2 title t2 b\n"
                               "server dc1 gone\n"
                               "start over\n"
                               "server dc2 \n"
                               "checkpoint p1\n"
                               "entry cn=3 3 title t3 b\n"
                               "watermark w\n");
}
END_TEST

START_TEST(outside_of_a_run_a_call_goes_straight_to_the_step)
{
    struct ma_error err = {0};

    ck_assert_int_eq(say(1, &err), MA_OK);
    ck_assert_int_eq(relay_run(relay, say_everything, &err), MA_OK);
    ck_assert_int_eq(say(9, &err), MA_OK);

    ck_assert_uint_eq(entries, 5);
    ck_assert_ptr_nonnull(strstr(heard.at, "entry cn=1 1 title t1 b\nlog 2 hello\n"));
}
END_TEST

/* --- ends --------------------------------------------------------------------------- */

enum { MANY = 20000 };

static enum ma_status say_many(void *context, struct ma_error *err)
{
    (void)context;
    for (unsigned i = 0; i < MANY; i++)
        if (say(i, err) != MA_OK)
            return err->status;
    return MA_OK;
}

START_TEST(all_of_many_entries_arrive)
{
    struct ma_error err = {0};

    ck_assert_int_eq(relay_run(relay, say_many, &err), MA_OK);

    ck_assert_uint_eq(entries, MANY);
}
END_TEST

START_TEST(a_refusal_of_the_step_ends_the_import)
{
    struct ma_error err = {0};

    refuse_at = 100;
    ck_assert_int_eq(relay_run(relay, say_many, &err), MA_LIMIT);

    ck_assert_str_eq(err.text, "not more than 100");
    ck_assert_uint_eq(entries, 100); /* nothing behind it was taken */
    ck_assert_uint_lt(given, MANY);
}
END_TEST

static enum ma_status heed_nobody(void *context, struct ma_error *err)
{
    struct ma_error ignored;

    (void)context;
    (void)err;
    for (unsigned i = 0; i < MANY; i++)
        (void)say(i, &ignored);
    return MA_OK;
}

START_TEST(a_plugin_that_ignores_a_refusal_changes_nothing_of_it)
{
    struct ma_error err = {0};

    refuse_at = 100;
    ck_assert_int_eq(relay_run(relay, heed_nobody, &err), MA_LIMIT);

    ck_assert_uint_eq(entries, 100);
}
END_TEST

static enum ma_status fail_after_three(void *context, struct ma_error *err)
{
    (void)context;
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(say(i, err), MA_OK);
    return ma_fail(err, MA_UNREACHABLE, "gone");
}

START_TEST(what_was_said_before_a_failure_counts)
{
    struct ma_error err = {0};

    ck_assert_int_eq(relay_run(relay, fail_after_three, &err), MA_UNREACHABLE);

    ck_assert_str_eq(err.text, "gone");
    ck_assert_uint_eq(entries, 3);
}
END_TEST

static enum ma_status wait_until_cancelled(void *context, struct ma_error *err)
{
    (void)context;
    (void)say(0, err);
    cancel = true;
    while (!plugin.cancelled(plugin.context))
        usleep(1000);
    return ma_fail(err, MA_CANCELLED, "I was told to");
}

START_TEST(a_plugin_that_waits_is_told_to_stop)
{
    struct ma_error err = {0};

    ck_assert_int_eq(relay_run(relay, wait_until_cancelled, &err), MA_CANCELLED);
    ck_assert_uint_eq(entries, 1);
}
END_TEST

/* --- memory ------------------------------------------------------------------------- */

static void *release_later(void *context)
{
    unsigned before;

    (void)context;
    do { /* until the plugin has come to a stop */
        before = given;
        usleep(50000);
    } while (before == 0 || before != given);
    ck_assert_uint_lt(before, MANY / 4);
    may_go = true;
    return NULL;
}

START_TEST(a_plugin_that_is_faster_than_the_step_waits)
{
    struct ma_error err = {0};
    pthread_t other;

    wait_at = 1;
    ck_assert_int_eq(pthread_create(&other, NULL, release_later, NULL), 0);
    ck_assert_int_eq(relay_run(relay, say_many, &err), MA_OK);
    pthread_join(other, NULL);

    ck_assert_uint_eq(entries, MANY);
}
END_TEST

/* One that fills a parcel with many values, as plugins say entries. */
static void fill(struct parcel *parcel)
{
    static char text[1000];
    const struct ma_value value = {text, sizeof text};
    const struct ma_attribute attribute = {.name = "info", .values = &value, .count = 1};
    const struct parcel_event event = {
        .kind = PARCEL_ENTRY,
        .entry = {.dn = "CN=a", .anchor = value, .attributes = &attribute, .count = 1}};

    while (parcel->arena.used < PARCEL_BYTES)
        parcel_add(parcel, &event);
}

START_TEST(a_parcel_is_filled_again_without_memory_being_taken)
{
    struct parcel parcel = {0};
    const struct arena_chunk *first;
    const void *events;

    fill(&parcel);
    first = parcel.arena.chunk;
    events = parcel.events.items;
    parcel_clear(&parcel);
    ck_assert_ptr_eq(parcel.arena.chunk, first); /* there was one only */
    fill(&parcel);

    ck_assert_ptr_eq(parcel.arena.chunk, first);
    ck_assert_ptr_eq(parcel.events.items, events);
    parcel_free(&parcel);
}
END_TEST

SUITE_WITH("run/relay", begin, end, what_the_plugin_says_comes_to_the_step_in_order,
           outside_of_a_run_a_call_goes_straight_to_the_step, all_of_many_entries_arrive,
           a_refusal_of_the_step_ends_the_import,
           a_plugin_that_ignores_a_refusal_changes_nothing_of_it,
           what_was_said_before_a_failure_counts, a_plugin_that_waits_is_told_to_stop,
           a_plugin_that_is_faster_than_the_step_waits,
           a_parcel_is_filled_again_without_memory_being_taken)
