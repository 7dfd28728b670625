/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_PARAMETER_H
#define FILE_MA_PARAMETER_H

#include "settings.h"

/*
 * Parameters of an agent as values: each may have several names, the short one of
 * mactl.xml first, then the paths where private configurations say the same. Whatever is
 * kept lives in the pool of the settings.
 */

/* The first of these names that has a value; NULL: none has. */
const char *parameter_first(struct settings *set, const char *const *names);
#define PARAM(set, ...) parameter_first(set, (const char *const[]){__VA_ARGS__, NULL})

/* MA_INVALID, with the value and what was wanted. */
enum ma_status parameter_bad(const char *name, const char *value, const char *wanted,
                             struct ma_error *err);
/* Both leave `out` alone where the value is NULL. */
enum ma_status parameter_flag(const char *name, const char *value, bool *out,
                              struct ma_error *err);
enum ma_status parameter_number(const char *name, const char *value, unsigned *out,
                                struct ma_error *err);
/* The XML has the code of a character; mactl.xml may have the character itself, or a
 * word. One digit is a code. */
const char *parameter_character(struct settings *set, const char *value);

/* Each name once; an empty one is none. */
void parameter_add_name(struct settings *set, struct names *names, const char *name,
                        size_t length);
/* Of the first of these parameters that has any: repeated, each a name or several between
 * commas. */
void parameter_names(struct settings *set, struct names *names,
                     const char *const *parameters);
#define NAMES(set, names, ...)                                                           \
    parameter_names(set, names, (const char *const[]){__VA_ARGS__, NULL})

/* Columns, appended to those of the settings: "name" or "name:width", several between
 * commas. */
enum ma_status parameter_columns(struct settings *set, const char *parameter,
                                 struct ma_error *err);
/* The same from the XML of this format: one element of names, for fixed width beside one
 * of widths. */
enum ma_status parameter_columns_of_xml(struct settings *set, const char *kind,
                                        struct ma_error *err);

#endif
