/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNC_REFERENCES_H
#define SYNC_REFERENCES_H

#include "sync/unit.h"

/*
 * What a step does behind its objects: metaverse objects whose provisioning is to be
 * tried again, and whoever waits for what the step linked, so that references are
 * complete whatever the order of arrival.
 */
enum ma_status references_retry(struct sync *sync, struct ma_error *err);
enum ma_status references_complete(struct sync *sync, struct ma_error *err);

#endif
