/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_DSML_H
#define CONFIG_DSML_H

#include "config/xml.h"

/* What reading a schema needs until its ids are resolved; one serves all files. */
struct dsml *dsml_new(void);
void dsml_free(struct dsml *dsml);

#endif
