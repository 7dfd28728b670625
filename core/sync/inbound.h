/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_INBOUND_H
#define SYNC_INBOUND_H

#include "sync/unit.h"

/*
 * One connector-space object through synchronisation: pending delete, filter, join or
 * projection, import flow, life of the metaverse object, and what goes out from there.
 */
struct inbound_options {
    bool full; /* everything is evaluated, also what did not change */
};
enum ma_status inbound_run(struct unit *unit, struct connector *connector,
                           const struct inbound_options *options, struct ma_error *err);
/* Only its references flow in again, and what follows from them goes out. */
enum ma_status inbound_references(struct unit *unit, struct connector *connector,
                                  struct ma_error *err);

#endif
