/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whether changes can still be told from where a mark is. What was deleted is told as
 * long as there is a tombstone of it, which is some months
 * (MS-ADTS 3.1.1.5.5, 6.1.1.4.2); after that a cookie is still good, and says nothing of
 * it. And a server that knows fewer changes than it did was put back without saying so.
 */

#include <stdlib.h>

#include "import.h"

enum {
    DAY = 24 * 60 * 60,
    LEAST_DAYS = 2, /* nobody has less: below that it need not be asked for */
    USUAL_DAYS = 60 /* where the forest does not say */
};

static enum ma_status read_lifetime(struct import *import, unsigned long *days,
                                    struct ma_error *err)
{
    static const char *const attributes[] = {"tombstoneLifetime", NULL};
    LDAPMessage *answer = NULL;
    char base[1024];
    enum ma_status status;

    *days = 0;
    snprintf(base, sizeof base, "CN=Directory Service,CN=Windows NT,CN=Services,%s",
             import->directory->configuration);
    status = link_read(import->link, base, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                       NULL, &answer, err);
    if (status == MA_OK)
        *days = strtoul(link_text(import->link, answer, attributes[0], &import->pool),
                        NULL, 10);
    ldap_msgfree(answer);
    if (*days == 0)
        *days = USUAL_DAYS;
    return status == MA_NOT_FOUND || status == MA_DENIED ? MA_OK : status;
}

static enum ma_status check_age(struct import *import, const struct mark *from,
                                struct ma_error *err)
{
    int64_t age = (import->now - from->made) / DAY;
    unsigned long days;

    if (from->made == 0 || age < LEAST_DAYS ||
        import->directory->configuration[0] == '\0')
        return MA_OK;
    if (read_lifetime(import, &days, err) != MA_OK)
        return err->status;
    if (age < (int64_t)days)
        return MA_OK;
    return ma_fail(err, MA_FULL_NEEDED,
                   "the last import was %lld days ago, and what was deleted is told for "
                   "%lu days only: a full import is needed",
                   (long long)age, days);
}

enum ma_status gap_check(struct import *import, const struct mark *from,
                         struct ma_error *err)
{
    const struct directory *d = import->directory;

    if (from->method == DELTA_USN && d->usn < from->usn)
        return ma_fail(err, MA_FULL_NEEDED,
                       "%s counts its changes to %llu, and was at %llu before: it was "
                       "restored, a full import is needed",
                       d->host, (unsigned long long)d->usn,
                       (unsigned long long)from->usn);
    return check_age(import, from, err);
}
