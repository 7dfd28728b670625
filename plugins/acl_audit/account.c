/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include "narrow.h"
#include "privilege.h"
#include "support/sid.h"
#include "weakness.h"

/* What is reported of an account: a text of the pool, and where. */
struct reporting {
    struct audit *audit;
    const struct realm *realm;
    struct ma_error *err;
};

static enum ma_status report(const struct reporting *in, struct ma_finding finding)
{
    finding.size = sizeof finding;
    return in->audit->host->finding(in->audit->host, &finding, in->err);
}

/* --- faults ----------------------------------------------------------------------- */

enum account_fault {
    DISABLED,
    GROUP_MISSING,
    GROUP_NOT_SECURITY,
    GROUP_WRONG_SCOPE,
    NOT_MEMBER,
    STALE_TOKEN,
    TOKEN_DIFFERS,
    FAULTS
};

static const struct {
    const char *code;
    const char *cause; /* of the account, the group */
    const char *remedy;
    bool once; /* it is the same in all domains */
} faults[FAULTS] = {
    [DISABLED] = {"PRINCIPAL-DISABLED", "the account %s is disabled (group %s)",
                  "enable the account", true},
    [GROUP_MISSING] = {"GROUP-MISSING", "for %s there is no group %s",
                       "create a universal security group, or audit with --group '' for "
                       "the account alone",
                       true},
    [GROUP_NOT_SECURITY] = {"GROUP-NOT-SECURITY",
                            "what %s gets from %s gives no rights: it is a distribution "
                            "group",
                            "convert it to a security group", true},
    [GROUP_WRONG_SCOPE] = {"GROUP-WRONG-SCOPE",
                           "what %s gets from %s gives no rights here: it is a "
                           "domain-local group of another domain",
                           "make it a universal group", false},
    [NOT_MEMBER] = {"NOT-MEMBER", "%s is not in the group %s",
                    "make the account a member, and let the agent log on anew", false},
    [STALE_TOKEN] = {"MEMBER-STALE-TOKEN",
                     "%s is in the group %s, and this logon does not have it yet",
                     "let the agent log on anew: restart it, or purge its tickets",
                     false},
    [TOKEN_DIFFERS] = {"TOKEN-DIFFERS",
                       "of the groups of %s the server and its member attributes do not "
                       "say the same (group %s)",
                       "this is a defect of the audit, or memberships that have not "
                       "replicated yet",
                       false},
};

static bool has_fault(const struct principal *principal, enum account_fault fault)
{
    bool is_there = principal->group_dn != NULL;
    bool is_useful = is_there && !principal->group_is_distribution &&
                     !principal->group_is_out_of_scope;
    const bool has[FAULTS] = {
        [DISABLED] = principal->disabled,
        [GROUP_MISSING] = principal->group_name != NULL && !is_there,
        [GROUP_NOT_SECURITY] = is_there && principal->group_is_distribution,
        [GROUP_WRONG_SCOPE] = is_there && principal->group_is_out_of_scope,
        [NOT_MEMBER] = is_useful && !principal->is_member,
        [STALE_TOKEN] = principal->stale != NULL,
        [TOKEN_DIFFERS] = principal->differs != NULL,
    };

    return has[fault];
}

static enum ma_status report_faults(const struct reporting *in, bool first)
{
    const struct principal *principal = &in->realm->principal;
    int fault;

    for (fault = 0; fault < FAULTS; fault++) {
        char cause[512];

        if (!has_fault(principal, (enum account_fault)fault) ||
            (faults[fault].once && !first))
            continue;
        (void)snprintf(cause, sizeof cause, faults[fault].cause, principal->name,
                       principal->group_name == NULL ? "-" : principal->group_name);
        if (report(in, (struct ma_finding){.verdict = MA_UNSURE,
                                           .code = faults[fault].code,
                                           .cause = cause,
                                           .remedy = faults[fault].remedy,
                                           .evidence = principal->differs}) != MA_OK)
            return in->err->status;
    }
    return MA_OK;
}

/* --- what it may do, and who may do something to it ------------------------------- */

static enum ma_status report_privilege(const struct reporting *in,
                                       const struct privilege *privilege)
{
    const struct realm *realm = in->realm;
    char cause[512];

    (void)snprintf(cause, sizeof cause, privilege_cause(privilege->code),
                   realm->principal.name);
    return report(in, (struct ma_finding){
                          .verdict = MA_ALLOWED,
                          .code = privilege_name(privilege->code),
                          .cause = cause,
                          .remedy = privilege_remedy(privilege->code),
                          .place = realm->place->domain,
                          .evidence = sddl_ace_text(&realm->head.sd, privilege->ace,
                                                    &realm->domains, &in->audit->page)});
}

/* More than a write-back needs is a remark, for what is written is allowed by it. */
static enum ma_status report_privileges(const struct reporting *in)
{
    const struct realm *realm = in->realm;
    struct privilege found[PRIVILEGES];
    size_t count = privilege_find(realm->head.has_sd ? &realm->head.sd : NULL,
                                  &realm->principal.token, realm->domain_sid, found);
    size_t i;

    for (i = 0; i < count; i++)
        if (!privilege_is_of(found[i].code, in->audit->feature) &&
            report_privilege(in, &found[i]) != MA_OK)
            return in->err->status;
    return MA_OK;
}

static enum ma_status report_weakness(const struct reporting *in)
{
    const struct realm *realm = in->realm;
    const struct principal *principal = &realm->principal;
    unsigned char domain[SID_MOST];
    struct weakness weakness;
    char who[SID_TEXT];
    char cause[512];

    memcpy(domain, principal->sid, sizeof domain);
    domain[1]--;
    if (!realm->account.has_sd ||
        !weakness_find(&realm->account.sd, principal->sid, domain, &weakness))
        return MA_OK;
    (void)snprintf(cause, sizeof cause,
                   "%s could be taken over: %s, no administrator, %s%s", principal->name,
                   sid_format(weakness.sid, who), weakness.how,
                   weakness.inherited ? ", by an entry of a container above" : "");
    return report(in, (struct ma_finding){
                          .verdict = MA_ALLOWED,
                          .code = "ACCOUNT-WEAK",
                          .cause = cause,
                          .remedy = "turn its inheritance off and leave only "
                                    "administrators on its list, as "
                                    "Set-ADSyncRestrictedPermissions does",
                          .place = principal->dn,
                          .evidence = sddl_ace_text(&realm->account.sd, weakness.ace,
                                                    &realm->domains, &in->audit->page)});
}

/* --- where it is asked ------------------------------------------------------------ */

/* An RODC takes no writes: it refers who tries to another. */
static enum ma_status take_capability(void *context, size_t index,
                                      const struct answer *entry, struct ma_error *err)
{
    const struct answer_attribute *found = answer_find(entry, "supportedCapabilities");
    size_t i;

    (void)index;
    (void)err;
    for (i = 0; found != NULL && i < found->count; i++) /* PARTIAL_SECRETS */
        if (strcmp(found->values[i].data, "1.2.840.113556.1.4.1920") == 0)
            *(bool *)context = true;
    return MA_OK;
}

static enum ma_status report_read_only(const struct reporting *in)
{
    static const char *const attributes[] = {"supportedCapabilities", NULL};
    struct origin *origin = in->realm->place->origin;
    bool read_only = false;
    const struct origin_taker taker = {.entry = take_capability, .context = &read_only};
    const char *root = "";

    if (origin->read(origin, &root, 1, attributes, &taker, in->err) != MA_OK)
        return in->err->status;
    if (!read_only)
        return MA_OK;
    return report(in,
                  (struct ma_finding){
                      .verdict = MA_UNSURE,
                      .code = "CONNECTED-RODC",
                      .cause = "the domain controller is read-only: it may know less, "
                               "and writes nothing",
                      .remedy = "name a writable one with the parameter 'server'",
                      .place = in->realm->place->domain});
}

/* Where others were to be asked, and none could. */
static enum ma_status report_alone(const struct reporting *in)
{
    if (!in->audit->every_controller || in->realm->replicas.count > 0)
        return MA_OK;
    return report(in, (struct ma_finding){
                          .verdict = MA_UNSURE,
                          .code = "ONE-CONTROLLER",
                          .cause = "no other domain controller of the domain could be "
                                   "asked: whether they say the same is not known",
                          .remedy = "name them with the parameter 'server', once for "
                                    "each, or let DNS tell",
                          .place = in->realm->place->domain});
}

/* What a dump should have and does not: the verdicts stand, but causes may miss it. */
static enum ma_status report_lack(const struct reporting *in, bool lacks,
                                  const char *what, const char *place)
{
    if (!lacks)
        return MA_OK;
    return report(in, (struct ma_finding){.verdict = MA_UNSURE,
                                          .code = "DUMP-LACKS",
                                          .cause = what,
                                          .remedy = "dump it, too",
                                          .place = place});
}

static bool has_kind(const struct forest *forest, enum forest_kind kind)
{
    size_t i;

    for (i = 0; i < forest->count; i++)
        if (forest->items[i].kind == kind)
            return true;
    return false;
}

static enum ma_status report_lacks(const struct reporting *in)
{
    const struct realm *realm = in->realm;
    const struct forest *forest = &in->audit->forest;
    const struct {
        bool lacks;
        const char *what;
        const char *place;
    } lacks[] = {
        {!realm->holder.has_sd, "the dump has no list of AdminSDHolder",
         realm->holder.dn},
        {!realm->guarded.whole,
         "the dump has no Administrators: who is protected is not known",
         realm->place->domain},
        {!realm->head.has_sd, "the dump has no list of the domain's head",
         realm->place->domain},
        {!realm->account.has_sd, "the dump has no list of the account",
         realm->principal.dn},
        {forest->partial, "the dump has a part of the schema only",
         in->audit->configuration},
        {!has_kind(forest, FOREST_SET), "the dump has no property sets (Extended-Rights)",
         in->audit->configuration},
    };
    size_t i;

    for (i = 0; i < sizeof lacks / sizeof *lacks; i++)
        if (report_lack(in, lacks[i].lacks, lacks[i].what, lacks[i].place) != MA_OK)
            return in->err->status;
    return MA_OK;
}

enum ma_status account_report(struct audit *audit, const struct realm *realm, bool first,
                              struct ma_error *err)
{
    const struct reporting in = {audit, realm, err};
    enum ma_status status = report_faults(&in, first);

    if (status == MA_OK)
        status = report_privileges(&in);
    if (status == MA_OK)
        status = narrow_report(audit, realm, err);
    if (status == MA_OK && first)
        status = report_weakness(&in);
    if (status == MA_OK)
        status =
            realm->place->origin->offline ? report_lacks(&in) : report_read_only(&in);
    if (status == MA_OK)
        status = report_alone(&in);
    return status;
}
