/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_TOWER_H
#define SPACE_TOWER_H

#include "space/object.h"

/*
 * The transitions of the tower (T1 to T34 of the engine's table): pure functions from an
 * object and an event to the object afterwards. They change `object` in place, its new
 * parts live in the arena, and they say what happened, which is what is counted.
 * Nothing here does I/O or knows of other objects; where another object is
 * concerned, the result says so and the caller follows it up.
 */

enum stage_outcome {
    STAGE_NO_CHANGE,
    STAGE_ADD,
    STAGE_UPDATE,
    STAGE_RENAME,
    STAGE_DELETE,
    STAGE_DELETE_ADD,
    STAGE_FAILURE
};

/* A value or DN that was exported and that the import does not show (T22, T25, T27). */
struct not_reimported {
    bool happened;
    struct delta lost; /* what is offered again */
    struct image seen; /* what the import showed instead */
};

struct stage_result {
    enum stage_outcome outcome;
    bool confirmed; /* something unconfirmed was shown (T21, T26) */
    bool gone;      /* nothing is left of the object: remove its row (T26) */
    bool renamed;
    struct not_reimported warning;
};

/* T1-T7, T10 in part, T21-T29: the import shows the object like this. `seen` holds the
 * selected attributes only; attributes in `keep` (export-only, not selected) are taken
 * over from layer I. */
struct stage_result tower_seen(struct arena *arena, struct cs_object *object,
                               const struct image *seen, const uint32_t *keep,
                               size_t keep_count);
/* A delta import: only what changed. */
struct stage_result tower_changed(struct arena *arena, struct cs_object *object,
                                  const struct delta *change);
/* T7, T26: the import shows it gone, or a full import did not see it (`obsolete`). */
struct stage_result tower_gone(struct arena *arena, struct cs_object *object,
                               bool obsolete);
/* T25 for an exported add that a complete full import did not show. */
struct stage_result tower_never_came(struct arena *arena, struct cs_object *object);

/* T10: synchronisation went well: H becomes I. */
void tower_absorb(struct arena *arena, struct cs_object *object);
/* T11: the object failed: everything stays, the error is counted. */
void tower_sync_failed(struct cs_object *object, const struct object_error *error);

/* T12, T13, T28, T29: synchronisation wants the object to look like this in the system;
 * whatever of it is not so in layer E becomes the pending export. */
void tower_want(struct arena *arena, struct cs_object *object,
                const struct image *wanted);
/* The same for one attribute by value: these come, those go. */
void tower_want_values(struct arena *arena, struct cs_object *object,
                       const struct attr_delta *change);
/* T14, T15: it shall go. True where nothing was ever exported: remove the row. */
bool tower_want_gone(struct arena *arena, struct cs_object *object);

/* T16. */
void tower_escrow(struct arena *arena, struct cs_object *object, uint64_t batch);
/* T17, T20: accepted. `anchor` empty: as before. `confirm_at_once` for systems that need
 * no confirming import. True where the row is to be removed (a delete confirmed at once).
 */
bool tower_exported(struct arena *arena, struct cs_object *object, struct slice anchor,
                    bool confirm_at_once);
/* T18: refused. */
void tower_export_failed(struct arena *arena, struct cs_object *object,
                         const struct object_error *error);
/* T19: a run died with the object on its way: the outcome is not known, offer it again.
 */
void tower_recover(struct arena *arena, struct cs_object *object);

#endif
