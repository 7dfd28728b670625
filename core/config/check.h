/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/xml.h"

/*
 * What no file can know alone: ids that two things share (an error), references to what
 * is not there (normal in exports, and warned about), attributes and types that no
 * schema has (warned about, once each), and what of all this the engine does not do.
 */
struct check {
    const struct config *config;
    struct finding_list *findings;
    bool partial; /* one file of many: what it refers to lies in others */
    size_t said;  /* findings that are no errors: at most MOST_FINDINGS are kept */
    size_t errors_said;
};

void check_config(const struct config *config, bool partial,
                  struct finding_list *findings);
/* Its parts. */
void check_ids(struct check *check);
void check_names(struct check *check); /* against the schemas */
void check_support(struct check *check);
/* What of an agent of the cloud Microsoft Graph cannot do. */
void check_graph(struct check *check,
                 const struct agent *agent); /* unsupported and approximated */

void check_add(struct check *check, struct config_finding finding);
void check_say(struct check *check, enum finding_level level, struct place place,
               const char *path, const char *consequence, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The name of an agent, or its id where it is not there. */
const char *check_agent_name(const struct check *check, const struct guid *id);

#endif
