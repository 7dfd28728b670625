/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_TOKENS_H
#define ACL_AUDIT_TOKENS_H

#include <stdint.h>

/* The byte codes of a condition, MS-DTYP 2.4.4.17.4 to .8, and their words. */
enum {
    TOKEN_INT8 = 0x01,
    TOKEN_INT64 = 0x04,
    TOKEN_TEXT = 0x10,
    TOKEN_OCTETS = 0x18,
    TOKEN_LIST = 0x50,
    TOKEN_SID = 0x51,
    TOKEN_LOCAL = 0xf8,
    TOKEN_USER = 0xf9,
    TOKEN_RESOURCE = 0xfa,
    TOKEN_DEVICE = 0xfb
};

enum token_shape {
    SHAPE_COMPARE, /* attribute OP operand */
    SHAPE_MEMBER,  /* OP SIDs */
    SHAPE_EXISTS,  /* OP attribute */
    SHAPE_NOT,
    SHAPE_AND,
    SHAPE_OR
};

struct token_operator {
    const char *text;
    unsigned char code;
    unsigned char shape;
};

/* The longer of two that begin alike stands first. Ends with a NULL text. */
extern const struct token_operator token_operators[];

struct token_prefix {
    const char *text; /* "@USER." and so on */
    unsigned char code;
};
extern const struct token_prefix token_prefixes[]; /* ends with a NULL text */

/* How integers are written: 1 octal, 2 decimal, 3 hexadecimal; the sign 1 +, 2 -, 3 none.
 */
enum { SIGN_PLUS = 1, SIGN_MINUS, SIGN_NONE, BASE_OCTAL = 1, BASE_DECIMAL, BASE_HEX };

#endif
