/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_IDENTIFIER_H
#define FILE_MA_IDENTIFIER_H

#include "support/guid.h"

/* An identifier for a new object. Random; with a seed always the same for one text. */
bool guid_make(unsigned char guid[GUID_SIZE], const char *seed, const char *text);

#endif
