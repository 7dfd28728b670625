/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FOLDER_H
#define CONFIG_FOLDER_H

#include "config/instance.h"
#include "config/swap.h"

/*
 * config/ of an instance: what comes in, what goes out again, byte for byte. An import
 * updates by identity: an agent with the id of one that is there takes its place, and so
 * do its synchronisation rules, as a whole; the metaverse takes the place of the
 * metaverse; what the import does not name stays. It is planned first, from what both
 * sides say; then it is done as a whole or, on any error, not at all (swap.h).
 */

enum folder_part { FOLDER_METAVERSE, FOLDER_AGENT, FOLDER_RULE };
enum folder_action { FOLDER_CREATED, FOLDER_UPDATED, FOLDER_REMOVED, FOLDER_SKIPPED };

struct folder_change {
    enum folder_part part;
    enum folder_action action;
    struct guid id; /* zero for the metaverse */
    const char *name;
    const char *file; /* it comes from, with the path that was given; NULL: removed */
};

struct folder_request {
    const char *path;        /* a folder or a file */
    const char *const *skip; /* names or ids of agents; NULL-terminated; NULL: none */
    bool strict;             /* a file that is not of a configuration is an error */
    bool only_plan;          /* folder_apply will not follow: nothing is locked */
};

struct folder_copy;

/* Holds the bytes that were checked, and the lock, from the plan to its end. */
struct folder_plan {
    const char *folder;                  /* of the instance */
    const char *path;                    /* that was given */
    bool creates;                        /* there is no instance yet */
    const struct folder_change *changes; /* metaverse, agents, rules; in order */
    size_t change_count;
    bool flows;              /* import attribute flows, or rules, come along */
    struct config *current;  /* what is there; NULL where nothing could be read */
    struct config *incoming; /* NULL where it could not be read */
    struct config *result;   /* the whole, as it will be; NULL until it was checked */
    const struct folder_copy *copies; /* what config/ will hold */
    size_t copy_count;
    struct swap_lock lock;
    struct arena *arena; /* owned, as are the configs */
};

/* What an import would do, nothing done yet. *out is given also on failure, with what is
 * known: the findings of `incoming`, or of `result`, say what is wrong. MA_NOT_FOUND: no
 * such path; MA_INVALID: errors in the configuration, or in what it would be. */
enum ma_status folder_plan(struct folder_plan **out, const char *folder,
                           const struct folder_request *request, struct ma_error *err);
/* Does it. Makes the instance where there is none. A failure names the file, and leaves
 * config/ as it was. */
enum ma_status folder_apply(struct folder_plan *plan, struct ma_error *err);
void folder_plan_free(struct folder_plan *plan);

/* Reads config/ of an instance, whole, while nobody replaces it; as config_read.
 * MA_INVALID without *out: nothing was imported yet. */
enum ma_status folder_read(struct config **out, const char *folder, struct ma_error *err);
/* Whether there is any configuration in it. MA_INVALID: no, and how to bring one in. */
enum ma_status folder_has_config(const char *folder, struct ma_error *err);

/* Writes config/ to another folder, same names and bytes; `*count` files. MA_CONFLICT:
 * the target holds something and `force` is not said. With it, files of the same name are
 * replaced and others stay. Nothing gets its name before all is written. */
enum ma_status folder_export(const char *folder, const char *target, bool force,
                             size_t *count, struct ma_error *err);

#endif
