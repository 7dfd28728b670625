/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <strings.h>

#include "asking.h"
#include "lag.h"
#include "support/dn.h"

static enum ma_verdict verdict_of(const struct cause_answer *answer)
{
    static const enum ma_verdict verdicts[] = {[ACCESS_ALLOWED] = MA_ALLOWED,
                                               [ACCESS_DENIED] = MA_REFUSED,
                                               [ACCESS_UNKNOWN] = MA_UNSURE};

    return verdicts[answer->access.verdict];
}

/* The containers are of interest only for what is refused. */
static enum ma_status find_above(struct asking *asking, struct ma_error *err)
{
    struct audit *audit = asking->audit;

    if (asking->object.ancestors != NULL)
        return MA_OK;
    return containers_above(&asking->realm->containers, asking->realm->place->origin,
                            &audit->page, asking->planned->dn,
                            asking->realm->place->domain, &asking->object.ancestors,
                            &asking->object.ancestor_count, err);
}

/* The entry that decided, or that is to blame. */
static const char *evidence(const struct asking *asking,
                            const struct cause_answer *answer)
{
    struct audit *audit = asking->audit;
    const struct descriptor *sd = asking->object.sd;

    if (answer->code == CAUSE_NONE)
        return sddl_ace_text(sd, answer->access.ace, &asking->realm->domains,
                             &audit->page);
    if (answer->code == CAUSE_ADMINSDHOLDER_IO)
        sd = asking->realm->holder.has_sd ? &asking->realm->holder.sd : NULL;
    else if (answer->source >= 0)
        sd = asking->object.ancestors[answer->source].sd;
    return sddl_ace_text(sd, answer->ace, &asking->realm->domains, &audit->page);
}

static struct remedy remedy_for(const struct asking *asking, const char *attribute,
                                const struct cause_answer *answer)
{
    const struct principal *principal = &asking->realm->principal;
    const struct cause_wish wish = cause_wish(&asking->audit->forest, attribute);
    bool by_group = principal->group_dn != NULL && !principal->group_is_distribution &&
                    !principal->group_is_out_of_scope;
    const struct remedy_request request = {
        .object = &asking->object,
        .wish = &wish,
        .itself = wish.right == RIGHT_CREATE_CHILD ||
                  dn_is(asking->planned->dn, asking->realm->place->key),
        .answer = answer,
        .trustee = by_group ? principal->group_sid : principal->sid,
        .trustee_name = by_group ? principal->group_name : principal->name,
        .account_dn = principal->dn,
        .group_dn = principal->group_dn,
        .holder_dn = asking->realm->holder.dn,
    };

    return remedy_of(&request, &asking->audit->page);
}

static bool lists(const char *const *names, const char *name)
{
    for (; *names != NULL; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

/* A server that says otherwise proves us wrong: it is our defect then. */
static enum ma_status compare(const struct asking *asking, const char *attribute,
                              const struct cause_answer *answer, struct ma_error *err)
{
    bool writable;
    bool ours = answer->access.verdict == ACCESS_ALLOWED;

    if (asking->state->writable == NULL || answer->access.verdict == ACCESS_UNKNOWN)
        return MA_OK;
    writable = lists(asking->state->writable, attribute);
    if (writable == ours)
        return MA_OK;
    return asking_report(
        asking,
        (struct ma_finding){
            .verdict = MA_UNSURE,
            .attribute = attribute,
            .code = "DISAGREES",
            .cause = ours ? "the server says that the account may not write it"
                          : "the server says that the account may write it",
            .remedy = "this is a defect of the audit: report it with the "
                      "object's descriptor",
        },
        err);
}

/* The answer with its cause; a token that may lack groups is sure of nothing. */
static enum ma_status answer_for(struct asking *asking, const char *attribute,
                                 struct cause_answer *out, struct ma_error *err)
{
    const struct forest *forest = &asking->audit->forest;

    *out = cause_find(forest, &asking->object, &asking->principal, attribute);
    if (out->access.verdict == ACCESS_ALLOWED)
        return MA_OK;
    if (find_above(asking, err) != MA_OK)
        return err->status;
    *out = cause_find(forest, &asking->object, &asking->principal, attribute);
    return MA_OK;
}

static struct ma_finding finding_of(const struct asking *asking, const char *attribute,
                                    const struct cause_answer *answer)
{
    enum cause_code code = answer->code == CAUSE_NONE ? answer->remark : answer->code;
    const char *doubt = asking->realm->principal.doubt;
    struct remedy remedy = {0};

    if (doubt != NULL)
        return (struct ma_finding){.verdict = MA_UNSURE,
                                   .attribute = attribute,
                                   .code = "TOKEN-INCOMPLETE",
                                   .cause = doubt,
                                   .remedy = "dump all groups of the domain, too"};
    if (answer->access.verdict != ACCESS_ALLOWED)
        remedy = remedy_for(asking, attribute, answer);
    return (struct ma_finding){.verdict = verdict_of(answer),
                               .attribute = attribute,
                               .code = cause_name(code),
                               .cause = cause_text(code),
                               .remedy = remedy.text,
                               .evidence = evidence(asking, answer),
                               .place = remedy.place,
                               .grant = remedy.grant,
                               .trustee = remedy.trustee};
}

static enum ma_status ask_attribute(struct asking *asking, const char *attribute,
                                    struct ma_error *err)
{
    struct cause_answer answer;
    struct ma_finding finding;

    if (answer_for(asking, attribute, &answer, err) != MA_OK)
        return err->status;
    finding = finding_of(asking, attribute, &answer);
    asking->asked++;
    asking->refused += finding.verdict == MA_REFUSED;
    if (asking_report(asking, finding, err) != MA_OK)
        return err->status;
    return compare(asking, attribute, &answer, err);
}

/* One attribute that is refused fails the whole modification at the server. */
static enum ma_status report_whole(const struct asking *asking, struct ma_error *err)
{
    char cause[200];

    if (asking->refused == 0)
        return MA_OK;
    (void)snprintf(
        cause, sizeof cause,
        "%zu of %zu attributes may not be written; sent together, all fail with "
        "8344",
        asking->refused, asking->asked);
    return asking_report(
        asking,
        (struct ma_finding){.verdict = MA_REFUSED,
                            .code = "MODIFY",
                            .cause = cause,
                            .remedy = "mend the attributes; until then the "
                                      "others are written in a second try, unless "
                                      "the parameter split-refused says false"},
        err);
}

static enum ma_status report_missing(const struct asking *asking, struct ma_error *err)
{
    bool offline = asking->realm->place->origin->offline;

    return asking_report(
        asking,
        (struct ma_finding){.verdict = MA_UNSURE,
                            .code = "NOT-FOUND",
                            .cause = offline ? "the dump does not have the object"
                                             : "the directory does not show the object "
                                               "to this account, or it is gone",
                            .remedy = offline ? "dump it, too" : "import it again"},
        err);
}

static enum ma_status report_unreached(const struct asking *asking, struct ma_error *err)
{
    return asking_report(
        asking,
        (struct ma_finding){.verdict = MA_UNSURE,
                            .code = "DOMAIN-UNREACHED",
                            .cause = asking->realm->why,
                            .remedy = "see that a domain controller of it can be "
                                      "reached, and that the account exists",
                            .place = places_domain_part(asking->planned->dn)},
        err);
}

static enum ma_status ask_object(struct audit *audit, struct realm *realm,
                                 const struct ma_planned *planned,
                                 const struct object_state *state, struct ma_error *err)
{
    struct asking asking = {
        .audit = audit, .realm = realm, .planned = planned, .state = state};
    const char *const *attribute;

    if (realm->place == NULL)
        return report_unreached(&asking, err);
    asking_prepare(&asking);
    if (!state->found || asking.object.object_class == NULL)
        return report_missing(&asking, err);
    for (attribute = planned->attributes; *attribute != NULL; attribute++)
        if (ask_attribute(&asking, *attribute, err) != MA_OK)
            return err->status;
    return report_whole(&asking, err);
}

/* --- a page ----------------------------------------------------------------------- */

/* Those of the page that are in one domain. */
struct together {
    struct audit *audit;
    struct realm *realm;
    const struct ma_planned **planned;
    struct object_state *states;
    size_t count;
};

static enum ma_status ask_one(void *context, size_t index, struct ma_error *err)
{
    const struct together *in = context;

    return ask_object(in->audit, in->realm, in->planned[index], &in->states[index], err);
}

static enum ma_status ask_all(struct together *in, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < in->count && status == MA_OK; i++)
        status = ask_one(in, i, err);
    return status;
}

static enum ma_status read_and_ask(struct together *in, struct ma_error *err)
{
    const struct objects_listener listener = {ask_one, in};
    struct realm *realm = in->realm;

    if (in->count == 0 || realm->place == NULL)
        return ask_all(in, err);
    return objects_read(realm->place->origin, &in->audit->page, in->states, in->count,
                        in->audit->second_opinion && !realm->asked_by_another, &listener,
                        err);
}

static enum ma_status check_realm(struct audit *audit, struct realm *realm,
                                  const struct ma_planned *planned,
                                  struct realm *const *realms, size_t count,
                                  struct ma_error *err)
{
    struct together in = {
        .audit = audit,
        .realm = realm,
        .planned = pool_alloc(&audit->page, count * sizeof(const struct ma_planned *)),
        .states = pool_alloc(&audit->page, count * sizeof *in.states)};
    enum ma_status status;

    if (in.states == NULL || in.planned == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for %zu objects", count);
    for (size_t i = 0; i < count; i++) {
        if (realms[i] != realm)
            continue;
        in.planned[in.count] = &planned[i];
        in.states[in.count++] = (struct object_state){.dn = planned[i].dn};
    }
    status = read_and_ask(&in, err);
    return status == MA_OK ? lag_check(audit, realm, in.planned, in.states, in.count, err)
                           : status;
}

enum ma_status audit_check(struct audit *audit, const struct ma_planned *planned,
                           size_t count, struct ma_error *err)
{
    struct realm **realms =
        pool_alloc(&audit->page, (count + 1) * sizeof(struct realm *));
    enum ma_status status = MA_OK;
    size_t i;

    if (realms == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for %zu objects", count);
    for (i = 0; i < count && status == MA_OK; i++)
        status = audit_realm(audit, planned[i].dn, &realms[i], err);
    for (i = 0; i < audit->realm_count && status == MA_OK; i++)
        status = check_realm(audit, audit->realms[i], planned, realms, count, err);
    pool_reset(&audit->page);
    return status;
}

void audit_end(struct audit *audit)
{
    size_t i;

    for (i = 0; i < audit->realm_count; i++)
        realm_free(audit->realms[i]);
    forest_end(&audit->forest);
    places_free(&audit->places);
    pool_free(&audit->pool);
    pool_free(&audit->page);
}
