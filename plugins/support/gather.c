/* SPDX-License-Identifier: Apache-2.0 */
#include "support/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 32 * 1024 };

struct gather {
    Sockbuf_IO_Desc *below; /* NULL: the connection is closed */
    bool ends;              /* nothing waits any more */
    size_t from;            /* of `data` what is not written yet */
    size_t to;
    char data[SIZE];
};

/* --- a layer of liblber's --------------------------------------------------------- */

static int on_setup(Sockbuf_IO_Desc *desc, void *given)
{
    struct gather *gather = given;

    desc->sbiod_pvt = gather;
    gather->below = desc;
    return 0;
}

static int on_remove(Sockbuf_IO_Desc *desc)
{
    ((struct gather *)desc->sbiod_pvt)->below = NULL;
    return 0;
}

static int on_control(Sockbuf_IO_Desc *desc, int option, void *value)
{
    return LBER_SBIOD_CTRL_NEXT(desc, option, value);
}

static ber_slen_t on_read(Sockbuf_IO_Desc *desc, void *into, ber_len_t length)
{
    return LBER_SBIOD_READ_NEXT(desc, into, length);
}

static ber_slen_t failed(enum gathered why)
{
    errno = why == GATHER_FULL ? EWOULDBLOCK : EPIPE;
    return -1;
}

/* What is larger than all of the room does not wait. */
static ber_slen_t on_write(Sockbuf_IO_Desc *desc, void *data, ber_len_t length)
{
    struct gather *gather = desc->sbiod_pvt;
    enum gathered flushed = GATHER_SENT;

    if (gather->ends || length > SIZE - gather->to)
        flushed = gather_flush(gather);
    if (flushed != GATHER_SENT)
        return failed(flushed);
    if (gather->ends || length > SIZE)
        return LBER_SBIOD_WRITE_NEXT(desc, data, length);
    memcpy(gather->data + gather->to, data, length);
    gather->to += length;
    return (ber_slen_t)length;
}

/* Who is above may be gone by now: nothing is written. */
static int on_close(Sockbuf_IO_Desc *desc)
{
    (void)desc;
    return 0;
}

static Sockbuf_IO layer = {
    .sbi_setup = on_setup,
    .sbi_remove = on_remove,
    .sbi_ctrl = on_control,
    .sbi_read = on_read,
    .sbi_write = on_write,
    .sbi_close = on_close,
};

/* --- its owner -------------------------------------------------------------------- */

struct gather *gather_begin(LDAP *ld)
{
    Sockbuf *connection = NULL;
    struct gather *gather = NULL;

    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &connection) == LDAP_OPT_SUCCESS &&
        connection != NULL)
        gather = calloc(1, sizeof *gather);
    if (gather == NULL ||
        ber_sockbuf_add_io(connection, &layer, LBER_SBIOD_LEVEL_APPLICATION, gather) == 0)
        return gather;
    free(gather);
    return NULL;
}

void gather_end(struct gather *gather)
{
    (void)gather_flush(gather);
    if (gather != NULL)
        gather->ends = true;
}

void gather_free(struct gather *gather)
{
    free(gather);
}

enum gathered gather_flush(struct gather *gather)
{
    if (gather == NULL || gather->below == NULL)
        return GATHER_SENT;
    while (gather->from < gather->to) {
        ber_slen_t written = LBER_SBIOD_WRITE_NEXT(
            gather->below, gather->data + gather->from, gather->to - gather->from);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? GATHER_FULL : GATHER_LOST;
        gather->from += (size_t)written;
    }
    gather->from = gather->to = 0;
    return GATHER_SENT;
}
