/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_RENDER_ERROR_H
#define MACTL_RENDER_ERROR_H

#include <jansson.h>

#include "command.h"

/* What is wrong with one object, as text: a line that names it, and one for each thing
 * that is known. `error` is a document of the history or of report/standing.h. */
void render_error(const struct invocation *call, const json_t *error);

#endif
