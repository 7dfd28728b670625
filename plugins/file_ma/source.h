/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_SOURCE_H
#define FILE_MA_SOURCE_H

#include "input.h"
#include "settings.h"

/*
 * A file as a stream of records. A record that cannot be read is told and passed over:
 * the next call goes on behind it. One record is in memory at a time, of RECORD_LIMIT
 * bytes at most.
 */
enum { RECORD_LIMIT = 16 * 1024 * 1024 };

enum next { NEXT_RECORD, NEXT_BAD, NEXT_END, NEXT_FAILED };

struct source {
    const struct settings *set;
    struct input *input;
    int fd;
    struct pool pool;       /* of the record in hand */
    struct pool lasting;    /* of the names of columns */
    struct columns columns; /* of this file: the header row's, else the settings' */
    struct bytes line;
    uint64_t line_number; /* of what is in `line` */
    uint64_t entries;     /* records read so far, bad ones included */
    bool started;
};

/* Takes the descriptor, also where it fails. */
enum ma_status source_open(struct source *source, const struct settings *set, int fd,
                           struct ma_error *err);
void source_close(struct source *source);
/* NEXT_FAILED: memory or the disk; `err` says which. The record lives until the next
 * call. */
enum next source_next(struct source *source, struct record *record,
                      struct problem *problem, struct ma_error *err);

/* How a format is read and written. `write` appends to `out`. */
struct format_ops {
    enum next (*next)(struct source *source, struct record *record,
                      struct problem *problem);
    /* What stands in front of the first record. */
    void (*head)(const struct settings *set, const struct columns *columns,
                 struct bytes *out);
    /* False where the format cannot hold the record, in any code page. NULL: one has to
     * write it to know. */
    bool (*holds)(const struct record *record, struct problem *problem);
    /* False where the format cannot hold the record. */
    bool (*write)(const struct settings *set, const struct columns *columns,
                  const struct record *record, struct bytes *out,
                  struct problem *problem);
};

extern const struct format_ops ldif_ops;
extern const struct format_ops delimited_ops;
extern const struct format_ops avp_ops;
extern const struct format_ops fixed_ops;
const struct format_ops *format_ops_of(enum format format);

/* For the readers. One physical line into source->line, INPUT_END at the end; a line that
 * is too long is cut and the problem filled. */
int source_line(struct source *source, struct problem *problem);
/* The value of a column, split where the attribute has several. */
void source_column(struct source *source, struct record *record, const char *name,
                   const char *data, size_t length);

#endif
