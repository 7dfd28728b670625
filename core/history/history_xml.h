/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HISTORY_HISTORY_XML_H
#define HISTORY_HISTORY_XML_H

#include "config/xml_out.h"
#include "history/record.h"

/*
 * The history of a run in the product's own XML, for what reads it there: names, order
 * and words are those of its run history, `schemas/run-history.rng` is their grammar.
 * What the product has no place for, our words about a result or an error, is in
 * comments.
 */
enum ma_status history_xml(struct batch *batch, const struct run_record *record,
                           struct buf *out, struct ma_error *err);

/* The parts of a step that are about single objects; `errors`: an array of documents as
 * record_errors gives them, `own`: the name of the run's agent. */
void history_xml_discovery(struct xml_out *out, const json_t *errors);
void history_xml_synchronization(struct xml_out *out, const json_t *errors,
                                 const char *own);
void history_xml_retries(struct xml_out *out, const json_t *errors, const char *own);

#endif
