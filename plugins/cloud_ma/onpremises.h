/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_ONPREMISES_H
#define CLOUD_MA_ONPREMISES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What Microsoft Graph refuses to write, known before it is asked: properties that nobody
 * may set, and those that come from a directory where an object is synchronised from one
 * (onPremisesSyncEnabled). Graph answers both with one sentence that names no property.
 */

/* Why nobody may set it; NULL: somebody may. */
const char *graph_never(const char *property);
/* Whether the directory alone changes it, of an object that comes from one. */
bool graph_is_mastered(const char *property);

#endif
