/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXPORT_EXPORTING_H
#define TESTS_EXPORT_EXPORTING_H

#include "export/export.h"
#include "stepped.h"

/*
 * A system that objects are exported to. It writes down what it is sent, one line an
 * entry, a line "--" behind each batch, and answers as the test says; else it accepts,
 * and gives an add the anchor "N" and its DN.
 */
struct answer {
    const char *dn; /* of the entry that is answered so */
    struct ma_result result;
    int times; /* how often; 0: always */
};

static struct stepped s;
static struct export_step *step;
static struct export_request request;
static struct buf sent;
static struct answer answers[8];
static size_t answer_count;
static void (*before_answers)(void); /* looks at the world while a batch is out */
static enum ma_status sent_status;   /* what the call itself answers */
static size_t silent;                /* how many at the end of a batch are not told of */
static const char *result;

static inline void begin(void)
{
    stepped_begin(&s);
    s.history.run = 1;
    request = (struct export_request){
        .guard = {.export_deletes = 500, .export_deletes_percent = 100}};
    memset(answers, 0, sizeof answers);
    answer_count = 0;
    before_answers = NULL;
    sent_status = MA_OK;
    silent = 0;
    result = NULL;
}

static inline void end(void)
{
    export_end(step);
    step = NULL;
    buf_free(&sent);
    stepped_end(&s);
}

static inline void answer(const char *dn, struct ma_result how, int times)
{
    answers[answer_count++] = (struct answer){dn, how, times};
}

static inline void hear_values(const char *sign, const struct ma_value *values,
                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_print(&sent, "%s%.*s", i == 0 ? sign : ",", (int)values[i].length,
                  values[i].data);
}

static inline void hear(const struct ma_entry *e)
{
    static const char *const changes[] = {"present", "add",    "modify",
                                          "replace", "delete", "delete-add"};

    buf_print(&sent, "%s %s", changes[e->change], e->dn);
    if (e->new_dn != NULL)
        buf_print(&sent, " -> %s", e->new_dn);
    if (e->change != MA_MODIFY && e->change != MA_DELETE)
        buf_print(&sent, " %s", e->object_type);
    for (size_t i = 0; i < e->count; i++) {
        buf_print(&sent, " %s", e->attributes[i].name);
        if (e->attributes[i].op == MA_SET)
            buf_char(&sent, '=');
        hear_values("-", e->attributes[i].removed, e->attributes[i].removed_count);
        hear_values(e->attributes[i].op == MA_SET ? "" : "+", e->attributes[i].values,
                    e->attributes[i].count);
    }
    buf_char(&sent, '\n');
}

static inline struct ma_result answer_to(const struct ma_entry *entry)
{
    struct ma_result good = {.size = sizeof good, .outcome = MA_EXPORTED};

    for (size_t i = 0; i < answer_count; i++)
        if (strcmp(answers[i].dn, entry->dn) == 0 && answers[i].times >= 0) {
            if (answers[i].times > 0 && --answers[i].times == 0)
                answers[i].times = -1;
            answers[i].result.size = sizeof answers[i].result;
            return answers[i].result;
        }
    if (entry->change == MA_ADD)
        good.anchor = ma_value_of(arena_print(&s.arena, "N%s", entry->dn));
    return good;
}

static inline enum ma_status take(void *context, const struct ma_entry *const *entries,
                                  size_t count, struct ma_error *err)
{
    (void)context;
    for (size_t i = 0; i < count; i++)
        hear(entries[i]);
    buf_text(&sent, "--\n");
    if (before_answers != NULL)
        before_answers();
    for (size_t i = 0; i + silent < count; i++) {
        struct ma_result told = answer_to(entries[i]);

        if (export_result(step, i, &told, err) != MA_OK)
            return err->status;
    }
    if (sent_status != MA_OK)
        return ma_fail(err, sent_status, "the system went away");
    return MA_OK;
}

static inline enum ma_status try_export(void)
{
    enum ma_status status;

    request.store = s.store;
    request.program = &s.program;
    request.agent = &s.agent;
    request.step = &s.step;
    if (request.send == NULL)
        request.send = take;
    request.history = &s.history;
    buf_clear(&s.heard);
    buf_clear(&sent);
    memset(s.counts, 0, sizeof s.counts);
    s.history.run++;
    ck_ok(&s, export_begin(&step, &request, &s.err));
    status = export_run(step, &result, &s.err);
    export_end(step);
    step = NULL;
    ck_assert_msg(result != NULL, "%s", s.err.text);
    return status;
}

static inline void export_all(const char *expected)
{
    enum ma_status status = try_export();

    ck_assert_msg(status == MA_OK, "%s", s.err.text);
    ck_assert_str_eq(result, expected);
}

/* An object that the system has, as an import and a synchronisation would leave it. */
static inline void have(const char *anchor, const char *dn, const char *type, ...)
{
    struct batch *batch = batch_begin(s.store);
    struct cs_object object = {.agent = s.agent.number,
                               .guid = guid_new(),
                               .partition = partition_tag(&s.partitions[0]),
                               .anchor = slice_text(anchor),
                               .mv = 1};
    struct ma_entry entry = {0};
    struct image image = {.exists = true, .dn = dn};
    va_list words;
    uint64_t id;

    va_start(words, type);
    stepped_words(&s.arena, &entry, words);
    va_end(words);
    if (cs_find_dn(batch, s.agent.number, dn, &id, &s.err) == MA_OK)
        object.id = id; /* a placeholder of a reference */
    image.object_type = names_intern_text(s.program.names, type);
    for (size_t i = 0; i < entry.count; i++) {
        const struct ma_attribute *a = &entry.attributes[i];
        enum value_type of = stepped_type(a->name);

        image.entry = entry_with(
            &s.arena, &image.entry, names_intern_text(s.program.names, a->name), of,
            stepped_read(&s, batch, of, a->values, a->count), (uint32_t)a->count);
    }
    tower_seen(&s.arena, &object, &image, NULL, 0);
    tower_absorb(&s.arena, &object);
    ck_ok(&s, cs_put(batch, &object, &s.err));
    ck_ok(&s, batch_commit(batch, &s.err));
    batch_end(batch);
}

static inline void want(const char *dn, const char *type, ...)
{
    va_list words;

    va_start(words, type);
    stepped_want_words(&s, dn, NULL, type, words);
    va_end(words);
}

#define ck_sent(expected) ck_assert_str_eq(sent.length == 0 ? "" : sent.at, expected)
#define ck_count(counter, expected) ck_assert_uint_eq(s.counts[counter], expected)
#define FAILED(type)                                                                     \
    (struct ma_result)                                                                   \
    {                                                                                    \
        .outcome = MA_EXPORT_FAILED, .error_type = type                                  \
    }
#define SPECIAL(how)                                                                     \
    (struct ma_result)                                                                   \
    {                                                                                    \
        .outcome = how                                                                   \
    }

#endif
