/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_AGENT_SETTING_H
#define MACTL_AGENT_SETTING_H

#include <jansson.h>

#include "base/vec.h"
#include "command.h"
#include "config/agent_set.h"
#include "secret_given.h"

/*
 * What `ma set-ad` and `ma set-cloud` have in common: parameters and a secret collected
 * from options, what changes shown, and then done.
 */
struct agent_setting {
    const struct invocation *call;
    struct agent_set_request request;
    VEC_OF(struct parameter) parameters;
    bool among_others; /* somebody else says what comes next */
    json_t **document; /* of -o json; NULL: it is printed */
};

/* Whether there is such an agent, of one of these categories; else it is told. */
enum exit_code agent_setting_check(const struct invocation *call, const char *agent,
                                   const char *const *categories);

/* NULL is not set; "" takes it away. */
void agent_setting_add(struct agent_setting *setting, const char *name,
                       const char *value);
/* The secret of this name comes from where it was given; nothing given: it stays. */
void agent_setting_secret(struct agent_setting *setting, const char *name,
                          const struct secret_given *given);
/* What opens a directory: a password, or a keytab in its place. A usage error where there
 * is no such keytab. */
enum exit_code agent_setting_directory(struct agent_setting *setting,
                                       const struct secret_given *password,
                                       const char *keytab);
/* As the instance names a file: from its folder where it lies in it, else from the root.
 * NULL for NULL; of a file that is not there, what was given. */
const char *agent_setting_path(const struct invocation *call, const char *path);

/* Shows the changes and, unless `what_if`, makes them. Frees the setting. */
enum exit_code agent_setting_run(struct agent_setting *setting, bool what_if);

#endif
