/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_RENDER_RUN_H
#define MACTL_RENDER_RUN_H

#include "command.h"
#include "history/record.h"

/*
 * A run as text: its result, its steps with their counters in the product's names, what
 * ended it, and how many errors there are. The end of run-profile and `runs show`.
 */
void render_run(const struct invocation *call, const struct run_record *record);
/* "12.4 s", "3 min 5 s". Lives in the arena. */
const char *render_duration(struct arena *arena, int64_t milliseconds);
/* Local time, "2026-11-22 20:14:03"; with the zone in -o wide. NULL for 0. */
const char *render_time(const struct invocation *call, int64_t time);
/* The exit code of a run with this result; `signal` that interrupted it, or 0. */
enum exit_code render_exit(const char *result, int signal);
/* "next: ..." for what waits, on stderr. */
void render_run_next(const struct invocation *call, const struct run_record *record);
/* A name as a word for a shell: quoted where it has blanks. */
const char *render_word(struct arena *arena, const char *name);
/* How the operator called this program: "mactl", or with the -C that was given. */
const char *render_program(const struct invocation *call);

#endif
