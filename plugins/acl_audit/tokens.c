/* SPDX-License-Identifier: Apache-2.0 */
#include "tokens.h"

#include <stddef.h>

const struct token_operator token_operators[] = {
    {"==", 0x80, SHAPE_COMPARE},
    {"!=", 0x81, SHAPE_COMPARE},
    {"<=", 0x83, SHAPE_COMPARE},
    {"<", 0x82, SHAPE_COMPARE},
    {">=", 0x85, SHAPE_COMPARE},
    {">", 0x84, SHAPE_COMPARE},
    {"Contains", 0x86, SHAPE_COMPARE},
    {"Any_of", 0x88, SHAPE_COMPARE},
    {"Not_Contains", 0x8e, SHAPE_COMPARE},
    {"Not_Any_of", 0x8f, SHAPE_COMPARE},
    {"Exists", 0x87, SHAPE_EXISTS},
    {"Not_Exists", 0x8d, SHAPE_EXISTS},
    {"Member_of_Any", 0x8b, SHAPE_MEMBER},
    {"Member_of", 0x89, SHAPE_MEMBER},
    {"Device_Member_of_Any", 0x8c, SHAPE_MEMBER},
    {"Device_Member_of", 0x8a, SHAPE_MEMBER},
    {"Not_Member_of_Any", 0x92, SHAPE_MEMBER},
    {"Not_Member_of", 0x90, SHAPE_MEMBER},
    {"Not_Device_Member_of_Any", 0x93, SHAPE_MEMBER},
    {"Not_Device_Member_of", 0x91, SHAPE_MEMBER},
    {"&&", 0xa0, SHAPE_AND},
    {"||", 0xa1, SHAPE_OR},
    {"!", 0xa2, SHAPE_NOT},
    {NULL, 0, 0},
};

const struct token_prefix token_prefixes[] = {
    {"@USER.", TOKEN_USER},
    {"@RESOURCE.", TOKEN_RESOURCE},
    {"@DEVICE.", TOKEN_DEVICE},
    {NULL, 0},
};
