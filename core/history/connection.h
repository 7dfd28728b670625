/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_CONNECTION_H
#define HISTORY_CONNECTION_H

#include "base/json.h"
#include "config/xml_out.h"
#include "history/record.h"

/*
 * Which servers a step spoke to, as its agent tells: the last one, and before it those
 * that did not answer or went away, each an incident with its time. It is the
 * ma-connection of the product's run history.
 */

/* What the agent's call served_by says of the open step: `server` answers, or is lost for
 * this reason (NULL: it is not). `time`: when, ms since 1970. Texts go into the arena. */
void connection_served(struct step_record *step, struct arena *arena, int64_t time,
                       const char *server, const struct ma_error *lost);

/* "server" and "incidents" of a step's document. */
void connection_to_json(const struct step_record *step, json_t *object);
void connection_from_json(struct arena *arena, const json_t *object,
                          struct step_record *out);
void connection_xml(const struct step_record *step, struct xml_out *out);

#endif
