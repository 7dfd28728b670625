/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <strings.h>

#include "privilege.h"
#include "support/dn.h"
#include "support/sid.h"

/* One object on its way through. */
struct asking {
    struct audit *audit;
    const struct ma_planned *planned;
    const struct object_state *state;
    struct cause_object object;
    struct cause_principal principal;
    size_t asked;
    size_t refused;
};

static enum ma_status report(const struct asking *asking, struct ma_finding finding,
                             struct ma_error *err)
{
    finding.size = sizeof finding;
    finding.dn = asking->planned->dn;
    return asking->audit->host->finding(asking->audit->host, &finding, err);
}

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
    return containers_above(&audit->containers, audit->link, &audit->page,
                            asking->planned->dn, audit->domain, &asking->object.ancestors,
                            &asking->object.ancestor_count, err);
}

static const char *ace_text(const struct audit *audit, const struct descriptor *sd,
                            int index, struct pool *pool)
{
    struct acl_walk walk = acl_start();
    struct bytes out = {0};
    const char *text = NULL;
    struct ace ace;

    while (sd != NULL && index >= 0 && acl_next(&sd->dacl, &walk, &ace)) {
        if ((int)walk.index - 1 != index)
            continue;
        sddl_print_ace(&ace, &audit->domains, &out);
        text = out.failed ? NULL : pool_text(pool, out.at, out.length);
        break;
    }
    bytes_free(&out);
    return text;
}

/* The entry that decided, or that is to blame. */
static const char *evidence(const struct asking *asking,
                            const struct cause_answer *answer)
{
    struct audit *audit = asking->audit;
    const struct descriptor *sd = asking->object.sd;

    if (answer->code == CAUSE_NONE)
        return ace_text(audit, sd, answer->access.ace, &audit->page);
    if (answer->code == CAUSE_ADMINSDHOLDER_IO)
        sd = audit->holder.has_sd ? &audit->holder.sd : NULL;
    else if (answer->source >= 0)
        sd = asking->object.ancestors[answer->source].sd;
    return ace_text(audit, sd, answer->ace, &audit->page);
}

static struct remedy remedy_for(const struct asking *asking, const char *attribute,
                                const struct cause_answer *answer)
{
    const struct principal *principal = &asking->audit->principal;
    bool by_group = principal->group_dn != NULL && !principal->group_is_distribution;
    const struct remedy_request request = {
        .object = &asking->object,
        .attribute = forest_named(&asking->audit->forest, FOREST_ATTRIBUTE, attribute),
        .answer = answer,
        .trustee = by_group ? principal->group_sid : principal->sid,
        .trustee_name = by_group ? principal->group_name : principal->name,
        .account_dn = principal->dn,
        .group_dn = principal->group_dn,
        .holder_dn = asking->audit->holder_dn,
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
    return report(asking,
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

static enum ma_status ask_attribute(struct asking *asking, const char *attribute,
                                    struct ma_error *err)
{
    const struct forest *forest = &asking->audit->forest;
    struct cause_answer answer =
        cause_find(forest, &asking->object, &asking->principal, attribute);
    struct remedy remedy = {0};
    enum cause_code code;
    enum ma_status status;

    if (answer.access.verdict != ACCESS_ALLOWED) {
        status = find_above(asking, err);
        if (status != MA_OK)
            return status;
        answer = cause_find(forest, &asking->object, &asking->principal, attribute);
        remedy = remedy_for(asking, attribute, &answer);
    }
    asking->asked++;
    asking->refused += answer.access.verdict == ACCESS_DENIED;
    code = answer.code == CAUSE_NONE ? answer.remark : answer.code;
    status = report(asking,
                    (struct ma_finding){.verdict = verdict_of(&answer),
                                        .attribute = attribute,
                                        .code = cause_name(code),
                                        .cause = cause_text(code),
                                        .remedy = remedy.text,
                                        .evidence = evidence(asking, &answer),
                                        .place = remedy.place,
                                        .grant = remedy.grant,
                                        .trustee = remedy.trustee,
                                        .object_type = asking->object.object_class->name},
                    err);
    return status == MA_OK ? compare(asking, attribute, &answer, err) : status;
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
    return report(asking,
                  (struct ma_finding){.verdict = MA_REFUSED,
                                      .code = "MODIFY",
                                      .cause = cause,
                                      .remedy =
                                          "mend the attributes; until then the "
                                          "others are written in a second try, unless "
                                          "the parameter split-refused says false"},
                  err);
}

static enum ma_status report_missing(const struct asking *asking, struct ma_error *err)
{
    return report(asking,
                  (struct ma_finding){.verdict = MA_UNSURE,
                                      .code = "NOT-FOUND",
                                      .cause =
                                          "the directory does not show the object to "
                                          "this account, or it is gone",
                                      .remedy = "import it again"},
                  err);
}

/* The class as the directory says, else as the configuration knows it. */
static const struct forest_item *class_of(const struct asking *asking)
{
    const struct forest *forest = &asking->audit->forest;
    const struct forest_item *found =
        asking->state->object_class == NULL
            ? NULL
            : forest_named(forest, FOREST_CLASS, asking->state->object_class);

    if (found == NULL && asking->planned->object_type != NULL)
        found = forest_named(forest, FOREST_CLASS, asking->planned->object_type);
    return found;
}

static void prepare(struct asking *asking)
{
    const struct audit *audit = asking->audit;
    const struct principal *principal = &audit->principal;
    const struct object_state *state = asking->state;

    asking->object = (struct cause_object){
        .dn = asking->planned->dn,
        .sd = state->has_sd ? &state->sd : NULL,
        .malformed = state->malformed,
        .self = state->sid,
        .object_class = class_of(asking),
        .is_protected = guarded_has(&audit->guarded, asking->planned->dn),
        .admin_count = state->admin_count,
    };
    asking->principal = (struct cause_principal){
        .token = &principal->token,
        .group = principal->group_dn == NULL ? NULL : principal->group_sid,
        .group_is_distribution = principal->group_is_distribution,
        .holder = audit->holder.has_sd ? &audit->holder.sd : NULL,
    };
}

static enum ma_status ask_object(struct audit *audit, const struct ma_planned *planned,
                                 const struct object_state *state, struct ma_error *err)
{
    struct asking asking = {.audit = audit, .planned = planned, .state = state};
    const char *const *attribute;

    prepare(&asking);
    if (!state->found || asking.object.object_class == NULL)
        return report_missing(&asking, err);
    for (attribute = planned->attributes; *attribute != NULL; attribute++)
        if (ask_attribute(&asking, *attribute, err) != MA_OK)
            return err->status;
    return report_whole(&asking, err);
}

enum ma_status audit_check(struct audit *audit, const struct ma_planned *planned,
                           size_t count, struct ma_error *err)
{
    struct object_state *states = pool_alloc(&audit->page, count * sizeof *states);
    enum ma_status status;
    size_t i;

    if (states == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for %zu objects", count);
    for (i = 0; i < count; i++)
        states[i] = (struct object_state){.dn = planned[i].dn};
    status = objects_read(audit->link, &audit->page, states, count, audit->second_opinion,
                          err);
    for (i = 0; i < count && status == MA_OK; i++)
        status = ask_object(audit, &planned[i], &states[i], err);
    pool_reset(&audit->page);
    return status;
}

/* --- the account -------------------------------------------------------------------- */

enum account_fault { DISABLED, GROUP_MISSING, GROUP_NOT_SECURITY, NOT_MEMBER, FAULTS };

static const struct {
    const char *code;
    const char *cause; /* of the account, the group */
    const char *remedy;
} faults[FAULTS] = {
    [DISABLED] = {"PRINCIPAL-DISABLED", "the account %s is disabled (group %s)",
                  "enable the account"},
    [GROUP_MISSING] = {"GROUP-MISSING", "for %s there is no group %s",
                       "create a universal security group, or audit with --group '' for "
                       "the account alone"},
    [GROUP_NOT_SECURITY] = {"GROUP-NOT-SECURITY",
                            "what %s gets from %s gives no rights: it is a distribution "
                            "group",
                            "convert it to a security group"},
    [NOT_MEMBER] = {"NOT-MEMBER", "%s is not in the group %s",
                    "make the account a member, and let the agent log on anew"},
};

static bool has_fault(const struct principal *principal, enum account_fault fault)
{
    switch (fault) {
    case DISABLED:
        return principal->disabled;
    case GROUP_MISSING:
        return principal->group_name != NULL && principal->group_dn == NULL;
    case GROUP_NOT_SECURITY:
        return principal->group_dn != NULL && principal->group_is_distribution;
    case NOT_MEMBER:
        return principal->group_dn != NULL && !principal->group_is_distribution &&
               !principal->is_member;
    case FAULTS:
        break;
    }
    return false;
}

static enum ma_status report_faults(struct audit *audit, struct ma_error *err)
{
    const struct principal *principal = &audit->principal;
    int fault;

    for (fault = 0; fault < FAULTS; fault++) {
        char cause[512];
        struct ma_finding finding = {.size = sizeof finding,
                                     .verdict = MA_UNSURE,
                                     .code = faults[fault].code,
                                     .cause = cause,
                                     .remedy = faults[fault].remedy};

        if (!has_fault(principal, (enum account_fault)fault))
            continue;
        (void)snprintf(cause, sizeof cause, faults[fault].cause, principal->name,
                       principal->group_name == NULL ? "-" : principal->group_name);
        if (audit->host->finding(audit->host, &finding, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static enum ma_status report_privilege(struct audit *audit,
                                       const struct privilege *privilege,
                                       struct ma_error *err)
{
    char cause[512];
    const struct ma_finding finding = {
        .size = sizeof finding,
        .verdict = MA_ALLOWED,
        .code = privilege_name(privilege->code),
        .cause = cause,
        .remedy = privilege_remedy(privilege->code),
        .place = audit->domain,
        .evidence = privilege->ace < 0
                        ? NULL
                        : ace_text(audit, &audit->head.sd, privilege->ace, &audit->page)};

    (void)snprintf(cause, sizeof cause, privilege_cause(privilege->code),
                   audit->principal.name);
    return audit->host->finding(audit->host, &finding, err);
}

/* More than a write-back needs is a remark, for what is written is allowed by it. */
static enum ma_status report_privileges(struct audit *audit, struct ma_error *err)
{
    struct privilege found[PRIVILEGES];
    size_t count = privilege_find(audit->head.has_sd ? &audit->head.sd : NULL,
                                  &audit->principal.token, audit->domain_sid, found);
    size_t i;

    for (i = 0; i < count; i++)
        if (report_privilege(audit, &found[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

enum ma_status audit_account(struct audit *audit, struct ma_error *err)
{
    enum ma_status status = report_faults(audit, err);

    return status == MA_OK ? report_privileges(audit, err) : status;
}
