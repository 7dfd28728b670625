/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_PULSE_H
#define HISTORY_PULSE_H

#include <mactl/ma.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Which call of a plugin the worker is in, and when that last gave a sign of life: a page
 * of memory that worker and supervisor share. The worker writes it at every call of a
 * plugin, so it costs no more than a few stores; the supervisor reads it now and then,
 * ends a worker whose plugin was silent for too long, and can say of any worker that died
 * what it was doing. The worker may be killed at any line of it.
 */
struct pulse;

enum { PULSE_CALL = 160, PULSE_OBJECT = 800 };

struct pulse_state {
    bool in_call;
    char call[PULSE_CALL];     /* "import_entries of file_ma" */
    char object[PULSE_OBJECT]; /* its DN; "": none */
    int64_t silence;           /* microseconds since the last sign of life */
    uint32_t limit;            /* seconds that are allowed; 0: any */
};

/* The supervisor makes it; `fd` is for the worker to inherit, and the caller's to close.
 * MA_BROKEN: the system gives no such memory. */
enum ma_status pulse_new(struct pulse **out, int *fd, struct ma_error *err);
/* The worker; NULL where there is nobody to tell. Both are ended by pulse_end. */
struct pulse *pulse_open(int fd);
void pulse_end(struct pulse *pulse);

/* NULL as a pulse is fine in all of these. `limit`: of the calls that follow. */
void pulse_limit(struct pulse *pulse, uint32_t seconds);
void pulse_enter(struct pulse *pulse, const char *call, const char *object);
/* The object that the call is at; a sign of life. */
void pulse_object(struct pulse *pulse, const char *object);
void pulse_beat(struct pulse *pulse);
void pulse_leave(struct pulse *pulse);

void pulse_read(const struct pulse *pulse, struct pulse_state *out);
/* "in import_entries of file_ma, object 'uid=1,dc=hr'", into so many bytes. */
void pulse_describe(const struct pulse_state *state, char *out, size_t capacity);

#endif
