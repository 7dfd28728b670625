/* SPDX-License-Identifier: Apache-2.0 */

/* What a plugin gives goes to the sink, and a host's life. */

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "plugin/host_state.h"

enum { SIZE_LIMIT = 4096 };

/* --- what goes to the sink -------------------------------------------------------- */

static enum ma_status not_here(const char *call, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN,
                   "the plugin called %s, which is not for this kind of step", call);
}

static enum ma_status unsized(const char *what, size_t size, struct ma_error *err)
{
    return ma_fail(err, MA_BROKEN, "the plugin gave a %s of %zu bytes", what, size);
}

/* A struct of the plugin's size as one of ours; then the call. */
#define FORWARD(host, slot, type, given, err, call)                                      \
    do {                                                                                 \
        const struct host_sink *sink = &host_of(host)->request.sink;                     \
        type ours = {0};                                                                 \
                                                                                         \
        if (sink->slot == NULL)                                                          \
            return not_here(#slot, err);                                                 \
        if ((given)->size < sizeof(size_t) || (given)->size > SIZE_LIMIT)                \
            return unsized(#type, (given)->size, err);                                   \
        memcpy(&ours, given, (given)->size < sizeof ours ? (given)->size : sizeof ours); \
        ours.size = sizeof ours;                                                         \
        return call;                                                                     \
    } while (0)

static enum ma_status host_emit(const struct ma_host *host, const struct ma_entry *entry,
                                struct ma_error *err)
{
    FORWARD(host, emit, struct ma_entry, entry, err,
            sink->emit(sink->context, &ours, err));
}

static enum ma_status host_reject(const struct ma_host *host,
                                  const struct ma_rejection *rejection,
                                  struct ma_error *err)
{
    FORWARD(host, reject, struct ma_rejection, rejection, err,
            sink->reject(sink->context, &ours, err));
}

static enum ma_status host_exported(const struct ma_host *host, size_t index,
                                    const struct ma_result *result, struct ma_error *err)
{
    FORWARD(host, exported, struct ma_result, result, err,
            sink->exported(sink->context, index, &ours, err));
}

static enum ma_status host_more(const struct ma_host *host, bool wait,
                                const struct ma_entry *const **entries, size_t *count,
                                struct ma_error *err)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    *count = 0;
    return sink->more == NULL ? MA_OK
                              : sink->more(sink->context, wait, entries, count, err);
}

static enum ma_status host_found_schema(const struct ma_host *host,
                                        const struct ma_schema *schema,
                                        struct ma_error *err)
{
    FORWARD(host, found_schema, struct ma_schema, schema, err,
            sink->found_schema(sink->context, &ours, err));
}

static enum ma_status host_found_partition(const struct ma_host *host,
                                           const struct ma_partition *partition,
                                           struct ma_error *err)
{
    FORWARD(host, found_partition, struct ma_partition, partition, err,
            sink->found_partition(sink->context, &ours, err));
}

static enum ma_status host_finding(const struct ma_host *host,
                                   const struct ma_finding *finding, struct ma_error *err)
{
    FORWARD(host, finding, struct ma_finding, finding, err,
            sink->finding(sink->context, &ours, err));
}

static enum ma_status host_checkpoint(const struct ma_host *host, struct ma_value where,
                                      struct ma_error *err)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    return sink->checkpoint == NULL ? not_here("checkpoint", err)
                                    : sink->checkpoint(sink->context, where, err);
}

static enum ma_status host_watermark(const struct ma_host *host, struct ma_value mark,
                                     struct ma_error *err)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    return sink->watermark == NULL ? not_here("watermark", err)
                                   : sink->watermark(sink->context, mark, err);
}

/* Where nobody wants to know it is no fault of the plugin. */
static enum ma_status host_absent(const struct ma_host *host, const char *attribute,
                                  struct ma_error *err)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    return sink->absent == NULL ? MA_OK : sink->absent(sink->context, attribute, err);
}

static enum ma_status host_start_over(const struct ma_host *host, struct ma_error *err)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    return sink->start_over == NULL ? not_here("start_over", err)
                                    : sink->start_over(sink->context, err);
}

static void host_served_by(const struct ma_host *host, const char *server,
                           const struct ma_error *lost)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    if (sink->served_by != NULL)
        sink->served_by(sink->context, server, lost);
}

static bool host_cancelled(const struct ma_host *host)
{
    const struct host_sink *sink = &host_of(host)->request.sink;

    return sink->cancelled != NULL && sink->cancelled(sink->context);
}

static void MA_PRINTF(3, 4)
    host_log(const struct ma_host *host, enum ma_level level, const char *fmt, ...)
{
    const struct host_sink *sink = &host_of(host)->request.sink;
    char text[1024];
    va_list args;

    if (sink->log == NULL)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    sink->log(sink->context, level, text);
}

/* --- made and ended --------------------------------------------------------------- */

static const struct ma_host services = {
    .size = sizeof services,
    .log = host_log,
    .emit = host_emit,
    .reject = host_reject,
    .checkpoint = host_checkpoint,
    .watermark = host_watermark,
    .exported = host_exported,
    .found_schema = host_found_schema,
    .found_partition = host_found_partition,
    .cancelled = host_cancelled,
    .finding = host_finding,
    .absent = host_absent,
    .start_over = host_start_over,
    .served_by = host_served_by,
    .more = host_more,
};

struct ma_host *host_new(const struct host_request *request)
{
    struct host *host = mem_zero(sizeof *host);

    host->services = services;
    host->request = *request;
    host_config_begin(host);
    return &host->services;
}

void host_free(struct ma_host *given)
{
    struct host *host = (struct host *)given;

    if (host == NULL)
        return;
    arena_free(&host->arena);
    free(host);
}
