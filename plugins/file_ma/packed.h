/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_PACKED_H
#define FILE_MA_PACKED_H

#include "record.h"

/*
 * The content of a record in one run of bytes: its DN, and its attributes with their
 * values. So a directory holds its objects, and a journal writes them down. Numbers are
 * of this machine; behind each text stands a NUL.
 */
struct packed {
    const char *at;
    size_t length;
};

/* Appends it. */
void packed_add(struct bytes *out, const struct record *record);
/* Into `record`, which was begun: its texts stay where they are, in the packed bytes, and
 * what is made of it (lists of fields and values) is in its pool and may be changed.
 * False: these bytes are no record. */
bool packed_open(struct packed packed, struct record *record);
/* Without the rest; NULL where there is none. Of what was packed here only. */
const char *packed_dn(struct packed packed);

#endif
