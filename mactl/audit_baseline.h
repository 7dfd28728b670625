/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_AUDIT_BASELINE_H
#define MACTL_AUDIT_BASELINE_H

#include "rights/audit_tally.h"

/*
 * An earlier audit, as `acl audit -o json` printed it: what it had found, for as many
 * objects, is no news.
 */
/* NULL is fine for both. MA_INVALID: not what an audit prints. Ended by json_decref. */
enum ma_status audit_baseline_read(const char *path, json_t **out, struct ma_error *err);
bool audit_baseline_has(const json_t *baseline, const struct audit_group *group);

#endif
