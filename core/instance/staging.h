/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSTANCE_STAGING_H
#define INSTANCE_STAGING_H

#include "config/instance.h"

/*
 * Staging mode: imports and synchronisations go on, nothing is exported. For a server
 * that waits to take over, or that shall first show what it would do.
 */
struct staging {
    bool on;
    const char *because; /* "mactl.xml says so" ...; constant */
};

/* mactl.xml decides; where it is silent, what the server that was exported from was. */
struct staging staging_of(const struct instance *instance, const struct config *config);
/* In mactl.xml, as instance_set. A run that goes on is not changed. */
enum ma_status staging_set(const char *folder, bool on, bool *changed,
                           struct ma_error *err);

#endif
