/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/xml.h"

/*
 * What no file can know alone: ids that two things share, references to what is not
 * there, and what of all this the engine does not do. The first is an error; references
 * that lead nowhere are normal in exports and warned about.
 */
void check_config(const struct config *config, struct finding_list *findings);

#endif
