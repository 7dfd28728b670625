/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGIN_PLUGIN_H
#define PLUGIN_PLUGIN_H

#include <mactl/ma.h>

#include "base/arena.h"

/*
 * Finds, checks and loads plugins; the only place that knows libltdl. A plugin is a
 * shared object with ma_plugin_entry(). It is looked for in $MACTL_PLUGIN_PATH (folders
 * between colons), then in the folders that the caller gives, in that order; a name with
 * a slash, or one that ends in ".so", is a file. What a plugin describes is copied into
 * zeroed structs of our size, so whoever reads a description never asks for versions:
 * what an older plugin does not have is NULL. All symbols are bound at the load, and none
 * of them is seen by other plugins. From the main thread only.
 */
struct plugin;

/* `folders` ends with NULL, and may be NULL. MA_NOT_FOUND: there is no such plugin.
 * MA_INVALID: there is, but it cannot be used: no shared object, something missing that
 * it needs, no or a wrong ma_plugin_entry. The text names the file, what was wanted and
 * what was found. */
enum ma_status plugin_load(struct plugin **out, const char *name_or_path,
                           const char *const *folders, struct ma_error *err);
/* All of it, with our sizes; lives as long as the plugin. */
const struct ma_plugin *plugin_description(const struct plugin *plugin);
/* The file that was loaded. */
const char *plugin_file(const struct plugin *plugin);
/* Of a rules extension: the flow of that name, or NULL. */
const struct ma_flow *plugin_flow(const struct plugin *plugin, const char *name);
/* NULL is fine. */
void plugin_unload(struct plugin *plugin);

/* Where an instance's plugins are besides $MACTL_PLUGIN_PATH: its own folder plugins/,
 * then the installed ones. `instance` may be NULL. Ends with NULL; lives in the arena. */
const char *const *plugin_folders(struct arena *arena, const char *instance);

/* One file of the search path, usable or not. */
struct plugin_found {
    const char *file;
    const char *name;    /* the plugin's own; of the file where it cannot be loaded */
    const char *version; /* NULL where it cannot be loaded */
    const char *roles;   /* "agent", "rules", "audit", several with a comma */
    const char *refusal; /* NULL: it can be loaded */
    bool hidden; /* another file of the same stem comes first in the search path */
};

/* Every "*.so" of the search path, in its order, those of a folder by name. Everything
 * lives in the arena. */
size_t plugin_list(struct arena *arena, const char *const *folders,
                   const struct plugin_found **out);

#endif
