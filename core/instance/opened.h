/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_OPENED_H
#define INSTANCE_OPENED_H

#include "rules/program.h"
#include "store/store.h"

/*
 * An instance opened for work: mactl.xml, the configuration as it lies at this moment,
 * the store, and the rules compiled with the store's names and numbers. Runs open it for
 * writing, commands that show something for reading; a reader sees the last commit and
 * disturbs nobody.
 */
struct opened {
    struct instance *instance;
    struct config *config;
    struct store *store;
    struct program *program;
    bool read_only;
};

struct opened_request {
    const char *folder;
    const char *store;  /* another folder than the instance's own; NULL: that */
    const char *config; /* the same of config/: a configuration that is proposed */
    bool read_only;
};

/* MA_NOT_FOUND: no instance, or (read-only) no run was there yet. MA_INVALID: the
 * configuration cannot be used, with file:line:column. Closed again where it fails. */
enum ma_status opened_begin(struct opened *out, const struct opened_request *request,
                            struct ma_error *err);
/* The two halves of it, for who takes a lock between them: files, and what is worked on.
 * They fail as opened_begin does; opened_end() in any case. */
enum ma_status opened_files(struct opened *out, const struct opened_request *request,
                            struct ma_error *err);
enum ma_status opened_work(struct opened *opened, const struct opened_request *request,
                           struct ma_error *err);
void opened_end(struct opened *opened);
/* MA_NOT_FOUND where there is no store yet, and what comes first. */
enum ma_status opened_nothing(const char *folder, struct ma_error *err);

/* By name or GUID; a profile by its name. MA_NOT_FOUND: with the nearest name that there
 * is. What is given lives as long as `opened`. */
enum ma_status opened_agent(const struct opened *opened, const char *name,
                            const struct compiled_agent **out, struct ma_error *err);
enum ma_status opened_profile(const struct agent *agent, const char *name,
                              const struct run_profile **out, struct ma_error *err);

#endif
