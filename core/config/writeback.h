/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_WRITEBACK_H
#define CONFIG_WRITEBACK_H

#include "base/vec.h"
#include "config/folder_edit.h"

/*
 * What Exchange hybrid writes back from the cloud to the directory, brought into a
 * configuration as far as that lacks it: rules and mappings of Azure AD Connect, or the
 * flows of a classic one. What is there, in whatever rule, is left as it is; a rule that
 * was disabled is enabled. Twice is as once.
 */
struct writeback {
    const char *ad; /* name or id; NULL: the only one of category AD */
    const char *cloud;
    bool off;            /* nothing is written back any more */
    struct arena *arena; /* the caller's: what is answered lives in it */
    const char *ad_name; /* answered, as are the others below */
    const char *cloud_name;
    VEC_OF(const char *) done;  /* "added: ..." one line each */
    VEC_OF(const char *) notes; /* what could not be, and why */
};

/* A folder_editor; the context is a struct writeback. MA_NOT_FOUND: no such agent, or
 * several may be meant. */
enum ma_status writeback_edit(void *context, const struct config *current,
                              struct folder_files *files, struct ma_error *err);
void writeback_free(struct writeback *writeback);

/* The agents that are meant, by name, or the only ones there are. MA_NOT_FOUND: none, or
 * several; MA_INVALID: one of another kind. */
enum ma_status writeback_agents(const struct config *config, const char *ad_name,
                                const char *cloud_name, const struct agent **ad,
                                const struct agent **cloud, struct ma_error *err);

#endif
