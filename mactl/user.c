/* SPDX-License-Identifier: Apache-2.0 */
#include "user.h"

#include <pwd.h>
#include <unistd.h>

const char *user_name(void)
{
    const struct passwd *user = getpwuid(getuid());

    return user == NULL ? NULL : user->pw_name;
}
