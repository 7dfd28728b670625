/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUILD_H
#define BASE_BUILD_H

#include "base/digest.h"

/*
 * Which code this is. Who keeps a result for later has to know whether later's code would
 * come to the same: the version does not tell, as a build of the next commit has the
 * same.
 */

/* Of the program that runs: the build id that the linker gave it, and the versions of the
 * libraries that fold text, compare and calculate. False: it has no build id. */
bool build_digest(struct digest *out);

#endif
