/* SPDX-License-Identifier: Apache-2.0 */
#include "history/pulse.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* A text is read while it may be written: it always ends in its last byte, and a half of
 * it is better than none. */
struct page {
    _Atomic int64_t beat; /* clock_monotonic, which all processes share */
    _Atomic uint32_t limit;
    _Atomic bool in_call;
    char call[PULSE_CALL];
    char object[PULSE_OBJECT];
};

/* It is a file to the kernel, so a limit of the size of files holds for it as well: who
 * has room for nothing else shall still be told so by the store. */
_Static_assert(sizeof(struct page) <= 1024, "the least that ulimit -f can say");

struct pulse {
    struct page *page;
};

static struct pulse *map(int fd)
{
    struct page *page =
        mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct pulse *pulse;

    if (page == MAP_FAILED)
        return NULL;
    pulse = mem_zero(sizeof *pulse);
    pulse->page = page;
    return pulse;
}

enum ma_status pulse_new(struct pulse **out, int *fd, struct ma_error *err)
{
    *out = NULL;
    *fd = memfd_create("mactl-pulse", 0);
    if (*fd >= 0 && ftruncate(*fd, sizeof(struct page)) == 0)
        *out = map(*fd);
    if (*out != NULL)
        return MA_OK;
    return ma_fail(err, MA_BROKEN, "no memory to share with the worker: %s",
                   strerror(errno));
}

struct pulse *pulse_open(int fd)
{
    return fd < 0 ? NULL : map(fd);
}

void pulse_end(struct pulse *pulse)
{
    if (pulse == NULL)
        return;
    munmap(pulse->page, sizeof *pulse->page);
    free(pulse);
}

/* --- the worker --------------------------------------------------------------------- */

void pulse_beat(struct pulse *pulse)
{
    if (pulse != NULL)
        atomic_store(&pulse->page->beat, clock_monotonic());
}

void pulse_limit(struct pulse *pulse, uint32_t seconds)
{
    if (pulse != NULL)
        atomic_store(&pulse->page->limit, seconds);
}

/* For each object: not by way of a format. */
static void write_text(char *out, const char *text, size_t capacity)
{
    size_t length = strnlen(text, capacity - 1);

    memcpy(out, text, length);
    out[length] = '\0';
}

void pulse_object(struct pulse *pulse, const char *object)
{
    if (pulse == NULL)
        return;
    write_text(pulse->page->object, object == NULL ? "" : object, PULSE_OBJECT);
    pulse_beat(pulse);
}

void pulse_enter(struct pulse *pulse, const char *call, const char *object)
{
    if (pulse == NULL)
        return;
    write_text(pulse->page->call, call, PULSE_CALL);
    pulse_object(pulse, object);
    atomic_store(&pulse->page->in_call, true);
}

void pulse_leave(struct pulse *pulse)
{
    if (pulse != NULL)
        atomic_store(&pulse->page->in_call, false);
}

/* --- the supervisor ----------------------------------------------------------------- */

static void copy_text(char *out, const char *text, size_t capacity)
{
    memcpy(out, text, capacity);
    out[capacity - 1] = '\0';
}

void pulse_read(const struct pulse *pulse, struct pulse_state *out)
{
    const struct page *page = pulse->page;

    *out = (struct pulse_state){
        .in_call = atomic_load(&page->in_call),
        .silence = clock_monotonic() - atomic_load(&page->beat),
        .limit = atomic_load(&page->limit),
    };
    copy_text(out->call, page->call, PULSE_CALL);
    copy_text(out->object, page->object, PULSE_OBJECT);
}

void pulse_describe(const struct pulse_state *state, char *out, size_t capacity)
{
    snprintf(out, capacity, "in %s%s%s%s", state->call,
             state->object[0] == '\0' ? "" : ", object '", state->object,
             state->object[0] == '\0' ? "" : "'");
}
