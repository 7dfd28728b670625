/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_DROP_H
#define RUN_DROP_H

#include <stdio.h>

#include "rules/program.h"

/*
 * Drop files: what an import got, or an export would send, as a file in the agent's
 * folder. One JSON document a line, so that it can be read, searched and compared:
 *
 *   {"schema":"mactl/drop/1","kind":"import","agent":"HR","full":true}
 *   {"change":"present","dn":"cn=ada","anchor":"17","type":"person",
 *    "attributes":[{"name":"sn","values":["Lovelace"]}]}
 *   {"reject":"missing-dn","text":"...","line":12}
 *   {"watermark":"..."}                                 bytes that are no UTF-8:
 * {"base64":...}
 *   {"end":2}                                           number of entries
 *
 * A file without its last line was not finished and is not read. Secrets are written as
 * {"secret":true} and passed over when the file is read. The file appears, with mode
 * 0600, only when it is whole.
 */
struct drop_writer;

/* A new file of the agent's folder, under another name until it is finished. MA_DENIED:
 * it cannot be written. */
enum ma_status drop_create(struct drop_writer **out, const char *folder, const char *name,
                           const char *kind, bool full, const struct program *program,
                           const struct compiled_agent *agent, struct ma_error *err);
void drop_entry(struct drop_writer *drop, const struct ma_entry *entry);
void drop_rejection(struct drop_writer *drop, const struct ma_rejection *rejection);
void drop_watermark(struct drop_writer *drop, struct ma_value mark);
uint64_t drop_count(const struct drop_writer *drop);
/* The end line, on disk, under its name. MA_DENIED: something could not be written. */
enum ma_status drop_finish(struct drop_writer *drop, struct ma_error *err);
/* What was not finished is gone. NULL is fine. */
void drop_end(struct drop_writer *drop);

struct drop_reader {
    void *context;
    enum ma_status (*entry)(void *context, const struct ma_entry *, struct ma_error *);
    enum ma_status (*reject)(void *context, const struct ma_rejection *,
                             struct ma_error *);
};

/* Reads the whole file; MA_INVALID names file and line. MA_NOT_FOUND: no such file. The
 * kind and agent of its first line must be these. */
enum ma_status drop_read(const char *folder, const char *name, const char *kind,
                         bool full, const struct agent *agent,
                         const struct drop_reader *reader, struct ma_error *err);

/* A file name of a step names a file of the agent's folder, nothing else. */
bool drop_name_is_good(const char *name);
/* Whether two files have the same bytes. */
bool drop_equal(const char *folder, const char *a, const char *b);

#endif
