/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_EVALUATOR_H
#define INSTANCE_EVALUATOR_H

#include "base/digest.h"
#include "instance/opened.h"

/*
 * Who evaluates: the code of this program, the configuration and mactl.xml byte for byte,
 * and what only the store knows of agents. What a synchronisation remembers
 * (sync/unchanged.h) is good for the same evaluator only. More changes it than need be:
 * then everything is evaluated once.
 */

/* False: this program cannot be told from another (base/build.h): nothing is to be
 * remembered. */
bool evaluator_digest(const struct opened *opened, struct digest *out);

#endif
