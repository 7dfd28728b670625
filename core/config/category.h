/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CATEGORY_H
#define CONFIG_CATEGORY_H

#include "config/config.h"

/* The plugin of ours that serves agents of this category and subtype where mactl.xml
 * names none (architecture.md, decision 12). NULL: there is none. */
const char *category_plugin(const struct agent *agent);

#endif
