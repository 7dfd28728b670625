/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_PASSWORD_GIVEN_H
#define MACTL_PASSWORD_GIVEN_H

#include <mactl/ma.h>

/*
 * A password that somebody gives for this one call: it is kept nowhere, and never an
 * argument, which everybody on the machine could read. It comes from a file that only its
 * owner can read, from a credential of systemd, from stdin, or from the terminal, where
 * it is not shown.
 */
enum { PASSWORD_GIVEN = 512 };

struct password_source {
    const char *file;       /* "-": the first line of stdin */
    const char *credential; /* name of a credential of systemd */
    const char *prompt;     /* "Password of CORP\\admin: " */
};

/* The caller wipes `out` of PASSWORD_GIVEN bytes. MA_INVALID: two sources, an empty
 * password, no terminal to ask on; MA_CANCELLED: whoever was asked gave up. */
enum ma_status password_given(const struct password_source *source, char *out,
                              struct ma_error *err);

#endif
