/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_BIND_H
#define SUPPORT_BIND_H

#include "support/link.h"

/* The part of link_open that says who we are: a simple bind, or Kerberos by SASL. */

/* Refuses settings that no connection can be made by, before anything is sent. */
enum ma_status bind_check(const struct link_settings *settings, struct ma_error *err);
enum ma_status bind_link(struct link *link, struct ma_error *err);

#endif
