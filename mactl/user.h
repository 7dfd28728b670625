/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_USER_H
#define MACTL_USER_H

/* Who asks, for the history: the name of the user; NULL: the system knows none. */
const char *user_name(void);

#endif
