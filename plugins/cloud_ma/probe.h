/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_PROBE_H
#define CLOUD_MA_PROBE_H

#include "session.h"

/*
 * In what a SCIM server differs from the standard, or from what it says of itself, found
 * by asking: nothing is written. Each setting that it needs is a finding "quirk", with
 * the parameter as attribute, its value as dn, and the line for mactl.xml as remedy.
 */
enum ma_status probe_quirks(struct session *s, const struct mapped_class *class,
                            struct ma_error *err);

#endif
