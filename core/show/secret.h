/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHOW_SECRET_H
#define SHOW_SECRET_H

#include "rules/program.h"

/*
 * Which attributes are never shown: those that the schema calls encrypted, those that a
 * rule fills from a secret constant, and those whose name is known to stand for a
 * password, whatever the schema says. Asked by everything that prints or writes values.
 */

/* By its name alone. */
bool secret_name(const char *attribute);
/* Of an agent's space; of the metaverse where `agent` is NULL. */
bool secret_attribute(const struct program *program, const struct compiled_agent *agent,
                      const char *attribute);

/* What stands in place of a secret. */
#define SECRET_MASK "********"

#endif
