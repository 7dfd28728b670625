/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CONNECTION_H
#define RUN_CONNECTION_H

#include "config/xml_out.h"
#include "run/steps.h"

/*
 * Which servers a step spoke to, as its agent tells: the last one, and before it those
 * that did not answer or went away, each an incident with its time. It is the
 * ma-connection of the product's run history.
 */

/* The agent's call served_by, for the open step. */
void connection_served_by(const struct step_context *context, const char *server,
                          const struct ma_error *lost);
/* The same of what happened at this time, ms since 1970. */
void connection_served_at(const struct step_context *context, int64_t time,
                          const char *server, const struct ma_error *lost);

/* "server" and "incidents" of a step's document. */
void connection_to_json(const struct step_record *step, json_t *object);
void connection_from_json(struct arena *arena, const json_t *object,
                          struct step_record *out);
void connection_xml(const struct step_record *step, struct xml_out *out);

#endif
