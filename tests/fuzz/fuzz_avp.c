/* SPDX-License-Identifier: Apache-2.0 */
#include "file_ma_fuzz.h"

FUZZ_FORMAT("avp")
