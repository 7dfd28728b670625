/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_TOWER_H
#define SPACE_TOWER_H

#include "space/object.h"

/*
 * The transitions of the tower (T1 to T34 of the engine's table): pure functions from an
 * object and an event to the object afterwards. They change `object` in place, its new
 * parts live in the arena, and they say what happened, which is what is counted.
 * What was pending and is no more they note in object->unsettled (space/unsettled.h).
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
    enum stage_outcome outcome; /* against what the last import showed, layer I */
    bool confirmed;             /* something unconfirmed was shown (T21, T26) */
    bool gone;                  /* nothing is left of the object: remove its row (T26) */
    bool renamed;               /* the system has it under another DN than before */
    struct not_reimported warning;
};

/* T1-T6, T21, T22, T24, T27, T29: the import shows the object like this. `seen` holds the
 * selected attributes only; attributes in `keep` (export-only, not selected) are taken
 * over from what was there or accepted before, so an accepted value of theirs counts as
 * shown. What is still unconfirmed then was not shown: it is offered again. A
 * placeholder becomes an object, a transient is none any more. Another spelling of the
 * DN is no rename. */
struct stage_result tower_seen(struct arena *arena, struct cs_object *object,
                               const struct image *seen, const uint32_t *keep,
                               size_t keep_count);
/* A delta import: only what changed (an update; an add or a delete-add says everything, a
 * delete is tower_gone). Silence is no contradiction (T23): offered again is only what
 * `change` speaks of and shows otherwise. STAGE_FAILURE, and nothing done, where the
 * object is not in layer I: an update of an unknown object. */
struct stage_result tower_changed(struct arena *arena, struct cs_object *object,
                                  const struct delta *change);
/* Attributes that no import of this agent ever shows (export-only): what of them was
 * accepted becomes a pending import. Belongs before a tower_changed; tower_seen does it
 * by `keep`. */
void tower_settle(struct arena *arena, struct cs_object *object, const uint32_t *names,
                  size_t count);
/* T7, T26: the import shows it gone, or a full import did not see it (`obsolete`).
 * Exported deletes are confirmed by it. An object that is linked keeps its row, with a
 * pending delete, until synchronisation has unlinked it. */
struct stage_result tower_gone(struct arena *arena, struct cs_object *object,
                               bool obsolete);
/* T25 for an exported add that a complete full import did not show; without effect on
 * any other object. */
struct stage_result tower_never_came(struct arena *arena, struct cs_object *object);

/* Synchronisation of the object begins: it takes what is unsettled, to look at it besides
 * what is pending. What becomes unsettled from here on waits for the next one. */
struct unsettled tower_settling(struct cs_object *object);
/* T10: synchronisation went well: H becomes I; the import error, the wish for a full
 * synchronisation and the number of modifications are cleared. The retry flags are
 * the caller's, who alone knows whether they came true. */
void tower_absorb(struct arena *arena, struct cs_object *object);
/* T11: the object failed: everything stays, the error is counted. When it occurred is
 * `last` of the error given; its texts are borrowed. */
void tower_sync_failed(struct cs_object *object, const struct object_error *error);

/* T12, T13, T28, T29: synchronisation wants the object to look like this in the system;
 * whatever of it is not so in layer E becomes the pending export, and replaces the one
 * that was. What is not wanted otherwise has to be in `wanted` as layer X has it. Merged
 * attributes stay by value. A DN or a type not given is as before. */
void tower_want(struct arena *arena, struct cs_object *object,
                const struct image *wanted);
/* The same for one attribute by value: these come, those go. */
void tower_want_values(struct arena *arena, struct cs_object *object,
                       const struct attr_delta *change);
/* The same for an attribute into which rules merge values: these, all that the rules
 * give, shall be there besides whatever is. A value that is there is neither exported nor
 * claimed; what is exported is owned; of the rest only what is owned goes (none given:
 * all that is owned). Texts are compared without regard to case. Ownership ends when an
 * import shows the value gone. Keeps object->owned. */
void tower_want_merged(struct arena *arena, struct cs_object *object, uint32_t attribute,
                       enum value_type type, const struct slice *values, uint32_t count);
/* T14, T15: it shall go. True where nothing was ever exported, or an import showed it
 * gone already: remove the row. Else the delete is the pending export, and the object an
 * unlinked, explicit disconnector. */
bool tower_want_gone(struct arena *arena, struct cs_object *object);

/* T16: it is going out. Durable before the agent sees it. */
void tower_escrow(struct arena *arena, struct cs_object *object, uint64_t batch);
/* T17, T20: accepted. `anchor` empty: as before. `confirm_at_once` for systems that need
 * no confirming import: it becomes a pending import. True where the row is to be removed
 * (a delete confirmed at once, or of what no import ever showed). */
bool tower_exported(struct arena *arena, struct cs_object *object, struct slice anchor,
                    bool confirm_at_once);
/* T18: refused: it is the pending export again, below what is wanted by now. The error is
 * counted as in tower_sync_failed, its texts copied. Look at object_is_empty afterwards:
 * a refused add that nobody wants any more leaves nothing. */
void tower_export_failed(struct arena *arena, struct cs_object *object,
                         const struct object_error *error);
/* T19: a run died with the object on its way: the outcome is not known, offer it again.
 * An add of unknown outcome sets `rebuild`: an import that shows it confirms it, and a
 * delete is exported even though no layer has the object. */
void tower_recover(struct arena *arena, struct cs_object *object);
/* An export failed and is not wanted any more, or came true all the same: nothing is
 * wrong then. Belongs behind the last of the changes that synchronisation makes; imports
 * do it by themselves. */
void tower_forgive(struct cs_object *object);

#endif
