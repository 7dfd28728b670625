/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_FINDINGS_H
#define CONFIG_FINDINGS_H

#include "base/vec.h"
#include "config/scan.h"

/*
 * What is to be said of a configuration: gathered as it turns up, by the reader of a file
 * and by the checks of the whole, and shown in the order of the files and of the places
 * in them.
 */
struct finding_list {
    struct config_finding *items;
    size_t count;
    size_t capacity;
};

/* Without a file: `place.file` NULL is the configuration as a whole, and stands first. */
void findings_add(struct finding_list *list, struct config_finding finding);

/* As many as the list has, in the arena. */
const struct config_finding *findings_ordered(const struct finding_list *list,
                                              const struct scan *scan,
                                              struct arena *arena);

#endif
