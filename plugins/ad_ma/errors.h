/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_ERRORS_H
#define AD_MA_ERRORS_H

#include "support/link.h"

/*
 * What a server says of one object, in the words of the product: the type of the error,
 * the number that Windows gives to it, and the text of that number. The number stands in
 * the first eight hexadecimal digits of the server's words (MS-ADTS 3.1.1.3.1.9); what
 * comes behind differs from one server to the next and is kept as detail.
 */
struct failure {
    const char *type; /* NULL: none */
    const char *literal;
    char code[24];
    char detail[480];
    int ldap; /* LDAP result code */
};

void errors_of(struct failure *failure, int code, const char *said);
/* A failure that is ours to tell. */
void errors_set(struct failure *failure, const char *type, const char *literal);
/* One more sentence of detail. */
void errors_add(struct failure *failure, const char *fmt, ...) MA_PRINTF(2, 3);

#endif
