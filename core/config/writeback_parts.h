/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_WRITEBACK_PARTS_H
#define CONFIG_WRITEBACK_PARTS_H

#include "config/splice.h"
#include "config/writeback.h"

/*
 * What the two forms of a write-back configuration share: the values that are written,
 * and the files of config/ under change.
 */
enum writeback_how {
    WRITEBACK_DIRECT,
    WRITEBACK_OF_MAILBOX, /* only while the mailbox is in the cloud */
    WRITEBACK_IF_ANY,     /* what is empty there clears nothing here */
    WRITEBACK_X500        /* one value among others of the attribute */
};

struct writeback_value {
    const char *names[2]; /* in the directory: either spelling, the usual one first */
    const char *cloud;    /* in the metaverse, and in the cloud's agent */
    enum writeback_how how;
    const char *syntax; /* should the metaverse have to be told */
    bool single;
};
/* The last name is NULL. */
extern const struct writeback_value writeback_values[];

struct changed_file {
    const char *path;
    struct layout layout;
    struct splices splices;
};

struct writing {
    struct writeback *request;
    const struct config *config;
    const struct agent *ad;
    const struct agent *cloud;
    struct folder_files *files;
    struct arena *arena;
    struct ma_error *err;
    VEC_OF(struct changed_file *) changed;
    VEC_OF(const char *) flowing; /* cloud attributes that are known to come in */
    bool any;                     /* something is, or will be, written to the directory */
    VEC_OF(const char *) declared; /* what the metaverse was told of */
};

void writeback_done(struct writing *w, const char *fmt, ...) MA_PRINTF(2, 3);
void writeback_note(struct writing *w, const char *fmt, ...) MA_PRINTF(2, 3);

/* A file to be changed, laid out once; fails as folder_files_get and layout_read do. */
enum ma_status writeback_file(struct writing *w, const char *path,
                              struct changed_file **out);
/* Its <ma-data>. MA_INVALID: it has none. */
enum ma_status writeback_agent_file(struct writing *w, const struct agent *agent,
                                    struct changed_file **out, int *data);

/* The spelling that the directory has; NULL: neither is in its schema. */
const char *writeback_spelling(const struct writing *w,
                               const struct writeback_value *value);
/* The agent reads the attribute from now on, if its schema has it. False: that lacks it,
 * which is noted. */
bool writeback_select(struct writing *w, const struct agent *agent, const char *attribute,
                      enum ma_status *status);
/* The metaverse knows the attribute, of this type. */
enum ma_status writeback_declare(struct writing *w, const char *mv_type,
                                 const char *attribute, const char *syntax, bool single);

/* The same each time for the same words: what is made twice is recognised. */
struct guid writeback_id(const struct agent *agent, const char *words);

enum ma_status writeback_connect(struct writing *w);
enum ma_status writeback_classic(struct writing *w);
/* The other way: rules are disabled; flows that were added are taken out. */
enum ma_status writeback_connect_off(struct writing *w);
enum ma_status writeback_classic_off(struct writing *w);

#endif
