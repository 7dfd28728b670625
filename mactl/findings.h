/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_FINDINGS_H
#define MACTL_FINDINGS_H

#include <jansson.h>

#include "command.h"
#include "config/config.h"
#include "config/instance.h"

/*
 * What the reader of a configuration found, as lines "file:line:column: error: text" that
 * an editor can jump to, and as documents.
 */

#define FINDING_MASK(level) (1u << (level))
#define FINDING_MASK_ERRORS FINDING_MASK(FINDING_ERROR)
#define FINDING_MASK_ALL (~0u)

/* Adds what only compiling the rules can show: expressions that do not parse, attributes
 * that nobody has. Of a configuration without errors; `instance` may be NULL. */
void findings_of_rules(struct config *config, const struct instance *instance);
/* Adds what the schemas say of files that the reader did not complain of. */
void findings_of_schemas(struct config *config);
/* Those of the levels in the mask. `root` is what the paths are shown below: of the
 * configuration as the operator knows it. Returns how many. */
size_t findings_print(FILE *out, struct arena *arena, const struct config *config,
                      const char *root, unsigned mask);
size_t findings_count(const struct config *config, unsigned mask);
json_t *findings_json(const struct config *config, unsigned mask);
/* "error", "unsupported", "approximated", "warning", "note". */
const char *findings_level(enum finding_level level);

#endif
