/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FOLDER_MERGE_H
#define CONFIG_FOLDER_MERGE_H

#include "base/vec.h"
#include "config/folder.h"

/*
 * What config/ will hold when one configuration comes into another: file by file, by the
 * identity of the agent, the rule or the metaverse in it. Bytes are read here, nothing is
 * written.
 */
struct folder_copy {
    const char *path; /* below config/; with a slash at its end: a folder */
    struct slice bytes;
    unsigned mode;    /* of what stays, kept exactly; 0: as new files are made */
    const char *link; /* where a symbolic link leads; NULL: it is a file */
};

struct merge {
    struct arena *arena;
    const char *config;            /* folder of what is there; NULL: nothing is */
    const struct config *current;  /* NULL: none that could be read */
    const struct config *incoming; /* its bytes kept */
    const bool *skipped;           /* beside incoming->agents */
    VEC_OF(struct folder_change) changes;
    VEC_OF(struct folder_copy) copies;
};

/* MA_INVALID: two files, or two agents, would have one name. */
enum ma_status merge_files(struct merge *merge, struct ma_error *err);
/* What is there and stays; without `incoming`, all of it. MA_CONFLICT: a file went away
 * meanwhile; MA_DENIED: one cannot be read. */
enum ma_status merge_keep(struct merge *merge, struct ma_error *err);
/* Metaverse, agents, rules: created, updated, skipped, removed. */
void merge_changes(struct merge *merge);
void merge_end(struct merge *merge);

/* A file of what comes in that belongs to a skipped agent. */
bool merge_leaves_out(const struct merge *merge, const char *file);
/* The agent comes in, and is not skipped. */
bool merge_brings(const struct merge *merge, const struct guid *agent);

#endif
