/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_SECRET_GIVEN_H
#define MACTL_SECRET_GIVEN_H

#include "command.h"

/*
 * How an operator gives a secret: at the terminal without an echo, on stdin, in a file,
 * or as a credential of systemd. Never as an argument, where anybody could read it. What
 * was typed is wiped by secret_given_end.
 */
enum { SECRET_SIZE = 4096 };

struct secret_given {
    char *file;       /* of the options: stays where it is, and is named */
    char *credential; /* the same of systemd's */
    int from_stdin;
    char value[SECRET_SIZE]; /* what was typed or came on stdin */
    bool has_value;
};

#define SECRET_GIVEN_OPTIONS(given, word)                                                \
    {word "-file",  0, POPT_ARG_STRING,                                                  \
     &(given).file, 0, "It is in this file, 0600, and stays there",                      \
     "FILE"},                                                                            \
        {word "-stdin",                                                                  \
         0,                                                                              \
         POPT_ARG_NONE,                                                                  \
         &(given).from_stdin,                                                            \
         0,                                                                              \
         "It is the first line of stdin",                                                \
         NULL},                                                                          \
    {                                                                                    \
        "credential", 0, POPT_ARG_STRING, &(given).credential, 0,                        \
            "It is a credential of systemd", "NAME"                                      \
    }

/* How many of the ways were taken; more than one is a usage error of the caller's. */
unsigned secret_given_ways(const struct secret_given *given);
/* Reads it where it is to be read now: from stdin, or, `ask`, from the terminal behind
 * these words. Where nobody can be asked, that is a usage error which says `word`. */
enum exit_code secret_given_read(struct secret_given *given, bool ask, const char *words,
                                 const char *word);
/* The same for who uses it now and keeps it nowhere: from a file or a credential, too. */
enum exit_code secret_given_now(struct secret_given *given, const char *words,
                                const char *word);
void secret_given_end(struct secret_given *given);

/* One line from the terminal, without its end; `shown`: with an echo. False: there is no
 * terminal, or its end was reached. */
bool secret_given_ask(const char *words, bool shown, char *out, size_t size);

#endif
