/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "support/ad_directory.h"

enum ma_status session_connect(struct session *s, const char *dn, const char *preferred,
                               struct ma_error *err)
{
    struct pool pool = {0};
    const char *domain = directory_domain(&pool, dn);
    enum ma_status status = MA_OK;

    if (s->directory == NULL || (domain != NULL && s->directory->domain != NULL &&
                                 strcasecmp(domain, s->directory->domain) != 0)) {
        directory_close(s->directory);
        s->directory = NULL;
        status = directory_open(&s->directory, &s->set, domain, preferred, err);
    }
    pool_free(&pool);
    return status;
}
