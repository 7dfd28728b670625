/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FLOW_TEXT_H
#define CONFIG_FLOW_TEXT_H

#include "base/arena.h"
#include "config/config.h"

/*
 * Steps and flows of a configuration in the manual's words, for people. A password in a
 * constant or an expression is "***".
 */

/* "Full Import (Stage Only)". */
const char *flow_text_step(const struct step *step);
/* What flows: givenName, "text", Script(a, b), dn[2], +("CN=", uid). In the arena. */
const char *flow_text_source(struct arena *arena, const struct mapping *mapping);
/* "direct", "constant", "scripted", "dn-part", "expression". */
const char *flow_text_kind(const struct mapping *mapping);
const char *flow_text_deprovisioning(enum deprovisioning deprovisioning);
/* "NOTEQUAL". */
const char *flow_text_operator(enum scope_operator op);

#endif
