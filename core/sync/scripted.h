/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_SCRIPTED_H
#define SYNC_SCRIPTED_H

#include "sync/view.h"

/*
 * Provisioning by the metaverse's rules extension: what struct ma_connectors may do. New
 * objects become pending adds with the values that they were made with; export flows come
 * on top of those.
 */
enum ma_status scripted_run(struct unit *unit, struct meta *meta, struct ma_error *err);

#endif
