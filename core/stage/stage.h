/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include "rules/program.h"
#include "store/history.h"
#include "store/store.h"

/*
 * One import step: entries from an agent become pending imports of its connector space.
 * Matches by anchor, then by DN; confirms what was exported; makes placeholders for what
 * is only referred to; at the end of a complete full import lets go what it did not see.
 * Entries are committed page by page together with the agent's checkpoint; the
 * watermark is promoted by stage_finish only, and only if nothing went wrong.
 *
 * Remembered of a partition (store/agent.h, by its name): "watermark", "checkpoint",
 * "seen.*" while a full import lasts, "imported": how many objects the last complete full
 * import showed. "full-import" is cleared by a complete full import, of the agent or of
 * the partition; due.h has "selection". Of the agent: "absent", what the last complete
 * full import told.
 */
struct stage;

struct stage_request {
    struct store *store;
    const struct program *program;
    const struct compiled_agent *agent;
    const struct partition *partition;
    const struct step *step;
    bool full;
    bool lazy_pages;       /* a page may wait for the next commit that is due (a run that
                              dies reads it again); else it is committed at once */
    bool keep_watermark;   /* a drop file was read: the source's watermark stays */
    unsigned loss_percent; /* guard of the instance */
    uint32_t capabilities; /* of the plugin; those of the agent's mask hold too */
    struct history *history;
    /* Asks the agent for these objects as they are (ma_agent.read_entries); they come
     * through stage_entry. For a delta import that changes an object which was never seen
     * whole. NULL: the agent cannot, and it is a discovery error. */
    enum ma_status (*read)(void *context, const struct ma_value *anchors, size_t count,
                           struct ma_error *err);
    void *context;
};

/* MA_FULL_NEEDED: a delta import makes no sense before a full one. */
enum ma_status stage_begin(struct stage **out, const struct stage_request *request,
                           struct ma_error *err);
/* What the agent needs: watermark, and where a killed run of the same step stood. */
struct slice stage_watermark(const struct stage *stage);
struct slice stage_checkpoint(const struct stage *stage);

/* The agent's calls. MA_LIMIT: an object or delete limit was exceeded. */
enum ma_status stage_entry(struct stage *stage, const struct ma_entry *entry,
                           struct ma_error *err);
enum ma_status stage_reject(struct stage *stage, const struct ma_rejection *rejection,
                            struct ma_error *err);
enum ma_status stage_page(struct stage *stage, struct ma_value where,
                          struct ma_error *err);
enum ma_status stage_mark(struct stage *stage, struct ma_value watermark,
                          struct ma_error *err);
enum ma_status stage_absent(struct stage *stage, const char *attribute,
                            struct ma_error *err);
/* A full import is shown from its beginning once more: no object counts as seen, no
 * checkpoint holds. What was staged stays, until it is shown again or let go at the end.
 */
enum ma_status stage_start_over(struct stage *stage, struct ma_error *err);

/* The agent is through: obsoletion (unless an error, a limit, a cancel or a guard forbids
 * it), placeholders, watermark. *result is the product's result string of the step; a
 * status besides MA_OK with a result is the reason of a stop at the end, for the
 * operator: a guard (MA_LIMIT), a cancel; without one the store failed. */
enum ma_status stage_finish(struct stage *stage, enum ma_status import,
                            const char **result, struct ma_error *err);
/* Ends it at any time; what was not committed is forgotten. */
void stage_end(struct stage *stage);

#endif
