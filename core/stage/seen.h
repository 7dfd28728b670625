/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAGE_SEEN_H
#define STAGE_SEEN_H

#include "store/agent.h"

/*
 * Which objects a full import saw: a bit an object, because ids are dense. It belongs to
 * the run that began the import (its epoch); a run that resumes it goes on with its set.
 * What changed is written with each commit, so the set never says more than what is
 * staged, and with a checkpoint it reaches back to the first page. Besides, it knows what
 * this process saw: an object that comes twice there is reported twice.
 */
struct seen {
    uint64_t epoch;
    uint64_t count;
    unsigned char *bits;
    unsigned char *now; /* of this process */
    bool *dirty;        /* by chunk */
    size_t chunks;
};

void seen_begin(struct seen *seen, uint64_t epoch);
/* The set as of the last commit of that epoch, of so many chunks. */
void seen_load(struct seen *seen, struct batch *batch, uint32_t agent,
               const char *partition, size_t chunks);
bool seen_has(const struct seen *seen, uint64_t id);
bool seen_now(const struct seen *seen, uint64_t id);
void seen_add(struct seen *seen, uint64_t id);
/* Puts what changed into the batch. */
void seen_save(struct seen *seen, struct batch *batch, uint32_t agent,
               const char *partition);
/* The import is over. */
void seen_clear(const struct seen *seen, struct batch *batch, uint32_t agent,
                const char *partition);
void seen_end(struct seen *seen);

#endif
