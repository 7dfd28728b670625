/* SPDX-License-Identifier: Apache-2.0 */
#include "config_fuzz.h"

FUZZ_CONFIG
