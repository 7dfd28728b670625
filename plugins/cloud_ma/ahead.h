/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_AHEAD_H
#define CLOUD_MA_AHEAD_H

#include "support/bytes.h"

/*
 * Where the next page is, before the last one was taken apart: services say it at the
 * head or at the end of a page. It is a guess, good for asking earlier; what counts is
 * the page as JSON.
 */

/* The text that a page calls `name`, the caller's to free; NULL: it is not seen. */
char *ahead_text(const struct bytes *page, const char *name);

#endif
