/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_DUMP_LDIF_H
#define ACL_AUDIT_DUMP_LDIF_H

#include <stdio.h>

#include "dump.h"

/*
 * Reads LDIF (RFC 2849) into a dump: content records, and those of ldapsearch, ldbsearch
 * and ldifde as they print them. libldap has a reader, which opens the files and URLs
 * that a record names and knows of no line inside a record; a dump comes from elsewhere,
 * so this one opens nothing and says file:line.
 */
enum ma_status dump_ldif_read(struct dump *dump, FILE *in, const char *file,
                              struct ma_error *err);

#endif
