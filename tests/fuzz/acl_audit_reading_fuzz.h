/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ACL_AUDIT_READING_H
#define FUZZ_ACL_AUDIT_READING_H

#include <stdlib.h>

#include "dump.h"
#include "dump_ldif.h"

#endif
