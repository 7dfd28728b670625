/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_OPEN_H
#define MACTL_OPEN_H

#include "command.h"
#include "config/instance.h"

/*
 * The instance that a command works on, and its configuration. What is wrong is printed
 * here, so a command gives the code back and is done.
 */

/* Whether the folder holds a mactl.xml. */
bool open_is_instance(const char *folder);
/* Ended by instance_close. */
enum exit_code open_instance(struct instance **out, const struct invocation *call);
/* config/ of the instance, whole; ended by config_free. Every error is printed. */
enum exit_code open_config(struct config **out, const struct invocation *call);
/* The same of another instance, or of an export as config import takes it. */
enum exit_code open_config_at(struct config **out, const struct invocation *call,
                              const char *path);

/* By name or id. NULL: printed, with the nearest name. */
const struct agent *open_agent(const struct config *config, const char *name);

#endif
