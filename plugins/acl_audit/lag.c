/* SPDX-License-Identifier: Apache-2.0 */
#include "lag.h"

#include "asking.h"

/* One object, as two domain controllers have it. */
struct comparing {
    struct asking here;
    struct asking there;
    const char *host; /* of the second */
};

static const char *const words[] = {[ACCESS_ALLOWED] = "allows it",
                                    [ACCESS_DENIED] = "refuses it",
                                    [ACCESS_UNKNOWN] = "may decide either way"};

static const char remedy[] =
    "let it replicate, or mend the replication, before an export goes there; the "
    "parameter 'server' says where exports go";

static const char *here_of(const struct comparing *in)
{
    return in->here.realm->place->directory == NULL
               ? "the one that was asked"
               : in->here.realm->place->directory->host;
}

static enum ma_status report_absent(const struct comparing *in, struct ma_error *err)
{
    char cause[512];

    (void)snprintf(cause, sizeof cause, "%s has the object, and %s has not", here_of(in),
                   in->host);
    return asking_report(&in->here,
                         (struct ma_finding){.verdict = MA_UNSURE,
                                             .code = "REPL-LAG",
                                             .cause = cause,
                                             .remedy = remedy,
                                             .place = in->host},
                         err);
}

static enum ma_status compare_attribute(const struct comparing *in, const char *attribute,
                                        struct ma_error *err)
{
    const struct forest *forest = &in->here.audit->forest;
    const struct access_answer here =
        cause_find(forest, &in->here.object, &in->here.principal, attribute).access;
    const struct access_answer there =
        cause_find(forest, &in->there.object, &in->there.principal, attribute).access;
    char cause[512];

    if (here.verdict == there.verdict)
        return MA_OK;
    (void)snprintf(cause, sizeof cause, "%s %s; %s, which has another list, %s",
                   here_of(in), words[here.verdict], in->host, words[there.verdict]);
    return asking_report(
        &in->here,
        (struct ma_finding){.verdict = MA_UNSURE,
                            .attribute = attribute,
                            .code = "REPL-LAG",
                            .cause = cause,
                            .remedy = remedy,
                            .place = in->host,
                            .evidence = sddl_ace_text(in->there.object.sd, there.ace,
                                                      &in->there.realm->domains,
                                                      &in->there.audit->page)},
        err);
}

static bool same_list(const struct object_state *a, const struct object_state *b)
{
    return a->bytes.length == b->bytes.length &&
           (a->bytes.length == 0 ||
            memcmp(a->bytes.data, b->bytes.data, a->bytes.length) == 0);
}

static enum ma_status compare(struct comparing *in, struct ma_error *err)
{
    const char *const *attribute = in->here.planned->attributes;
    enum ma_status status = MA_OK;

    if (!in->here.state->found) /* NOT-FOUND says it */
        return MA_OK;
    asking_prepare(&in->here);
    if (!in->there.state->found)
        return report_absent(in, err);
    if (same_list(in->here.state, in->there.state))
        return MA_OK;
    asking_prepare(&in->there);
    for (; *attribute != NULL && in->here.object.object_class != NULL && status == MA_OK;
         attribute++)
        status = compare_attribute(in, *attribute, err);
    return status;
}

static enum ma_status compare_all(struct audit *audit, struct realm *realm,
                                  const struct ma_planned *const *planned,
                                  const struct object_state *states, size_t count,
                                  const struct replica *replica, struct ma_error *err)
{
    struct object_state *others = pool_alloc(&audit->page, count * sizeof *others);
    enum ma_status status;

    if (others == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for %zu objects", count);
    for (size_t i = 0; i < count; i++)
        others[i] = (struct object_state){.dn = states[i].dn};
    status = objects_read(replica->origin, &audit->page, others, count, false, NULL, err);
    for (size_t i = 0; i < count && status == MA_OK; i++) {
        struct asking asking = {.audit = audit, .realm = realm, .planned = planned[i]};
        struct comparing in = {.here = asking, .there = asking, .host = replica->host};

        in.here.state = &states[i];
        in.there.state = &others[i];
        status = compare(&in, err);
    }
    return status;
}

enum ma_status lag_check(struct audit *audit, struct realm *realm,
                         const struct ma_planned *const *planned,
                         const struct object_state *states, size_t count,
                         struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < realm->replicas.count && status == MA_OK; i++)
        status = compare_all(audit, realm, planned, states, count,
                             realm->replicas.items[i], err);
    return status;
}
