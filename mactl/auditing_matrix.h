/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_AUDITING_MATRIX_H
#define MACTL_AUDITING_MATRIX_H

#include "auditing.h"

/*
 * `mactl acl audit --matrix`: a row for each feature, container and class, of what passes
 * as well. EXIT_DIFFERENCES: something does not, or by more than is needed.
 */
enum exit_code auditing_matrix(const struct invocation *call, const char *agent,
                               const struct auditing_options *options);

#endif
