/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STAGE_IMPORTING_H
#define TESTS_STAGE_IMPORTING_H

#include "stage/stage.h"
#include "stepped.h"

/*
 * An import as an agent does it, in words:
 *
 *     begin_import(true);
 *     present("A1", "cn=a,dc=x", "user", "mail=m", NULL);
 *     end_import();
 */
static struct stepped s;
static struct stage *stage;
static struct stage_request
    request; /* of the next import; set by begin, changed at will */

static void begin(void)
{
    stepped_begin(&s);
    s.history.run = 1;
    request = (struct stage_request){.loss_percent = 100, .partition = &s.partitions[0]};
}

static void end(void)
{
    stage_end(stage);
    stage = NULL;
    stepped_end(&s);
}

/* A new run. */
static inline void begin_import(bool full)
{
    request.store = s.store;
    request.program = &s.program;
    request.agent = &s.agent;
    request.step = &s.step;
    request.full = full;
    request.history = &s.history;
    buf_clear(&s.heard);
    memset(s.counts, 0, sizeof s.counts);
    s.history.run++;
    ck_ok(&s, stage_begin(&stage, &request, &s.err));
}

static inline enum ma_status emit(enum ma_change change, const char *anchor,
                                  const char *dn, const char *new_dn, const char *type,
                                  va_list words)
{
    static uint64_t position;
    struct ma_entry entry = {.size = sizeof entry,
                             .change = change,
                             .anchor = ma_value_of(anchor),
                             .dn = dn,
                             .new_dn = new_dn,
                             .object_type = type,
                             .position = ++position};
    enum ma_status status;

    stepped_words(&s.arena, &entry, words);
    status = stage_entry(stage, &entry, &s.err);
    return status;
}

static inline enum ma_status try_present(const char *anchor, const char *dn,
                                         const char *type, ...)
{
    enum ma_status status;
    va_list words;

    va_start(words, type);
    status = emit(MA_PRESENT, anchor, dn, NULL, type, words);
    va_end(words);
    return status;
}

static inline void present(const char *anchor, const char *dn, const char *type, ...)
{
    va_list words;

    va_start(words, type);
    ck_ok(&s, emit(MA_PRESENT, anchor, dn, NULL, type, words));
    va_end(words);
}

static inline void modify(const char *anchor, const char *dn, const char *new_dn, ...)
{
    va_list words;

    va_start(words, new_dn);
    ck_ok(&s, emit(MA_MODIFY, anchor, dn, new_dn, NULL, words));
    va_end(words);
}

static inline void gone(const char *anchor, const char *dn, ...)
{
    va_list words;

    va_start(words, dn);
    ck_ok(&s, emit(MA_DELETE, anchor, dn, NULL, NULL, words));
    va_end(words);
}

static inline void page(const char *where)
{
    ck_ok(&s, stage_page(stage, ma_value_of(where), &s.err));
}

static inline const char *finish_import(enum ma_status import)
{
    const char *result = NULL;
    enum ma_status status = stage_finish(stage, import, &result, &s.err);

    ck_assert_msg(result != NULL, "%d: %s", (int)status, s.err.text);
    stage_end(stage);
    stage = NULL;
    return result;
}

static inline const char *end_import(void)
{
    return finish_import(MA_OK);
}

#define ck_end(expected) ck_assert_str_eq(end_import(), expected)
#define ck_count(counter, expected) ck_assert_uint_eq(s.counts[counter], expected)

#endif
