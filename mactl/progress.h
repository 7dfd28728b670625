/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_PROGRESS_H
#define MACTL_PROGRESS_H

#include "command.h"
#include "history/event.h"

/*
 * How a run goes, on stderr: drawn over itself on a terminal and gone at the end; else a
 * line where something happens, or the events as they come, as JSON.
 */
enum progress_mode { PROGRESS_OFF, PROGRESS_TTY, PROGRESS_PLAIN, PROGRESS_JSON };

struct progress {
    enum progress_mode mode;
    const struct invocation *call;
    unsigned drawn; /* lines on the screen */
    unsigned step;
    unsigned steps;
    char title[160];
    char type[48];
    int64_t step_began; /* monotonic */
};

/* "auto": a terminal gets tty, everything else off. False: there is no such mode. */
bool progress_begin(struct progress *progress, const struct invocation *call,
                    const char *mode);
void progress_hear(struct progress *progress, const struct event *event);
/* Takes what is drawn off the screen. */
void progress_end(struct progress *progress);

#endif
