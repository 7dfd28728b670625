/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_DSML_H
#define CONFIG_DSML_H

#include "config/xml.h"

/*
 * The state of the reader of schemas, which are DSML: what is needed until ids are
 * resolved. One serves all files, one after the other; dsml_free takes NULL too.
 */
struct dsml *dsml_new(void);
void dsml_free(struct dsml *dsml);

#endif
