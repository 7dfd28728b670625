/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESIGNER_SKELETON_H
#define DESIGNER_SKELETON_H

#include "base/vec.h"
#include "config/config.h"

/*
 * The source of the plugins that a configuration asks for: one for each rules extension
 * that it names, with one function for each scripted flow, join, join resolution,
 * connector filter, projection, deprovisioning, provisioning and metaverse deletion. It
 * compiles as it is; every function fails until somebody has written it, so that no
 * object takes harm of one that was forgotten.
 */
enum skeleton_kind {
    SKELETON_IMPORT_FLOW,
    SKELETON_EXPORT_FLOW,
    SKELETON_JOIN,
    SKELETON_RESOLUTION,
    SKELETON_FILTER,
    SKELETON_PROJECTION,
    SKELETON_DEPROVISION,
    SKELETON_PROVISION,
    SKELETON_DELETION,
    SKELETON_KINDS
};

/* One function. */
struct skeleton_hook {
    enum skeleton_kind kind;
    const char *name;     /* what the engine asks for: a script, or an object type */
    const char *function; /* its name in C */
    const char *about;    /* for its comment: what, of what, where it is configured */
};
typedef VEC_OF(struct skeleton_hook) skeleton_hooks;

struct skeleton_file {
    const char *name;
    const char *text;
};
typedef VEC_OF(struct skeleton_file) skeleton_files;

/* All files of a folder that CMake builds. MA_NOT_FOUND: nothing is scripted, or no
 * extension is named. Texts live in the arena. */
enum ma_status skeleton_make(const struct config *config, struct arena *arena,
                             skeleton_files *out, struct ma_error *err);
/* Into a folder that is made. MA_CONFLICT: one of them is there already; then none is
 * written. */
enum ma_status skeleton_write(const skeleton_files *files, const char *folder,
                              struct ma_error *err);

/* --- skeleton_source.c ------------------------------------------------------------ */

/* The C file of one extension. `name`: of the plugin. */
const char *skeleton_source(struct arena *arena, const char *name,
                            const skeleton_hooks *hooks);

#endif
