/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HOSTED_H
#define TESTS_HOSTED_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

#include "base/buf.h"
#include "base/mem.h"
#include "plugin/host.h"
#include "plugin/plugin.h"

/*
 * A plugin as the engine hosts it, with a sink that writes down what the plugin does, one
 * line a call: a test compares the text. The instance is a temporary folder.
 */
struct hosted {
    char folder[64];
    struct agent agent;
    struct agent_binding binding;
    struct parameter parameters[64];
    struct parameter private[64];
    struct parameter step[8];
    struct schema_attribute attributes[64];
    struct schema_class classes[16];
    int of_class[64];
    struct plugin *plugin;
    struct ma_host *host;
    void *session;
    struct buf heard;
    struct buf checkpoint;
    struct buf watermark;
    struct buf anchors; /* of exports, one a line, in hex */
    struct buf servers; /* "+a" it speaks to a, "-a" it does not, or not any more */
    unsigned started_over;
    unsigned entries;
    void (*on_entry)(struct hosted *h); /* before it is heard; NULL: nothing */
    unsigned stop_after;                /* entries; 0: never */
    unsigned die_after;                 /* checkpoints; 0: never */
    unsigned checkpoints;
    unsigned die_after_results; /* 0: never */
    unsigned results;
    const struct ma_entry *const *more; /* the second batch of an export, for who asks */
    size_t more_count;
    unsigned time_limit;                    /* of imports */
    const char *partition;                  /* NULL: the agent has none */
    bool early;                             /* exports are prepared */
    const char *const *included;            /* containers; NULL: all */
    const char *const *selected_types;      /* of imports; NULL: all */
    const char *const *selected_attributes; /* likewise */
    _Atomic bool cancelled;
    unsigned cancelled_when_asked; /* so many times; 0: never */
    unsigned asked;
    struct timespec cancelled_at; /* when it was told */
    char error_code[16];          /* of the last result, what it says of an error */
    char error_literal[256];
    char server_detail[512];
    struct ma_error err;
};

static inline void hosted_begin(struct hosted *h)
{
    memset(h, 0, sizeof *h);
    snprintf(h->folder, sizeof h->folder, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(h->folder));
    h->agent.name = "test";
    h->agent.schema.attributes = h->attributes;
    h->agent.schema.classes = h->classes;
    h->agent.private_configuration = h->private;
    h->binding.parameters = h->parameters;
}

static inline void hosted_param(struct hosted *h, const char *name, const char *value)
{
    h->parameters[h->binding.parameter_count++] =
        (struct parameter){.name = name, .value = value, .type = ""};
}

static inline void hosted_private(struct hosted *h, const char *name, const char *value)
{
    h->private[h->agent.private_count++] =
        (struct parameter){.name = name, .value = value, .type = ""};
}

/* Every class has every attribute. */
static inline void hosted_attribute(struct hosted *h, const char *name,
                                    enum value_type type, bool single)
{
    size_t i = h->agent.schema.attribute_count++;

    h->attributes[i] = (struct schema_attribute){
        .name = name, .syntax = "", .type = type, .single_valued = single};
    h->of_class[i] = (int)i;
}

static inline void hosted_class(struct hosted *h, const char *name, int superior)
{
    h->classes[h->agent.schema.class_count++] = (struct schema_class){
        .name = name,
        .kind = strcmp(name, "top") == 0 ? CLASS_ABSTRACT : CLASS_STRUCTURAL,
        .superior = superior,
        .attributes = h->of_class,
        .attribute_count = h->agent.schema.attribute_count,
    };
}

/* --- files ------------------------------------------------------------------------- */

static inline const char *hosted_path(const struct hosted *h, const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", h->folder, name);
    return path;
}

static inline void hosted_put(const struct hosted *h, const char *name, const void *data,
                              size_t length)
{
    FILE *f = fopen(hosted_path(h, name), "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, length, f), length);
    ck_assert_int_eq(fclose(f), 0);
}

static inline void hosted_text(const struct hosted *h, const char *name, const char *text)
{
    hosted_put(h, name, text, strlen(text));
}

/* The caller ends it with free(). */
static inline char *hosted_get(const struct hosted *h, const char *name)
{
    FILE *f = fopen(hosted_path(h, name), "rb");
    struct buf all = {0};
    int c;

    ck_assert_msg(f != NULL, "there is no file %s", name);
    while ((c = fgetc(f)) != EOF)
        buf_char(&all, (char)c);
    fclose(f);
    return all.at == NULL ? mem_text("") : buf_steal(&all);
}

static inline void hosted_forget(struct buf *buf)
{
    buf_free(buf);
}

/* --- what is heard ----------------------------------------------------------------- */

static inline void hear_value(struct buf *out, struct ma_value value)
{
    bool text = true;

    for (size_t i = 0; i < value.length; i++)
        text = text && (unsigned char)value.data[i] >= ' ';
    if (text)
        buf_bytes(out, value.data, value.length);
    else
        for (size_t i = 0; i < value.length; i++)
            buf_print(out, "~%02x", (unsigned char)value.data[i]);
}

static inline void hear_values(struct buf *out, const char *sign,
                               const struct ma_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_text(out, i == 0 ? sign : ",");
        hear_value(out, values[i]);
    }
}

static inline enum ma_status hear_entry(void *context, const struct ma_entry *e,
                                        struct ma_error *err)
{
    static const char *const changes[] = {"present", "add",    "modify",
                                          "replace", "delete", "delete-add"};
    struct hosted *h = context;

    if (h->stop_after > 0 && h->entries >= h->stop_after)
        return ma_fail(err, MA_LIMIT, "enough");
    h->entries++;
    if (h->on_entry != NULL)
        h->on_entry(h);
    buf_text(&h->heard, changes[e->change]);
    buf_char(&h->heard, ' ');
    hear_value(&h->heard, e->anchor);
    buf_print(&h->heard, " [%s]", e->dn == NULL ? "" : e->dn);
    if (e->new_dn != NULL)
        buf_print(&h->heard, " -> [%s]", e->new_dn);
    if (e->object_type != NULL)
        buf_print(&h->heard, " %s", e->object_type);
    for (size_t i = 0; i < e->count; i++) {
        const struct ma_attribute *a = &e->attributes[i];

        buf_print(&h->heard, " %s", a->name);
        if (a->op == MA_SET) {
            hear_values(&h->heard, "=", a->values, a->count);
            if (a->count == 0)
                buf_text(&h->heard, "=");
        } else {
            hear_values(&h->heard, "-", a->removed, a->removed_count);
            hear_values(&h->heard, "+", a->values, a->count);
        }
    }
    buf_char(&h->heard, '\n');
    return MA_OK;
}

static inline enum ma_status hear_rejection(void *context, const struct ma_rejection *r,
                                            struct ma_error *err)
{
    struct hosted *h = context;

    (void)err;
    buf_print(&h->heard, "reject %s entry %u line %u", r->type, (unsigned)r->entry,
              (unsigned)r->line);
    if (r->column > 0)
        buf_print(&h->heard, " column %u", (unsigned)r->column);
    if (r->attribute != NULL)
        buf_print(&h->heard, " %s", r->attribute);
    buf_char(&h->heard, '\n');
    return MA_OK;
}

static inline enum ma_status hear_checkpoint(void *context, struct ma_value where,
                                             struct ma_error *err)
{
    struct hosted *h = context;

    hosted_forget(&h->checkpoint);
    buf_bytes(&h->checkpoint, where.data, where.length);
    if (++h->checkpoints == h->die_after)
        return ma_fail(err, MA_CANCELLED, "killed");
    return MA_OK;
}

static inline enum ma_status hear_watermark(void *context, struct ma_value mark,
                                            struct ma_error *err)
{
    struct hosted *h = context;

    (void)err;
    hosted_forget(&h->watermark);
    buf_bytes(&h->watermark, mark.data, mark.length);
    return MA_OK;
}

/* What was heard counts no more, as in the engine. */
static inline enum ma_status hear_start_over(void *context, struct ma_error *err)
{
    struct hosted *h = context;

    (void)err;
    hosted_forget(&h->heard);
    hosted_forget(&h->checkpoint);
    h->started_over++;
    return MA_OK;
}

static inline enum ma_status hear_absent(void *context, const char *attribute,
                                         struct ma_error *err)
{
    struct hosted *h = context;

    (void)err;
    buf_print(&h->heard, "absent %s\n", attribute);
    return MA_OK;
}

static inline void hear_server(void *context, const char *server,
                               const struct ma_error *lost)
{
    struct hosted *h = context;

    buf_print(&h->servers, "%s%s ", lost == NULL ? "+" : "-", server);
}

static inline void hear_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text == NULL ? "" : text);
}

static inline enum ma_status hear_result(void *context, size_t index,
                                         const struct ma_result *r, struct ma_error *err)
{
    static const char *const outcomes[] = {"exported",      "failed", "update-to-add",
                                           "add-to-update", "later",  "parent-missing"};
    struct hosted *h = context;

    buf_print(&h->heard, "%zu %s", index, outcomes[r->outcome]);
    if (r->error_type != NULL)
        buf_print(&h->heard, " %s", r->error_type);
    buf_char(&h->heard, '\n');
    hear_value(&h->anchors, r->anchor);
    buf_char(&h->anchors, '\n');
    hear_text(h->error_code, sizeof h->error_code, r->error_code);
    hear_text(h->error_literal, sizeof h->error_literal, r->error_literal);
    hear_text(h->server_detail, sizeof h->server_detail, r->server_detail);
    if (++h->results == h->die_after_results)
        return ma_fail(err, MA_CANCELLED, "killed");
    return MA_OK;
}

static inline enum ma_status give_more(void *context, bool wait,
                                       const struct ma_entry *const **entries,
                                       size_t *count, struct ma_error *err)
{
    struct hosted *h = context;

    (void)wait;
    (void)err;
    *entries = h->more;
    *count = h->more_count;
    h->more_count = 0;
    return MA_OK;
}

static inline bool hear_cancel(void *context)
{
    struct hosted *h = context;

    if (++h->asked == h->cancelled_when_asked)
        h->cancelled = true;
    if (h->cancelled && h->cancelled_at.tv_sec == 0)
        clock_gettime(CLOCK_MONOTONIC, &h->cancelled_at);
    return h->cancelled;
}

/* --- sessions ---------------------------------------------------------------------- */

/* Loads the plugin and opens a session; the status is that of open. */
static inline enum ma_status hosted_open(struct hosted *h, const char *file)
{
    struct host_request request = {
        .agent = &h->agent,
        .binding = &h->binding,
        .step = h->step,
        .madata = h->folder,
        .instance = h->folder,
        .sink = {.context = h,
                 .emit = hear_entry,
                 .reject = hear_rejection,
                 .checkpoint = hear_checkpoint,
                 .watermark = hear_watermark,
                 .exported = hear_result,
                 .more = give_more,
                 .start_over = hear_start_over,
                 .absent = hear_absent,
                 .served_by = hear_server,
                 .cancelled = hear_cancel},
    };

    while (h->step[request.step_count].name != NULL)
        request.step_count++;
    ck_assert_msg(plugin_load(&h->plugin, file, NULL, &h->err) == MA_OK, "%s",
                  h->err.text);
    request.plugin = plugin_description(h->plugin);
    h->host = host_new(&request);
    return request.plugin->agent->open(h->host, &h->session, &h->err);
}

static inline void hosted_close(struct hosted *h)
{
    if (h->session != NULL)
        plugin_description(h->plugin)->agent->close(h->session);
    host_free(h->host);
    plugin_unload(h->plugin);
    h->session = NULL;
    h->host = NULL;
    h->plugin = NULL;
}

static inline void hosted_end(struct hosted *h)
{
    char command[128];

    hosted_close(h);
    buf_free(&h->heard);
    buf_free(&h->checkpoint);
    buf_free(&h->watermark);
    buf_free(&h->anchors);
    buf_free(&h->servers);
    snprintf(command, sizeof command, "rm -rf '%s'", h->folder);
    ck_assert_int_eq(system(command), 0);
}

/* What is remembered of earlier imports is used, as the engine does. */
static inline enum ma_status hosted_import(struct hosted *h, const char *file, bool full)
{
    struct ma_import request = {.size = sizeof request,
                                .full = full,
                                .page_size = 2,
                                .time_limit = h->time_limit,
                                .partition = h->partition,
                                .included = h->included,
                                .object_types = h->selected_types,
                                .attributes = h->selected_attributes};
    enum ma_status status;

    request.watermark = (struct ma_value){h->watermark.at, h->watermark.length};
    request.checkpoint = (struct ma_value){h->checkpoint.at, h->checkpoint.length};
    hosted_forget(&h->heard);
    status = hosted_open(h, file);
    if (status == MA_OK) {
        struct ma_value mark = {mem_textn(h->watermark.at == NULL ? "" : h->watermark.at,
                                          h->watermark.length),
                                h->watermark.length};
        struct ma_value where = {
            mem_textn(h->checkpoint.at == NULL ? "" : h->checkpoint.at,
                      h->checkpoint.length),
            h->checkpoint.length};

        request.watermark = mark;
        request.checkpoint = where;
        status = plugin_description(h->plugin)->agent->import_entries(h->session,
                                                                      &request, &h->err);
        free((char *)(uintptr_t)mark.data);
        free((char *)(uintptr_t)where.data);
    }
    hosted_close(h);
    if (status == MA_OK)
        hosted_forget(&h->checkpoint);
    return status;
}

static inline enum ma_status hosted_export(struct hosted *h, const char *file,
                                           const struct ma_entry *const *entries,
                                           size_t count)
{
    enum ma_status status;

    hosted_forget(&h->heard);
    hosted_forget(&h->anchors);
    status = hosted_open(h, file);
    if (status == MA_OK && h->early)
        plugin_description(h->plugin)->agent->prepare_export(h->session);
    if (status == MA_OK)
        status = plugin_description(h->plugin)->agent->export_entries(h->session, entries,
                                                                      count, &h->err);
    hosted_close(h);
    return status;
}

#define ck_heard(h, expected)                                                            \
    ck_assert_str_eq((h)->heard.at == NULL ? "" : (h)->heard.at, expected)

#endif
