/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CACHE_H
#define CONFIG_CACHE_H

#include "config/config.h"

/*
 * A configuration that was read before is not parsed and checked again: what came of it
 * lies in a file, with the digest of all that it was made of, which are the names and
 * bytes of its files, where they are, and the build of this program. The files are still
 * read each time, so nothing is ever taken for current that is not; whoever changes one
 * of them is told what is wrong with it, in the same words.
 *
 * Only what was good is kept, with its warnings, and nothing with a password in it. The
 * file is used if it belongs to the owner of the configuration, nobody else may write it,
 * and its own digest is right; else, and where it cannot be written, everything is as
 * without it.
 */

/* As config_read. `file`: where it is kept. */
enum ma_status cache_read(struct config **out, const char *path, const char *file,
                          struct ma_error *err);

#endif
