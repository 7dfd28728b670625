/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_READING_H
#define MACTL_READING_H

#include "command.h"
#include "instance/opened.h"
#include "show/show.h"

/*
 * An instance opened for a command that shows something: the last commit, whatever goes
 * on at the same time.
 */
struct reading {
    struct opened opened;
    struct batch *batch;
    struct show show;
};

enum ma_status reading_begin(struct reading *reading, const struct invocation *call,
                             struct ma_error *err);
void reading_end(struct reading *reading);

#endif
