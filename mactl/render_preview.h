/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_RENDER_PREVIEW_H
#define MACTL_RENDER_PREVIEW_H

#include "command.h"
#include "run/preview.h"

/*
 * What a preview has found: of one object every change, of a population the sums by
 * space, rule and attribute, with every change where `in_full`. The exit code is that of
 * the synchronisation, else EXIT_DIFFERENCES where something would change.
 */
enum exit_code render_preview(const struct invocation *call, struct preview *preview,
                              bool in_full);

#endif
