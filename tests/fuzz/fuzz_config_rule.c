/* SPDX-License-Identifier: Apache-2.0 */
#include "exports.h"

FUZZ_CONFIG
