/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_PASSWORD_H
#define CONFIG_PASSWORD_H

#include "config/config.h"

/*
 * Exports hold no credentials, but some hold passwords: constants, and literals of
 * expressions, that a flow writes into a password attribute. Those mappings are marked
 * secret, and who prints a mapping prints no value of them.
 */

/* By its name: unicodePwd, userPassword, export_password ... */
bool password_is(const char *attribute);
/* Marks all mappings, by name of the target or because its schema says encrypted. */
void password_mark(struct config *config);
/* Whether a mapping that is marked has a constant, or an expression, which may hold one.
 */
bool password_inside(const struct config *config);

#endif
