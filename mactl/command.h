/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_COMMAND_H
#define MACTL_COMMAND_H

#include <limits.h>
#include <mactl/ma.h>
#include <popt.h>
#include <stdio.h>

#include "base/arena.h"

/*
 * A command of the program: one constant in one cmd_*.c, listed in main.c. Main reads the
 * global options, finds the command by its words ("config import"), parses its options
 * by its popt table and calls it with what is left. A command prints its result on
 * stdout, everything else on stderr, and returns an exit code.
 */

/* One table for all; mactl-exit-codes(7). */
enum exit_code {
    EXIT_OK = 0,
    EXIT_INTERNAL = 1,
    EXIT_USAGE = 2,
    EXIT_WARNINGS = 3,
    EXIT_OBJECT_ERRORS = 4,
    EXIT_SAFETY_LIMIT = 5,
    EXIT_BUSY = 6,
    EXIT_UNREACHABLE = 7,
    EXIT_CONFIGURATION = 8,
    EXIT_PLUGIN = 9,
    EXIT_DIFFERENCES = 20,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143
};

enum output {
    OUTPUT_TEXT,
    OUTPUT_WIDE,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_CSV,
    OUTPUT_XML,
    OUTPUT_NAME,
    OUTPUT_TRACE
};

/* Formats of -o: a command names those that it knows, and main refuses the others, so
 * that a script never gets a table for its CSV. */
#define FORMAT(output) (1u << (output))
#define FORMAT_LINES FORMAT(OUTPUT_JSONL)
#define FORMAT_NAMES FORMAT(OUTPUT_NAME)
#define FORMAT_LIST (FORMAT_LINES | FORMAT(OUTPUT_CSV) | FORMAT_NAMES)
#define FORMAT_ANY (~0u) /* it refuses by itself */

/* What main found out before it called the command. */
struct invocation {
    const char *folder; /* of the instance: -C, $MACTL_HOME, or the current directory */
    bool folder_given;  /* by -C or $MACTL_HOME */
    enum output output;
    bool colour; /* stdout is a terminal that wants it */
    bool quiet;
    int verbose;
    bool yes;
    const char *program; /* path of this program, to start it again */
    struct arena *arena; /* ends with the command */
};

struct command {
    const char *words;                /* "config import" */
    const char *arguments;            /* "PATH", for the usage line */
    const char *summary;              /* one line; help and manual are made from it */
    const char *help;                 /* paragraphs and examples; NULL: none */
    const struct poptOption *options; /* its own; NULL: none */
    int least;                        /* number of arguments */
    int most;                         /* -1: any */
    unsigned formats;                 /* of -o, besides text, wide and json */
    bool hidden;
    enum exit_code (*run)(const struct invocation *call, int argc, const char **argv);
};

/* Prints "error: ..." and a hint on stderr, and gives the exit code that the status
 * stands for (MA_INVALID: configuration; MA_NOT_FOUND, MA_CONFLICT ...). */
enum exit_code command_fail(const struct ma_error *err);
/* The same for a given code, with a next step for the operator (NULL: none). */
enum exit_code command_error(enum exit_code code, const char *next, const char *fmt, ...)
    MA_PRINTF(3, 4);
/* "there is no WHAT 'typed'", with the nearest of the names or all of them. */
enum exit_code command_unknown(const char *what, const char *typed,
                               const char *const *names, size_t count);
/* What -n N stands for: LIMIT_NOT_GIVEN is `fallback`, anything below 1 a usage error. */
enum { LIMIT_NOT_GIVEN = INT_MIN };
enum exit_code command_limit(int given, size_t fallback, size_t *out);
/* "next: mactl ..." on stderr, unless -q. */
void command_next(const struct invocation *call, const char *fmt, ...) MA_PRINTF(2, 3);

#endif
