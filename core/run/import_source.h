/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_IMPORT_SOURCE_H
#define RUN_IMPORT_SOURCE_H

#include "base/vec.h"
#include "run/drop.h"
#include "run/relay.h"
#include "run/session.h"
#include "run/steps.h"
#include "stage/stage.h"

/*
 * Where an import step reads from: the agent's plugin, or a drop file. What it says goes
 * into the staging, into a drop file, or both, as it comes. The plugin pushes; what it
 * pushes to decides when to stop.
 */
struct import {
    const struct step_context *context;
    struct stage *stage;
    struct drop_writer *drop;    /* NULL: none */
    struct session session;      /* open, unless a drop file is the source */
    struct relay *relay;         /* between its thread and that of the step */
    struct ma_import what;       /* is asked for */
    VEC_OF(const char *) absent; /* attributes that the system has not */
    uint64_t entries;
    bool full;
    bool stages;   /* else the drop file is all, and `stage` tells the watermark only */
    bool answered; /* the system was reached: it gave something */
};

/* The relay that plugin and step talk through; import_source_end frees it. */
void import_source_begin(struct import *import);
/* Opens the session, unless a drop file is the source. `result`: of a refusal. */
enum ma_status import_source_open(struct import *import, const char **result,
                                  struct ma_error *err);
void import_source_close(struct import *import);
/* Closes it, too, and what it wrote to. */
void import_source_end(struct import *import);

/* The file that the step is to write, from its beginning. */
enum ma_status import_source_into_file(struct import *import, struct ma_error *err);
/* Of the plugin alone, to its end. `result` where the failure has a string of its own,
 * which is the case until the source has given something; else left alone. */
enum ma_status import_source_plugin(struct import *import, const char **result,
                                    struct ma_error *err);
/* Of whatever the step reads from, and into the drop file where it writes one. */
enum ma_status import_source_read(struct import *import, const char **result,
                                  struct ma_error *err);

/* Reads these objects again, whole, into the import that goes on: a delta import changes
 * an object that was never seen whole. `context`: the import. Only where the plugin can.
 */
enum ma_status import_source_again(void *context, const struct ma_value *anchors,
                                   size_t count, struct ma_error *err);
bool import_source_can_again(const struct import *import);
/* One object by its anchor. That it is not there is a rejected entry. */
enum ma_status import_source_object(struct import *import, struct slice anchor,
                                    struct ma_error *err);

#endif
