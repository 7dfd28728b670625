/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_PARCEL_H
#define RUN_PARCEL_H

#include "base/arena.h"
#include "base/vec.h"
#include "plugin/host.h"

/*
 * What a plugin says during an import, copied, so that it outlives the call: a row of
 * events that another thread makes calls of again, in the same order. Filled by one
 * thread and unpacked by another, never at once (run/relay.h). Its memory is taken once
 * and filled again and again: what one thread takes and another gives back, a hundred
 * times a second, falls into pieces.
 */
enum { PARCEL_BYTES = 256 * 1024 }; /* when it is full */

enum parcel_kind {
    PARCEL_ENTRY,
    PARCEL_REJECTION,
    PARCEL_CHECKPOINT,
    PARCEL_WATERMARK,
    PARCEL_ABSENT,
    PARCEL_START_OVER,
    PARCEL_SERVED_BY,
    PARCEL_LOG
};

struct parcel_event {
    enum parcel_kind kind;
    union {
        struct ma_entry entry;
        struct ma_rejection rejection;
        struct ma_value value;
        struct {
            enum ma_level level;
            const char *text;
        } told;
        struct {
            const char *server;
            const struct ma_error *lost; /* NULL: it is not */
        } served;
    };
};

struct parcel {
    struct arena arena;
    VEC_OF(struct parcel_event) events;
};

/* A copy of the event, with all that it points to. */
void parcel_add(struct parcel *parcel, const struct parcel_event *event);
/* Ready for the next filling. */
void parcel_clear(struct parcel *parcel);
void parcel_free(struct parcel *parcel);

/* Makes the call of an event. What returns nothing is MA_OK. */
enum ma_status parcel_call(const struct parcel_event *event, const struct host_sink *sink,
                           struct ma_error *err);

#endif
