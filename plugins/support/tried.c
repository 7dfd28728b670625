/* SPDX-License-Identifier: Apache-2.0 */
#include "support/tried.h"

void tried_keep(struct tried *tried, const char *dn, const struct ma_error *why)
{
    *tried = (struct tried){dn, *why};
}

bool tried_failed(struct tried *tried, const struct settings *set, const char *dn,
                  struct ma_error *err)
{
    bool failed = tried->dn != NULL && directory_same(set, tried->dn, dn);

    if (failed)
        *err = tried->why;
    tried->dn = NULL;
    return failed;
}
