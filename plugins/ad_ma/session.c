/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "support/ad_directory.h"

void session_patience(struct session *s, uint32_t seconds)
{
    s->set.logon.link.time_limit = seconds != 0 ? seconds : SETTINGS_TIME_LIMIT;
    if (s->directory != NULL)
        s->directory->logon.link.time_limit = s->set.logon.link.time_limit;
}

enum ma_status session_connect(struct session *s, const char *dn, const char *preferred,
                               struct ma_error *err)
{
    const struct directory_wish wish = {
        .dn = dn, .preferred = preferred, .avoid = s->lost, .avoid_count = s->lost_count};

    if (tried_failed(&s->early, &s->set, dn, err))
        return err->status;
    if (s->directory != NULL && directory_serves(s->directory, &s->set, dn))
        return MA_OK;
    directory_close(s->directory);
    s->directory = NULL;
    return directory_open(&s->directory, &s->set, &wish, err);
}

void session_early(void *session)
{
    struct session *s = session;
    const char *only = directory_only_partition(s->host);
    struct ma_error why;

    if (only == NULL)
        return;
    session_patience(s, 0);
    if (session_connect(s, only, NULL, &why) != MA_OK)
        tried_keep(&s->early, only, &why);
}

static void leave(struct session *s, const struct ma_error *why)
{
    const char *host = s->directory->host;

    s->host->served_by(s->host, host, why);
    s->host->log(s->host, MA_LOG_WARNING, "domain controller %s is left: %s", host,
                 why->text);
    s->lost[s->lost_count++] = pool_text(&s->lost_names, host, strlen(host));
    directory_close(s->directory);
    s->directory = NULL;
}

enum ma_status session_next(struct session *s, const char *dn, struct ma_error *err)
{
    const struct ma_error why = *err;
    struct ma_error nobody = {0};

    if (err->status != MA_UNREACHABLE || s->directory == NULL)
        return err->status;
    leave(s, &why);
    if (s->lost_count == MOST_LOST)
        return ma_fail(err, MA_UNREACHABLE,
                       "%d domain controllers were lost, one after the other; the last: "
                       "%.300s",
                       MOST_LOST, why.text);
    if (session_connect(s, dn, NULL, &nobody) == MA_OK)
        return s->lost_names.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
    if (nobody.status != MA_UNREACHABLE)
        *err = nobody;
    return err->status;
}
